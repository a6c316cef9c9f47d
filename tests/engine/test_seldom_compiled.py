"""What the compiled machine does not know: a text that says it is left to Python, not taken for something else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from bpodsl.engine import Brief, plan_contract
from bpodsl.engine.straight.assembled import Assembler, NotNative, Tables, number_of
from bpodsl.engine.straight.blockwise import Made
from bpodsl.engine.straight.cases import Cases
from bpodsl.native import NONE
from bpodsl.pipeline import understand_text
from bpodsl.terms import kinds as k
from bpodsl.values import ticks

TEXT = """
agreement desk "Desk"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR

event opened from anyone
  ticket  key
  tier    one of gold, tin
event solved from anyone
  ticket  key

obligation restore "Restore"
  beta must solved for each opened
  within by tier
    | gold | 2 hours |
    | tin  | 4 hours |

measure kept
  each month by tier, counted when decided
  share of restore fulfilled
"""


@pytest.fixture(scope="module")
def cases() -> Cases:
    found, problems = understand_text("desk.bpo", TEXT)
    assert found is not None, problems
    (stream,) = Brief(plan_contract(found), print, list, set(), native=False).streams
    assert isinstance(stream, Cases)
    return stream


def program(cases: Cases, source: str, made: Made | None = None, alone: bool = True) -> bytes:
    made = made or cases.made
    norms = {id(tallies): norm for norm, tallies in made.tallies.items()}
    kinds, begin = cases.family.kinds, ticks(cases.begin)
    return Assembler(
        source, made.table, Tables(), norms, 0, lambda form: alone, cases.family.keys, kinds, begin
    ).made()  # fmt: skip


def test_what_it_knows(cases: Cases) -> None:
    assert program(cases, cases.made.source) != program(cases, cases.careful().source, cases.careful())


ELSE = "            else:\n"
OPENS = "c[5] = 1; c[3] = ref"
UNKNOWN = {
    "another loop over events": ("for e, at in zip(events, times):", "while events:", "the loop over events"),
    "a statement less in it": ("            kind = e.number\n", "", "the loop over events"),
    "another head": (ELSE, f"{ELSE}                pass\n", "what stands at the head of the loop"),
    "another loop over what is open": ("for key, c in cases.items():", "while cases:", "the loop over what is open"),
    "another beginning of a case": ("c = [BEFORE, NEVER, NEVER, None, None, 0]", "c = [*c]", "*c"),
    "no list as its beginning": ("c = [BEFORE, NEVER, NEVER, None, None, 0]", "c = K9", "how a case begins"),
    "a call of a function": (OPENS, "print(c)", "print(c)"),
    "a call of another method": (OPENS, "c.append(1)", "c.append"),
    "a statement of another sort": (OPENS, "assert c", "assert c"),
    "another part of an event": (OPENS, "c[5] = e.time", "e.time"),
    "another sum": (OPENS, "c[5] = c[1] * c[2]", "c[1] * c[2]"),
    "another comparison": (OPENS, "if c[1] > c[2]: c[5] = 1", "c[1] > c[2]"),
    "neither of two": (OPENS, "if not (c[1] and c[2]): c[5] = 1", "c[1] and c[2]"),
    "one or not the other": (OPENS, "if c[1] or not c[2] or c[3]: c[5] = 1", "not c[2]"),
    "a name that is no constant": (OPENS, "c[5] = events", "events"),
    "a text as a constant": (OPENS, "c[5] = 'x'", "'x'"),
    "a text of the table as a number": (OPENS, "c[5] = K3", "a text"),
    "no table": (OPENS, "c[5] = c[c[1]]", "c"),
    "a table asked for a value": (OPENS, "c[5] = K2[c[1]]", "c[1]"),
    "an outcome of another form": (OPENS, "rows.append(Tally(K3, c[4], 'missed', (at, 9)))", "c[4]"),
}  # fmt: skip


@pytest.mark.parametrize("way", UNKNOWN)
def test_what_it_does_not_know_is_left_to_python(cases: Cases, way: str) -> None:
    old, new, said = UNKNOWN[way]
    source, table = cases.made.source, cases.made.table
    assert old in source
    with pytest.raises(NotNative) as refused:
        program(cases, source.replace(old, new, 1), evolve(cases.made, table=(*table[:3], "a text", *table[4:])))
    assert said in str(refused.value)


def test_entries_with_more_than_a_deadline_are_left_to_python(cases: Cases) -> None:
    with pytest.raises(NotNative, match="numbers of an entry"):
        program(cases, cases.made.source, alone=False)


def test_numbers_of_the_machine() -> None:
    instant = datetime(2026, 1, 5, tzinfo=UTC)
    known: list[tuple[Any, int]] = [
        (None, NONE), (True, 1), (False, 0), (timedelta(hours=2), 7_200_000_000), (instant, ticks(instant)),
    ]  # fmt: skip
    assert [number_of(value) for value, _ in known] == [number for _, number in known]
    for value in ("2026", 2.5, k.NUMBER):
        with pytest.raises(NotNative):
            number_of(value)
