"""Does an opened sweep hold what its folder holds, with units, failed and missing runs as such?"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xarray as xr
from pyarrow import parquet
from sweep_folders import GRID, REFUSED, additive, runs_table, written

from experiments.results import Arm, Study
from experiments.store import FolderError
from experiments.sweep import export, power
from experiments.sweep.results import open_sweep
from sim.configuration import Configuration
from sim.measures import COLUMN, MEASURES
from sim.parameters import ParameterError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("sweep") / "known", GRID, additive)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One point is refused and the last five runs are missing."""
    columns = {**GRID, "leading.pull": [0.1, 2.0, 0.2, 0.2, 0.3, 0.3]}
    target = tmp_path_factory.mktemp("sweep") / "bad"
    return written(target, columns, additive, left_out=5, method="rows")


# --- opening ----------------------------------------------------------------------------------


def test_a_frame_has_factors_first_and_units(folder: Path):
    frame = open_sweep(folder).frame(["nps_true", "enps"])
    assert list(frame.columns) == [
        "leading.pull", "organisation.structure", "point", "arm", "seed", "nps_true", "enps",
    ]  # fmt: skip
    assert len(frame) == 6 * 2 * 4
    assert frame.attrs["units"]["leading.pull"] == "share"
    assert frame.attrs["units"]["nps_true"] == "points"
    told = [additive(row, row["arm"], row["seed"]) for row in frame.to_dict("records")]
    assert frame["nps_true"].to_numpy() == pytest.approx(told)
    assert (frame["enps"] - frame["nps_true"]).to_numpy() == pytest.approx(400.0)
    assert frame["point"].is_monotonic_increasing
    everything = open_sweep(folder).frame()
    assert everything.shape[1] == 5 + len(MEASURES)


def test_a_dataset_has_named_dims_units_and_factors(folder: Path):
    sweep = open_sweep(folder)
    found = sweep.dataset()
    assert dict(found.sizes) == {"point": 6, "arm": 2, "seed": 4, "quarter": 8}
    assert found["nps_true"].attrs["units"] == "points"
    assert found["leading.pull"].dims == ("point",)
    assert found["leading.pull"].attrs["units"] == "share"
    value = found["nps_true"].sel(point=3, arm="nothing", seed=2).item()
    assert value == pytest.approx(20 * 0.2 + 5 + 0.2)
    series = sweep.series("nps_true").sel(point=3, arm="nothing", seed=2)
    assert series.to_numpy() == pytest.approx(value - np.arange(8)[::-1], abs=1e-5)
    assert series.dtype == np.float32
    assert found["year"].to_numpy()[-1] == pytest.approx(2.0)
    assert found.attrs["main"] == "example"


def test_a_full_grid_unstacks(folder: Path, bad: Path):
    found = open_sweep(folder).dataset(["nps_true"], ["nps_true"], grid=True)
    assert found["nps_true"].dims == ("leading.pull", "organisation.structure", "arm", "seed")
    value = found["nps_true"].sel({"leading.pull": 0.3, "organisation.structure": "tree"})
    assert value.sel(arm="example", seed=1).item() == pytest.approx(6.0 + 3.0 + 0.1)
    assert found["leading.pull"].attrs["units"] == "share"
    with pytest.raises(ParameterError, match="no full grid"):
        open_sweep(bad).dataset(grid=True)


def test_a_grid_of_one_factor(tmp_path: Path):
    columns = {"people.value": [0.7, 0.2]}
    written(tmp_path / "one", columns, lambda point, arm, seed: point["people.value"])
    found = open_sweep(tmp_path / "one").dataset(["nps_true"], [], grid=True)["nps_true"]
    assert found.dims == ("people.value", "arm", "seed")
    assert found["people.value"].to_numpy().tolist() == [0.2, 0.7]
    assert found[:, 0, 0].to_numpy().tolist() == [0.2, 0.7]


def test_paired_differences_share_their_luck(folder: Path):
    sweep = open_sweep(folder)
    found = sweep.paired("nps_true")
    assert found.dims == ("point", "seed")
    assert found.to_numpy() == pytest.approx(3.0)
    assert found.attrs["units"] == "points"
    assert found.attrs["minus"] == "nothing"
    assert "organisation.structure" in found.coords
    with pytest.raises(ParameterError, match="did you mean nothing"):
        sweep.paired("nps_true", "nothing_")


def test_one_arm_has_no_difference(tmp_path: Path):
    written(tmp_path / "one", GRID, additive, arms=["example"])
    sweep = open_sweep(tmp_path / "one")
    assert sweep.against is None
    with pytest.raises(ParameterError, match="nothing to subtract"):
        sweep.paired("nps_true")


