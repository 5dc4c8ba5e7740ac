"""Is docs/odd.md up to date and complete: every element, mechanism, parameter, lever, variable?"""

import re
from collections import Counter

import pytest

from experiments import odd
from sim.levers import LEVERS
from sim.parameters import Grade, Kind, declarations
from sim.randomness import STREAMS
from sim.state import Choices, Contacts, Customers, Firm, Staff, Teams
from sim.week import steps

TEXT = odd.render()
GROUPS = [*odd.groups(), *odd.LABORATORY]
PARAMETERS = [(path, each) for path, group in GROUPS for each in declarations(group)]
ELEMENTS = (
    "Purpose and patterns", "Entities, state variables and scales",
    "Process overview and scheduling", "Design concepts", "Initialization", "Input data",
    "Submodels",
)  # fmt: skip
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction",
    "Sensing", "Interaction", "Stochasticity", "Collectives", "Observation",
)  # fmt: skip
AUTHOR = r"[A-Z][\w'-]+"
CITED = re.compile(rf"((?:{AUTHOR}, )*{AUTHOR}(?: & {AUTHOR}| et al\.| trusts)?) (\d{{4}})\b")


def section(title: str) -> str:
    """The text under a heading of the second level."""
    return TEXT.partition(title)[2].partition("\n## ")[0]


