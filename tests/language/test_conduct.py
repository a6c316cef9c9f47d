"""What parties do: agreements with tests of their own, each of which holds and has one ledger by both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.record import Ledger
from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
from bpodsl.record.worlds import of_world, worlds
from bpodsl.reference import run
from bpodsl.terms import Contract, Example
from bpodsl.trials import try_example, until_of
from tests.campaign.compare import canonical

FILES = sorted((Path(__file__).parent / "conduct").glob("*.bpo"))


def contract_of(name: str) -> Contract:
    made = understand(Path(__file__).parent / "conduct" / f"{name}.bpo").contract
    assert made is not None, name
    return made


TESTS = [(path.stem, example) for path in FILES for example in contract_of(path.stem).examples]


def ledgers(contract: Contract, example: Example) -> dict[str, Ledger]:
    """By world."""
    events, refused = example_events(contract, example)
    assert not refused, refused
    until = until_of(contract, example, events)
    related = relate(contract, (event for event in events if event.known < until), until).events
    made = {}
    for world in worlds(contract, related) or ("",):
        own = of_world(contract, related, world)
        made[world] = evaluate(contract, own, until)
        assert canonical(made[world]) == canonical(run(contract, own, until)), world
    return made


def notes(name: str, test: str) -> list[tuple[str, str]]:
    """The clause and words of what is noted."""
    contract = contract_of(name)
    example = next(each for each in contract.examples if each.name == test)
    made = ledgers(contract, example).values()
    return [(e.clause, e.words) for each in made for e in each.outcome if e.kind == "Noted"]


@pytest.mark.parametrize(("name", "example"), TESTS, ids=[f"{name}: {example.name}" for name, example in TESTS])
def test_holds_and_both_evaluators_say_the_same(name: str, example: Example) -> None:
    contract = contract_of(name)
    assert try_example(contract, example).failures == ()
    ledgers(contract, example)


def test_a_refused_act_says_why() -> None:
    assert notes("whose_act", "the provider's own notice") == [("c_out", "not for lantern to do")]
    assert notes("whose_act", "the client's in the wrong form") == [
        ("p_out", "not for harbour to do"), ("c_out", "not as the right asks"), ("p_out", "not for harbour to do"),
    ]  # fmt: skip
    assert notes("whose_act", "waived by the client only") == [("fix", "not for ashdown to do")]
