"""Is an org list read as it stands, refused with its lines named, and mended only when asked?"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import chart as chart_module
from scenarios.chart import Chart, ChartError, read_chart
from sim.structure import describe, from_bosses

ORG_320 = Path(__file__).parents[1] / ".." / "shared" / "data" / "org-320.csv"
GOOD = "person,manager,department\nann,,top\nbob,ann,shop\ncas,bob,shop\n"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "org.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, repair: bool = False) -> str:
    with pytest.raises(ChartError) as caught:
        read_chart(path, repair=repair)
    return str(caught.value)


@pytest.mark.skipif(not ORG_320.exists(), reason="trial input is not beside this checkout")
def test_real_list() -> None:
    chart = read_chart(ORG_320)
    figures = describe(from_bosses(chart.boss, chart.department))
    assert (figures["people"], figures["levels"]) == (320, 6)
    assert len(chart.department_names) == 33
    assert chart.mended == ()


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\n\n"),
        "\n,,\n" + GOOD + ",,\n",
        GOOD.replace("person,manager,department", " Person ,MANAGER, Department"),
        GOOD.replace("person,manager,department", "Medewerker,Leidinggevende,Afdeling"),
        GOOD.replace("person,manager,department", "persoon,manager,afdeling"),
        GOOD.replace("bob,ann,shop", ' "bob" , "ann" ,"shop"'),
        GOOD.replace("bob,ann,shop", "\u00a0bob,ann ,shop,,"),
        GOOD.rstrip("\n"),
        GOOD.encode("utf-16"),
        'name,person,manager,department\n"A, a",ann,,top\n"B\nb",bob,ann,shop\n,cas,bob,shop\n',
    ],
)
def test_forms_of_the_same_list(tmp_path: Path, content: str | bytes) -> None:
    chart = read_chart(written(tmp_path, content))
    assert chart.people == ("ann", "bob", "cas")
    assert chart.boss.tolist() == [-1, 0, 1]
    assert chart.department.tolist() == [0, 1, 1]
    assert chart.department_names == ("top", "shop")
    assert chart.mended == ()


def test_windows_1252(tmp_path: Path) -> None:
    content = "persoon;leidinggevende;afdeling\nzoë;;café\nbob;zoë;café\n".encode("cp1252")
    chart = read_chart(written(tmp_path, content))
    assert chart.people == ("zoë", "bob")
    assert chart.department_names == ("café",)


def test_empty_department_is_one_of_its_own(tmp_path: Path) -> None:
    chart = read_chart(written(tmp_path, GOOD.replace("bob,ann,shop", "bob,ann,")))
    assert chart.department_names == ("top", "(none)", "shop")


def test_without_departments_the_branches_are_taken(tmp_path: Path) -> None:
    chart = read_chart(written(tmp_path, "person,manager\ncas,bob\nann,\nbob,ann\ndee,ann\n"))
    assert chart.boss.tolist() == [2, -1, 1, 1]
    assert chart.department_names == ("bob", "dee")
    assert chart.department.tolist() == [0, 0, 0, 1]
    alone = read_chart(written(tmp_path, "person,manager\nann,\n"))
    assert (alone.department_names, alone.department.tolist()) == (("ann",), [0])


# Files that cannot be read at all: one sentence each, with and without repair.


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("person,manager\n", "has a header and no people"),
        ("naam,chef\nann,\n", "no column person (found: naam, chef)"),
        ("person;chef\nann;\n", "no column manager (found: person, chef)"),
        ("ann,bob,shop\n", "no column person (found: ann, bob, shop)"),
        ("person,manager,medewerker\nann,,x\n", "2 columns for person (person, medewerker)"),
        (b"PK\x03\x04\x00\x00", "is not a text file"),
        (b"person,manager\n\x81\xff,\n", "is not a text file"),
        ("person,manager\n" + '"' + "a" * 200_000, "is not a readable CSV file"),
    ],
)
@pytest.mark.parametrize("repair", [False, True])
def test_unreadable_files(tmp_path: Path, content: str | bytes, says: str, repair: bool) -> None:
    message = refusal(written(tmp_path, content), repair)
    assert says in message
    assert "\n" not in message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "nowhere.csv is not there" in refusal(tmp_path / "nowhere.csv")
    assert "cannot be read" in refusal(tmp_path)


def test_largest_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_module, "LARGEST_CHART", 2)
    assert "lists 3 people: up to 2 can be read" in refusal(written(tmp_path, GOOD))


# Lines that cannot be used, and cannot be mended either.


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (",ann,shop", "- the person cell is empty: line 5"),
        ("dee,ann,shop,x", "- more cells than the header has columns: line 5"),
        ('"dee,ann,shop', "- a quote is opened and not closed on its line: line 5"),
    ],
)
@pytest.mark.parametrize("repair", [False, True])
def test_broken_lines(tmp_path: Path, line: str, says: str, repair: bool) -> None:
    message = refusal(written(tmp_path, GOOD + line + "\neve,ann,shop\n"), repair)
    assert says in message
    assert "chart_repair=true does not mend all of this" in message


def test_open_quote_in_a_column_nobody_reads(tmp_path: Path) -> None:
    content = 'person,manager,title\nann,,"chief\nbob,ann,x\ncas,ann,y\n'
    assert "not closed on its line: line 2" in refusal(written(tmp_path, content))


# Every kind of broken reporting line: named, then mended.


@pytest.mark.parametrize(
    ("content", "says", "boss", "mended"),
    [
        (
            GOOD + "bob,ann,shop\n",
            "- listed twice with the same manager: bob on lines 3 and 5",
            [-1, 0, 1],
            ["Line 5: bob is listed before, on line 3; that counts."],
        ),
        (
            GOOD + "cas,ann,shop\n",
            "- listed twice with different managers: cas on lines 4 and 5 (bob, ann)",
            [-1, 0, 1],
            ["Line 5: cas is listed before, on line 4; that counts."],
        ),
        (
            GOOD + "dee,zed,shop\n",
            "- the manager is not in the list: line 5 dee (manager zed)",
            [-1, 0, 1, 0],
            ["Line 5: dee had manager zed, who is not in the list; now reports to the head ann."],
        ),
        (
            GOOD + "dee,dee,shop\n",
            "- own manager: line 5 dee",
            [-1, 0, 1, 0],
            ["Line 5: dee was own manager; now reports to the head ann."],
        ),
        (
            "person,manager\ndee,\n"
            + GOOD.split("\n", 1)[1].replace(",top", "").replace(",shop", ""),
            "- several heads (the manager cell is empty) (2): line 2 dee, line 3 ann",
            [1, -1, 1, 2],
            ["Line 2: dee had no manager; now reports to the head ann."],
        ),
        (
            "person,manager\nann,\nbob,\n",
            "- several heads (the manager cell is empty) (2): line 2 ann, line 3 bob",
            [-1, 0],
            ["Line 3: bob had no manager; now reports to the head ann."],
        ),
        (
            GOOD + "fay,dee,shop\n\ndee,eve,shop\neve,fay,shop\ngus,eve,shop\n",
            "- managers in a cycle: line 5 fay → line 7 dee → line 8 eve → fay",
            [-1, 0, 1, 0, 5, 3, 5],
            ["Line 5: fay had manager dee, in a cycle; now reports to the head ann."],
        ),
        (
            "person,manager\nbob,ann\nann,board\ncas,cas\n",
            "- no head: everybody has a manager",
            [1, -1, 1],
            [
                "Line 3: ann had manager board, who is not in the list; now is the head.",
                "Line 4: cas was own manager; now reports to the head ann.",
            ],
        ),
    ],
)
def test_broken_trees(
    tmp_path: Path, content: str, says: str, boss: list[int], mended: list[str]
) -> None:
    path = written(tmp_path, content)
    message = refusal(path)
    assert any(line.startswith(says) for line in message.split("\n"))
    assert message.endswith("Mend the file, or add organisation.chart_repair=true.")
    chart = read_chart(path, repair=True)
    assert chart.boss.tolist() == boss
    assert list(chart.mended) == mended


def test_a_cycle_without_any_head_is_refused_with_repair_too(tmp_path: Path) -> None:
    path = written(tmp_path, "person,manager\nann,bob\nbob,ann\n")
    assert "managers in a cycle: line 2 ann → line 3 bob → ann" in refusal(path)
    assert "- no head" in refusal(path, repair=True)


def test_every_kind_stands_in_one_message_with_ten_places_each(tmp_path: Path) -> None:
    strays = "".join(f"s{number},nobody,shop\n" for number in range(14))
    rest = "dee,dee,shop\nbob,ann,shop\ncas,ann,shop\neve,,shop\nfay,gus,shop\ngus,fay,shop\n,x,y\n"
    message = refusal(written(tmp_path, GOOD + strays + rest))
    for kind in ("not in the list (14)", "own manager", "same manager", "different managers",
                 "several heads", "in a cycle", "person cell is empty"):  # fmt: skip
        assert kind in message
    assert "line 5 s0 (manager nobody)" in message
    assert "line 14 s9 (manager nobody) and 4 more" in message
    assert "s10" not in message


@st.composite
def any_list(draw: st.DrawFn) -> str:
    """Up to twelve lines about up to eight people, mostly broken."""
    ids = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"])
    manager = st.one_of(ids, st.sampled_from(["", "nobody"]))
    lines = draw(st.lists(st.tuples(ids, manager), min_size=1, max_size=12))
    return "person,manager\n" + "".join(f"{person},{up}\n" for person, up in lines)


@given(any_list())
@settings(deadline=None)
def test_after_repair_it_is_a_tree_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = written(tmp_path_factory.mktemp("chart"), content)
    try:
        chart = read_chart(path, repair=True)
    except ChartError:
        assert "- no head" in refusal(path, repair=True)  # nothing but cycles
        return
    assert set(chart.people) == {line.split(",")[0] for line in content.split()[1:]}
    from_bosses(chart.boss, chart.department)
    try:
        whole = read_chart(path)
    except ChartError:
        assert chart.mended
    else:
        assert chart.mended == ()
        assert np.array_equal(whole.boss, chart.boss)


def test_a_list_of_100_000_people(tmp_path: Path) -> None:
    rows = (f"p{row},p{(row - 1) // 7},d{row % 50}\n" for row in range(1, 100_000))
    path = written(tmp_path, "person,manager,department\np0,,d0\n" + "".join(rows))
    chart: Chart = read_chart(path)
    assert np.array_equal(chart.boss, (np.arange(100_000) - 1) // 7)