def table_rows(name: str) -> list[list[str]]:
    """The cells of the rows whose first cell is this name."""
    lines = [line for line in TEXT.split("\n") if line.startswith(f"| `{name}` |")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def cited(source: str) -> set[tuple[str, str]]:
    """First authors (or bodies) and years that a source names."""
    return {(who.split(",")[0].split(" ")[0], year) for who, year in CITED.findall(source)}


def test_the_page_is_what_would_be_generated():
    assert odd.main(["--check"]) == 0


def test_an_outdated_page_is_refused_in_one_sentence(tmp_path, monkeypatch, capsys):
    page = odd.write(tmp_path / "odd.md")
    monkeypatch.setattr(odd, "TARGET", page)
    assert odd.main(["--check"]) == 0
    page.write_text("old", encoding="utf-8")
    assert odd.main(["--check"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_rendering_twice_gives_the_same():
    assert odd.render() == TEXT


def test_the_seven_elements_stand_in_their_order():
    found = re.findall(r"^## (\d)\. (.+)$", TEXT, re.MULTILINE)
    assert [title for _, title in found[:7]] == list(ELEMENTS)
    assert [int(place) for place, _ in found] == list(range(1, len(found) + 1))


def test_all_eleven_design_concepts_stand_in_their_order():
    assert re.findall(r"^\*\*([^*]+)\.\*\*", section("## 4. Design concepts"), re.M) == [*CONCEPTS]


def test_nothing_is_left_to_be_filled_in():
    assert not re.search(r"TODO|TBD|FIXME|XXX|lorem|placeholder|<!--|\{\{|see above \|", TEXT, re.I)


def test_every_part_written_by_hand_is_used():
    written = {path.stem for path in odd.PARTS.glob("*.md")}
    beside = {"7-choosing", "7-switching", "7-market"}
    assert written == {*odd.ELEMENTS, *beside, *(f"7-{part.name}" for part in odd.schedule())}


def test_every_mechanism_has_one_submodel_in_the_order_of_the_week():
    names = [part.name for part in odd.schedule()]
    assert names == list(steps())
    assert {path.stem for path in odd.MECHANISMS.glob("*.py")} == {"__init__", *names}
    headings = re.findall(r"^### 7\.\d+ (\w+)$", TEXT, re.MULTILINE)
    assert [heading.lower() for heading in headings] == names


def test_the_schedule_says_when_each_mechanism_acts():
    acts = {part.name: part.when for part in odd.schedule()}
    assert acts["serving"] == "every week"
    assert acts["listening"] == "every 4 weeks (`calendar.round_weeks`)"
    assert acts["leading"].startswith("`intended_by_top`, `lead` every 4 weeks")
    assert acts["leading"].endswith("the rest every week")
    assert acts["accounts"] == "every week"
    assert acts["remembering"].startswith("`talk` every 4 weeks")
    assert "`ask_staff` every 26 weeks" in acts["surveys"]


@pytest.mark.parametrize(
    ("path", "declared"), PARAMETERS, ids=lambda each: getattr(each, "name", each)
)
def test_every_parameter_appears_once_with_unit_source_and_grade(path, declared):
    (cells,) = table_rows(f"{path}.{declared.name}")
    assert all(cells)
    assert declared.unit.strip()
    assert declared.source.strip()
    assert declared.about.strip()
    assert declared.grade in Grade
    assert declared.kind in Kind
    assert cells[3] == declared.unit
    assert cells[7:] == [declared.grade.value, declared.source]


def test_every_lever_appears_once_with_its_cost():
    for lever in LEVERS:
        (cells,) = [row for row in table_rows(lever.name) if len(row) == 11]
        assert all(cells), lever.name
        assert cells[6:8] == [lever.who, odd.number(lever.hours)]
        assert lever.read_by in {part.name for part in odd.schedule()}


def test_every_state_variable_appears_once_with_unit_and_meaning():
    for table in (Staff, Teams, Customers, Contacts, Firm, Choices):
        for name in table._fields:
            found = table_rows(f"{table.__name__.lower()}.{name}")
            (cells,) = [row for row in found if len(row) == 4]
            assert all(cells), name


def test_units_are_those_of_the_variable_and_not_of_a_measure_of_the_same_name():
    units = {
        "staff.adopted": "0 or 1", "customers.heard": "0 to 1", "firm.heard": "share",
        "firm.nps_then": "points", "firm.fee": "euro a week", "firm.profit": "euro",
        "firm.offer": "quality", "firm.hires": "people", "firm.active": "customers",
        "teams.unkept": "asks", "teams.shown": "share of capacity", "teams.system": "0 to 1",
        "choices.now": "as the lever", "choices.since": "week", "firm.waiting": "days",
    }  # fmt: skip
    assert {name: table_rows(name)[0][1] for name in units} == units


def test_grades_are_counted():
    rows = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.M)
    *parts, (name, *counts) = rows
    assert name == "**all**"
    assert [sum(int(row[1 + at]) for row in parts) for at in range(4)] == [int(c) for c in counts]
    assert sum(int(count) for count in counts) == len(PARAMETERS) + len(LEVERS)


def test_what_is_beside_the_mechanisms_is_described():
    for heading, says in (("Choosing", "hurdle_months"), ("Switching", "`LOOK_WEEKS`")):
        assert says in TEXT.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]


def test_every_stream_that_the_week_draws_from_has_its_address():
    addresses = section("### Random draws").partition("| stream | time |")[2]
    for name in STREAMS:
        used = "not in the week" not in table_rows(name)[0][2]
        assert (f"`{name}`" in addresses) == used, name


def test_every_work_that_a_number_rests_on_is_in_the_literature():
    literature = section("## 9. Literature")
    sources = [declared.source for _, declared in PARAMETERS] + [lever.source for lever in LEVERS]
    works = set().union(*(cited(source) for source in sources))
    assert ("Fischbacher", "2010") in works
    assert ("Zablah", "2016") in works
    missing = [w for w in works if not re.search(rf"^- {w[0]}.*{w[1]}", literature, re.MULTILINE)]
    assert not missing


def test_no_work_is_listed_twice():
    entries = re.findall(r"^- (.+?\d{4})", section("## 9. Literature"), re.MULTILINE)
    assert max(Counter(entries).values()) == 1


def test_tables_are_tables():
    for block in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE):
        bars = {line.replace("\\|", "").count("|") for line in block.strip().split("\n")}
        assert len(bars) == 1, block.split("\n")[0]
