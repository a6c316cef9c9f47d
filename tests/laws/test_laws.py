"""A share of what `python -m tests.laws --pairs N` holds, and that each law can be broken."""

from __future__ import annotations

from random import Random

import pytest
from attrs import evolve

from bpodsl.record import Ledger
from tests.campaign.__main__ import drawn
from tests.laws import asking, everywhere, laws, worth
from tests.laws.__main__ import tried
from tests.laws.laws import LAWS


@pytest.mark.parametrize("index", range(6))
def test_the_laws_hold(index):
    assert {name: what for name, what in tried(91, index, list(LAWS)).items() if what} == {}


def _wrong(ledger: Ledger, chance: Random) -> Ledger:
    """A ledger without one of its entries."""
    if not ledger.posted or not ledger.outcome:
        return ledger
    gone, fell = chance.randrange(len(ledger.posted)), chance.randrange(len(ledger.outcome))
    return evolve(
        ledger, posted=tuple(p for n, p in enumerate(ledger.posted) if n != gone),
        outcome=tuple(e for n, e in enumerate(ledger.outcome) if n != fell),
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(LAWS) - {"caps_bind", "quarters_are_months", "replaced_once"}))
def test_an_engine_that_loses_entries_breaks_a_law(name, monkeypatch):
    """One that forgets at random, and so otherwise each time it is asked."""
    true, chance = asking.ledger, Random(5)
    evaluate = laws.evaluate_worlds

    def lossy(*asked):
        return _wrong(true(*asked), chance)

    def worlds(*asked):
        return [(world, _wrong(found, chance)) for world, found in evaluate(*asked)]

    for module in (laws, worth):
        monkeypatch.setattr(module, "ledger", lossy)
    monkeypatch.setattr(laws, "evaluate_worlds", worlds)
    assert any(LAWS[name](drawn(91, index)[0], Random(index)) for index in range(24))


def test_it_is_the_same_with_another_hash_seed_zone_language_and_folder():
    around = everywhere.environments(Random(1))
    first, second = (everywhere.told(91, 2, each) for each in (around[0], around[-1]))
    assert first == second and len(set(first)) == 2