def test_wrong_names_get_a_sentence(folder: Path):
    sweep = open_sweep(folder)
    with pytest.raises(ParameterError, match="did you mean nps_true"):
        sweep.frame(["nps_tru"])
    with pytest.raises(ParameterError, match="quarters of quits were not kept"):
        sweep.series("quits")


# --- failed and missing runs ------------------------------------------------------------------


def test_failed_runs_are_listed_and_nan(bad: Path):
    sweep = open_sweep(bad)
    failures = sweep.failures()
    assert len(failures) == sweep.failed == 8
    assert set(failures["reason"]) == {REFUSED}
    assert set(failures["point"]) == {1}
    assert failures["leading.pull"].unique().tolist() == [2.0]
    found = sweep.dataset()
    assert np.isnan(found["nps_true"].sel(point=1)).all()
    assert np.isnan(found["series_nps_true"].sel(point=1)).all()
    assert not np.isnan(found["nps_true"].sel(point=0)).any()


def test_an_unfinished_sweep_opens(bad: Path, folder: Path):
    sweep = open_sweep(bad)
    assert not sweep.complete
    assert "43 of 48 runs" in sweep.note
    assert len(sweep.frame(["nps_true"])) == 43
    assert np.isnan(sweep.values("nps_true", "nothing")[-1]).all()
    assert "43 of 48" in repr(sweep)
    assert open_sweep(folder).complete
    assert open_sweep(folder).note == ""


def test_before_the_first_run(tmp_path: Path):
    target = written(tmp_path / "empty", GRID, additive)
    for path in (target / "parts").iterdir():
        path.unlink()
    sweep = open_sweep(target)
    assert (sweep.done, sweep.complete) == (0, False)
    assert np.isnan(sweep.values("nps_true")).all()
    assert len(sweep.frame()) == len(sweep.failures()) == 0


def test_compacted_runs(tmp_path: Path):
    target = written(tmp_path / "both", GRID, additive)
    parts = sorted((target / "parts").iterdir())
    tables = [parquet.read_table(path) for path in parts]
    parquet.write_table(pa.concat_tables(tables, promote_options="permissive").unify_dictionaries(),
                        target / "runs.parquet")  # fmt: skip
    sweep = open_sweep(target)
    assert sweep.complete
    assert sweep.paired("nps_true").to_numpy() == pytest.approx(3.0)


def test_without_a_manifest_arms_and_seeds_come_from_the_runs(tmp_path: Path):
    target = written(tmp_path / "bare", GRID, additive)
    (target / "manifest.json").unlink()
    sweep = open_sweep(target)
    assert (sweep.arms, sweep.seeds) == (("example", "nothing"), (1, 2, 3, 4))
    assert sweep.complete


def test_what_is_no_sweep_gets_one_sentence(tmp_path: Path):
    with pytest.raises(FolderError, match="is no folder"):
        open_sweep(tmp_path / "nowhere")
    with pytest.raises(FolderError, match=r"design\.parquet is missing"):
        open_sweep(tmp_path)


def test_a_broken_part_is_named(tmp_path: Path):
    target = written(tmp_path / "broken", GRID, additive)
    part = target / "parts" / "0001.parquet"
    part.write_bytes(part.read_bytes()[:200])
    with pytest.raises(FolderError, match=r"0001\.parquet is broken"):
        open_sweep(target).frame()


def test_a_strangers_part_is_named(tmp_path: Path):
    target = written(tmp_path / "strange", GRID, additive)
    path = target / "parts" / "9999.parquet"
    parquet.write_table(runs_table([(77, "example", 1, 1.0)], 8), path)
    with pytest.raises(FolderError, match="a run of 77"):
        open_sweep(target).frame()
    parquet.write_table(pa.table({"point": [1]}), path)
    with pytest.raises(FolderError, match="has no column"):
        open_sweep(target).frame()


def test_a_strangers_manifest_is_refused(tmp_path: Path):
    target = written(tmp_path / "other", GRID, additive)
    (target / "manifest.json").write_text('{"made_by": "somebody"}')
    with pytest.raises(FolderError, match="was not made by zwerm"):
        open_sweep(target)
    (target / "manifest.json").write_text("{")
    with pytest.raises(FolderError, match="is broken"):
        open_sweep(target)


