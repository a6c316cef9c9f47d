"""What became of each instance, read from the entries of an outcome."""

from pathlib import Path

from bpodsl.record.verdicts import judge
from tests.campaign import cases
from tests.campaign.compare import engine

MOVED = Path(__file__).parents[1] / "campaign" / "cases" / "moved_by_two_changes.py"


def test_what_two_changes_move_is_one_instance():
    case = cases.read(MOVED)
    (verdict,) = judge(case.contract, engine(case.contract, case.events, case.until).outcome)
    assert (verdict.instance, verdict.status) == ("crm/e816", "not measurable")
    assert [entry.instance for entry in verdict.entries] == ["crm/e816", "crm/e816", "crm/e816~2", "crm/e816"]
