"""The benchmarks measure what they say. How long it took is for their readers."""

from __future__ import annotations

import json
import re
import sys
from xml.etree import ElementTree

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.store import read_events
from tests.benchmarks import growth, portfolio
from tests.benchmarks.__main__ import main
from tests.benchmarks.made import agreement, events


def test_the_table_has_a_row_for_the_yardstick_and_for_each_task(capsys):
    main(["--lines", "60", "120", "--events", "200", "--rounds", "1"])
    head, *rows = capsys.readouterr().out.splitlines()
    assert re.split(r"  +", head) == ["task", "size", "CPU seconds", "ratio"]
    cells = [re.split(r"  +", row) for row in rows]
    assert [row[0] for row in cells] == ["parse JSON lines", "check", "check", "read", "evaluate"]
    assert [row[1] for row in cells] == ["200 events", "62 lines", "124 lines", "200 events", "200 events"]
    assert all(re.fullmatch(r"\d+\.\d{3}", row[2]) and re.fullmatch(r"\d+\.\d", row[3]) for row in cells)
    assert cells[0][3] == "1.0"


@pytest.mark.parametrize("lines", [40, 400, 5_000])
def test_the_agreements_are_as_long_as_is_said(lines):
    assert agreement(lines)[0].count("\n") == pytest.approx(lines, abs=13)


def steps(text):
    """How many functions are called to check a text."""
    found = 0

    def count(frame, event, argument):
        nonlocal found
        found += event == "call"

    sys.setprofile(count)
    try:
        understand_text("<made>", text)
    finally:
        sys.setprofile(None)
    return found


def test_checking_takes_as_many_more_steps_as_there_is_more_text():
    steps(agreement(60)[0])  # What is made once is made now.
    few, many = (steps(agreement(lines)[0]) for lines in (500, 2_000))
    assert many < 4.6 * few


def test_what_is_measured_does_something(tmp_path):
    text, queues = agreement(60)
    contract, problems = understand_text("<made>", text)
    assert contract is not None and not problems, [p.message() for p in problems]
    (tmp_path / "desk.jsonl").write_text(events(5_000, queues), "utf-8")
    taken = read_events(contract, [tmp_path / "desk.jsonl"])
    assert len(taken.events) == 5_000
    kinds = {e.kind for e in evaluate(contract, taken.events, taken.until).outcome}
    assert {"Fulfilled", "Missed", "Opened", "Closed", "Settled", "Accrued", "Fired", "Raised"} <= kinds


def test_a_portfolio_is_measured_by_the_number_of_its_agreements(capsys):
    portfolio.main(["--agreements", "1", "3", "--events", "60", "--rounds", "1", "--json"])
    head, *rows, told = capsys.readouterr().out.splitlines()
    assert re.split(r"  +", head) == ["agreements", "an event", "in all", "ms an agreement", "--jobs 2", "MiB"]
    assert [row.split()[0] for row in rows] == ["1", "3"]
    assert [each["agreements"] for each in json.loads(told)] == [1, 3]
    assert json.loads(told)[0]["in_all"] == 1


def test_every_event_of_the_portfolio_counts(tmp_path):
    portfolio.prepare(tmp_path / "data", 4, 200, 45)
    portfolio.run(tmp_path / "data", "events.jsonl", tmp_path / "out")
    whole = json.loads((tmp_path / "out" / "portfolio.json").read_text("utf-8"))
    assert whole["account"]["applied"] == 200
    assert all(each["account"]["applied"] > 40 for each in whole["agreements"])
    assert len(portfolio.ledgers(tmp_path / "out")) == 4


# ------------------------------------------------------------------------------------ growth
def test_waves_keep_so_many_cases_open(tmp_path):
    for size in (1, 7):
        opened = most = 0
        for line in growth._waves(size, 200):
            kind = json.loads(line)["type"]
            opened += (kind == "ticket.opened") - (kind == "ticket.resolved")
            most = max(most, opened)
        assert (opened, most) == (0, size)


def test_a_picture_has_a_point_for_each_size():
    points = [growth.Point(10, 1.0, 50.0), growth.Point(100, 3.0, 60.0), growth.Point(1000, 9.0, 90.0)]
    drawn = ElementTree.fromstring(growth.picture("events", points))
    circles = drawn.findall("{http://www.w3.org/2000/svg}circle")
    heights = [float(each.attrib["cy"]) for each in circles]
    assert len(circles) == 3 and heights == sorted(heights, reverse=True)
    words = [each.text for each in drawn.findall("{http://www.w3.org/2000/svg}text")]
    assert {"events", "× 9.0", "1 000", "90 MiB"} <= set(words)


def test_how_one_thing_grows_is_told_and_drawn(tmp_path, capsys):
    growth.main(["--only", "check", "--most", "50", "--rounds", "1", "--out", str(tmp_path)])
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["growth"] == "check" and [each["size"] for each in told["points"]] == [50]
    assert (tmp_path / "growth-check.svg").read_text("utf-8").startswith("<svg")
