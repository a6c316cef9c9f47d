"""What tests expect not to be so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import understand
from bpodsl.trials import try_examples

PATH = Path(__file__).parent / "not_so.bpo"
TEXT = PATH.read_text("utf-8")


def failures(path):
    run = understand(path)
    assert run.contract is not None, [problem.message() for problem in run.problems]
    return [problem.message() for trial in try_examples(run.contract) for problem in trial.failures]


def test_what_is_not_so_is_not():
    assert failures(PATH) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("settle for C1 fulfilled", "settle for C1 missed"),
        ("settle for C1 missed on 2026-01-06", "settle for C1 missed on 2026-01-07"),
        ("settle for C1 missed on 2026-01-06", "settle for C1 missed at 2026-01-08T00:00"),
        ("settle for C2 missed", "settle for C2 fulfilled"),
        ("audit_right exercised on 2026-01-11", "audit_right exercised on 2026-01-12"),
        ("audit_right on 2026-01-07", "audit_right on 2026-01-08"),
        ("audit_right on 2026-01-07", "audit_right"),
        ("audit_right lapsed", "audit_right exercised"),
        ("is not 100%", "is not 0%"),
        ("is not 100%", "is not 50%"),
        ("is not met", "is not missed"),
        ("is not not measured", "is not measured"),
        ("2026-01 is not 11 GBP", "2026-01 is not 10 GBP"),
        ("ladder at level 2 on 2026-01-09", "ladder at level 2 on 2026-01-10"),
        ("ladder at level 2 on 2026-01-09", "ladder at level 1"),
        ("busy for C2 open", "busy for C2 ended"),
        ("busy for C1 ended", "busy for C1 open"),
        ("audit_right exercised on 2026-01-10", "audit_right exercised on 2026-01-09"),
    ],
)
def test_what_is_so_is_told(tmp_path, old, new):
    assert TEXT.count(old) == 1
    path = tmp_path / "not_so.bpo"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    found = failures(path)
    assert len(found) == (0 if new == "is not 0%" else 1), found


def test_of_a_window_that_has_not_settled_nothing_is_known(tmp_path):
    path = tmp_path / "not_so.bpo"
    path.write_text(TEXT.replace("in_time in 2026-01 is not 100%", "in_time in 2026-02 is not 100%"), encoding="utf-8")
    assert [each.partition("but ")[2] for each in failures(path)] == ["that window has no settled value"]
