"""From a contract to its graph: nodes and edges are those of `bpodsl.terms`, and parties for drawing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bpodsl.terms import Clause, Contract, edges, nodes

if TYPE_CHECKING:
    import networkx as nx

EVALUATION, PARTIES = "evaluation", "parties"


def related(contract: Contract) -> nx.MultiDiGraph[str]:
    """Relate all terms of a contract. An edge to a term that does not exist is left out: resolving has reported it."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, clause in nodes(contract).items():
        kind, _, name = node.partition(":")
        graph.add_node(
            node, layer=EVALUATION, kind=kind, name=name or contract.name, clause=clause, label=clause.shown
        )  # fmt: skip
    for edge in edges(contract):
        if edge.start in graph and edge.end in graph:
            graph.add_edge(
                edge.start, edge.end, layer=EVALUATION, kind=edge.kind, clause=edge.clause, span=edge.clause.span,
                edge=edge,
            )  # fmt: skip
    for party in contract.parties:
        graph.add_node(
            f"party:{party.name}", layer=PARTIES, kind="party", name=party.name, clause=contract.clause,
            label=party.title or party.name, role=party.role,
        )  # fmt: skip
    for start, end, kind, clause in _of_parties(contract):
        if start in graph and end in graph:
            graph.add_edge(start, end, layer=PARTIES, kind=kind, clause=clause, span=clause.span)
    return graph


def _of_parties(contract: Contract) -> Iterator[tuple[str, str, str, Clause]]:
    """(start, end, kind, clause): who reports, bears, is owed, pays, is paid, takes a place."""
    for event in contract.events:
        for name in event.reporters:
            yield f"party:{name}", f"event:{event.name}", "reporter", event.clause
    for norm in contract.norms:
        for name in norm.bearer:
            yield f"party:{name}", f"decision:{norm.name}", "bearer", norm.clause
        for name in norm.counterparty:
            yield f"decision:{norm.name}", f"party:{name}", "counterparty", norm.clause
    for line in contract.lines:
        for payer in dict.fromkeys(payer for payer, _ in line.between):
            yield f"party:{payer}", f"line:{line.name}", "payer", line.clause
        for payee in dict.fromkeys(payee for _, payee in line.between):
            yield f"line:{line.name}", f"party:{payee}", "payee", line.clause
    for each in contract.assignments:
        yield f"party:{each.old}", f"party:{each.new}", "assigned", each.clause
        if each.event:
            yield f"event:{each.event}", f"party:{each.new}", "assigned", each.clause
