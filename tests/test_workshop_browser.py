"""Does the workshop do in a real browser what it promises? Driven through Playwright."""

import re
from typing import Any

import pytest

from tests.workshop_browser import (
    ACTS,
    EN,
    IN_A_BROWSER,
    NL,
    SMALL,
    Watched,
    marked,
    settled,
    until,
)

pytestmark = IN_A_BROWSER

# --- levers, links, languages -------------------------------------------------------------------


def test_the_page_says_what_it_shows_and_asks_nothing_of_others(
    address: str, watched: Watched
) -> None:
    page = watched.open(f"{address}/?{ACTS}")
    settled(page)
    assert (
        page.locator(".large-chart .fan")
        .get_attribute("aria-label")
        .startswith(NL["measures"]["nps_true"]["name"])
    )
    page.wait_for_function("() => document.documentElement.lang === 'nl'")
    assert page.locator(".small-chart").count() == 8
    assert re.search(r"\d,\d", page.locator(".apart").first.inner_text())  # Dutch decimals


def test_a_slider_changes_the_picture_the_link_and_nothing_before_it_acts(
    address: str, watched: Watched
) -> None:
    page = watched.open(f"{address}/?{ACTS}&m=effort")
    before = settled(page)
    slider = page.locator('[data-lever="example.0"] input[type=range]')
    slider.focus()
    slider.press("Home")  # to zero
    page.wait_for_function("() => location.search.includes('example~0~')")
    after = settled(page, before)
    early = [(a, b) for a, b in zip(before, after, strict=True) if a[0] <= 1.0]
    assert early
    assert all(a == b for a, b in early)
    assert after[-1][1] < before[-1][1]  # the top that does nothing is followed


def test_undo_and_reset_bring_the_numbers_back(address: str, watched: Watched) -> None:
    page = watched.open(f"{address}/?{ACTS}&m=effort")
    first = settled(page)
    marked(page, "reset").click()
    page.wait_for_function("() => !location.search.includes('example')")
    assert settled(page) != first
    page.keyboard.press("Control+z")
    page.wait_for_function("() => location.search.includes('example~0.9')")
    assert settled(page) == first


def test_the_link_restores_the_state_exactly(address: str, watched: Watched, browser: Any) -> None:
    page = watched.open(f"{address}/?{ACTS}&m=effort")
    settled(page)
    grip = page.locator('[data-lever="example.0"] .lever-start')
    grip.focus()
    grip.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('example~0.9~56~')")
    shown = settled(page)
    other = Watched(browser)
    again = other.open(page.url)
    assert settled(again) == shown
    assert again.url == page.url
    other.context.close()


def test_the_language_switches_everything_and_keeps_the_numbers(
    address: str, watched: Watched
) -> None:
    page = watched.open(f"{address}/?{ACTS}")
    before = settled(page)
    marked(page, "language-en").click()
    page.get_by_role("button", name=EN["predict"]["open"]).wait_for()
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert settled(page) == before
    shown = page.locator("body").inner_text()
    for path in ("views.desk", "views.difference", "predict.open", "footer"):
        group, _, key = path.partition(".")
        dutch = NL[group][key] if key else NL[group]
        assert dutch not in shown, dutch


def test_two_sessions_do_not_touch_each_other(address: str, browser: Any) -> None:
    one, two = Watched(browser), Watched(browser)
    first, second = (
        one.open(f"{address}/?{ACTS}&m=effort"),
        two.open(f"{address}/?{SMALL}&m=effort"),
    )
    settled(first)
    kept, link = settled(second), second.url
    slider = first.locator('[data-lever="words.0"] input[type=range]')
    slider.focus()
    slider.press("End")
    first.wait_for_function("() => location.search.includes('words~1~')")
    settled(first)
    assert settled(second) == kept
    assert second.url == link
    assert second.locator('[data-lever="words.0"] input[type=range]').input_value() == "0"
    one.context.close()
    two.context.close()


# --- pictures -----------------------------------------------------------------------------------

CROSSES = """() => {
  const box = document.querySelector('.large-chart .fan');
  const chart = getElement(Number(box.id.slice(1))).chart;
  const years = [0.25, 1, 2, 3];
  const put = (name, values) => ({ id: name, data: years.map((year, at) => [year, values[at]]) });
  chart.setOption({ series: [
    put('apart-low', [-10, -10, 5, -12]), put('apart-band', [20, 4, 6, 24]),
    put('apart-middle', [0, -8, 8, 0]), ] });
  const canvas = box.querySelector('canvas');
  const ratio = canvas.width / canvas.clientWidth;
  const inked = (year, value) => {
    const [x, y] = chart.convertToPixel({ seriesId: 'apart-middle' }, [year, value]);
    const at = canvas.getContext('2d').getImageData(x * ratio, y * ratio, 1, 1).data;
    return at[3] > 0 && (at[0] < 250 || at[2] < 250);
  };
  chart.getZr().flush(); // paint now
  return [
    inked(0.3, 7), inked(0.3, -7), inked(0.3, 13), inked(0.3, -13),
    inked(1.02, -9), inked(1.02, -3), inked(1.02, 3), inked(1.98, 9.5), inked(1.98, 2),
    inked(2.9, 9), inked(2.9, -10) ];
}"""
# Whether A minus B is in the chart.
APART = """() => {
  const box = document.querySelector('.large-chart .fan');
  const chart = box && getElement(Number(box.id.slice(1)))?.chart;
  const drawn = chart?.getOption()?.series.find(each => each.id === 'apart-middle');
  return drawn?.data.length > 0 && box.querySelector('canvas') !== null;
}"""


