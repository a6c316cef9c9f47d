"""Claims and answers that come too late: both evaluators note them under the question, and nothing else follows."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from tests.language.both import made

TEXT = """agreement care "Care"
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

event invoice_sent from lantern
  invoice key
event disputed from harbour
  invoice key
event upheld, turned_down from lantern
  invoice key

claim dispute "Dispute of an invoice" [7.2]
  harbour may disputed for each invoice_sent
  within 10 days
  answered by lantern with upheld as accepted, turned_down as rejected
  answered within 5 days, else deemed accepted

state in_dispute from disputed to upheld by invoice
amount disputes
  each month
  count of disputed

"""
CASES = {
    "the last day is in time": (["01-05 invoice_sent", "01-15T23:59 disputed"], []),
    "the first instant after it is not": (
        ["01-05 invoice_sent", "01-16T00:00 disputed"], ["was to be claimed by 2026-01-15"],
    ),
    "an answer to a late claim": (
        ["01-05 invoice_sent", "01-16T00:00 disputed", "01-17T10:00 upheld"],
        ["was to be claimed by 2026-01-15", "was not claimed in time"],
    ),
    "an answer on the last day": (["01-05 invoice_sent", "01-06T09:00 disputed", "01-11T23:59 turned_down"], []),
    "an answer when it is deemed given": (
        ["01-05 invoice_sent", "01-06T09:00 disputed", "01-12T00:00 turned_down"], ["was to be answered by 2026-01-11"],
    ),
}  # fmt: skip


def example(lines):
    events = "".join(
        f"  2026-{line.split()[0] if 'T' in line else line.split()[0] + 'T09:00'} {line.split()[1]} invoice I1\n"
        for line in lines
    )
    return f'test "x"\n{events}  until 2026-03-01\n  expect disputes in 2026-01 is 0\n'


@pytest.mark.parametrize(("lines", "why"), CASES.values(), ids=CASES)
def test_what_comes_too_late_is_noted_and_has_no_effect(lines, why):
    contract, problems = understand_text("x.bpo", TEXT + example(lines))
    assert contract is not None, [p.message() for p in problems]
    events, until = made(contract, contract.examples[0])
    found = run(contract, events, until)
    assert found == evaluate(contract, events, until)
    noted = [entry for entry in found.outcome if entry.kind == "Noted"]
    assert [entry.words for entry in noted] == why
    assert all((entry.clause, entry.key) == ("dispute", (("invoice", "I1"),)) for entry in noted)
    late = {cause for entry in noted for cause in entry.event_causes}
    others = [e for e in found.outcome if e.kind not in ("Noted", "Restated") and late & set(e.event_causes)]
    assert others == []
    settled = next(e for e in found.outcome if e.clause == "disputes" and e.period == "2026-01")
    in_time = [line for line in lines if "disputed" in line]
    assert settled.numbers[0].value == (0 if any("claimed by" in each for each in why) else len(in_time))


def test_no_line_is_set_aside_and_the_account_says_why_nothing_follows(tmp_path):
    agreement, events = tmp_path / "a.bpo", tmp_path / "e.jsonl"
    agreement.write_text(TEXT, encoding="utf-8")
    rows = [
        {"id": "1", "source": "lantern", "type": "invoice_sent", "time": "2026-01-05T09:00:00Z", "invoice": "I1"},
        {"id": "2", "source": "harbour", "type": "disputed", "time": "2026-01-16T00:00:00Z", "invoice": "I1"},
    ]
    events.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for more in ([], ["--store", str(tmp_path / "s.db")]):
        told = CliRunner().invoke(bpodsl, ["run", str(agreement), str(events), "--until", "2026-03-01", *more])
        assert told.exit_code == 0, told.output
        assert "2 lines read: 2 applied." in told.output
        assert "`disputed` counts for nothing: “Dispute of an invoice” was to be claimed by 2026-01-15" in told.output
    said = CliRunner().invoke(bpodsl, ["explain", str(agreement), str(events), "--of", "dispute"]).output
    assert "Reported without effect" in said and "too late: invoice I1" in said
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "a.bpo").write_text(TEXT, encoding="utf-8")
    events.write_text("\n".join(json.dumps({**row, "subject": "care"}) for row in rows), encoding="utf-8")
    told = CliRunner().invoke(bpodsl, ["run", str(folder), str(events), "--until", "2026-03-01"])
    assert told.exit_code == 0 and "was to be claimed by 2026-01-15" in told.output, told.output
