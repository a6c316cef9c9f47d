"""The reading view: what a person sees of the graph, one box for each clause, arrows with verbs."""

from __future__ import annotations

from attrs import frozen

from bpodsl.graph.draw.looks import GROUPS, LOOKS


@frozen
class Box:
    """One clause. `parties` are the names on its badges, `details` short lines, `tip` what hovering shows, `service`
    the title of the service that it is a part of."""

    id: str
    kind: str
    title: str
    reference: str = ""
    parties: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    tip: str = ""
    service: str = ""

    @property
    def group(self) -> str:
        return LOOKS[self.kind].group

    @property
    def frame(self) -> str:
        """The heading of the frame in which it stands: its group, and its service."""
        return f"{self.group} · {self.service}" if self.service else self.group


@frozen
class Arrow:
    """`start` does to `end` what `verb` says; `delayed`: from an earlier window."""

    start: str
    end: str
    verb: str
    delayed: bool = False


@frozen
class PartyBadge:
    name: str
    title: str
    role: str


@frozen
class View:
    """`title` and `subtitle` of the agreement, its boxes in order of kind and clause, arrows between them."""

    title: str
    subtitle: str
    parties: tuple[PartyBadge, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @property
    def groups(self) -> dict[str, list[Box]]:
        """The boxes of each group that has any."""
        held: dict[str, list[Box]] = {group: [] for group in GROUPS}
        for box in self.boxes:
            held[box.group].append(box)
        return {group: boxes for group, boxes in held.items() if boxes}

    def party_index(self, name: str) -> int:
        """The place of a party in the agreement; one unknown comes after all."""
        return next((i for i, party in enumerate(self.parties) if party.name == name), len(self.parties))
