"""`bpodsl report`: every format says what the ledger says, and nothing that others typed does any harm."""

from __future__ import annotations

import csv
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from io import BytesIO, StringIO
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from attrs import evolve
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import evaluate, understand_text
from bpodsl.report.review.as_excel import as_excel
from bpodsl.report.review.as_html import as_html
from bpodsl.report.review.as_ics import as_ics
from bpodsl.report.review.as_letters import as_letter, as_word, letters
from bpodsl.report.review.as_pdf import as_pdf
from bpodsl.report.review.as_text import as_csv, as_json, as_markdown, details_csv
from bpodsl.report.review.making import Given, review, until_ahead
from bpodsl.report.review.model import Bar, Number
from bpodsl.report.review.sheets import NAMES, sheets_of
from bpodsl.store import Feed, read_events
from bpodsl.values import Zone, parse_day, parse_period
from tests.conftest import ROOT

CARE = ROOT / "examples" / "customer_care"
PLAIN = ("customer_care.bpo", "events.jsonl")


def made(contract, lines, until, **asked):
    """The report of events that are lines of JSON."""
    instant = Zone.load(contract.zone).start_of(parse_day(until))
    taken = read_events(contract, [Feed("events.jsonl", BytesIO(lines.encode()))], instant)
    assert not taken.quarantined, taken.quarantined
    ledger = evaluate(contract, taken.events, taken.until)
    later = evaluate(contract, taken.events, until_ahead(contract, taken.until))
    return ledger, review(contract, ledger, Given(taken.events, later), **asked)


def understood(text):
    contract, problems = understand_text("agreement.bpo", text)
    assert contract is not None, [p.message() for p in problems]
    return contract


@pytest.fixture(scope="module")
def care():
    text = (CARE / "customer_care.bpo").read_text(encoding="utf-8")
    return made(understood(text), (CARE / "events.jsonl").read_text(encoding="utf-8"), "2026-10-14")


@pytest.fixture(scope="module")
def june():
    text = (CARE / "customer_care.bpo").read_text(encoding="utf-8")
    lines = (CARE / "events.jsonl").read_text(encoding="utf-8")
    return made(understood(text), lines, "2026-10-14", month=parse_period("2026-06"))


def run(*arguments):
    return CliRunner().invoke(bpodsl, ["report", *map(str, arguments)])


# ------------------------------------------------------------------ the model
def test_the_month_is_the_last_that_was_over(care):
    _, report = care
    assert (report.span.label, report.span.complete) == ("2026-09", True)


def test_service_levels_say_how_far_they_are_from_their_target(care):
    _, report = care
    told = {
        level.clause.name: (w.value.shown, w.standing, w.distance.shown)
        for level in report.levels for w in level.windows if w.told
    }  # fmt: skip
    assert told == {
        "p1_on_time": ("80 %", "below minimum", "15 points short"),
        "p2_on_time": ("83.333 %", "missed", "8.667 points short"),
        "speed_of_answer": ("81.25 %", "met", "1.25 points better"),
        "satisfaction": ("4.3", "met", "0.1 better"),
    }


def test_counts_add_up(care):
    ledger, report = care
    for level in report.levels:
        for window in level.windows:
            assert window.total is None or window.total == sum(n for _, n in window.counts)
    p1 = next(level for level in report.levels if level.clause.name == "p1_on_time")
    assert p1.windows[-1].counts[:2] == (("fulfilled", 16), ("missed", 4))
    assert report.tallies
    for tally in report.tallies:
        assert tally.opened == sum(n for _, n in tally.statuses)
    assert ledger.until


def test_the_sums_of_all_months_are_those_of_the_ledger(care):
    ledger, _ = care
    text = (CARE / "customer_care.bpo").read_text(encoding="utf-8")
    contract = understood(text)
    found = [
        each for n in range(4, 10)
        for each in review(contract, ledger, Given(), month=parse_period(f"2026-{n:02}")).sums
    ]  # fmt: skip
    whole = review(contract, ledger, Given(), whole=True).sums
    of_ledger = sorted(e.number("amount") for e in ledger.outcome if e.kind == "Accrued")
    assert sorted(each.owed.exact for each in found) == of_ledger
    assert sorted(each.owed.exact for each in whole) == of_ledger


