"""Does the site build without a warning, does every link in it lead somewhere, and is it whole?"""

import inspect
import re
import shlex
import shutil
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

import zwerm
from experiments import cli, site, site_api, site_claims, site_pages
from experiments.claims import verdicts
from experiments.explain_facts import claims
from experiments.schema import declared
from experiments.store import FolderError
from scenarios.library import CONF, names
from sim.compiled import kernel_hash
from sim.configuration import MECHANISMS
from sim.levers import LEVERS

ROOT = site.odd.ROOT
WRITTEN = [path for path in sorted(site.DOCS.rglob("*.md")) if path.parent != site.odd.PARTS]
PAGES = [ROOT / "README.md", *(ROOT / name for name in site.BESIDE), *WRITTEN]
LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
GUIDES = {"en": site.DOCS / "guide.en.md", "nl": site.DOCS / "guide.nl.md"}


class Read(HTMLParser):
    """What a page of the site refers to, and what can be referred to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in given:
            self.loaded.append(given["src"])
        elif tag == "link" and given.get("rel") != "canonical":
            self.loaded.append(given["href"])


# --- the site as it is built ----------------------------------------------------------------


@pytest.mark.slow
def test_the_site_is_whole(tmp_path: Path):
    """One test, so that no second worker builds the site again."""
    folder = tmp_path / "site"
    assert site.build(folder) == ""
    read = {path: Read(path) for path in sorted(folder.rglob("*.html"))}
    every_link_leads_somewhere(folder, read)
    nothing_comes_from_elsewhere(folder, read)
    every_page_is_there(folder)
    every_public_name_of_the_facade_is_there(read[folder / "api" / "zwerm.html"])
    for page, known in NAMED.items():
        everything_has_an_address(page, known, read[folder / "reference" / f"{page}.html"])


def every_link_leads_somewhere(folder: Path, read: dict[Path, Read]) -> None:
    lost, followed = [], 0
    for path, page in read.items():
        for link in page.links:
            if re.match(r"https?:|mailto:", link):
                continue
            name, _, anchor = unquote(link).partition("#")
            target = (path.parent / name).resolve() if name else path
            followed += 1
            if target not in read or (anchor and anchor not in read[target].ids):
                lost.append(f"{path.relative_to(folder)}: {link}")
    assert followed > 1000
    assert lost == []


def nothing_comes_from_elsewhere(folder: Path, read: dict[Path, Read]) -> None:
    loaded = {each for page in read.values() for each in page.loaded}
    assert loaded
    assert [each for each in loaded if re.match(r"(https?:)?//", each)] == []
    for path in [*folder.rglob("*.html"), *folder.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"mathjax|@import|url\(['\"]?(https?:)?//", text, re.I), path


def every_page_is_there(folder: Path) -> None:
    expected = {path.relative_to(site.DOCS).with_suffix(".html") for path in WRITTEN}
    expected |= {Path(name).with_suffix(".html") for name in site.BESIDE}
    assert {each for each in expected if not (folder / each).is_file()} == set()


def every_public_name_of_the_facade_is_there(page: Read) -> None:
    ours = {each.__name__ for each in vars(zwerm).values()
            if inspect.isfunction(each) and each.__module__ == "zwerm"}  # fmt: skip
    public = {name for name in ours if not name.startswith("_")}
    assert {"run", "compare", "organisation", "sweep"} <= public
    assert {name for name in public if f"zwerm.{name}" not in page.ids} == set()


NAMED = {
    "parameters": tuple(declared()), "levers": tuple(each.name for each in LEVERS),
    "mechanisms": MECHANISMS, "claims": tuple(claims()), "scenarios": tuple(names("scenario")),
    "organisations": tuple(names("organisation")),
}  # fmt: skip


def everything_has_an_address(page: str, known: tuple[str, ...], read: Read) -> None:
    wanted = {site_pages.address(page, name).replace("_", "-") for name in known}
    assert wanted
    assert wanted - {each.replace("_", "-") for each in read.ids} == set(), page


# --- building -------------------------------------------------------------------------------


def small_site(folder: Path, index: str) -> None:
    """The settings of the site around one page."""
    shutil.copy(site.DOCS / "conf.py", folder)
    shutil.copytree(site.DOCS / "static", folder / "static")
    (folder / "index.md").write_text(index, encoding="utf-8")


def test_a_broken_link_or_anchor_is_an_error_and_leaves_nothing(tmp_path: Path, monkeypatch):
    text = "# One\n\n[away](nowhere.md)\n\n[here](#nothing)\n\n[there](index.md#none)\n"
    monkeypatch.setattr(site, "write_sources", lambda to, claims: small_site(to, text))
    wrong = site.build(tmp_path / "site")
    assert wrong.count("xref_missing") == 3
    assert "nowhere" in wrong
    assert list(tmp_path.iterdir()) == []


def test_the_last_site_is_replaced_and_nothing_else(tmp_path: Path, monkeypatch):
    def sphinx(source: Path, to: Path) -> None:
        (to / site.INVENTORY).write_text("", encoding="utf-8")
        (to / site.FIRST).write_text((source / "new").read_text(encoding="utf-8"), encoding="utf-8")

    turn = iter(("first", "second"))
    monkeypatch.setattr(site, "_run_sphinx", sphinx)
    monkeypatch.setattr(
        site, "write_sources", lambda to, claims: (to / "new").write_text(next(turn))
    )
    monkeypatch.setattr(site, "TARGET", tmp_path / "build" / "docs")
    assert (site.build(), site.build()) == ("", "")
    assert (site.TARGET / site.FIRST).read_text(encoding="utf-8") == "second"
    assert [each.name for each in site.TARGET.parent.iterdir()] == ["docs"]
    (site.TARGET / site.INVENTORY).unlink()
    with pytest.raises(FolderError, match="not a site of ours; remove it, or type --out"):
        site.build()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--claims", "nowhere"], "nowhere holds no judged claims; make some with `zwerm claims"),
        (["--out", "full"], "not empty; give another name"),
        (["--fast"], "`zwerm docs --help` says what is possible"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(site, "TARGET", tmp_path / "docs")
    assert cli.answering(lambda: site.docs_command(words)) == cli.BAD_INPUT
    complaint = capsys.readouterr().err
    assert said in complaint
    assert "Traceback" not in complaint
    assert sorted(each.name for each in tmp_path.iterdir()) == ["full"]


def test_without_sphinx_it_says_what_to_type(monkeypatch, capsys):
    monkeypatch.setattr(site, "NEEDED", ("sphinx", "nowhere_to_be_found"))
    assert cli.answering(lambda: site.docs_command([])) == cli.BAD_INPUT
    assert "needs nowhere_to_be_found; type `uv sync`" in capsys.readouterr().err


def test_pages_that_nobody_listed_stand_in_the_index(monkeypatch, tmp_path: Path):
    for name in ("index", "sweeps", "brand_new"):
        (tmp_path / f"{name}.md").write_text("# x", encoding="utf-8")
    monkeypatch.setattr(site, "DOCS", tmp_path)
    monkeypatch.setattr(site, "INDEX", tmp_path / "index.md")
    index = f"sweeps\n{site.LAST}\n```\n"
    assert site.complete(index) == f"sweeps\n{site.LAST}\nbrand_new\n```\n"


# --- generated pages ------------------------------------------------------------------------


def test_docstrings_are_marked_up():
    said = "Takes *all* |x|, `a_b` and rest_.\n\n    q = a * b\n\n      + c_\n\n* one\n* `two`"
    assert site_api.marked_up(said) == (
        "Takes \\*all\\* \\|x\\|, ``a_b`` and rest\\_.\n\n::\n\n    q = a * b\n\n      + c_\n\n"
        "* one\n* ``two``\n"
    )


def test_fields_of_named_tuples_are_told_by_their_comments():
    assert "0 = somebody is there" in site_api.field_comment("sim.state", "Staff", "vacancy")
    assert site_api.field_comment("sim.state", "Staff", "nothing") == ""


def test_plain_text_stays_plain():
    assert site_pages.plain("a*b_c <d> [e] `f_g`") == "a\\*b\\_c \\<d\\> \\[e\\] `f_g`"


def test_claims_without_verdicts_say_so(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(verdicts, "FILE", tmp_path / "none.yaml")
    page = site_claims.page(None)
    assert site_claims.NOT_RUN in page
    assert "*Verdict:*" not in page
    assert page.count("*Not run:*") > 5


def test_verdicts_come_from_a_folder_of_judged_claims(tmp_path: Path, monkeypatch):
    folder = tmp_path / "judged"
    assert cli.main(["claims", "B06", "D26", "--seeds", "2", "--out", str(folder)]) == 0
    page = site_claims.page(folder)
    assert site_claims.NOT_RUN not in page
    assert "The model has changed" not in page
    assert page.count("*Verdict:*") == 2
    monkeypatch.setattr(site_claims, "kernel_hash", lambda: "other rules")
    page = site_claims.page(folder)
    assert site_claims.OTHER_RULES.format(then=kernel_hash(), now="other rules") in page


# --- pages by hand --------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_lead_to_files(path: Path):
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    links = [link for link in LINK.findall(text) if not re.match(r"https?:|mailto:|#", link)]
    assert [link for link in links if not (path.parent / link.partition("#")[0]).exists()] == []


def commands(path: Path) -> list[str]:
    """What a page says to type, line by line; what a line breaks is joined."""
    blocks = "".join(body for kind, body in BLOCK.findall(path.read_text(encoding="utf-8"))
                     if kind in ("", "bash", "sh"))  # fmt: skip
    lines = re.sub(r"\s*\\\n\s*", " ", blocks).split("\n")
    found = [re.match(r"(?:\$ )?(?:uv run (?:--extra \S+ )?)?(zwerm .*)", line) for line in lines]
    return [re.sub(r"\s+#.*|\s{3,}.*", "", each[1]) for each in found if each]


@cache
def help_of(*words: str) -> str:
    return site_pages.help_of(*words)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_exist_with_their_options(path: Path):
    for line in commands(path):
        words = line.split()[1:]
        assert words[0] in cli.COMMANDS or words[0] == "…", line
        options = {each.partition("=")[0] for each in words if re.match(r"--[a-z]", each)}
        if not options - {"--help"}:
            continue
        inner = words[1] if len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]) else ""
        known = help_of(words[0]) + (help_of(words[0], inner) if inner else "")
        if "--data" in words:  # another parser answers
            known += help_of(words[0], "--data", "own.csv")
        assert {each for each in options if each not in known} == set(), line


TUTORIALS = sorted((site.DOCS / "tutorial").glob("*.md"))
TINY = {"organisation.people": "15", "organisation.customers": "60", "engine.seeds": "2",
        "engine.figures": "false"}  # fmt: skip
TAKES_SETTINGS = ("run", "compare", "why")


def in_small(line: str) -> list[str]:
    """The words of a command, on a small organisation and two seeds."""
    words = shlex.split(line)[1:]
    if words[0] not in TAKES_SETTINGS or "--from" in words:
        return words
    kept = [each for each in words if each.partition("=")[0] not in TINY]
    return [*kept, *(f"{name}={value}" for name, value in TINY.items())]


def own_files(path: Path, conf: Path) -> None:
    """Write what a page says to save below conf/."""
    for kind, body in BLOCK.findall(path.read_text(encoding="utf-8")):
        named = re.search(r"^# conf/(\S+)$", body, re.M)
        if kind == "yaml" and named:
            (conf / named[1]).write_text(body, encoding="utf-8")


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_every_command_of_a_tutorial_works(path: Path, tmp_path: Path, monkeypatch, capsys):
    conf = shutil.copytree(CONF, tmp_path / "conf")
    for module in ("scenarios.library", "experiments.composing", "experiments.explain_pages"):
        monkeypatch.setattr(f"{module}.CONF", conf)
    own_files(path, conf)
    monkeypatch.chdir(tmp_path)
    from experiments.explain import things

    things.cache_clear()
    try:
        lines = commands(path)
        assert lines
        for line in lines:
            assert cli.main(in_small(line)) == 0, (line, capsys.readouterr().err)
    finally:
        things.cache_clear()


@pytest.mark.parametrize(
    "path", [*TUTORIALS, *sorted((site.DOCS / "how-to").glob("*.md"))], ids=lambda path: path.stem
)
def test_python_on_a_page_runs(path: Path, capsys):
    blocks = [body for kind, body in BLOCK.findall(path.read_text(encoding="utf-8"))
              if kind == "python"]  # fmt: skip
    for body in blocks:
        exec(compile(body, str(path), "exec"), {"__name__": "page"})
    assert bool(capsys.readouterr().out) == bool(blocks)


# --- the facilitator's guide ----------------------------------------------------------------


def sections(text: str) -> list[str]:
    """The text under each heading of the second level, the heading as its first line."""
    return re.split(r"^## ", text, flags=re.M)[1:]


def shape(section: str) -> dict[str, object]:
    """What both languages must have in a section."""
    prose = BLOCK.sub("", section)
    return {
        "rows": len(re.findall(r"^\|", prose, re.M)),
        "points": len(re.findall(r"^(?:- |\d\. )", prose, re.M)),
        "paragraphs in bold": len(re.findall(r"^\*\*", prose, re.M)),
        "quotes": len(re.findall(r"^>$|^> .*\n(?!>)", prose, re.M)),
        "times": re.findall(r"^\| (\d\d)[:.](\d\d)", prose, re.M),
        "minutes": re.findall(r"\| (\d+) \|", prose),
        "commands": [line.split(" --")[0] for line in commands_in(section)],
    }  # fmt: skip


def commands_in(text: str) -> list[str]:
    return re.findall(r"^zwerm .*$|`(?=zwerm )[^`]*`", text, re.M)


def test_both_guides_have_the_same_sections():
    english, dutch = (sections(path.read_text(encoding="utf-8")) for path in GUIDES.values())
    assert len(english) == len(dutch) >= 10
    for one, other in zip(english, dutch, strict=True):
        assert shape(one) == shape(other), (one.split("\n")[0], other.split("\n")[0])


@pytest.mark.parametrize("language", GUIDES)
def test_the_minutes_of_the_guide_add_up(language: str):
    rows = re.findall(
        r"^\| (\d\d)[:.](\d\d) \| (\d*) ?\|", GUIDES[language].read_text("utf-8"), re.M
    )
    clock = [60 * int(hour) + int(minute) for hour, minute, _ in rows]
    lasting = [int(minutes) for *_, minutes in rows if minutes]
    assert len(lasting) > 12
    lengths = [late - early for early, late in pairwise(clock)]
    assert lengths[: len(lasting)] == lasting


@pytest.mark.parametrize("language", GUIDES)
def test_the_guide_names_every_story_as_its_page_does(language: str):
    text = GUIDES[language].read_text(encoding="utf-8")
    words = yaml.safe_load((CONF / "text" / f"{language}.yaml").read_text(encoding="utf-8"))
    told = re.findall(r'^\| ([^|]+) \| "', text, re.M)
    for name, story in words["story"]["stories"].items():
        assert f"zwerm story {name} --out" in text
        assert any(story["title"].startswith(each) for each in told), story["title"]
