"""The least and the greatest among the groups of a figure, in both evaluators; which it was is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.report.explain import Asked, Explainer
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "among_groups.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None


def test_both_evaluators_say_what_is_expected():
    events, until = made(CONTRACT, CONTRACT.examples[0])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


def test_explanation_says_which_group_it_was():
    events, until = made(CONTRACT, CONTRACT.examples[0])
    ledger = evaluate(CONTRACT, events, until)
    said = list(Explainer.of(CONTRACT, ledger, events).explain(Asked("worst", "2026-01")))
    assert said[1] == "  with largest speed: site C"
    said = list(Explainer.of(CONTRACT, ledger, events).explain(Asked("best", "2026-01")))
    assert said[1] == "  with smallest speed: site A"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("count of groups of worst", "BPO318"),
        ("count of groups of call", "BPO203"),
        ("count of groups of yearly", "BPO309"),
    ],
)
def test_what_has_no_groups_here_is_met_with_a_problem(tmp_path, line, code):
    text = PATH.read_text("utf-8").replace("count of groups of speed where it is missed\n\ncredit", f"{line}\n\ncredit")
    text += "\namount yearly\n  each year by site\n  count of call\n"
    path = tmp_path / "sites.bpo"
    path.write_text(text, encoding="utf-8")
    assert [problem.code for problem in understand(path).problems if problem.code != "BPO205"] == [code]