def test_numbers_mixed_with_text_in_a_users_rows(tmp_path: Path):
    """A bad cell makes the column text; where it has a unit the numbers are read all the same."""
    columns = {"leading.pull": ["0.1", "much", None], "organisation.structure": ["tree", None, ""]}
    target = written(tmp_path / "rows", columns, lambda point, arm, seed: 1.0)
    design = open_sweep(target).design
    assert design["leading.pull"].to_numpy() == pytest.approx([0.1, np.nan, np.nan], nan_ok=True)
    assert design["organisation.structure"].tolist()[0] == "tree"


# --- export -----------------------------------------------------------------------------------


def test_csv_has_a_row_for_each_run_and_units_beside_it(bad: Path, tmp_path: Path):
    target = export.csv(bad, tmp_path / "bad.csv")
    found = pd.read_csv(target)
    sweep = open_sweep(bad)
    assert list(found.columns) == [*sweep.factors, "point", "arm", "seed", "reason",
                                   *sweep.measures]  # fmt: skip
    found = found.sort_values(["point", "arm", "seed"]).reset_index(drop=True)
    told = sweep.frame().sort_values(["point", "arm", "seed"]).reset_index(drop=True)
    assert found["nps_true"].to_numpy() == pytest.approx(told["nps_true"].to_numpy(), nan_ok=True)
    assert found["leading.pull"].to_numpy() == pytest.approx(told["leading.pull"].to_numpy())
    assert found["arm"].tolist() == told["arm"].tolist()
    assert set(found.loc[found["point"] == 1, "reason"]) == {REFUSED}
    assert "nan" not in target.read_text().lower().split("out of range")[0]
    units = pd.read_csv(tmp_path / "bad.units.csv", index_col="column", keep_default_na=False)
    assert units.loc["leading.pull", "unit"] == "share"
    assert units.loc["nps_true", "unit"] == "points"
    assert set(units.index) == set(found.columns)


def test_csv_is_written_piece_by_piece(folder: Path, tmp_path: Path, monkeypatch):
    whole = export.csv(folder, tmp_path / "whole.csv").read_bytes()
    monkeypatch.setattr(export, "BATCH", 5)
    assert export.csv(folder, tmp_path / "pieces.csv").read_bytes() == whole


def test_netcdf_holds_the_dataset(bad: Path, tmp_path: Path):
    target = export.netcdf(bad, tmp_path / "bad.nc")
    with xr.open_dataset(target, engine="scipy") as found:
        told = open_sweep(bad).dataset()
        assert found.sizes == told.sizes
        assert found["nps_true"].attrs["units"] == "points"
        assert found["leading.pull"].attrs["units"] == "share"
        assert np.array_equal(found["nps_true"], told["nps_true"], equal_nan=True)
        assert np.array_equal(found["series_enps_true"], told["series_enps_true"], equal_nan=True)
        assert found["organisation.structure"].to_numpy().tolist() == ["tree", "circles"] * 3
        assert found["seed"].to_numpy().tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("seed", [2**31 + 7, 2**62 + 1])
def test_long_seeds_survive_netcdf(seed: int, tmp_path: Path):
    source = written(tmp_path / "far", GRID, lambda point, arm, seed: 1.0, seeds=(seed,))
    with xr.open_dataset(export.netcdf(source, tmp_path / "far.nc"), engine="scipy") as found:
        assert [int(each) for each in found["seed"].to_numpy().tolist()] == [seed]


@pytest.mark.parametrize("write", [export.csv, export.netcdf])
def test_nothing_is_overwritten_unsaid_and_nothing_left_half(write, folder: Path, tmp_path: Path):
    target = tmp_path / "mine.out"
    target.write_text("mine")
    with pytest.raises(FolderError, match="is there already"):
        write(folder, target)
    assert target.read_text() == "mine"
    write(folder, target, overwrite=True)
    assert target.stat().st_size > 1000
    with pytest.raises(FolderError, match="there is no folder"):
        write(folder, tmp_path / "no" / "mine.out")
    with pytest.raises(FolderError, match="is a folder"):
        write(folder, tmp_path)


def test_a_broken_part_leaves_no_csv(tmp_path: Path):
    source = written(tmp_path / "broken", GRID, additive)
    part = source / "parts" / "0002.parquet"
    chunks = parquet.read_metadata(part).row_group(0)
    columns = {chunks.column(each).path_in_schema: chunks.column(each)
               for each in range(chunks.num_columns)}  # fmt: skip
    page = columns["last_quits"]
    content = bytearray(part.read_bytes())
    content[page.data_page_offset + page.total_compressed_size - 3] ^= 0xFF  # one bit is enough
    part.write_bytes(bytes(content))
    with pytest.raises(FolderError, match=r"0002\.parquet is broken"):
        export.csv(source, tmp_path / "x.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken"]