def test_the_waterfall_of_june_tells_what_the_cap_took(june):
    _, report = june
    (fall,) = report.waterfalls
    assert [(bar.what, bar.kind, bar.change.shown) for bar in fall.bars] == [
        ("Monthly charge [Sch D 1]", "charge", "250 000.00 GBP"),
        ("Calls above the baseline [Sch D 2]", "charge", "45.70 GBP"),
        ("P1 service credit [Sch C 4]", "credit", "-25 000.00 GBP"),
        ("Speed of answer credit [Sch C 4]", "credit", "-10 000.00 GBP"),
        ("cut by caps: Speed of answer credit [Sch C 4]", "cap", "5 000.00 GBP"),
        ("payable", "total", "220 045.70 GBP"),
    ]
    assert all(one.after == next_.before for one, next_ in zip(fall.bars[:-2], fall.bars[1:-1], strict=True))
    answer = next(each for each in report.sums if each.clause.name == "answer_credit")
    assert (answer.wanted.shown, answer.cut.shown, answer.owed.shown) == (
        "10 000.00 GBP", "5 000.00 GBP", "5 000.00 GBP",
    )  # fmt: skip
    assert [(step.what, step.number.shown) for step in answer.steps] == [
        ("Calls answered within 20 seconds [Sch C 3.1]", "67.188 %"),
        ("Monthly charge [Sch D 1]", "250 000.00 GBP"),
        ("rate, by the row “otherwise”", "4 %"),
        ("worked out", "10 000.00 GBP"),
        ("limit of monthly cap [Sch C 5]", "30 000.00 GBP"),
        ("used of it before, monthly cap [Sch C 5]", "25 000.00 GBP"),
        ("cut by monthly cap [Sch C 5]", "-5 000.00 GBP"),
        ("owed", "5 000.00 GBP"),
    ]


def test_what_is_open_and_how_near_it_is(care):
    _, report = care
    (right,) = report.rights
    assert (right.clause.name, right.status, right.until) == ("for_cause", "open", "2026-11-29")
    (escalation,) = [each for each in report.escalations if each.status == "open"]
    assert (escalation.level, escalation.of, escalation.until) == (3, 3, "2026-10-23")
    assert [each.level for each in report.escalations] == [3]
    (counter,) = report.counters
    assert (counter.counted, counter.needed, counter.fired) == (3, 3, 1)
    assert [label for label, how in counter.windows if how.endswith(", counts")] == ["2026-06", "2026-08", "2026-09"]


def test_the_calendar_looks_ninety_days_ahead(care):
    _, report = care
    assert [(each.by.isoformat(), each.kind, each.which) for each in report.ahead] == [
        ("2026-10-14", "duty", "ticket T10001"),
        ("2026-10-23", "escalation", "2026-09"),
        ("2026-11-06", "duty", "2026-10"),
        ("2026-11-29", "right", "2026-09"),
        ("2026-12-07", "duty", "2026-11"),
        ("2027-01-08", "duty", "2026-12"),
    ]


NOTICES = """
agreement desk "Desk"
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 12 months
  renews     for 12 months unless non_renewal 30 days before expiry [§2]
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

calendar office
  mon-fri 09:00-17:00

notice non_renewal from harbour, lantern
  method  one of post, hand
  sent    instant
  deemed given
    | method is hand | when sent                           |
    | otherwise      | 2 working days of office after sent |
"""


def test_a_notice_has_a_last_safe_day():
    """The thirtieth day before the end is Tuesday, 1 December; a letter of Sunday counts two working days later."""
    _, report = made(understood(NOTICES), "", "2026-11-01")
    notice, renewal = report.ahead
    assert (notice.kind, notice.by.isoformat(), notice.safe.isoformat()) == ("notice", "2026-12-01", "2026-11-29")
    assert "last day for a notice against renewal of the term that ends 2026-12-31" in notice.note
    assert (renewal.kind, renewal.by.isoformat(), renewal.certain) == ("renewal", "2026-12-31", False)
    assert any("Notice must be given by 2026-11-29" in fact.says for fact in report.facts)


