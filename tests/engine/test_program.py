"""A program is plain data, made from a contract or its graph; the kernel goes forward only."""

import pickle

import pytest

from bpodsl.engine import Engine, plan, plan_contract, run
from bpodsl.graph import build
from bpodsl.terms import Clock
from tests.engine.running import swept
from tests.reference.build import (
    at,
    contract,
    event,
    events,
    figure,
    hours,
    kind,
    norm,
    office,
    on,
    share_of,
    state,
    total,
    within,
)  # fmt: skip

TICKETS = contract(
    events=[kind("opened", "ticket"), kind("held", "ticket"), kind("resolved", "ticket")],
    calendars=[office()],
    states=[state("waiting", "held", "resolved", ["ticket"])],
    norms=[
        norm(
            "restore", opening="opened", acts="resolved", by=("ticket",), due=within(hours(8, "office")),
            clock=Clock("office", "", ("waiting",)),
        )
    ],
    figures=[figure("on_time", share_of("restore"))],
)  # fmt: skip
STORY = [
    event("opened", "2026-03-02T10:00", 1, ticket="A"),
    event("held", "2026-03-02T12:00", 2, ticket="A"),
    event("resolved", "2026-03-04T09:30", 3, ticket="A"),
]


def test_a_program_survives_pickling():
    program = plan_contract(TICKETS)
    again = pickle.loads(pickle.dumps(program))
    assert again == program
    assert run(again, STORY, at("2026-05-01")) == run(program, STORY, at("2026-05-01"))


def test_a_graph_gives_the_same_program():
    assert plan(build(TICKETS)) == plan_contract(TICKETS)


def test_each_kind_knows_what_it_touches():
    program = plan_contract(TICKETS)
    assert [(s.place, s.name, s.does) for s in program.kinds["opened"].during] == [(7, "restore", "open")]
    assert [(s.place, s.name, s.does) for s in program.kinds["resolved"].during] == [
        (5, "waiting", "end"), (5, "restore", "perform"),
    ]  # fmt: skip
    # After the end a duty that was missed before it may still be performed, late.
    assert [s.does for s in program.kinds["resolved"].after] == ["end", "perform"]
    # What opens a duty no longer does after the end, and is noted; whether it survives is asked when it comes.
    assert [s.does for s in program.kinds["opened"].after] == ["open"] and not program.kinds["opened"].noted_after
    late = event("opened", "2027-08-02T10:00", 1, ticket="A")
    assert [(e.kind, e.clause) for e in run(program, [late], at("2027-09-01")).outcome if e.words] == [
        ("Noted", "agreement"),
    ]  # fmt: skip
    assert not program.kinds["opened"].rows


def test_order_of_input_does_not_matter():
    forwards = run(plan_contract(TICKETS), STORY, at("2026-05-01"))
    assert run(plan_contract(TICKETS), reversed(STORY), at("2026-05-01")) == forwards


def test_events_known_at_until_wait():
    found = run(plan_contract(TICKETS), STORY, at("2026-03-04T09:30"))
    assert not [p for p in found if p.kind == "Fulfilled"]
    assert found.until == at("2026-03-04T09:30")


def test_what_is_swept_cannot_be_told_again():
    engine = Engine(plan_contract(TICKETS))
    engine.advance(at("2026-03-03"))
    with pytest.raises(ValueError, match="known before"):
        engine.feed(STORY[0])


def test_progress_is_told():
    told: list[int] = []
    many = [event("opened", "2026-03-02T10:00", n, ticket=str(n)) for n in range(2500)]
    run(plan_contract(TICKETS), many, at("2026-03-03"), told.append)
    assert told == [1024, 2048, 2500]


def test_a_forward_run_makes_nothing_anew():
    assert swept(TICKETS, STORY, "2026-05-01")[1] == 0


def test_counts_of_events_need_no_norms():
    counted = contract(
        events=[kind("call", units=TICKETS.events[0].fields[0].kind)],
        figures=[figure("calls", total("call", "units"))],
    )
    assert [s.rows for s in plan_contract(counted).stores] == [events("call")]
    assert plan_contract(counted).kinds["call"].rows
    assert on("call").event == "call"
