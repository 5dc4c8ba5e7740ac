"""Results do not change unnoticed."""

import pytest
import yaml
from baselines import FILE, measured


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, float]]:
    return measured()


@pytest.mark.parametrize("name", yaml.safe_load(FILE.read_text(encoding="utf-8")) or ["none"])
def test_a_change_of_results_is_a_line_in_the_changelog(name: str, found):
    """If this is meant: `uv run python tests/baselines.py` and a line "changes results"."""
    kept = yaml.safe_load(FILE.read_text(encoding="utf-8"))[name]
    assert found[name] == pytest.approx(kept, rel=1e-8, abs=1e-10, nan_ok=True)
