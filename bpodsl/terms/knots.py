"""What leads to itself in a directed graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def knots(ahead: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Tarjan's strongly connected components, what is ahead first; a stack of our own instead of recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: dict[str, None] = {}
    for root in ahead:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_nodes[root] = None
        work = [(root, iter(ahead[root]))]
        while work:
            node, rest = work[-1]
            for after in rest:
                if after not in index:
                    index[after] = low[after] = len(index)
                    open_nodes[after] = None
                    work.append((after, iter(ahead.get(after, ()))))
                    break
                if after in open_nodes:
                    low[node] = min(low[node], index[after])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    knot = []
                    while True:
                        last, _ = open_nodes.popitem()
                        knot.append(last)
                        if last == node:
                            break
                    yield sorted(knot)