def test_a_band_that_crosses_zero_is_filled_from_its_low_to_its_high(
    address: str, watched: Watched
) -> None:
    page = watched.open(f"{address}/?{ACTS}")
    settled(page)
    page.get_by_role("button", name=NL["charts"]["apart"], exact=True).click()
    page.wait_for_function(APART)
    assert page.evaluate(CROSSES) == [
        True, True, False, False,  # -10 to 10: on both sides of zero, and no further
        True, False, False,  # -10 to -6
        True, False,  # 5 to 11
        True, True,  # -12 to 12
    ]  # fmt: skip


def test_people_and_customers_play_through_the_years(address: str, watched: Watched) -> None:
    page = watched.open(f"{address}/?{ACTS}")
    page.keyboard.press("2")
    status = page.locator(".people .apart")
    status.filter(has_text="100").wait_for()
    first, when = status.inner_text(), page.locator(".when")
    assert when.inner_text() == NL["people"]["quarter"].format(year=1, quarter=1)
    play = marked(page, "play")
    play.click()
    # Each quarter is there for a moment; it stays at the last one.
    last = NL["people"]["quarter"].format(year=3, quarter=4)
    until(page, lambda: when.inner_text() == last)
    until(page, lambda: NL["people"]["play"] in play.inner_text())
    assert status.inner_text() != first
    marked(page, "ask-person").click()
    page.locator(".why table tr").first.wait_for()


# Colours of the flowers of customers who are not there, and how many of the others have them.
GONE = """() => {
  const box = document.querySelector('.square.field > *');
  const chart = box && mounted_app ? getElement(Number(box.id.slice(1)))?.chart : null;
  const flowers = chart?.getModel()?.getSeriesByIndex(0)?.getData();
  if (!flowers?.count()) return null;
  const all = [...Array(flowers.count()).keys()];
  const fill = each => flowers.getItemVisual(each, 'style').fill;
  const here = each => flowers.getRawDataItem(each)[2] >= 0;
  const gone = [...new Set(all.filter(each => !here(each)).map(fill))];
  return [gone, all.filter(each => here(each) && gone.includes(fill(each))).length];
}"""


def test_who_is_not_there_is_not_drawn_as_one_who_thinks_little_of_us(
    address: str, watched: Watched
) -> None:
    from experiments.workshop.people_view import UNSHOWN

    page = watched.open(f"{address}/?y=3&p=15&c=600")  # a fifth of the places stand empty at first
    page.keyboard.press("2")
    page.wait_for_function(f"() => ({GONE})() !== null")
    colours, others = page.evaluate(GONE)
    red, green, blue = (int(UNSHOWN[at : at + 2], 16) for at in (1, 3, 5))
    assert colours == [f"rgba({red},{green},{blue},1)"]
    assert others == 0


def test_why_a_and_b_differ_and_what_a_survey_would_see(address: str, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{address}/?{ACTS}&w=difference")
    marked(page, "find-out").click()
    page.locator(".waterfall").wait_for()
    counted = re.fullmatch(
        r"([\d.]+) van ([\d.]+) simulaties gedaan", marked(page, "steps").text_content()
    )
    assert counted
    assert counted[1] == counted[2]
    told = page.locator(".waterfall").get_attribute("aria-label")
    assert NL["difference"]["whole"] in told
    assert len(marked(page, "survey").inner_text()) > 40


# --- predict first ------------------------------------------------------------------------------


# Elements of the page that hold what the model found.
ANSWERS = (
    "() => Object.values(mounted_app.elements).filter(each => each.props?.options?.series || "
    "each.props?.shown).length"
)


def guessed(page: Any) -> int:
    """Points that were drawn."""
    return len((page.locator(".guess-own").get_attribute("points") or "").split())


def test_predict_first_hides_the_answer_and_then_shows_it(address: str, watched: Watched) -> None:
    page = watched.open(f"{address}/?{ACTS}&m=effort")
    answer = settled(page)
    marked(page, "predict").click()
    picture = page.locator(".guess svg")
    picture.wait_for()
    assert page.locator(".fan").count() == 0  # no other chart gives it away
    assert page.locator(".guess-shown").count() == 0
    box = picture.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.3 * box["height"], steps=8)
    page.mouse.up()
    until(page, lambda: guessed(page) > 3)
    points = guessed(page)
    for language, words in (("en", EN), ("nl", NL)):  # the answer stays hidden, the guess stays
        marked(page, f"language-{language}").click()
        page.get_by_role("button", name=words["predict"]["reveal"]).wait_for()
        until(page, lambda: guessed(page) == points)
        assert page.locator(".fan").count() == page.locator(".guess-shown").count() == 0
        assert page.evaluate(ANSWERS) == 0
    marked(page, "reveal").click()
    page.locator(".guess-shown polyline").wait_for(state="attached")
    drawn = page.locator(".guess-shown polyline").get_attribute("points").split()
    assert len(drawn) == len(answer)
    page.locator(".apart").filter(has_text=re.compile(r"\d")).wait_for()
    marked(page, "close-guess").click()
    page.locator(".large-chart .fan").wait_for()
    assert settled(page) == answer


