"""The order within each column that lets few threads cross, each group of boxes staying together."""

from __future__ import annotations

from bisect import bisect_right, insort

from bpodsl.graph.draw.lattice import Lattice

_SWEEPS = 24


def order(lattice: Lattice) -> None:
    """Sort the columns of a lattice by turns after their left and their right neighbours; keep the best."""
    left, right = _neighbours(lattice)
    for column in lattice.columns:
        _gather(lattice, column, {item: float(place) for place, item in enumerate(column)})
    best, fewest = [list(column) for column in lattice.columns], _crossings(lattice)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        places = range(len(lattice.columns)) if forward else range(len(lattice.columns) - 1, -1, -1)
        for place in places:
            _by_neighbours(lattice, place, left if forward else right)
        crossings = _crossings(lattice)
        if crossings < fewest:
            best, fewest = [list(column) for column in lattice.columns], crossings
    lattice.columns[:] = best


def _neighbours(lattice: Lattice) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    left: dict[str, list[str]] = {item: [] for item in lattice.column}
    right: dict[str, list[str]] = {item: [] for item in lattice.column}
    for thread in lattice.threads:
        left[thread.end].append(thread.start)
        right[thread.start].append(thread.end)
    return left, right


def _by_neighbours(lattice: Lattice, place: int, neighbours: dict[str, list[str]]) -> None:
    column = lattice.columns[place]
    height = {item: (at + 0.5) / len(items) for items in lattice.columns for at, item in enumerate(items)}
    wish = {}
    for item in column:
        near = [height[other] for other in neighbours[item]]
        wish[item] = sum(near) / len(near) if near else height[item]
    _gather(lattice, column, wish)


def _gather(lattice: Lattice, column: list[str], wish: dict[str, float]) -> None:
    """Sort by wish, the boxes of one group in one run; waypoints go where they pass the fewest boxes."""
    boxes = [item for item in column if lattice.is_box(item)]
    members: dict[str, list[float]] = {}
    for item in boxes:
        members.setdefault(lattice.group[item], []).append(wish[item])
    mean = {group: sum(wishes) / len(wishes) for group, wishes in members.items()}
    boxes.sort(key=lambda item: (mean[lattice.group[item]], lattice.group[item], wish[item]))
    waypoints = sorted((item for item in column if not lattice.is_box(item)), key=lambda item: wish[item])
    slots: list[list[str]] = [[] for _ in range(len(boxes) + 1)]
    for item in waypoints:
        slots[_slot([wish[box] for box in boxes], wish[item])].append(item)
    column.clear()
    for place, passing in enumerate(slots):
        column += passing
        if place < len(boxes):
            column.append(boxes[place])


def _slot(boxes: list[float], wish: float) -> int:
    """After how many boxes: so that the fewest stand on the wrong side."""
    wrong = fewest = sum(1 for box in boxes if box < wish)
    best = 0
    for place, box in enumerate(boxes, 1):
        wrong += 1 if box > wish else -1 if box < wish else 0
        if wrong < fewest:
            best, fewest = place, wrong
    return best


def _crossings(lattice: Lattice) -> int:
    rank = {item: at for items in lattice.columns for at, item in enumerate(items)}
    between: dict[int, list[tuple[int, int]]] = {}
    for thread in lattice.threads:
        between.setdefault(lattice.column[thread.start], []).append((rank[thread.start], rank[thread.end]))
    total = 0
    for pairs in between.values():
        passed: list[int] = []
        for _, end in sorted(pairs):
            total += len(passed) - bisect_right(passed, end)
            insort(passed, end)
    return total
