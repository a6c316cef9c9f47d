"""The examples: their makers make their events, and runs give what is kept beside them.

After a change that is meant: `python -m tests.test_examples` writes the expected files anew.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import evaluate, understand, understand_all
from bpodsl.reference import run as reference_run
from bpodsl.store import read_events
from bpodsl.values import Zone, parse_day
from tests.conftest import ROOT

RUNS = {
    "customer_care": (("events.jsonl",), "2026-10-14"),
    "accounts_payable": (("invoices.csv", "desk.jsonl"), "2026-07-20"),
    "it_service_desk": (("calls.csv", "desk.jsonl"), "2026-07-20"),
    "image_processing": (("tracker.csv", "desk.jsonl"), "2026-07-20"),
    "payroll_hr": (("payroll.jsonl", "hr_desk.csv"), "2026-11-06"),
    "claims_administration": (("claims_system.csv", "office.jsonl"), "2026-08-14"),
}

# Folders of several agreements that are run over one stream.
PORTFOLIOS = {"portfolio": (("desk.jsonl", "clearing.csv"), "2026-07-01")}

# Lines that are wrong on purpose, and so are set aside.
SET_ASIDE = {"image_processing": 2, "it_service_desk": 2, "payroll_hr": 3, "claims_administration": 3}

# The reference makes everything anew for each correction and late answer: of an agreement with many it is asked about
# the first weeks, and about a part of the claims over the whole time.
COMPARED = {"claims_administration": "2026-02-16", "accounts_payable": "2025-12-12"}
DAY = 86_400_000_000


def arguments(name: str) -> list[str]:
    files, until = RUNS[name]
    here = f"examples/{name}"
    return ["run", f"{here}/{name}.bpo", *(f"{here}/{file}" for file in files), "--until", until]


def said(name: str, *more: str) -> str:
    result = CliRunner().invoke(bpodsl, [*arguments(name), *more])
    assert result.exit_code == (4 if name in SET_ASIDE else 0), result.output
    return result.stdout


def digest(name: str) -> str:
    return hashlib.sha256(said(name, "--format", "jsonl").encode()).hexdigest() + "\n"


def told(name: str, out: Path) -> dict[str, str]:
    """What a portfolio's run gives: the summary, and the digest of each ledger."""
    files, until = PORTFOLIOS[name]
    here = f"examples/{name}"
    arguments = ["run", here, *(f"{here}/{file}" for file in files), "--until", until, "--out", str(out)]
    result = CliRunner().invoke(bpodsl, arguments)
    assert result.exit_code == 4, result.output
    digests = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.parent.name}\n"
        for path in sorted(out.glob("*/ledger.jsonl"))
    ]
    return {"summary.txt": result.stdout, "ledgers.sha256": "".join(digests)}


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NO_COLOR", "1")


