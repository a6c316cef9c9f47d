"""The pages say what the ledger says."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.keeping import run_kept, text_at
from bpodsl.serve.looking import Desk, Files, Store
from bpodsl.serve.trees import branches
from bpodsl.values import parse_day
from tests.serve.served import CARE, PLAIN, TICKETS, desk_of, events, hostile, until, visitor

PAGES = ("/", "/graph", "/duties", "/measures", "/ledger", "/why", "/what-if", "/source")


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def desk():
    return desk_of()


@pytest.fixture(scope="module")
def care(desk):
    return visitor(desk)


def page(client, path, **asked):
    answer = client.get(path, params=asked or None)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_every_link_of_every_page_leads_somewhere(care):
    todo, seen = list(PAGES), set()
    while todo and len(seen) < 150:
        path = todo.pop(0).partition("#")[0]
        if path in seen:
            continue
        seen.add(path)
        answer = care.get(path)
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            links = Page(answer.text).links
            assert all(link.startswith(("/", "#")) for link in links), path
            # Of links that differ only in what they ask about, some will do.
            todo += [link for link in links if link.startswith("/")][:40]
    assert len(seen) >= 100


def test_the_overview_is_the_report_on_the_month(care):
    june = page(care, "/", month="2026-06").text
    assert "Month 2026-06" in june
    assert "220 045.70 GBP" in june and "P1 tickets restored in time" in june and "85 %" in june
    assert "Northwind Retail plc" in page(care, "/").text


def test_a_month_that_is_none_shows_the_last(care):
    assert page(care, "/", month="1999-13").text == page(care, "/", month="x").text


def test_a_number_opens_to_its_events(care):
    shown = page(care, "/", month="2026-06")
    link = next(link for link in shown.links if link and link.startswith("/why?c="))
    assert "event " in page(care, link).text


def test_the_graph_links_every_box_and_follows_events_to_money(care, desk):
    stand = desk.stand()
    graph = page(care, "/graph")
    for box in stand.view.boxes:
        assert f"/graph?at={box.id}" in graph.links
        told = page(care, "/graph", at=box.id)
        assert box.title in told.text and "As the agreement writes it" in told.text
    opened = page(care, "/graph", at="event:ticket_opened").text
    assert "The way to money" in opened and "P1 service credit" in opened
    p1 = page(care, "/graph", at="measure:p1_on_time").text
    assert "2026-09: 80 %, target 95 % missed" in p1 and "Restore P1 service → is measured by".replace("→ ", "") in p1
    assert "each month, counted when decided" in p1


def test_a_box_that_is_none_is_not_told(care):
    assert "Choose a box" in page(care, "/graph", at="measure:none").text


def test_what_a_box_says_now(care):
    assert "1 excused, 108 fulfilled, 13 missed." in page(care, "/graph", at="obligation:restore_p1").text
    assert "Meridian Contact Services Ltd owes Northwind Retail plc 87 500.00 GBP in 4 postings." in page(
        care, "/graph", at="credit:help_desk_credit"
    ).text
    assert "It stands at level 3" in page(care, "/graph", at="escalation:operational").text
    assert "It has held 1 time." in page(care, "/graph", at="state:force_majeure").text
    assert "It is open until 2026-11-29." in page(care, "/graph", at="termination:for_cause").text


def test_the_ledger_is_all_of_the_ledger(care, desk):
    posted = desk.stand().ledger.posted
    assert f"{len(posted)} postings" in page(care, "/ledger", routine="1").text
    sums = [p for p in posted if p.kind == "Accrued" and p.entry.clause == "help_desk_credit"]
    found = page(care, "/ledger", kind="Accrued", clause="help_desk_credit")
    assert f"{len(sums)} postings" in found.text and "25 000.00 GBP" in found.text
    assert "No posting is like that" in page(care, "/ledger", text="no such words").text
    day = page(care, "/ledger", since="2026-07-01", until="2026-07-01", routine="1").text
    here = sum(desk.stand().show.day(p.known) == "2026-07-01" for p in posted)
    assert f"{here} postings" in day


def test_the_pages_of_the_ledger_hold_each_posting_once(care, desk):
    total = len(desk.stand().ledger.posted)
    numbers = []
    for n in range(1, 100):
        shown = page(care, "/ledger", routine="1", page=str(n))
        numbers += re.findall(r"# ?(\d+)", shown.text)
        if not any("page=" + str(n + 1) in link for link in shown.links):
            break
    assert sorted(map(int, numbers)) == list(range(1, total + 1))


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "٣", "1.5", ""])
@pytest.mark.parametrize("path", ["/ledger", "/duties"])
def test_a_page_that_is_none_is_the_first_or_last(care, path, number):
    page(care, path, page=number)


def test_instances_are_found_by_clause_status_and_case(care):
    missed = page(care, "/duties", norm="restore_p1", status="missed").text
    assert "13 found" in missed
    one = page(care, "/duties", text="T07901").text
    assert "1 found" in one and "Force majeure [§17]: excuses a miss" in one and "hours of support" in one


def test_why_is_what_explain_says(care):
    asked = ["--of", "help_desk_credit", "--in", "2026-06", "--until", "2026-10-14"]
    said = CliRunner().invoke(bpodsl, ["explain", str(PLAIN[0]), str(PLAIN[1][0]), *asked]).output
    shown = page(care, "/why", of="help_desk_credit", **{"in": "2026-06"}).text
    for line in said.splitlines():
        assert " ".join(line.split()) in shown, line


def test_why_not_and_what_cannot_be_asked(care):
    assert "nothing followed. Why not:" in page(care, "/why", of="confidentiality").text
    assert "has no clause" in page(care, "/why", of="none").text
    assert "No such entry stands" in page(care, "/why", entry="none").text
    assert "No such event was used" in page(care, "/why", event="none/1").text


def test_what_followed_from_an_event_reaches_money_and_rights(care):
    shown = page(care, "/why", event="northwind/00258").text
    assert "ticket T06003" in shown and "Restore P1 service [Sch C 2.1] for ticket T06003: missed" in shown
    assert "P1 service credit [Sch C 4] in 2026-06" in shown and "Termination for chronic failure" in shown


def test_as_known_at_the_end_of_a_day(care, desk):
    stand = desk.stand()
    midnight = stand.show.zone.start_of(parse_day("2026-07-01"))
    # What a midnight settles lies before the events of it, and so at the end of the day.
    posted = [p for p in stand.ledger.posted if (p.known, p.half) <= (midnight, 0)]
    assert f"{len(posted)} postings" in page(care, "/ledger", known="2026-06-30", routine="1").text
    overview = page(care, "/", known="2026-06-30")
    assert "As it was known at the end of 2026-06-30" in overview.text and "Month 2026-06" in overview.text
    assert all("known=2026-06-30" in link for link in overview.links if link.startswith(("/why", "/graph", "/ledger")))


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_told(care, day):
    assert care.get("/", params={"known": day}).status_code in (200, 400)


def test_before_anything_was_known(care):
    for path in PAGES:
        page(care, path, known="2026-01-01")


def test_an_address_that_leads_nowhere(care):
    answer = care.get("/nowhere")
    assert answer.status_code == 404 and "There is no such page" in answer.text


def test_the_first_lines_lead_to_where_more_is_told(care):
    shown = page(care, "/", month="2026-06", known="2026-09-30")
    assert {"#levels", "#money", "#ahead", "#open", "/duties?known=2026-09-30&status=missed"} <= set(shown.links)


def test_how_far_time_is_known_is_said_without_odd_instants(care, files):
    assert "known until 2026-10-14 00:00" in page(care, "/").text
    agreement, lines, _ = files
    desk = Desk(Files(agreement, (lines,), lambda contract: None))
    until = desk.stand().show.instant(desk.stand().ledger.until - 1)
    assert f"known through {until}" in page(visitor(desk), "/").text and len(until) == len("2026-10-14 00:00")


# ------------------------------------------------------------------ what others typed
def test_hostile_text_is_text(tmp_path):
    client = visitor(hostile(tmp_path))
    more = (
        "/graph?at=obligation:answer", "/why?of=answer", "/why?of=<script>alert(1)</script>", "/ledger?routine=1",
        "/ledger?text=<script>alert(1)</script>&clause=\"><b>", "/why?event=harbour/1.0",
        "/what-if?case=<script>alert(1)</script>&level.in_time.target=<b>&case=on_time+answer+harbour/1.0",
    )  # fmt: skip
    for path in (*PAGES, *more):
        shown = client.get(path)
        assert shown.status_code == 200, path
        found = Page(shown.text)
        assert found.tags.count("script") == 1 and "b" not in found.tags and not set(found.tags) & {"iframe", "object"}
        assert not [name for name, _ in found.attributes if name.startswith("on") or name == "style"], path
        assert not [link for link in found.links if not link.startswith(("/", "#"))], path
    assert TICKETS[0] in page(client, "/duties").text and "{{7*7}}" in page(client, "/duties").text


# ------------------------------------------------------------------ what if, and the source
def two_of(desk):
    """The cases of T06003 and T06008."""
    found = [v for v in desk.stand().timelines.verdicts if v.norm == "restore_p1"]
    wanted = [v.instance for v in found if dict(v.key).get("ticket") in ("T06003", "T06008")]
    return [("case", f"on_time restore_p1 {each}") for each in wanted]


def test_what_if_shows_the_difference_and_what_led_to_it(care, desk):
    shown = Page(care.get("/what-if", params=two_of(desk)).text).text
    assert "+20 000.00 GBP" in shown and "85 % below minimum → 95 % met" in shown
    assert "no longer: Termination for chronic failure [§14.2]: the right opens" in shown
    assert "for ticket T06003: done in time" in shown


def test_a_supposition_is_taken_back_by_its_own_link(care, desk):
    two = two_of(desk)
    shown = Page(care.get("/what-if", params=two).text)
    links = [link for link in shown.links if link.startswith("/what-if?case=")]
    assert len(links) == 2
    for link in links:
        assert len([each for each in Page(care.get(link).text).links if each.startswith("/what-if?case=")]) == 0
        assert care.get(link).text.count("Do not suppose:") == 1


@pytest.mark.parametrize(
    "asked, said",
    [
        ({"case": "x"}, "says nothing that can be supposed"),
        ({"case": "on_time restore_p1 none/1"}, "since there is no such instance"),
        ({"case": "excused:outage restore_p1 northwind/00258"}, "since"),
        ({"answer": "x y"}, "says nothing that can be supposed"),
        ({"level.p1_on_time.target": "much"}, "is no number such as 95"),
        ({"level.p1_on_time.target": "-"}, "is no number such as 95"),
        ({"level.p1_on_time.target": "9" * 40}, "is no number such as 95"),
        ({"level.none.target": "97"}, "Choose what had been otherwise"),
        ({"level.p1_on_time.target": "95"}, "everything comes out the same"),
        ({"level.p1_on_time.target": " 97,5 % "}, "target 97.5 %"),
        ({"month": "2026-04"}, "No duty was missed then"),
    ],
)
def test_what_cannot_be_supposed_is_told(care, asked, said):
    assert said in page(care, "/what-if", **asked).text


def test_what_if_of_what_was_known_then(care, desk):
    asked = [*two_of(desk), ("known", "2026-08-31")]
    assert "85 % below minimum → 95 % met" in Page(care.get("/what-if", params=asked).text).text


def test_the_source_is_shown_with_each_line_and_leads_to_the_graph(care):
    shown = page(care, "/source")
    text = PLAIN[0].read_text(encoding="utf-8")
    for line in text.splitlines():
        assert " ".join(line.split()).replace(" ", "") in shown.text.replace(" ", ""), line
    assert "/graph?at=measure%3Ap1_on_time" in shown.links and "None." in shown.text


def test_problems_stand_at_their_lines_and_in_their_order(files):
    agreement, lines, _ = files
    desk = Desk(Files(agreement, (lines,), lambda contract: None))
    client = visitor(desk)
    good = agreement.read_text(encoding="utf-8")
    page(client, "/")
    agreement.write_text(good.replace("share of restore_p1", "share of none_such"), encoding="utf-8")
    number = good[: good.index("share of restore_p1")].count("\n") + 1
    shown = page(client, "/source")
    assert f"#f1l{number}" in shown.links and "none_such" in shown.text
    assert shown.text.index("error") < (shown.text.find("warning") if "warning" in shown.text else len(shown.text))


DOUBTED = """
measure always "Always met"
  each month, counted when decided
  share of restore_p1 fulfilled
  target at least 0%