def test_a_notice_that_acts_at_once_is_safe_to_the_last():
    text = NOTICES.replace("notice non", "event non").partition("  method")[0]
    notice = made(understood(text), "", "2026-11-01")[1].ahead[0]
    assert (notice.by.isoformat(), notice.safe) == ("2026-12-01", None)


def test_every_number_opens_to_a_calculation(care):
    _, report = care
    names = {detail.name for detail in report.details}
    assert len(names) == len(report.details)
    for sheet in sheets_of(report):
        for row in sheet.rows:
            for cell in row:
                assert not getattr(cell, "detail", "") or cell.detail in names
    credit = next(each for each in report.sums if each.clause.name == "help_desk_credit")
    lines = next(detail for detail in report.details if detail.name == credit.owed.detail)
    assert any("event ticket_opened" in line for line in lines.lines)
    assert lines.clause.reference == "Sch C 4" and lines.text.startswith("credit help_desk_credit")
    assert "| at least 95% |  0% |" in lines.text


def test_a_window_without_a_value_is_never_fine():
    text = (CARE / "customer_care.bpo").read_text(encoding="utf-8")
    ledger, report = made(understood(text), "", "2026-05-02")
    told = {level.clause.name: w.standing for level in report.levels for w in level.windows if w.told}
    assert ledger.until and set(told.values()) == {"not measured"}
    assert any(fact.weight == "watch" and "no value" in fact.says for fact in report.facts)
    assert not [fact for fact in report.facts if "met" in fact.says]


def test_a_month_that_runs_says_so():
    text = (CARE / "customer_care.bpo").read_text(encoding="utf-8")
    _, report = made(understood(text), "", "2026-04-10")
    assert (report.span.label, report.span.complete) == ("2026-04", False)
    told = {level.clause.name: (w.standing, w.why) for level in report.levels for w in level.windows if w.told}
    assert told["p1_on_time"] == ("not settled", "its window is not over yet")


# ------------------------------------------------------------------ what others typed
HOSTILE = """
agreement desk "<script>alert(1)</script>"
  client     harbour "=HYPERLINK(1)"
  provider   lantern "<img src=x onerror=alert(2)>"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

assume "<script>alert(3)</script>" because "=cmd|' /C calc'!A0"

event asked from harbour
  ticket key
event answered from lantern
  ticket key

obligation answer "=HYPERLINK(2)" [<b>1</b>]
  lantern must answered for each asked
  within 1 days
  failing that lantern pays harbour 5 GBP as "+SUM(A1)"
  failing that tell "<svg onload=alert(4)>"

measure in_time "</table><script>alert(5)</script>" [=1+1]
  each month, counted when decided
  share of answer fulfilled
  target at least 95%
"""
EVENTS = "\n".join(
    json.dumps({
        "id": f"{n}", "source": "harbour", "type": "asked", "time": f"2026-01-1{n}T10:00:00Z", "ticket": ticket,
    })
    for n, ticket in enumerate(("<script>alert(6)</script>", "=HYPERLINK(3)", "@x", "a|b`c*[d](e)", "\ud83d\ude00-1"))
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile():
    return made(understood(HOSTILE), EVENTS, "2026-02-10")[1]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.ids, self.links = set(), [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name == "href"]


def test_the_page_runs_nothing_and_loads_nothing(hostile):
    page = as_html(hostile)
    found = Tags()
    found.feed(page)
    assert not found.tags & {"script", "img", "iframe", "link", "object", "embed", "form", "base", "image", "use", "b"}
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "xlink:href")]
    assert found.links and all(link.startswith("#") for link in found.links)
    assert "http://" not in page and "https://" not in page and "url(" not in page
    assert "&lt;script&gt;alert(6)&lt;/script&gt;" in page


