"""The lines on the pages of reasons: each is set aside for its reason, and the sound one is not."""

from __future__ import annotations

import gzip
from io import BytesIO

import pytest

from bpodsl.pipeline import understand_text
from bpodsl.record.refusal_lines import LINES, SOUND
from bpodsl.record.refusal_shown import SHOWN
from bpodsl.record.refusals import REASONS
from bpodsl.store import Feed, read_events
from bpodsl.values import Zone, parse_day
from tests.conftest import ROOT
from tests.record.test_routing import member, routed

PRELUDE = (ROOT / "tests" / "language" / "resolve" / "prelude.bpo").read_text("utf-8")
CONTRACT, _ = understand_text("prelude.bpo", PRELUDE)
BY_CODE = {reason.code: reason for reason in REASONS}
LATE = 2 * 10**15
MORE = {"EVT102": "1" * (1 << 21), "EVT108": '{"of": ' * 100, "EVT131": "x"}
"""What stands for the dots of a line that has too much of something."""


def refused(line, contract=CONTRACT, name="-", until=LATE):
    taken = read_events(contract, [Feed(name, BytesIO(line if isinstance(line, bytes) else line.encode()))], until)
    return [each.code for each in taken.quarantined]


@pytest.mark.parametrize("code", LINES)
def test_a_line_of_a_page_is_set_aside_for_its_reason(code):
    assert refused(LINES[code]) == [code]
    assert f"Not so:\n\n    {LINES[code]}\n\nBut so:\n\n    {SOUND}\n" in BY_CODE[code].page


def test_the_sound_line_is_used():
    assert refused(SOUND) == []


# ------------------------------------------------------------------------------------ with more than one line
def test_each_reason_has_an_example():
    assert {*LINES, *SHOWN} == set(BY_CODE) and not set(LINES) & set(SHOWN)
    for reason in REASONS:
        assert "\nNot so:\n\n    " in reason.page and "\nBut so:\n\n    " in reason.page


def spelt(code, text):
    """The bytes that a line of a page stands for."""
    long = text.replace("…", MORE.get(code, ""))
    if code == "EVT108" and "…" in text:
        long = long.replace("}}", "}" * 102)
    return b"\xeb".join(part.encode() for part in long.split("<EB>"))


OF_LINES = [code for code, shown in SHOWN.items() if shown.file in ("jsonl", "csv")]


@pytest.mark.parametrize("code", OF_LINES)
def test_lines_of_a_page_are_set_aside_for_their_reason(code):
    shown = SHOWN[code]
    head = shown.where if shown.where.startswith("records") else ""
    text = PRELUDE.replace("\n  currency", f"\n  {head}\n  currency", 1) if head else f"{PRELUDE}\n{shown.where}\n"
    contract, problems = understand_text("a.bpo", text)
    assert contract is not None, [problem.message() for problem in problems]
    until = Zone.load("Europe/London").start_of(parse_day("2026-04-08")) if code == "EVT161" else LATE
    name = "desk.csv" if shown.file == "csv" else "-"
    assert set(refused(spelt(code, shown.bad), contract, name, until)) == {code}
    assert refused(spelt(code, shown.good), contract, name, until) == []


def test_a_packed_file_that_breaks_off_in_a_line():
    bad = (SHOWN["EVT109"].bad + "x" * 3000).encode()
    packed = gzip.compress(SOUND.encode() + b"\n" + bad, 0)
    taken = read_events(CONTRACT, [Feed("a.jsonl.gz", BytesIO(packed[:-2000]))], LATE)
    assert [each.code for each in taken.quarantined] == ["EVT109"]


@pytest.mark.parametrize("code", ["EVT133", "EVT134"])
def test_lines_that_no_agreement_of_a_portfolio_takes(code):
    members = [member("care", files=""), member("desk", files="")]
    subjects = [{"subject": text.partition('"subject": "')[2].partition('"')[0]}
                for text in (SHOWN[code].bad, SHOWN[code].good)]  # fmt: skip
    assert [routed(members, values) for values in subjects] == [code, "care"]


@pytest.mark.parametrize("code", ["EVT135", "EVT137"])
def test_rows_of_a_file_that_agreements_share(code):
    members = [member("care", 'column "Contract"'), member("desk", 'column "Deal"')]
    found = []
    for text in (SHOWN[code].bad, SHOWN[code].good):
        head, row = (line.split(",") for line in text.split("\n"))
        found.append(routed(members, {name: value for name, value in zip(head, row, strict=True) if value}))
    assert found == [code, "care"]
