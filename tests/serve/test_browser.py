"""The pages in a real browser: by mouse, by keyboard, live, light and dark, wide and narrow."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from bpodsl.serve.looking import Files
from tests.serve.served import CARE, PLAIN, hostile, running, until

PAGES = (
    "/", "/graph", "/graph?at=measure:p1_on_time", "/duties", "/duties?norm=restore_p1&status=excused", "/measures",
    "/ledger", "/why?of=help_desk_credit&in=2026-06", "/what-if", "/source", "/nowhere",
    "/what-if?month=2026-06&case=on_time+restore_p1+northwind/00258&level.p1_on_time.target=97",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(browser):
    with running(Files(*PLAIN, until("2026-10-14"))) as found:
        yield found


@pytest.fixture(scope="module")
def let_in(browser, address):
    """A window of the browser that was let in, and where the pages are."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.new_page().goto(address)
    yield context, address.partition("/?")[0]
    context.close()


@pytest.fixture
def page(let_in):
    context, base = let_in
    found = context.new_page()
    found.wrong, found.base = [], base
    found.on("pageerror", lambda error: found.wrong.append(str(error)))
    found.on("console", lambda said: found.wrong.append(said.text) if said.type in ("error", "warning") else None)
    found.on("request", lambda sent: found.wrong.append(sent.url) if not sent.url.startswith(base) else None)
    yield found
    wrong = [each for each in found.wrong if "404" not in each]
    found.close()
    assert not wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_stands_in_the_way_of_anyone(page, path, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(page.base + path)
    for each in page.query_selector_all("details"):
        each.evaluate("each => each.open = true")
    found = Axe().run(page).response["violations"]
    assert not [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1920])
def test_no_page_is_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        page.goto(page.base + path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)


def test_long_words_and_deep_trees_fit_a_phone(browser):
    home = CARE.parent / "image_processing"
    paths = (home / "tracker.csv", home / "desk.jsonl")
    with running(Files(home / "image_processing.bpo", paths, until("2026-07-20"))) as address:
        context = browser.new_context(viewport={"width": 390, "height": 800})
        context.set_default_timeout(180_000)
        page = context.new_page()
        page.goto(address)
        base = address.partition("/?")[0]
        for path in (
            "/", "/why?of=turnaround_credit&in=2026-05", "/graph?at=credit:turnaround_credit", "/duties?norm=deliver",
            "/what-if?month=2026-05", "/ledger?routine=1", "/source", "/measures",
        ):
            page.goto(base + path)
            for each in page.query_selector_all("details"):
                each.evaluate("each => each.open = true")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        context.close()


def test_a_path_from_an_event_to_money_by_clicking(page):
    page.goto(page.base + "/graph")
    page.click(".drawing [data-box='event:ticket_opened']")
    page.click("#panel .steps >> text=Restore P1 service")
    page.wait_for_url("**at=obligation*restore_p1")
    page.click("#panel .steps >> text=P1 tickets restored in time")
    page.wait_for_url("**at=measure*p1_on_time")
    page.click("#panel .ways >> text=P1 service credit")
    page.wait_for_url("**at=credit*help_desk_credit")
    assert "87 500.00 GBP" in page.inner_text("#panel")
    assert page.get_attribute(".drawing a.chosen", "data-box") == "credit:help_desk_credit"
    near = {each.get_attribute("data-box") for each in page.query_selector_all(".drawing a.near")}
    assert {"event:ticket_opened", "measure:p1_on_time"} <= near and "event:survey_returned" not in near
    page.go_back()
    page.locator("#panel h2", has_text="P1 tickets restored in time").wait_for()


def test_the_graph_by_keyboard(page):
    page.goto(page.base + "/graph")
    page.focus(".canvas")
    before = page.get_attribute(".drawing", "viewBox")
    page.keyboard.press("ArrowRight")
    moved = page.get_attribute(".drawing", "viewBox")
    page.keyboard.press("+")
    larger = page.get_attribute(".drawing", "viewBox")
    page.keyboard.press("0")
    assert len({before, moved, larger, page.get_attribute(".drawing", "viewBox")}) == 4
    page.focus(".drawing [data-box='measure:p1_on_time']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel h2")
    assert page.inner_text("#panel h2").startswith("P1 tickets restored in time")


def test_moving_the_graph_follows_no_link(page):
    page.goto(page.base + "/graph")
    box = page.query_selector(".drawing [data-box='event:ticket_opened']").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 40, steps=5)
    page.mouse.up()
    now = page.query_selector(".drawing [data-box='event:ticket_opened']").bounding_box()
    assert now["x"] - box["x"] == pytest.approx(80, abs=2) and now["y"] - box["y"] == pytest.approx(40, abs=2)
    assert page.url.endswith("/graph")