def test_the_answer_is_not_in_the_page_before_it_is_revealed(
    address: str, watched: Watched
) -> None:
    page = watched.open(f"{address}/?{ACTS}&m=effort")
    settled(page)
    page.keyboard.press("p")
    page.locator(".guess svg").wait_for()
    assert page.evaluate(ANSWERS) == 0


# --- keyboard, teams ---------------------------------------------------------------------------


def test_everything_can_be_done_from_the_keyboard(address: str, watched: Watched) -> None:
    page = watched.open(f"{address}/?{SMALL}&m=effort")
    before = settled(page)
    slider = page.locator('[data-lever="example.0"] input[type=range]')
    for _ in range(40):
        page.keyboard.press("Tab")
        if slider.evaluate("element => element === document.activeElement"):
            break
    else:
        pytest.fail("the slider cannot be reached with Tab")
    page.keyboard.press("End")
    page.wait_for_function("() => location.search.includes('example~1~')")
    settled(page, before)
    page.keyboard.press("Tab")  # to the start on the timeline
    assert page.evaluate("document.activeElement.className").startswith("lever-grip")
    page.keyboard.press("PageUp")
    page.wait_for_function("() => location.search.includes('example~1~78~')")
    page.keyboard.press("p")
    picture = page.locator(".guess svg")
    picture.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowRight", "ArrowUp"):
        picture.press(key)
    until(page, lambda: guessed(page) == 2)
    for key, view in (("2", "people"), ("3", "difference"), ("4", "teams"), ("1", "desk")):
        page.locator("body").press(key)
        page.locator(f".view .{view}").wait_for()


def test_teams_plan_within_a_budget_predict_and_are_debriefed(
    address: str, watched: Watched
) -> None:
    page = watched.open(f"{address}/?{SMALL}")
    page.keyboard.press("4")
    slider = page.locator('[data-lever="context.0"] input[type=range]')
    slider.focus()
    slider.press("ArrowRight")
    marked(page, "team-guess").press_sequentially("3,5")  # whatever the browser's own language
    marked(page, "team-1").click()
    page.locator('[data-testid="team-1"][aria-pressed="true"]').wait_for()
    marked(page, "structure").click()
    page.get_by_role("option", name=NL["structure"]["circles"], exact=True).click()
    marked(page, "from-year").fill("1")
    marked(page, "more").click()
    page.get_by_role("option", name=NL["levers"]["spotlight"]["name"], exact=True).click()
    page.locator('[data-lever="spotlight.0"]').wait_for()
    marked(page, "play-teams").click()
    page.locator(".team-results table tbody tr").first.wait_for()
    assert page.locator(".team-results tbody tr").count() == 2
    assert "+3,5" in page.locator(".team-results tbody tr").first.inner_text()
    assert NL["teams"]["question"]["1"] in page.locator(".team-results").inner_text()
    plan = page.locator(".team-results tbody tr").nth(1).inner_text()
    assert f"{NL['structure']['circles']} na 1 jaar" in plan
    marked(page, "view-desk").click()  # and back: the results are still open, in each language
    marked(page, "view-teams").click()
    page.locator(".team-results table tbody tr").first.wait_for()
    marked(page, "language-en").click()
    page.locator(".team-results").filter(has_text=EN["teams"]["question"]["1"]).wait_for()
    marked(page, "language-nl").click()
    page.locator(".team-results").filter(has_text=NL["teams"]["question"]["1"]).wait_for()
    marked(page, "replay").click()
    page.get_by_test_id("begun").filter(has_text=NL["structure"]["circles"]).wait_for()
    marked(page, "back").click()
    page.locator(".team-plan").wait_for()