def test_every_link_of_the_page_leads_somewhere(care, hostile):
    for report in (care[1], hostile):
        found = Tags()
        found.feed(as_html(report))
        assert {link[1:] for link in found.links} <= set(found.ids)
        assert len(found.ids) == len(set(found.ids))


def test_the_page_is_whole(care):
    """Every element is closed in its place."""

    class Balanced(HTMLParser):
        open, wrong = [], []

        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "br"):
                self.open.append(tag)

        def handle_endtag(self, tag):
            if not self.open or self.open.pop() != tag:
                self.wrong.append((tag, self.getpos()))

    found = Balanced()
    found.feed(as_html(care[1]))
    assert not found.wrong and not found.open


def test_no_cell_of_a_table_is_a_formula(hostile):
    cells = 0
    for text in (*(as_csv(sheet) for sheet in sheets_of(hostile)), details_csv(hostile)):
        for row in csv.reader(StringIO(text)):
            for cell in row:
                cells += 1
                number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
                assert number or cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n"), cell
    assert cells > 100


def test_no_cell_of_the_workbook_is_a_formula(hostile):
    book = openpyxl.load_workbook(BytesIO(as_excel(hostile)))
    dangerous = []
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    dangerous.append(cell)
    assert dangerous and all(cell.quotePrefix for cell in dangerous)


def test_markdown_has_no_markup_of_others(hostile):
    page = as_markdown(hostile)
    outside = "\n".join(line for line in page.split("\n") if not line.startswith("    "))
    outside = re.sub(r"\\[\\`*_{}\[\]<>#|~!]", "", outside)
    outside = re.sub(r'<a id="c\d+"></a>', "", outside)
    assert "<" not in outside and "`" not in outside


def test_the_calendar_is_one_that_programs_read(care, hostile):
    for report in (care[1], hostile):
        text = as_ics(report)
        lines = text.split("\r\n")
        assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
        assert all(len(line.encode()) <= 75 for line in lines)
        assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == len(report.ahead)
        names = re.findall(r"UID:(.*)\r", text)
        assert len(set(names)) == len(names)


# ------------------------------------------------------------------ formats
def test_the_workbook_says_what_the_ledger_says(care):
    ledger, report = care
    book = openpyxl.load_workbook(BytesIO(as_excel(report)))
    # The pictures, the calculations, and what the pictures are drawn from, which is hidden.
    assert len(book.sheetnames) == len(NAMES) + 3
    assert [page.title for page in book if page.sheet_state == "hidden"] == ["Drawn"]
    # Each page says what it is made from, when it is printed.
    for page in book:
        assert report.origin.digest[:12] in page.oddFooter.left.text
        assert report.origin.events[:12] in page.oddFooter.left.text
    rows = list(book["Each sum"].iter_rows(values_only=True))
    owed = rows[0].index("Owed")
    of_month = [e for e in ledger.outcome if e.kind == "Accrued" and e.period == "2026-09"]
    assert sorted(row[owed] for row in rows[1:]) == sorted(float(e.number("amount")) for e in of_month)
    levels = list(book["Service levels"].iter_rows(values_only=True))
    result = levels[0].index("Result")
    assert [row[result] for row in levels[1:]] == pytest.approx([0.8, 10 / 12, 0.8125, 4.3])
    cell = book["Each sum"].cell(2, owed + 1)
    assert cell.hyperlink is not None and cell.number_format == '#,##0.00#### "GBP"'