# --- power ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sd", "half", "confidence", "seeds"),
    [
        # By hand, t from a table. 10/2: normal 96.04; t(97) 1.9847 x 10/sqrt(98) = 2.0049 is too
        # wide, t(98) 1.9845 x 10/sqrt(99) = 1.9945 is not.
        (10.0, 2.0, 0.95, 99),
        # 1/1: t(5) 2.5706/sqrt(6) = 1.0494 is too wide, t(6) 2.4469/sqrt(7) = 0.9248 is not.
        (1.0, 1.0, 0.95, 7),
        # 1/1 at 99 %: t(9) 3.2498/sqrt(10) = 1.0277, t(10) 3.1693/sqrt(11) = 0.9556.
        (1.0, 1.0, 0.99, 11),
        # 5/12.7062 x sqrt(2): t(1) 12.7062 x 5/sqrt(2) = 44.923.
        (5.0, 44.93, 0.95, 2),
        (5.0, 44.92, 0.95, 3),
        (0.0, 1.0, 0.95, 2),
    ],
)
def test_seeds_needed(sd: float, half: float, confidence: float, seeds: int):
    assert power.needed(sd, half, confidence) == seeds
    assert power.half_width(sd, seeds, confidence) <= half
    if seeds > 2:
        assert power.half_width(sd, seeds - 1, confidence) > half


def test_one_seed_knows_no_width():
    assert np.isnan(power.half_width(1.0, 1))


@pytest.mark.parametrize(
    ("sd", "half", "confidence"),
    [(np.nan, 1, 0.95), (-1, 1, 0.95), (1, 0, 0.95), (1, np.inf, 0.95), (1, 1, 95), (1e9, 1, 0.95)],
)
def test_senseless_power_is_refused(sd: float, half: float, confidence: float):
    with pytest.raises(ParameterError):
        power.needed(sd, half, confidence)


def test_power_of_a_sweep_by_hand(tmp_path: Path):
    """SD over seeds is 2 in each arm at the first point, 4 at the second; differences: 0 and 1."""

    def outcome(point: Mapping[str, Any], arm: str, seed: int) -> float:
        luck = {1: -1.0, 2: 0.0, 3: 1.0}[seed]
        wide = point["people.value"] > 0.5
        own = luck if wide and arm == "example" else 0.0
        return (4.0 if wide else 2.0) * luck + own

    folder = written(tmp_path / "two", {"people.value": [0.2, 0.8]}, outcome, seeds=(1, 2, 3))
    main, other, paired = power.spreads(open_sweep(folder), "nps_true")
    assert (main.name, other.name, paired.name) == ("example", "nothing", "example - nothing")
    assert main.sd == pytest.approx([2.0, 5.0])
    assert other.sd == pytest.approx([2.0, 4.0])
    assert paired.sd == pytest.approx([0.0, 1.0])
    text = power.text(folder, "nps_true", 2.0)
    # worst point of nothing: SD 4; t(2) 4.3027 x 4/sqrt(3) = 9.937 now; 18 seeds for 2 points
    assert re.search(r"worst point +4 +9\.94 +18\n", text)
    assert power.needed(4.0, 2.0) == 18  # t(17) 2.1098 x 4/sqrt(18) = 1.989; 17: 2.057
    assert "paired, seed by seed, 3 seeds" in text


def test_power_needs_two_seeds_and_a_width(tmp_path: Path):
    folder = written(tmp_path / "one", GRID, additive, seeds=(1,))
    with pytest.raises(FolderError, match="no point has two seeds"):
        power.text(folder)
    with pytest.raises(ParameterError, match="share of capacity"):
        power.text(folder, "effort_front")
    with pytest.raises(ParameterError, match="did you mean"):
        power.text(folder, "npss")


def test_power_of_a_study():
    weekly = np.full((3, 60, len(MEASURES)), np.nan)
    weekly[:, -1, COLUMN["nps_true"]] = [1.0, 2.0, 3.0]
    told = Configuration(weeks=60)
    arm = Arm("only", "", told, weekly, np.zeros((3, 60, 1, 3)), np.zeros((60, 2)))
    study = Study("x", "X", "", (arm,), "only", "only", (1, 2, 3))
    (found,) = power.spreads(study, "nps_true")
    assert found.sd == pytest.approx([1.0])
    assert "one point" in power.text(study)