test "a hope"
  2026-04-07T19:00  ticket_opened    ticket T1, priority P1
  until 2026-04-30
  expect restore_p1 for T1 fulfilled
"""


def test_doubts_and_failed_tests_are_among_the_problems(files, tmp_path):
    """What `bpodsl check` says of a text the page says too: of a file, and of the text that a store keeps."""
    agreement, lines, _ = files
    client = visitor(Desk(Files(agreement, (lines,), lambda contract: None)))
    assert "None." in page(client, "/source").text
    agreement.write_bytes(agreement.read_bytes() + DOUBTED.encode())
    checked = CliRunner().invoke(bpodsl, ["check", str(agreement), "--format", "json"])
    codes = sorted(each["code"] for each in json.loads(checked.output)["problems"])
    assert codes == ["BPO445", "BPO900"]
    store = tmp_path / "desk.db"
    run_kept(store, text_at(agreement, ()), [lines], lambda contract: None)
    for desk in (Desk(Files(agreement, (lines,), lambda contract: None)), Desk(Store(store))):
        shown = page(visitor(desk), "/source")
        assert sorted(re.findall(r"\bBPO[0-9]{3}\b", shown.text.partition("Problems")[2])) == codes
        # Each leads to its line.
        assert len([link for link in shown.links if link.startswith("#f1l")]) == len(codes)
    assert "BPO445" in page(client, "/source").text


def test_a_target_that_a_formula_gives_may_be_supposed(care):
    assert 'name="level.p2_on_time.target" value="" placeholder="92"' in care.get("/what-if").text
    shown = page(care, "/what-if", **{"level.p2_on_time.target": "80"}).text
    assert "P2 tickets restored in time [Sch C 2.2]: target 80 %" in shown and "83.333 % missed → " in shown


# ------------------------------------------------------------------ live
@pytest.fixture
def files(tmp_path):
    agreement, lines = tmp_path / "care.bpo", tmp_path / "events.jsonl"
    agreement.write_bytes((CARE / "customer_care.bpo").read_bytes())
    every = (CARE / "events.jsonl").read_bytes().splitlines(keepends=True)
    lines.write_bytes(b"".join(every[:400]))
    return agreement, lines, every


def test_pages_follow_the_files(files):
    agreement, lines, every = files
    client = visitor(Desk(Files(agreement, (lines,), lambda contract: None)))
    before = client.get("/now").json()
    assert client.get("/now").json() == before
    count = page(client, "/ledger", routine="1").text
    lines.write_bytes(b"".join(every))
    after = client.get("/now").json()
    assert after["version"] > before["version"] and not after["trouble"]
    assert page(client, "/ledger", routine="1").text != count


def test_an_agreement_with_errors_leaves_the_last_run_in_place(files):
    agreement, lines, _ = files
    client = visitor(Desk(Files(agreement, (lines,), lambda contract: None)))
    good = agreement.read_text(encoding="utf-8")
    assert "Not the files as they are now" not in page(client, "/").text
    agreement.write_text(good.replace("share of restore_p1", "share of restore_px"), encoding="utf-8")
    assert "errors" in client.get("/now").json()["trouble"]
    broken = page(client, "/").text
    assert "Not the files as they are now" in broken and "P1 tickets restored in time" in broken
    agreement.write_text(good, encoding="utf-8")
    assert client.get("/now").json()["trouble"] == ""


def test_files_that_are_gone_are_told(files):
    agreement, lines, _ = files
    client = visitor(Desk(Files(agreement, (lines,), lambda contract: None)))
    page(client, "/")
    lines.unlink()
    assert "cannot be read" in client.get("/now").json()["trouble"]
    assert "Not the files as they are now" in page(client, "/").text


def test_nothing_to_look_at_is_told(tmp_path):
    (tmp_path / "a.bpo").write_text("agreement x\n", encoding="utf-8")
    (tmp_path / "e.jsonl").write_text("", encoding="utf-8")
    client = visitor_of_nothing(Desk(Files(tmp_path / "a.bpo", (tmp_path / "e.jsonl",), lambda contract: None)))
    answer = client.get("/")
    assert answer.status_code == 503 and "has errors" in answer.text


def visitor_of_nothing(desk):
    from starlette.testclient import TestClient

    from bpodsl.serve.app import application
    from bpodsl.serve.guard import Guard

    guard = Guard(application(desk), 8000, lambda address: None)
    client = TestClient(guard, base_url="http://127.0.0.1:8000", follow_redirects=False)
    client.get(guard.address().partition("8000")[2])
    return client


def test_a_store_is_shown_and_followed(tmp_path, files):
    agreement, lines, every = files
    store = tmp_path / "care.db"
    text = text_at(agreement, ())
    run_kept(store, text, [lines], until("2026-10-14"))
    client = visitor(Desk(Store(store)))
    before = client.get("/now").json()["version"]
    assert "Customer care outsourcing agreement" in page(client, "/").text
    assert "measure p1_on_time" in page(client, "/graph", at="measure:p1_on_time").text
    lines.write_bytes(b"".join(every))
    run_kept(store, text, [lines], until("2026-10-14"))
    assert client.get("/now").json()["version"] > before
    assert "220 045.70 GBP" in page(client, "/", month="2026-06").text


def test_several_worlds_want_a_name(tmp_path):
    result = CliRunner().invoke(bpodsl, ["serve", str(PLAIN[0])])
    assert result.exit_code == 2 and "EVENTS" in result.output
    result = CliRunner().invoke(bpodsl, ["serve", str(PLAIN[0]), str(PLAIN[1][0]), "--agreement", "x"])
    assert result.exit_code == 2 and "--store" in result.output


def test_lines_become_trees():
    first, second = branches(["2026-01-01 10:00  a", "  b", "    2026-01-02  c", "  d", "", "e"])
    assert (first.when, first.says) == ("2026-01-01 10:00", "a") and [each.says for each in first.below] == ["b", "d"]
    assert first.below[0].below[0].when == "2026-01-02" and first.size == 4 and second.says == "e"


def test_the_events_of_a_test_are_lines_of_json():
    assert [json.loads(line)["ticket"] for line in events(TICKETS).splitlines()] == list(TICKETS)