def test_every_example_is_run():
    agreements = [path.name for path in (ROOT / "examples").iterdir() if path.is_dir()]
    assert sorted([*RUNS, *PORTFOLIOS]) == sorted(agreements)
    assert all((ROOT / "examples" / name / f"{name}.bpo").exists() for name in RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_an_example_gives_what_is_kept_beside_it(name):
    expected = ROOT / "examples" / name / "expected"
    assert said(name) == (expected / "summary.txt").read_text("utf-8")
    assert digest(name) == (expected / "ledger.sha256").read_text("utf-8")


@pytest.mark.parametrize("name", RUNS)
def test_the_two_evaluators_agree_on_an_example(name):
    folder = ROOT / "examples" / name
    contract = understand(folder / f"{name}.bpo").contract
    assert contract is not None
    files, day = RUNS[name]
    until = Zone.load(contract.zone).start_of(parse_day(day))
    taken = read_events(contract, [folder / file for file in files], until)
    assert len(taken.quarantined) == SET_ASIDE.get(name, 0)
    until = Zone.load(contract.zone).start_of(parse_day(COMPARED.get(name, day)))
    one, other = evaluate(contract, taken.events, until), reference_run(contract, taken.events, until)
    assert len(one.posted) > 300
    assert one.posted == other.posted


@pytest.mark.parametrize("name", PORTFOLIOS)
def test_a_portfolio_gives_what_is_kept_beside_it(name, tmp_path):
    expected = ROOT / "examples" / name / "expected"
    for file, text in told(name, tmp_path / "out").items():
        assert text == (expected / file).read_text("utf-8")


@pytest.mark.parametrize("name", PORTFOLIOS)
def test_the_two_evaluators_agree_on_each_agreement_of_a_portfolio(name):
    folder = ROOT / "examples" / name
    files, day = PORTFOLIOS[name]
    members = [each.contract for each in understand_all([folder])]
    assert len(members) == 3
    for contract in members:
        assert contract is not None
        until = Zone.load(contract.zone).start_of(parse_day(day))
        own = [folder / file for file in files if any(m.files.startswith(file[:4]) for m in contract.mappings)]
        taken = read_events(contract, own or [folder / files[0]], until)
        one, other = evaluate(contract, taken.events, until), reference_run(contract, taken.events, until)
        assert len(one.posted) > 60
        assert one.posted == other.posted


def test_the_two_evaluators_agree_on_a_surge_a_step_in_and_a_bar():
    folder = ROOT / "examples/claims_administration"
    contract = understand(folder / "claims_administration.bpo").contract
    assert contract is not None
    files, day = RUNS["claims_administration"]
    until = Zone.load(contract.zone).start_of(parse_day(day))
    taken = read_events(contract, [folder / file for file in files], until)
    whole = evaluate(contract, taken.events, until).outcome
    # The claims that led to the surge and those paid late, with all that is not of a single claim.
    surge = next(e.at for e in whole if e.clause == "surge" and e.kind == "Opened")
    kept = {dict(e.key)["claim"] for e in whole if e.kind == "Missed" and e.clause == "pay_claim"}
    kept |= {
        e.fields.get("claim") for e in taken.events
        if e.kind == "claim_notified" and e.fields.get("line") == "home" and 0 <= surge - e.acts <= 3 * DAY
    }  # fmt: skip
    events = [e for e in taken.events if e.fields.get("claim") in kept | {None}]
    assert 200 < len(events) < 450
    one, other = evaluate(contract, events, until), reference_run(contract, events, until)
    assert one.posted == other.posted
    happened = {(e.kind, e.clause, e.words) for e in one.outcome}
    assert {
        ("Opened", "surge", ""), ("Closed", "surge", ""), ("Fired", "weak_payments", ""), ("Opened", "step_in", ""),
        ("Exercised", "step_in_right", ""), ("RightOpened", "for_cause", ""),
        ("Noted", "for_cause", "barred while dispute_open"),
    } <= happened  # fmt: skip


def test_the_two_evaluators_agree_on_rulings_relief_amendments_and_a_dispute():
    folder = ROOT / "examples/accounts_payable"
    contract = understand(folder / "accounts_payable.bpo").contract
    assert contract is not None
    files, day = RUNS["accounts_payable"]
    until = Zone.load(contract.zone).start_of(parse_day(day))
    taken = read_events(contract, [folder / file for file in files], until)
    # Of the invoices every fifth, those of new suppliers and those of the outage; all else as it is.
    received = [e.fields for e in taken.events if e.kind == "invoice_received"]
    kept = {f["invoice"] for f in received if int(f["invoice"][-3:]) % 5 == 2 or f["new_supplier"]}
    kept |= {f"I26020{n}" for n in range(43, 48)}
    events = [e for e in taken.events if e.fields.get("invoice", "") in kept | {""}]
    assert 200 < len(events) < 450
    one, other = evaluate(contract, events, until), reference_run(contract, events, until)
    assert one.posted == other.posted
    happened = {(p.act or p.entry.kind, p.entry.clause) for p in one.posted}
    assert {
        ("Amended", "amendment_1"), ("Amended", "amendment_2"), ("Restated", "timeliness"), ("Restated", "base_fee"),
        ("Restated", "late_interest"), ("Waived", "close_books"), ("Lapsed", "audit"), ("Capped", "quarter_cap"),
    } <= happened  # fmt: skip


def test_the_maker_of_customer_care_makes_its_events():
    care = ROOT / "examples" / "customer_care"
    made = subprocess.run([sys.executable, str(care / "make_events.py")], capture_output=True, check=True).stdout
    assert made == (care / "events.jsonl").read_bytes()


@pytest.mark.parametrize("name", [name for name in (*RUNS, *PORTFOLIOS) if name != "customer_care"])
def test_the_makers_make_the_events(name, tmp_path):
    folder = ROOT / "examples" / name
    subprocess.run([sys.executable, str(folder / "make_events.py"), str(tmp_path)], check=True)
    for file in (RUNS | PORTFOLIOS)[name][0]:
        assert (tmp_path / file).read_bytes() == (folder / file).read_bytes()


def write() -> None:
    for name in RUNS:
        expected = Path("examples") / name / "expected"
        expected.mkdir(exist_ok=True)
        (expected / "summary.txt").write_text(said(name), "utf-8")
        (expected / "ledger.sha256").write_text(digest(name), "utf-8")
    for name in PORTFOLIOS:
        expected = Path("examples") / name / "expected"
        expected.mkdir(exist_ok=True)
        with TemporaryDirectory() as out:
            for file, text in told(name, Path(out)).items():
                (expected / file).write_text(text, "utf-8")


if __name__ == "__main__":
    write()
