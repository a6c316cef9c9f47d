"""The first screen: it fits the screen, says what came of misses, and how the lines were read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from io import StringIO
from random import Random

import pytest
from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from bpodsl.pipeline import evaluate, understand
from bpodsl.report.screen import fits, print_table, table_of
from bpodsl.report.summary import summarise
from bpodsl.report.text import print_summary
from bpodsl.store import read_events
from bpodsl.values import Zone, parse_day
from tests.conftest import ROOT
from tests.test_cli import ASKED, SMALL, event, ran

CARE = ROOT / "examples" / "customer_care"


@pytest.fixture(scope="module")
def summary():
    contract = understand(CARE / "customer_care.bpo").contract
    until = Zone.load(contract.zone).start_of(parse_day("2026-10-14"))
    taken = read_events(contract, [CARE / "events.jsonl"], until)
    return summarise(contract, evaluate(contract, taken.events, until))


def screen(summary, width):
    out = StringIO()
    print_summary(summary, Console(file=out, width=width, color_system=None))
    return out.getvalue().split("\n")


@pytest.mark.parametrize("width", [200, 120, 100, 80])
def test_nothing_is_cut_off(summary, width):
    lines = screen(summary, width)
    assert max(map(len, lines[: lines.index("Obligations")])) <= width
    text = "\n".join(lines)
    assert "…" not in text.partition("Money")[0]
    assert not any(line != line.rstrip() and not line.strip() for line in lines)
    names = " ".join(line[:20].strip() for line in lines)
    assert "P1 tickets" in names and "Customer" in names
    assert "≥ 95 %" in text and "80 % ✗✗" in text and "2026-09" in text
    assert ("2026-04" in text.partition("Money")[0]) == (width >= 120)
    assert ("more on a wider screen" in text) == (width < 120)


MISSES = """\
agreement small "A small agreement"
  client     buyer  "Buyer Ltd"
  provider   maker  "Maker Ltd"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR, rounded half up to 0.01

event asked from buyer
  case  key
event answered, told from maker
  case  key

obligation answer "Answer"
  maker must answered for each asked
  within 2 days
  cured within 3 days

obligation secret "Secrecy"
  maker must not told
