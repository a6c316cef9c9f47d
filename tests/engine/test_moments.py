"""What is taken back is taken back from a moment shortly before, in both evaluators: counted in instants swept."""

from datetime import datetime, timedelta

import pytest

from bpodsl.engine import moments
from bpodsl.engine.world import World
from bpodsl.reference import outcome, run
from bpodsl.terms import Impose, OnOutcome
from tests.campaign.__main__ import drawn
from tests.campaign.compare import NEVER, reference, related
from tests.campaign.compare import swept as engine
from tests.engine.running import swept
from tests.reference.build import IMPOSED, contract, days, event, kind, norm, rule, within

UNTIL = "2026-12-01"


def desk(**fields):
    """Tickets of which every resolution imposes a payment, so that none can be taken back in place."""
    last = norm("restore", opening="opened", acts="resolved", by=("ticket",), due=within(days(10)), **fields)
    return contract(
        events=[kind("opened", "ticket"), kind("resolved", "ticket"), kind("paid", "ticket")],
        norms=[last, norm("pay", opening=IMPOSED, acts="paid", due=within(days(5)))],
        rules=[rule("on_fulfilled", OnOutcome("restore", "fulfilled"), Impose("pay"))],
    )  # fmt: skip


def tickets(many, *what):
    """Of each ticket, one every other day, what happens to it, an hour after another."""
    first = datetime(2026, 1, 2, 8)
    told = [
        (word, first + timedelta(days=2 * n, hours=hour), str(n)) for n in range(many) for hour, word in enumerate(what)
    ]
    return [event(word, when.isoformat(), n, ticket=of) for n, (word, when, of) in enumerate(told, start=1)]


STORIES = {
    "last": ({"needs": "last"}, ("opened", "resolved", "resolved")),
    "continue": ({"needs": "any", "reopening": "continue"}, ("opened", "resolved", "opened", "resolved")),
    "restart": ({"needs": "any", "reopening": "restart"}, ("opened", "resolved", "opened", "resolved")),
}


@pytest.fixture
def count(monkeypatch):
    """How many instants each evaluator has swept."""
    found = {"engine": 0, "reference": 0}

    def counted(kind, name, of):
        before = getattr(kind, name)

        def one_more(self, *given):
            found[of] += 1
            return before(self, *given)

        monkeypatch.setattr(kind, name, one_more)

    counted(World, "open_places", "engine")
    counted(outcome.Outcome, "before", "reference")
    return found


@pytest.mark.parametrize("how", STORIES)
def test_what_is_swept_again_is_what_came_shortly_before(how, count):
    fields, story = STORIES[how]
    many = 120
    found, remade = swept(desk(**fields), tickets(many, *story), UNTIL)
    assert remade == many
    assert found == run(desk(**fields), tickets(many, *story), int(found.until))
    # Each from the first instant it would be some two hundred.
    assert count["engine"] < 30 * many
    assert count["reference"] < 30 * many


@pytest.mark.parametrize("how", STORIES)
def test_gone_on_with_from_a_moment_or_from_the_first_instant_it_comes_to_the_same(how, count, monkeypatch):
    fields, story = STORIES[how]
    events = tickets(80, *story)
    found, remade = swept(desk(**fields), events, UNTIL)
    monkeypatch.setattr("bpodsl.engine.engine.FEW", remade)
    count.update(engine=0)
    assert found == swept(desk(**fields), events, UNTIL)[0]
    assert count["engine"] > 100 * remade


def test_no_more_moments_are_kept_than_so_many(monkeypatch):
    most = []
    before = moments.Moments.swept

    def one_more(self, *given):
        before(self, *given)
        most.append(len(self._kept))

    monkeypatch.setattr(moments.Moments, "swept", one_more)
    fields, story = STORIES["last"]
    swept(desk(**fields), tickets(120, *story), UNTIL)
    assert max(most) == moments.MOST


def test_of_an_agreement_in_which_nothing_is_taken_back_no_moment_is_kept(monkeypatch):
    made = []
    monkeypatch.setattr("bpodsl.engine.engine.Moments", made.append)
    _, remade = swept(desk(needs="last"), tickets(20, "opened", "resolved"), UNTIL)
    assert (remade, made) == (0, [])


def test_kept_at_each_instant_or_never_it_comes_to_the_same(monkeypatch):
    gone_on = []
    before = moments.Moments.back

    def back(self, *given):
        found = before(self, *given)
        gone_on.append(found is not None)
        return found

    monkeypatch.setattr(moments.Moments, "back", back)
    for number in range(24):
        case, _, _ = drawn(840001, number)
        told = related(case.contract, case.events, case.until)
        monkeypatch.setattr("bpodsl.engine.engine.FEW", NEVER)
        monkeypatch.setattr(outcome, "EVERY", NEVER)
        never = [engine(case.contract, told, case.until), reference(case.contract, told, case.until)]
        monkeypatch.setattr("bpodsl.engine.engine.FEW", -1)
        monkeypatch.setattr(moments, "NEAR", 1)
        monkeypatch.setattr(moments, "SHARE", NEVER)
        monkeypatch.setattr(outcome, "EVERY", 1)
        dense = [engine(case.contract, told, case.until), reference(case.contract, told, case.until)]
        assert never[0] == never[1] == dense[0] == dense[1]
    assert sum(gone_on) > 50


@pytest.mark.parametrize("from_the_start", [True, False])
def test_of_a_world_with_something_unknown_no_moment_is_kept(from_the_start, count, monkeypatch):
    """It comes to the same, from the first instant."""
    fields, what = STORIES["last"]
    agreement, events = desk(**fields), tickets(12, *what)
    said = swept(agreement, events, UNTIL)
    few, count["engine"] = count["engine"], 0
    before = World.__init__

    def with_it(world, *given, **more):
        before(world, *given, **more)
        world.unknown = iter([world]) if from_the_start else world

    monkeypatch.setattr(World, "__init__", with_it)
    if not from_the_start:
        opened = World.open_places

        def later(world, instant):
            world.unknown = iter([world])
            return opened(world, instant)

        monkeypatch.setattr(World, "open_places", later)
    assert swept(agreement, events, UNTIL) == said
    assert count["engine"] > few


def test_of_what_is_drawn_everything_is_known(monkeypatch):
    """Of worlds of all sorts, at each instant."""
    monkeypatch.setattr("bpodsl.engine.engine.FEW", -1)
    monkeypatch.setattr(moments, "NEAR", 1)
    monkeypatch.setattr(moments, "SHARE", NEVER)

    def fails(self, kind):
        raise AssertionError(kind)

    monkeypatch.setattr(moments.Unknown, "__init__", fails)
    for index in range(0, 60, 2):
        case, _, _ = drawn(870_011, index)
        engine(case.contract, related(case.contract, case.events, case.until), case.until)
