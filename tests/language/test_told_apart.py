"""Triggers whose firings have a key, and caps for each value of it: in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

PAGE = Path(__file__).parent / "told_apart.bpo"
CONTRACT = understand(PAGE).contract
assert CONTRACT is not None
EXAMPLES = {example.name: example for example in CONTRACT.examples}


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_evaluators_say_the_same(name):
    events, until = made(CONTRACT, EXAMPLES[name])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    trials = list(try_examples(CONTRACT))
    assert len(trials) == len(EXAMPLES)
    assert [problem.message() for trial in trials for problem in trial.failures] == []


def test_the_ledger_has_the_key_and_no_count():
    ledger = evaluate(CONTRACT, *made(CONTRACT, EXAMPLES["three triggers of one site under one limit"]))
    keys = {(e.kind, e.clause): e.key for e in ledger.outcome if e.kind in ("Fired", "Accrued")}
    assert keys["Accrued", "loss.payment"] in ((("site", "leeds"),), (("site", "york"),))
    assert keys["Accrued", "lasting.payment"] == (("fault", "F2"),)
    assert [e.numbers for e in ledger.outcome if (e.kind, e.clause) == ("Fired", "loss")] == [(), (), ()]


WITHOUT = PAGE.read_text(encoding="utf-8").partition("\ntest ")[0]


@pytest.mark.parametrize(
    ("without", "advice"),
    [
        ("  when reach is missed\n  by part\n", "Tell what it pays apart: give `late` a line `by part`."),
        ("  when broken lasts more than 1 day\n  by fault\n",
         "Tell what it pays apart: give `lasting` a line `by fault`."),
        ("  harbour may bought_out on late\n  by part\n",
         "Let there be a right for each: give `buy_out` a line `by part`."),
    ],
)  # fmt: skip
def test_a_clause_that_does_not_tell_its_sums_apart_is_told_what_to_write(without, advice):
    assert without in WITHOUT
    text = WITHOUT.replace(without, without.rpartition("  by ")[0])
    found = [p for p in understand_text("deal.bpo", text)[1] if p.severity.value == "error"]
    assert [(p.code, p.hint()) for p in found] == [("BPO204", advice)]


def test_another_key_is_added_to_those_that_there_are():
    text = WITHOUT.replace("at 4 GBP over the term by step", "at 4 GBP over the term by part")
    (found,) = [p for p in understand_text("deal.bpo", text)[1] if p.severity.value == "error"]
    assert found.code == "BPO204"
    assert found.hint() == "Tell what it pays apart: give `seen_again` a line `by step, part`."


def test_a_duty_is_told_by_what_to_arise():
    pays = '  failing that lantern pays harbour 1 GBP as "step"\n'
    text = WITHOUT.replace("  within 3 days\n", f"  within 3 days\n{pays}")
    text += "\ncap of_duty on reach at 5 GBP each year by part\n"
    (found,) = [p for p in understand_text("deal.bpo", text)[1] if p.severity.value == "error"]
    assert (found.code, found.hint()) == ("BPO204", "Let `reach` arise for each: `for each … by step, part`.")


def test_a_field_that_nothing_has_is_not_advised():
    text = WITHOUT.replace("over the term by fault", "over the term by colour")
    (found,) = [p for p in understand_text("deal.bpo", text)[1] if p.severity.value == "error"]
    assert found.code == "BPO204" and "by colour" not in (found.hint() or "")
