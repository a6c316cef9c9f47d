"""To which agreement of a portfolio a row belongs."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import understand_text
from bpodsl.record.refusals import Refusal
from bpodsl.record.routing import Addressee, Router
from bpodsl.record.rows import Layout, RawRow

HEAD = """\
agreement {name}
  client     buyer  "Buyer Ltd"
  provider   maker  "Maker Ltd"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR, rounded half up to 0.01
event asked from buyer
  case  key
event answered from maker
  case  key
"""
READS = """\
reads calls
  files "{files}"
  format {form}
{subject}  id row number
  time column "At" in UTC
  row asked
"""


def member(name, subject="", files="calls*.csv", form="csv", why=""):
    """One that reads files by a clause of its own; without `files`, one that has none."""
    text = HEAD.format(name=name)
    if files:
        text += READS.format(files=files, form=form, subject=f"  subject {subject}\n" if subject else "")
    contract, problems = understand_text("a.bpo", text)
    assert contract is not None, [problem.message() for problem in problems]
    return Addressee(name, contract.mappings, why)


def routed(members, values, file="in/calls1.csv"):
    """The name of the agreement, or the code of the refusal."""
    found = Router(members).route(RawRow(file, 1, 1, values, b""))
    return found.code if isinstance(found, Refusal) else members[found].name


A, B = member("a", files=""), member("b", files="")


@pytest.mark.parametrize(
    ("values", "whose"),
    [
        ({"subject": "a"}, "a"), ({"subject": "b", "id": "1"}, "b"), ({}, "EVT133"), ({"subject": ""}, "EVT133"),
        ({"subject": None}, "EVT133"), ({"subject": "c"}, "EVT134"), ({"subject": "A"}, "EVT134"),
        ({"subject": " a"}, "EVT134"), ({"subject": 7}, "EVT134"), ({"subject": True}, "EVT130"),
        ({"subject": ["a"]}, "EVT130"), ({"subject": "a" * 501}, "EVT130"),
        ({"raw": "…", "place": "x.csv:1", "code": "EVT133"}, "EVT131"),
    ],
)  # fmt: skip
def test_an_event_belongs_to_the_agreement_that_its_subject_names(values, whose):
    assert routed([A, B], values) == whose


def test_a_near_name_is_told():
    router = Router([member("northwind_care", files=""), B])
    found = router.route(RawRow("e.jsonl", 1, 1, {"subject": "northwind_car"}, b""))
    other = router.route(RawRow("e.jsonl", 2, 2, {}, b""))
    assert isinstance(found, Refusal) and isinstance(other, Refusal)
    (hinted, same) = router.hinted([found, other])
    assert "did you mean “northwind_care”?" in hinted.message()
    assert same == other


def test_what_is_not_run_takes_nothing():
    broken = member("b", files="", why="b.bpo has errors")
    found = Router([A, broken]).route(RawRow("e.jsonl", 1, 1, {"subject": "b"}, b""))
    assert isinstance(found, Refusal) and found.code == "EVT136"
    assert found.message() == "The line belongs to `b`, which was not run: b.bpo has errors."


def test_each_reads_says_where_the_subject_stands():
    one, other = member("a", 'column "Contract", "7" as a'), member("b", 'column "Contract", "8" as b')
    assert routed([one, other], {"Contract": "7"}) == "a"
    assert routed([one, other], {"Contract": "8"}) == "b"
    assert routed([one, other], {"Contract": "9"}) == "EVT134"
    assert routed([one, other], {"subject": "a"}) == "EVT133"
    # In a file that no `reads` is for, the word `subject` is asked.
    assert routed([one, other], {"subject": "a", "Contract": "8"}, "other.csv") == "a"


def test_agreements_may_take_it_from_different_columns():
    one, other = member("a", 'column "Contract"'), member("b", 'column "Deal"')
    assert routed([one, other], {"Contract": "a"}) == "a"
    assert routed([one, other], {"Deal": "b", "Contract": "z"}) == "b"
    assert routed([one, other], {"Deal": "b", "Contract": "a"}) == "EVT135"
    assert routed([one, other], {"Deal": "a"}) == "EVT137"


def test_a_file_that_one_reads_alone_is_its_own_but_for_what_names_another():
    one = member("a")
    assert routed([one, B], {"At": "2026-01-05T10:00"}) == "a"
    assert routed([one, B], {"subject": "printer is broken"}) == "a"
    assert routed([one, B], {"subject": "b"}) == "b"
    assert routed([one, member("b")], {"At": "2026-01-05T10:00"}) == "EVT133"
    assert routed([one, member("b")], {"subject": "a"}) == "a"
    assert routed([one, member("b", 'column "Contract"')], {"At": "2026-01-05T10:00"}) == "EVT133"
    assert routed([one, B], {"At": "2026-01-05T10:00"}, "other.csv") == "EVT133"


def test_a_file_has_the_layout_that_agreements_give_it():
    tabbed = member("a", form='csv separated by ";"')
    assert Router([A, B]).layouts("calls.csv") == []
    assert Router([tabbed, B]).layouts("calls.csv") == [(Layout("csv", ";"), "a")]
    assert Router([tabbed, B]).layouts("other.csv") == []
    assert [name for _, name in Router([tabbed, member("b")]).layouts("calls.csv")] == ["a", "b"]
