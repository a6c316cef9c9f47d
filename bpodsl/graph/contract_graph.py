"""The graph of a contract and the questions asked of it: order, circles, what can happen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from bpodsl.graph.related import EVALUATION, related
from bpodsl.lean import frozen
from bpodsl.terms import Contract, Edge, Once, OnPeriod, levels

if TYPE_CHECKING:
    import networkx as nx


@frozen
class ContractGraph:
    """A contract and what leads to what in it.

    `graph` is a multigraph. Its nodes carry `layer`, `kind`, `name` (of the term), `clause` and `label`;
    its edges `layer`, `kind`, `clause` and `span`, and those of evaluation their `edge`. The layer
    "evaluation" holds the nodes and edges of `bpodsl.terms.edges` (kinds read, trigger, delay), the layer
    "parties" who reports, bears, is owed, pays and is paid.

    `levels`: of each evaluation node, the longest path of read and trigger edges into it; equal to
    `bpodsl.terms.levels` where that is defined. The nodes of a circle share one level.
    """

    contract: Contract

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """Made when it is first asked for: a run needs the levels alone, and networkx takes long to import."""
        return related(self.contract)

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """The longest path of read and trigger edges into each node of evaluation."""
        try:
            return levels(self.contract)
        except (KeyError, ValueError):  # An unknown term or a circle: resolving reports both.
            return levels_of(self.graph)

    @property
    def evaluation(self) -> nx.MultiDiGraph[str]:
        """The nodes and edges of evaluation alone, without the parties."""
        return _layer(self.graph)

    @property
    def order(self) -> tuple[str, ...]:
        """The evaluation nodes by level, then clause name, then their own name (as UTF-8 bytes)."""
        names = self.graph.nodes

        def place(node: str) -> tuple[int, bytes, bytes]:
            return self.levels[node], names[node]["clause"].name.encode(), node.encode()

        return tuple(sorted(self.levels, key=place))

    def cycles(self) -> list[list[Edge]]:
        """Circles without delay, each as its hops in order, no two sharing a hop.

        In every knot the shortest circle is found, its hops are taken out, and what is left is searched
        again: so an author sees each independent mistake once, not every way through it.
        """
        found: list[list[Edge]] = []
        rest = _without_delay(self.graph)
        while True:
            circles = [_shortest_circle(rest, knot) for knot in _knots(rest)]
            if not circles:
                return found
            for circle in circles:
                hops = list(zip(circle, circle[1:] + circle[:1], strict=True))
                found.append([_first_edge(self.graph, start, end) for start, end in hops])
                rest.remove_edges_from(hops)

    def reachable_from_events(self) -> frozenset[str]:
        """Evaluation nodes that some event can bear on, however far away; the events themselves among them."""
        graph = self.evaluation
        reached = {node for node in graph if graph.nodes[node]["kind"] == "event"}
        waiting = list(reached)
        while waiting:
            for after in graph.successors(waiting.pop()):
                if after not in reached:
                    reached.add(after)
                    waiting.append(after)
        return frozenset(reached)

    def can_happen(self) -> frozenset[str]:
        """Evaluation nodes that can come about at all, from events or from time alone.

        An event may always come and a window always ends; a state needs a start; a norm needs a way to open (a
        prohibition only an act); a line needs its figure or a cause that can happen; a rule needs its occasion.
        """
        contract = self.contract
        happen = {f"event:{e.name}" for e in contract.events} | {f"figure:{f.name}" for f in contract.figures}
        happen |= {f"state:{s.name}" for s in contract.states if s.starts or s.intervals or s.made is not None}
        timed = {n.name for n in contract.norms if any(isinstance(way, OnPeriod | Once) for way in n.opening)}
        forbidden = {n.name for n in contract.norms if n.modality == "must not" and n.acts}
        happen |= {f"opening:{name}" for name in timed | forbidden}
        open_first = {f"decision:{n.name}" for n in contract.norms if n.modality != "must not"}
        states = {f"state:{s.name}" for s in contract.states}
        graph, waiting = self.evaluation, list(happen)
        while waiting:
            node = waiting.pop()
            for _, after, data in graph.out_edges(node, data=True):
                needs_opening = after in open_first and not node.startswith("opening:")
                if data["kind"] == "trigger" and after not in happen and after not in states and not needs_opening:
                    happen.add(after)
                    waiting.append(after)
        return frozenset(happen | {"agreement"})


def build(contract: Contract) -> ContractGraph:
    """The graph of a contract."""
    return ContractGraph(contract)


def levels_of(graph: nx.MultiDiGraph[str]) -> dict[str, int]:
    """The longest path of read and trigger edges into each evaluation node; a knot counts as one node."""
    import networkx as nx

    condensed = nx.condensation(_without_delay(graph))
    level: dict[str, int] = {}
    for depth, generation in enumerate(nx.topological_generations(condensed)):
        for knot in generation:
            level.update(dict.fromkeys(condensed.nodes[knot]["members"], depth))
    return {node: level[node] for node in graph if node in level}


def _layer(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    part: nx.MultiDiGraph[str] = graph.subgraph(n for n, data in graph.nodes(data=True) if data["layer"] == EVALUATION)
    return part


def _without_delay(graph: nx.MultiDiGraph[str]) -> nx.DiGraph[str]:
    import networkx as nx

    plain: nx.DiGraph[str] = nx.DiGraph()
    part = _layer(graph)
    plain.add_nodes_from(part)
    plain.add_edges_from((start, end) for start, end, data in part.edges(data=True) if data["kind"] != "delay")
    return plain


def _knots(graph: nx.DiGraph[str]) -> list[list[str]]:
    """Sets of nodes that all lead to each other, in a fixed order."""
    import networkx as nx

    parts = nx.strongly_connected_components(graph)
    return sorted(sorted(part) for part in parts if len(part) > 1 or graph.has_edge(*(list(part) * 2)))


def _shortest_circle(graph: nx.DiGraph[str], knot: list[str]) -> list[str]:
    """The shortest circle within a knot; of several the one that starts first by name."""
    part = graph.subgraph(knot)
    best: list[str] = []
    for start in knot:
        circle = _back_to(part, start)
        if not best or len(circle) < len(best):
            best = circle
    return best


def _back_to(graph: nx.DiGraph[str], start: str) -> list[str]:
    came: dict[str, str] = {}
    front = [start]
    while front:
        following: list[str] = []
        for node in front:
            for after in sorted(graph.successors(node)):
                if after == start:
                    path = [node]
                    while path[-1] != start:
                        path.append(came[path[-1]])
                    return path[::-1]
                if after not in came:
                    came[after] = node
                    following.append(after)
        front = following
    raise AssertionError("a knot without a circle")


def _first_edge(graph: nx.MultiDiGraph[str], start: str, end: str) -> Edge:
    edge: Edge = next(data["edge"] for data in graph[start][end].values() if data["kind"] != "delay")
    return edge