def test_the_pictures_of_the_workbook_draw_what_its_tables_say(care, hostile):
    report = care[1]
    book = openpyxl.load_workbook(BytesIO(as_excel(report)))
    drawn = list(book["Drawn"].iter_rows(values_only=True))
    # Of each level a line of names, results, targets and minimums; what has no value is a gap, not nought.
    for n, level in enumerate(report.levels):
        names, *lines = (row[: len(level.windows)] for row in drawn[4 * n : 4 * n + 4])
        assert list(names) == [w.period.rpartition("..")[2] for w in level.windows]
        for line, which in zip(lines, ("value", "target", "minimum"), strict=True):
            exact = [getattr(w, which).exact for w in level.windows]
            assert list(line) == pytest.approx([None if value is None else float(value) for value in exact])
    # A bar is what its parts come to: where it ends nearer to nought is not seen, the rest is.
    (fall,) = report.waterfalls
    parts = [[value or 0 for value in row] for row in drawn[4 * len(report.levels) + 1 :]]
    for at, bar in enumerate(fall.bars):
        near, far = sorted((abs(bar.before), abs(bar.after)))
        assert parts[0][at] == pytest.approx(float(near)) and sum(row[at] for row in parts) == pytest.approx(float(far))
    charts = book["Pictures"]._charts
    assert len(charts) == 1 + len(report.levels)
    # What somebody wrote is no reference to a cell.
    with ZipFile(BytesIO(as_excel(hostile))) as packed:
        titles = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/charts/chart")]
        levels = packed.read("xl/worksheets/sheet3.xml").decode()
    assert titles and all(f.startswith("Drawn!$") for text in titles for f in re.findall("<c:f>(.*?)</c:f>", text))
    told = sum(w.told for level in hostile.levels for w in level.windows)
    assert levels.count("<x14:sparkline>") == told > 0


def test_a_bar_that_crosses_nought_is_drawn_on_both_sides(care):
    """A credit above the charges."""
    (fall,) = care[1].waterfalls
    crossing = evolve(fall, bars=(
        Bar("fee", "charge", Number("100"), 0, 100), Bar("credit", "credit", Number("-150"), 100, -50),
        Bar("payable", "total", Number("-50"), 0, -50),
    ))  # fmt: skip
    book = openpyxl.load_workbook(BytesIO(as_excel(evolve(care[1], levels=(), waterfalls=(crossing,)))))
    names, *parts = book["Drawn"].iter_rows(values_only=True)
    assert names == ("fee", "credit", "payable")
    assert sorted([[value or 0 for value in row] for row in parts]) == sorted([
        [100, 0, 0], [0, 100, 0], [0, -50, 0], [0, 0, -50],
    ])  # fmt: skip


def test_json_is_the_model(care):
    _, report = care
    data = json.loads(as_json(report))
    assert data["schema"] == "bpodsl.review/1"
    level = next(each for each in data["levels"] if each["clause"]["name"] == "p2_on_time")
    assert Fraction(level["windows"][-1]["value"]["exact"]) == Fraction(5, 6)
    assert data["waterfalls"][0]["payable"]["exact"] == "4500497/20"
    assert len(data["details"]) == len(report.details)


def test_the_names_of_tables_are_those_of_the_list(care):
    assert tuple(sheet.name for sheet in sheets_of(care[1])) == NAMES


# ------------------------------------------------------------------ the command
def test_a_folder_has_every_format_and_the_same_bytes_each_time(tmp_path):
    for name in ("one", "two"):
        result = run(*(CARE / name for name in PLAIN), "--until", "2026-10-14", "--to", tmp_path / name)
        assert result.exit_code == 0, result.output
        assert result.output == f"The report on 2026-09 is in {tmp_path / name}.\n"
    one, two = (
        {str(path.relative_to(tmp_path / name)): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two
    assert sorted(one) == sorted([
        "report.html", "report.ics", "report.json", "report.md", "report.pdf", "report.xlsx",
        *(f"tables/{name}.csv" for name in (*NAMES, "calculations")),
    ])  # fmt: skip


def test_the_digest_of_the_ledger_is_that_of_run():
    result = run(*(CARE / name for name in PLAIN), "--until", "2026-10-14", "--format", "json")
    expected = (CARE / "expected" / "ledger.sha256").read_text(encoding="utf-8").strip()
    assert json.loads(result.output)["origin"]["ledger"] == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--month", "2026-13"), "is no month"),
        (("--month", "2026-Q1"), "is no month"),
        (("--month", "2026-11"), "begins after what is known"),
        (("--month", "2026-05", "--whole"), "exclude each other"),
        (("--format", "xlsx"), "needs --to"),
        (("--format", "csv", "--to", "a.csv"), "let --to name a folder"),
        (("--to", str(CARE / "events.jsonl")), "ends like no format"),
        (("--to", "report.docx"), "ends like no format"),
        (("--format", "html", "--to", str(CARE / "events.jsonl")), "over"),
    ],
)
def test_what_cannot_be_is_refused_with_a_next_step(arguments, said):
    result = run(*(CARE / name for name in PLAIN), "--until", "2026-10-14", *arguments)
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.output.split())


