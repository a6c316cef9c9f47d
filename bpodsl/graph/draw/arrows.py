"""The arrows of the reading view, and the verb on each."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.graph.draw.boxes import AGREEMENT, Places
from bpodsl.graph.draw.view import Arrow
from bpodsl.terms import (
    Account,
    Accrue,
    Begin,
    Effect,
    Figure,
    Finish,
    Impose,
    Lapse,
    Line,
    Norm,
    OnAny,
    OnEvent,
    OnFired,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnSettled,
    Rule,
    Selector,
    State,
    Terminate,
    outcomes_of,
    reads,
)

_OPENS = {"right": "opens the right", "termination": "opens the right", "escalation": "escalates to"}


def arrows(drawn: Places) -> tuple[Arrow, ...]:
    """All arrows between two different boxes, each once, in order of the terms."""
    contract = drawn.contract
    found: list[Arrow] = []
    for state in contract.states:
        found += _of_state(drawn, state)
    for norm in contract.norms:
        found += _of_norm(drawn, norm)
    for figure in contract.figures:
        found += _of_figure(drawn, figure)
    for line in contract.lines:
        found += _of_line(drawn, line)
    for account in contract.accounts:
        found += _of_account(drawn, account)
    for rule in contract.rules:
        found += _of_rule(drawn, rule)
    for renewal in contract.term.renewals:
        for selector in renewal.unless:
            found += _selected(drawn, selector, AGREEMENT, "renews" if renewal.if_given else "stops renewal")
    known = {*drawn.sheets, AGREEMENT}
    between = (a for a in found if a.start != a.end and a.start in known and a.end in known)
    return _without_echoes(dict.fromkeys(between))


def _without_echoes(found: dict[Arrow, None]) -> tuple[Arrow, ...]:
    """Without those that say of a pair only that it bears on the other, where another arrow says more."""
    telling = {(a.start, a.end) for a in found if a.verb != "bears on"}
    now = {(a.start, a.end, a.verb) for a in found if not a.delayed}
    return tuple(
        a for a in found
        if (a.verb != "bears on" or (a.start, a.end) not in telling)
        and not (a.delayed and (a.start, a.end, a.verb) in now)
    )  # fmt: skip


def _selected(drawn: Places, selector: Selector, box: str, verb: str) -> Iterator[Arrow]:
    yield Arrow(drawn.event(selector.event), box, verb)
    yield from _read(drawn, selector.where, box, "bears on")


def _read(drawn: Places, expression: object, box: str, verb: str) -> Iterator[Arrow]:
    for node, kind in reads(expression):
        yield Arrow(drawn.home(node), box, verb, kind == "delay")


def _of_state(drawn: Places, state: State) -> Iterator[Arrow]:
    box = drawn.home(f"state:{state.name}")
    own = drawn.kind(box) == "state"
    for verb, selectors in (("starts", state.starts), ("ends", state.ends), ("lasts as", state.intervals)):
        for selector in selectors:
            yield from _selected(drawn, selector, box, verb if own else _clock_verb(drawn, state, verb))
    yield from _read(drawn, state.made, box, "makes" if own else "bears on")


def _clock_verb(drawn: Places, state: State, verb: str) -> str:
    """A state without a box of its own is a part of its clause: there it stops and resumes the clock, or excuses."""
    stops = any(
        state.name in terms.clock.stops_during for norm in drawn.contract.norms for terms in norm.versions
    )
    if not stops:
        return "bears on"
    return {"starts": "stops the clock", "ends": "resumes the clock"}.get(verb, "stops the clock")


def _of_norm(drawn: Places, norm: Norm) -> Iterator[Arrow]:
    box = drawn.norm(norm.name)
    for way in norm.opening:
        if isinstance(way, OnEvent):
            yield from _selected(drawn, way.selector, box, _OPENS.get(drawn.kind(box), "opens"))
    for selector in norm.acts:
        yield from _selected(drawn, selector, box, _act_verb(norm))
    for selector in norm.regrading:
        yield from _selected(drawn, selector, box, "reclassifies")
    for selector in norm.waiving:
        yield from _selected(drawn, selector, box, "waives")
    for verb, states in (
        ("stops the clock", [state for terms in norm.versions for state in terms.clock.stops_during]),
        ("suspends", [state for terms in norm.versions for state in terms.suspended_during]),
        ("excuses", [state for terms in norm.versions for state in terms.excused_during]),
        ("bars", norm.barred_during),
        ("ends", (norm.ends_with,) if norm.ends_with else ()),
    ):
        for state in dict.fromkeys(states):
            yield Arrow(drawn.home(f"state:{state}"), box, verb)
    for _, effect in norm.consequences:
        yield from _of_effect(drawn, effect, box)


def _act_verb(norm: Norm) -> str:
    if norm.modality == "must not":
        return "breaches"
    return {"right": "exercises", "level": "closes"}.get(norm.form, "performs")


def _of_effect(drawn: Places, effect: Effect, box: str) -> Iterator[Arrow]:
    match effect:
        case Impose(name):
            imposed = drawn.norm(name)
            yield Arrow(box, imposed, _OPENS.get(drawn.kind(imposed), "opens"))
        case Lapse(name):
            yield Arrow(box, drawn.norm(name), "closes")
        case Accrue(line, amount):
            end = drawn.home(f"line:{line}")
            yield Arrow(box, end, "makes payable")
            yield from _read(drawn, amount, end, "goes into")
        case Terminate():
            yield Arrow(box, AGREEMENT, "ends")
        case Begin(state):
            yield Arrow(box, drawn.home(f"state:{state}"), "begins", True)
        case Finish(state):
            yield Arrow(box, drawn.home(f"state:{state}"), "ends", True)


def _of_figure(drawn: Places, figure: Figure) -> Iterator[Arrow]:
    box = drawn.home(f"figure:{figure.name}")
    kind = drawn.kind(box)
    parts = (figure.value, figure.target, figure.minimum, figure.shows)
    for node, edge in reads(parts):
        start = drawn.home(node)
        what = node.partition(":")[0]
        yield Arrow(start, box, _measured_verb(drawn, what, start, kind), edge == "delay")


def _measured_verb(drawn: Places, what: str, start: str, kind: str) -> str:
    if what in ("decision", "state"):
        return "is measured by"
    if what == "event":
        return "is counted in"
    if what == "figure" and kind == "credit" and drawn.kind(start) == "measure":
        return "sets the credit"
    return "goes into"


def _of_line(drawn: Places, line: Line) -> Iterator[Arrow]:
    if line.figure is not None:
        yield Arrow(drawn.home(f"figure:{line.figure}"), drawn.home(f"line:{line.name}"), "sets the sum")


def _of_account(drawn: Places, account: Account) -> Iterator[Arrow]:
    box = drawn.home(f"account:{account.name}")
    yield from _read(drawn, account.limit, box, "sets the cap")
    for line in account.lines:
        yield Arrow(box, drawn.home(f"line:{line}"), "caps")


def _of_rule(drawn: Places, rule: Rule) -> Iterator[Arrow]:
    box = drawn.home(f"rule:{rule.name}")
    fires = ({"trigger": "fires"} | _OPENS).get(drawn.kind(box), "sets off")
    match rule.on:
        case OnSettled(figure):
            yield Arrow(drawn.home(f"figure:{figure}"), box, fires)
        case OnHappens(selector):
            yield from _selected(drawn, selector, box, fires)
        case OnOutcome() | OnAny():
            for norm in dict.fromkeys(each.norm for each in outcomes_of(rule.on)):
                yield Arrow(drawn.norm(norm), box, fires)
        case OnLasting(state, _, _):
            yield Arrow(drawn.home(f"state:{state}"), box, fires)
        case OnFired(other):
            yield Arrow(drawn.home(f"rule:{other}"), box, fires)
    yield from _read(drawn, rule.when, box, "bears on")
    for effect in rule.then:
        yield from _of_effect(drawn, effect, box)
