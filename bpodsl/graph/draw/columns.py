"""Columns: every box stands to the right of what leads to it, and near to what it leads to; credits stand together."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from bpodsl.graph.draw.view import Arrow, View


def columns(view: View) -> tuple[dict[str, int], frozenset[tuple[str, str]]]:
    """(column of each box, pairs (start, end) that lead back). The end of the agreement is in the last column."""
    ahead: nx.DiGraph[str] = nx.DiGraph()
    ahead.add_nodes_from(box.id for box in view.boxes)
    ahead.add_edges_from((arrow.start, arrow.end) for arrow in view.arrows)
    back = _leading_back(ahead, view.arrows)
    ahead.remove_edges_from(back)
    column: dict[str, int] = {}
    for depth, generation in enumerate(nx.topological_generations(ahead)):
        column.update(dict.fromkeys(generation, depth))
    kinds = {box.id: box.kind for box in view.boxes}
    credits = max((place for node, place in column.items() if kinds[node] == "credit"), default=0)
    for node in reversed(list(nx.lexicographical_topological_sort(ahead))):
        after = [column[end] for end in ahead.successors(node)]
        if kinds[node] == "credit":
            column[node] = min([credits, *(place - 1 for place in after)])
        elif len(after) > ahead.in_degree(node):
            column[node] = min(after) - 1
    last = max(column.values(), default=0)
    for node in ahead:
        if kinds[node] == "end" and not list(ahead.successors(node)):
            column[node] = max(last, 1)
        elif not list(nx.all_neighbors(ahead, node)):
            column[node] = min(last, _alone(view, column, kinds, ahead, node))
    return column, back


def _alone(view: View, column: dict[str, int], kinds: dict[str, str], ahead: nx.DiGraph[str], node: str) -> int:
    """A box without arrows stands where most of its kind stand."""
    group = next(box.group for box in view.boxes if box.id == node)
    places = [
        column[box.id] for box in view.boxes
        if box.group == group and kinds[box.id] != "end" and list(nx.all_neighbors(ahead, box.id))
    ]  # fmt: skip
    return max(sorted(set(places)), key=places.count, default=0)


def _leading_back(ahead: nx.DiGraph[str], arrows: Iterable[Arrow]) -> frozenset[tuple[str, str]]:
    """Pairs to leave out so that no circle is left: first those from earlier windows, then those that close one."""
    delayed = {(a.start, a.end) for a in arrows if a.delayed}
    delayed -= {(a.start, a.end) for a in arrows if not a.delayed}
    plain: nx.DiGraph[str] = nx.DiGraph(ahead)
    taken: set[tuple[str, str]] = set()
    for pairs in (sorted(delayed), None):
        for knot in sorted(sorted(part) for part in nx.strongly_connected_components(plain) if len(part) > 1):
            inside = plain.subgraph(knot)
            circular = _closing(inside) if pairs is None else [pair for pair in pairs if inside.has_edge(*pair)]
            taken.update(circular)
        plain.remove_edges_from(taken)
    return frozenset(taken)


def _closing(knot: nx.DiGraph[str]) -> list[tuple[str, str]]:
    """The edges that a walk through the knot, depth first, finds to lead to where it came from."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for root in sorted(knot):
        if root in seen:
            continue
        seen.add(root)
        path = {root}
        stack = [(root, iter(sorted(knot.successors(root))))]
        while stack:
            node, following = stack[-1]
            after = next(following, None)
            if after is None:
                path.discard(node)
                stack.pop()
            elif after in path:
                found.append((node, after))
            elif after not in seen:
                seen.add(after)
                path.add(after)
                stack.append((after, iter(sorted(knot.successors(after)))))
    return found
