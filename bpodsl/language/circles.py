"""Circles: clauses that lead to themselves at the same instant."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bpodsl.language import ast
from bpodsl.language.context import below, mentions
from bpodsl.language.problems import Circle
from bpodsl.terms import Contract, Edge, edges, nodes
from bpodsl.terms.knots import knots
from bpodsl.text import Span


def circles(contract: Contract, clauses: Sequence[ast.Clause]) -> Iterator[Circle]:
    """One problem for each knot of clauses that depend on each other without a delay, hop by hop, each where the one
    names the other."""
    ahead: dict[str, dict[str, Edge]] = {}
    for edge in edges(contract):
        if edge.kind != "delay":
            ahead.setdefault(edge.start, {}).setdefault(edge.end, edge)
            ahead.setdefault(edge.end, {})
    for knot in _knots({node: tuple(after) for node, after in ahead.items()}):
        way = _shortest(knot, ahead)
        hops = _hops(contract, way)
        start = next((span for _, span in hops if span is not None), None)
        said = _where_said(contract, hops, {name: clause for clause in clauses for name in _names(clause)})
        figures, sums = (all(edge.start.startswith(kind) for edge in way) for kind in ("figure:", "line:"))
        yield Circle(start, said, figures, sums)


def order(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """The names, each after all that it needs; those in a circle come in some fixed order."""
    return [name for knot in knots(needs) for name in knot]


def order_before(needs: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The names as `order` has them, a group for each circle; in a circle each after all that it needs `now`."""
    return [
        knot if len(knot) == 1 else order({name: [each for each in now[name] if each in knot] for name in sorted(knot)})
        for knot in knots(needs)
    ]


def circular(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The groups of names that need each other in a circle."""
    return list(_knots(needs))


def _knots(ahead: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    for knot in knots(ahead):
        if len(knot) > 1 or knot[0] in ahead[knot[0]]:
            yield knot


def _shortest(knot: list[str], ahead: Mapping[str, Mapping[str, Edge]]) -> list[Edge]:
    """The shortest way from the first node of the knot back to itself."""
    goal, inside = knot[0], set(knot)
    came: dict[str, Edge] = {}
    waiting = deque([goal])
    while waiting:
        node = waiting.popleft()
        for after, edge in ahead[node].items():
            if after == goal:
                way = [edge]
                while way[0].start != goal:
                    way.insert(0, came[way[0].start])
                return way
            if after in inside and after not in came:
                came[after] = edge
                waiting.append(after)
    raise AssertionError("a knot without a circle")


def _hops(contract: Contract, way: list[Edge]) -> tuple[tuple[str, Span | None], ...]:
    """The terms of a circle and where they stand, from the first in the text on; the sides of one term are one hop."""
    clauses = nodes(contract)
    hops: list[tuple[str, Span | None]] = []
    for edge in way:
        name = _told(edge.start.partition(":")[2] or edge.start)
        if not hops or hops[-1][0] != name:
            hops.append((name, clauses[edge.start].span))
    if len(hops) > 1 and hops[0][0] == hops[-1][0]:
        hops.pop()
    first = min(range(len(hops)), key=lambda n: -1 if (span := hops[n][1]) is None else span.start)
    return (*hops[first:], *hops[:first])


def _names(clause: ast.Clause) -> list[str]:
    """What a clause declares: its name, or its names."""
    said = (getattr(clause, "name", None), *getattr(clause, "names", ()))
    return [each.text for each in said if isinstance(each, ast.Name)]


def _told(name: str) -> str:
    """The name of a term, as an author knows it."""
    ladder, _, level = name.partition(".")
    return f"level {level} of `{ladder}`" if level.isdigit() else f"`{name}`"


def _clause_of(told: str) -> str:
    return told.split("`")[1].partition(".")[0]


def _where_said(
    contract: Contract, hops: tuple[tuple[str, Span | None], ...], clauses: Mapping[str, ast.Clause]
) -> tuple[tuple[str, Span | None], ...]:
    """Each hop at the place where the next term asks for it, where what follows from it names the next, or where a cap
    has both in this order; else at its own heading."""
    after = [name for name, _ in (*hops[1:], hops[0])]
    found = []
    for (name, heading), following in zip(hops, after, strict=True):
        one, other = _clause_of(name), _clause_of(following)
        span = (
            _mentioned(clauses.get(other), one, follows=False)
            or _mentioned(clauses.get(one), other, follows=True)
            or _mentioned(clauses.get(other), one, follows=True)
            or _mentioned(clauses.get(one), other, follows=False)
            or _capped(contract, one, other, clauses)
        )
        found.append((name, span or heading))
    return tuple(found)


_FOLLOWS: Final = (ast.Escalate, ast.Applies, ast.Begins, ast.Ends)


def _mentioned(clause: ast.Clause | None, name: str, follows: bool) -> Span | None:
    """The place where a clause names another, or itself, after its own heading: in what follows from it, or in what it
    asks for."""
    if clause is None:
        return None
    own = {id(each) for each in (getattr(clause, "name", None), *getattr(clause, "names", ()))}
    led = {id(each) for part in below(clause) if isinstance(part, _FOLLOWS) for each in mentions(part)}
    places = (each for each in mentions(clause) if each.text == name and id(each) not in own)
    return next((each.span for each in places if (id(each) in led) is follows), None)


def _capped(contract: Contract, one: str, other: str, clauses: Mapping[str, ast.Clause]) -> Span | None:
    """The place where a cap has one sum before another."""
    for account in contract.accounts:
        lines, clause = list(account.lines), clauses.get(account.name)
        if clause is None or not {one, other} <= set(lines) or lines.index(one) > lines.index(other):
            continue
        places = {each.text: each.span for each in mentions(clause) if each.text in (one, other)}
        if len(places) == 2 and places[one].source is places[other].source:
            return Span(places[one].source, places[one].start, places[other].end)
    return None