def test_the_menu_by_keyboard(page):
    page.goto(page.base + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('nav') !== null")


def test_a_filter_needs_no_button(page):
    page.goto(page.base + "/ledger")
    page.select_option("#kind", "Accrued")
    page.wait_for_url("**kind=Accrued**")
    assert set(page.locator(".ledger .kind").all_inner_texts()) == {"Accrued"}


def test_the_slider_shows_what_was_known_then(page):
    page.goto(page.base + "/")
    page.focus(".known input[type=range]")
    for _ in range(14):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("known=2026-"))
    assert "As it was known at the end of" in page.inner_text(".banner")


def test_what_if_answers_at_once_and_in_its_place(page):
    page.goto(page.base + "/what-if?month=2026-06")
    cases = page.locator("main .cases select[name=case]")
    said = page.locator("main .cases label")
    for place in range(cases.count()):
        if any(ticket in said.nth(place).inner_text() for ticket in ("T06003", "T06008")):
            chips = page.locator(".chips li").count()
            cases.nth(place).select_option(label="done in time")
            page.locator(".chips li").nth(chips).wait_for()
    page.locator(".difference", has_text="85 % below minimum → 95 % met").wait_for()
    assert "+20 000.00 GBP" in page.inner_text(".difference")
    assert "no longer: Termination for chronic failure" in page.inner_text(".difference")
    page.fill("[name='level.p1_on_time.target']", "97")
    page.keyboard.press("Tab")
    page.locator(".chips li", has_text="target 97 %").wait_for()
    page.locator(".difference", has_text="95 % missed").first.wait_for()
    page.click(".chips li:has-text('97 %') a")
    page.wait_for_url(lambda url: "97" not in url.partition("?")[2])
    page.click("text=Suppose nothing")
    page.locator(".difference", has_text="Choose what had been otherwise").wait_for()


def test_a_line_of_the_source_leads_to_its_box(page):
    page.goto(page.base + "/source")
    page.click("tr:has-text('measure p1_on_time') a.p-head")
    page.locator("#panel h2", has_text="P1 tickets restored in time").wait_for()


def test_a_tree_opens_and_closes(page):
    page.goto(page.base + "/why?of=help_desk_credit&in=2026-06")
    page.click("[data-tree=close]")
    assert not page.query_selector_all(".tree details[open]")
    page.click("[data-tree=open]")
    assert not page.query_selector_all(".tree details:not([open])")


def test_it_works_without_its_script(browser, address, let_in):
    context, base = let_in
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    found = plain.new_page()
    found.goto(base + "/ledger")
    found.select_option("#kind", "Capped")
    found.click(".filter button")
    assert "1 posting" in found.inner_text("main")
    found.goto(base + "/graph")
    found.click(".drawing [data-box='measure:p1_on_time']")
    assert found.inner_text("#panel h2").startswith("P1 tickets restored in time")
    plain.close()


def test_hostile_text_does_nothing(browser, tmp_path):
    with running(hostile(tmp_path).inputs) as address:
        context = browser.new_context()
        found = context.new_page()
        told = []
        found.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
        found.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
        found.goto(address)
        base = address.partition("/?")[0]
        for path in ("/", "/graph?at=obligation:answer", "/duties", "/measures", "/ledger?routine=1", "/why?of=answer",
                     "/ledger?text=<script>alert(1)</script>", "/why?event=harbour%2F1.0"):  # fmt: skip
            found.goto(base + path)
            assert not found.query_selector("main script, main img, main iframe, main b, [onload], [onclick]")
        context.close()
    assert not told


def test_pages_follow_events_as_they_come(browser, tmp_path):
    agreement, lines = tmp_path / "care.bpo", tmp_path / "events.jsonl"
    agreement.write_bytes((CARE / "customer_care.bpo").read_bytes())
    every = (CARE / "events.jsonl").read_bytes().splitlines(keepends=True)
    lines.write_bytes(b"".join(every[:300]))
    with running(Files(agreement, (lines,), lambda contract: None)) as address:
        context = browser.new_context()
        found = context.new_page()
        found.goto(address)
        found.goto(address.partition("/?")[0] + "/ledger?routine=1")
        before = found.inner_text("main .note")
        with lines.open("ab") as file:
            file.write(b"".join(every[300:]))
        found.wait_for_function("before => document.querySelector('main .note').innerText !== before", arg=before)
        good = agreement.read_text(encoding="utf-8")
        agreement.write_text(good.replace("share of restore_p1", "share of none_such"), encoding="utf-8")
        found.wait_for_selector(".banner.bad")
        other = context.new_page()
        other.goto(address.partition("/?")[0] + "/source")
        assert "none_such" in other.inner_text(".problems")
        other.click(".problems a")
        assert "none_such" in other.inner_text("tr:target")
        agreement.write_text(good, encoding="utf-8")
        found.wait_for_selector(".banner.bad", state="detached")
        context.close()


def test_another_browser_is_not_let_in(browser, address, let_in):
    stranger = browser.new_context()
    found = stranger.new_page()
    assert found.goto(address).status == 403
    stranger.close()
