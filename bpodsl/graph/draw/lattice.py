"""The lattice: boxes and waypoints in columns, and threads that only ever lead from one column to the next.

An arrow over several columns goes through waypoints. Arrows that say the same of one box are gathered on
the way; those from one box to many part as late as they can. So few lines run side by side.
"""

from __future__ import annotations

from collections import Counter

from attrs import define, field, frozen

from bpodsl.graph.draw.view import Arrow, View


@frozen
class Thread:
    """From an item to one in the next column; `verb` where it arrives at a box, "" at a waypoint."""

    start: str
    end: str
    verb: str


@define
class Lattice:
    """`columns`: the items from top to bottom; `threads`: and the arrows each is a part of."""

    columns: list[list[str]]
    column: dict[str, int]
    group: dict[str, str]
    threads: dict[Thread, list[Arrow]] = field(factory=dict)
    back: list[Arrow] = field(factory=list)

    def is_box(self, item: str) -> bool:
        return item in self.group

    def verbs(self, box: str) -> list[str]:
        """What arrives at a box, in order of first mention."""
        arrive = [thread.verb for thread in self.threads if thread.end == box]
        return list(dict.fromkeys([*arrive, *(arrow.verb for arrow in self.back if arrow.end == box)]))


def lattice(view: View, column: dict[str, int], back: frozenset[tuple[str, str]]) -> Lattice:
    """Lay all arrows over the columns."""
    made = Lattice([[] for _ in range(max(column.values(), default=0) + 1)], {}, {})
    for box in view.boxes:
        made.columns[column[box.id]].append(box.id)
        made.column[box.id] = column[box.id]
        made.group[box.id] = box.frame
    forward = [arrow for arrow in view.arrows if (arrow.start, arrow.end) not in back]
    made.back = [arrow for arrow in view.arrows if (arrow.start, arrow.end) in back]
    long = [arrow for arrow in forward if column[arrow.end] - column[arrow.start] > 1]
    leaving = Counter(arrow.start for arrow in long)
    arriving = Counter((arrow.end, arrow.verb) for arrow in long)
    for arrow in forward:
        parting = leaving[arrow.start] > arriving[arrow.end, arrow.verb]
        net = f"from {arrow.start}" if parting else f"to {arrow.end} {arrow.verb}"
        _lay(made, arrow, net)
    return made


def _lay(made: Lattice, arrow: Arrow, net: str) -> None:
    item = arrow.start
    for place in range(made.column[arrow.start] + 1, made.column[arrow.end]):
        waypoint = f"via {place} {net}"
        if waypoint not in made.column:
            made.column[waypoint] = place
            made.columns[place].append(waypoint)
        made.threads.setdefault(Thread(item, waypoint, ""), []).append(arrow)
        item = waypoint
    made.threads.setdefault(Thread(item, arrow.end, arrow.verb), []).append(arrow)