def test_a_missing_library_is_named_with_what_to_do(monkeypatch, tmp_path):
    import bpodsl.report.review.extras as extras

    def gone(name):
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", gone)
    files = [CARE / name for name in PLAIN]
    result = run(*files, "--until", "2026-10-14", "--to", tmp_path / "report.html")
    assert result.exit_code == 2 and "pip install 'bpodsl[report]'" in " ".join(result.output.split())
    result = run(*files, "--until", "2026-10-14", "--to", tmp_path / "all")
    assert result.exit_code == 0 and "Left out" in result.output
    assert (tmp_path / "all" / "report.md").exists() and not (tmp_path / "all" / "report.html").exists()


def test_the_demo_writes_a_report(tmp_path):
    result = CliRunner().invoke(bpodsl, ["demo", "--report", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert f"The report on 2026-09 is in {tmp_path}." in result.output
    alone = run(*(CARE / name for name in PLAIN), "--until", "2026-10-14", "--format", "json")
    assert (tmp_path / "report.json").read_text("utf-8") == alone.output


def test_the_pdf_takes_hostile_text_as_text(hostile):
    assert as_pdf(hostile).startswith(b"%PDF")


def test_the_report_of_a_store_is_that_of_its_files(tmp_path):
    files = [str(CARE / name) for name in PLAIN]
    store = tmp_path / "desk.db"
    kept = CliRunner().invoke(bpodsl, ["run", *files, "--until", "2026-10-14", "--store", str(store)])
    assert kept.exit_code == 0, kept.output
    plain = json.loads(run(*files, "--until", "2026-10-14", "--format", "json").output)
    stored = json.loads(run("--store", store, "--format", "json").output)
    assert (stored["origin"].pop("files"), len(plain["origin"].pop("files"))) == ([], 1)
    places = re.compile(r"[^ (]*events.jsonl:")
    assert places.sub("", json.dumps(stored)) == places.sub("", json.dumps(plain))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--agreement", "x"), "Missing argument"), ((*(CARE / n for n in PLAIN), "--agreement", "x"), "--store")],
)
def test_a_store_or_files(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2 and said in result.output


# ------------------------------------------------------------------ drafts
def test_drafts_say_what_the_record_says(care):
    _, report = care
    told = {(each.kind, each.clauses[0].name if len(each.clauses) == 1 else ""): each for each in report.drafts}
    assert list(told) == [
        ("credit_note", "help_desk_credit"), ("default", "restore_p1"), ("default", "restore_p2"),
        ("termination", "for_cause"), ("dispute", ""),
    ]  # fmt: skip
    credit = told["credit_note", "help_desk_credit"]
    assert (credit.sender, credit.addressee) == ("Meridian Contact Services Ltd", "Northwind Retail plc")
    assert "Total credited: 25 000.00 GBP" in credit.ends
    termination = told["termination", "for_cause"]
    assert termination.dates == ("the last day to give it is 2026-11-29",)
    assert any("P1 tickets restored in time [Sch C 2.1] in 2026-08: 85 %" in fact for fact in termination.facts)
    assert len(told["default", "restore_p1"].facts) == 4


def test_a_default_that_may_be_cured_says_until_when():
    text = (CARE / "customer_care.bpo").read_text(encoding="utf-8")
    _, report = made(understood(text), "", "2026-05-11")
    (draft,) = [each for each in report.drafts if each.kind == "default"]
    assert draft.facts == ("2026-04: due 2026-05-08, not performed",)
    assert draft.dates == ("2026-04: the last day to cure is 2026-05-15",)


def test_a_letter_says_in_words_how_it_is_given():
    text = NOTICES.replace("when sent     ", "when sent, after 17:00 the next working day of office")
    text = text.replace("calendar office", 'calendar office "Office hours"').replace(
        "from harbour, lantern", "from harbour"
    )
    _, report = made(understood(text), "", "2026-11-01")
    (draft,) = report.drafts
    assert (draft.kind, draft.sender, draft.addressee) == ("renewal", "Harbour", "Lantern")
    assert draft.says == ("We give notice against renewal of the term that ends 2026-12-31, under Desk [§2].",)
    assert draft.dates[0] == "the last day to give it is 2026-12-01; it is safe to send it by 2026-11-29"
    assert draft.method.split("\n") == [
        "By: non renewal, from Harbour",
        "method hand: it counts from the time that is given as “sent”; after 17:00 on the next working day of Office "
        "hours.",
        "otherwise: it counts 2 working days of Office hours after “sent”.",
    ]
    # Who may give it is open: so is to whom.
    _, either = made(understood(NOTICES), "", "2026-11-01")
    assert either.drafts[0].addressee.startswith("[to be filled in]")


def test_every_notice_says_something_of_cure_and_of_how_it_is_given(care):
    _, report = care
    for draft in report.drafts:
        assert draft.kind == "credit_note" or draft.method
        assert draft.kind != "default" or draft.dates
    (late, *_) = [each for each in report.drafts if each.kind == "default"]
    assert late.dates == ("the clause sets no time to cure",)
    assert late.method.startswith("The agreement, as it is written here, says nothing of how this is given")


def test_a_claim_may_be_drafted_as_long_as_it_may_be_made():
    home = ROOT / "examples" / "accounts_payable"
    files = [home / "accounts_payable.bpo", home / "invoices.csv", home / "desk.jsonl"]
    for until, dates in (("2026-03-01", ["the last day to claim is 2026-03-10"]), ("2026-03-12", None)):
        data = json.loads(run(*files, "--until", until, "--month", "2026-02", "--format", "json").output)
        claims = [each["dates"] for each in data["drafts"] if each["kind"] == "claim"]
        assert claims == ([] if dates is None else [dates])


def test_letters_are_the_same_each_time_and_are_not_written_over(tmp_path):
    files = [*(CARE / name for name in PLAIN), "--until", "2026-10-14", "--to", tmp_path / "report.md"]
    for name in ("one", "two"):
        assert run(*files, "--drafts", tmp_path / name).exit_code == 0
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two and len(one) == 10
    word = docx.Document(BytesIO(one["04_termination_for_cause.docx"]))
    said = "\n".join(each.text for each in word.paragraphs)
    assert "Notice of termination: Termination for chronic failure" in said and "2026-11-29" in said
    changed = tmp_path / "one" / "05_dispute.md"
    changed.write_text("mine", encoding="utf-8")
    result = run(*files, "--drafts", tmp_path / "one")
    assert changed.read_text("utf-8") == "mine" and "stay as they are" in " ".join(result.output.split())


def test_letters_take_hostile_text_as_text(hostile):
    assert hostile.drafts
    for _, draft in letters(hostile):
        text = re.sub(r"\\[\\`*_{}\[\]<>#|~!]", "", as_letter(hostile, draft))
        assert "<" not in "\n".join(line for line in text.split("\n") if not line.startswith("    "))
        assert as_word(hostile, draft).startswith(b"PK")


def test_as_known_at_an_instant():
    home = ROOT / "examples" / "accounts_payable"
    files = [home / "accounts_payable.bpo", home / "invoices.csv", home / "desk.jsonl"]
    result = run(
        *files, "--until", "2026-04-10", "--month", "2026-02", "--as-known-at", "2026-03-05", "--format", "json"
    )
    data = json.loads(result.output)
    assert data["as_known"] == "2026-03-05" and data["until"].startswith("2026-03-05")