"""


def test_what_came_of_a_miss(tmp_path):
    (tmp_path / "small.bpo").write_text(MISSES, encoding="utf-8")
    lines = [
        event(1, "asked", "2026-01-05T10:00:00Z", case="A"),
        event(2, "asked", "2026-01-05T10:00:00Z", case="B"),
        event(3, "answered", "2026-01-09T10:00:00Z", case="A"),
        event(4, "told", "2026-01-12T10:00:00Z", case="B"),
    ]
    (tmp_path / "events.jsonl").write_text("".join(lines), encoding="utf-8")
    run = [tmp_path / "small.bpo", tmp_path / "events.jsonl", "--until", "2026-02-01"]
    shown = ran("run", *run).stdout
    assert "Answer: 2 missed (1 cured, 1 breached)" in shown
    assert "Secrecy: 1 broken" in shown
    assert "Secrecy (case B): broken 2026-01-12 10:00" in shown
    assert "Answer (case A): due 2026-01-07, cured 2026-01-09 10:00" in shown
    assert "Answer (case B): due 2026-01-07, not performed, breached: not cured in time" in shown
    explained = ran("explain", *run, "--of", "answer", "--for", "A").stdout
    assert "cured" in explained and "cured, after" not in explained


def test_events_from_which_nothing_follows_are_noted(tmp_path):
    (tmp_path / "small.bpo").write_text(SMALL, encoding="utf-8")
    lines = [
        ASKED,
        event(2, "answered", "2026-01-05T11:00:00Z", case="X"),
        event(3, "answered", "2026-01-05T11:00:00Z", case="Y"),
        event(4, "asked", "2025-01-05T11:00:00Z", case="Z"),
    ]
    (tmp_path / "events.jsonl").write_text("".join(lines), encoding="utf-8")
    run = ["run", tmp_path / "small.bpo", tmp_path / "events.jsonl", "--until", "2026-02-01"]
    shown = " ".join(ran(*run).stdout.split())
    open_ = "nothing was open that it could perform, exercise or end"
    nothing = f"`answered` counts for nothing: Answer: {open_} (2 events)"
    early = "`asked` counts for nothing: it lies before the agreement takes effect"
    assert "4 lines read: 4 applied." in shown and nothing in shown and early in shown
    noted = [each["note"] for each in json.loads(ran(*run, "--format", "json").stdout)["notes"]]
    assert nothing in noted and early in noted
    ran(*run, "--out", tmp_path / "result")
    assert nothing in (tmp_path / "result" / "summary.txt").read_text(encoding="utf-8")


def test_the_demo_prints_what_the_commands_print(tmp_path):
    shown = ran("demo").stdout
    for command in (
        ["check", CARE / "customer_care.bpo"],
        ["run", CARE / "customer_care.bpo", CARE / "events.jsonl", "--until", "2026-10-14"],
    ):
        assert ran(*command).stdout in shown


def test_a_reader_that_goes_away_is_no_failure():
    run = ["run", str(CARE / "customer_care.bpo"), str(CARE / "events.jsonl"), "--until", "2026-10-14"]
    program = [sys.executable, "-m", "bpodsl", *run]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.wait() == 0
        assert running.stderr.read() == b""


def test_one_line_is_one_line(tmp_path):
    (tmp_path / "small.bpo").write_text(SMALL, encoding="utf-8")
    (tmp_path / "events.jsonl").write_text(ASKED, encoding="utf-8")
    assert "\n1 line read: 1 applied." in ran("run", tmp_path / "small.bpo", tmp_path / "events.jsonl").stdout


# ------------------------------------------------------------------------------------ tables
WORDS = ("a", "Restore service", "P1 tickets restored in time", "90.476 % ✗", "漢字", "–", "one\ntwo", "\x07bell", "")


def drawn_table(draw):
    """A table of ours, and the same of rich's."""
    ours = table_of("")
    theirs = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    theirs.add_column("")
    for _ in range(draw.randint(1, 5)):
        title, justify = draw.choice(("target", "2026-04", "levels\nmissed", "")), draw.choice(("left", "right"))
        ours.add_column(title, justify=justify)
        theirs.add_column(Text(title), justify=justify)
    for number in range(draw.randint(1, 6)):
        if number and draw.random() < 0.2:
            ours.add_section()
            theirs.add_section()
        cells = [Text(" ".join(draw.choices(WORDS, k=draw.randint(1, 3)))) for _ in ours.columns]
        if draw.random() < 0.5:
            cells[0].append(" P1", style="bold")
            cells[-1].stylize("green")
        ours.add_row(*cells)
        theirs.add_row(*cells)
    return ours, theirs


@pytest.mark.parametrize("colours", [None, "standard"])
@pytest.mark.parametrize("seed", range(60))
def test_a_table_looks_as_richs_own_does(seed, colours):
    draw = Random(seed)
    ours, theirs = drawn_table(draw)
    out, told = StringIO(), StringIO()
    console = Console(file=out, width=draw.choice((30, 60, 120)), color_system=colours, force_terminal=bool(colours))
    fits(console, ours)
    if draw.random() < 0.4:
        ours.columns[0].width = 12
    theirs.columns[0].width = ours.columns[0].width
    print_table(console, ours)
    wide = Console(file=told, width=1000, color_system=colours, force_terminal=bool(colours))
    wide.print(theirs)
    assert bare(out.getvalue()) == bare(told.getvalue())
    assert ("\x1b[32m" in out.getvalue()) == ("\x1b[32m" in told.getvalue())


def bare(text):
    """The lines without colours, and without blanks at their ends."""
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in text.split("\n")]
