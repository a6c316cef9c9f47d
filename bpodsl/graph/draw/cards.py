"""Cards: the text of a box set in lines, and so its size."""

from __future__ import annotations

from attrs import frozen

from bpodsl.graph.draw import metrics
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.view import Box, View
from bpodsl.graph.draw.words import plain

WIDTH = 184
_INSETS = {
    "pill": (13, 13), "double pill": (14, 14), "plain": (12, 8), "octagon": (11, 11), "double octagon": (13, 13),
    "hexagon": (15, 15), "slanted": (17, 17), "sheet": (10, 16), "ticket": (12, 12), "slip": (10, 14), "lid": (10, 10),
    "arrow": (10, 17), "steps": (10, 22), "double": (12, 12), "soft": (11, 11), "bold": (13, 13),
}  # fmt: skip
HEAD, TITLE, DETAIL = 8.5, 12.0, 10.0
_PAD, _HEAD_STEP, _TITLE_STEP, _DETAIL_STEP, _BADGE_STEP = 8, 13, 15, 13, 17


@frozen
class Text:
    """One line: `role` is "head", "title", "detail" or "reference"; `x`, `y` from the card's corner to its baseline."""

    words: str
    x: float
    y: float
    role: str


@frozen
class Badge:
    party: int
    words: str
    x: float
    y: float
    width: float


@frozen
class Card:
    box: Box
    height: int
    texts: tuple[Text, ...]
    badges: tuple[Badge, ...]

    @property
    def outline(self) -> str:
        return LOOKS[self.box.kind].outline


def card(view: View, box: Box, ports: int) -> Card:
    """Set a box; it is high enough for that many arrows to come in side by side."""
    left, right = _INSETS[LOOKS[box.kind].outline]
    room = WIDTH - left - right
    word = LOOKS[box.kind].word.upper()
    texts = [Text(word, left, _PAD + 8, "head")]
    beside = room - metrics.width(word, HEAD, bold=True) - 14
    y = _PAD + _HEAD_STEP - 3
    for line in metrics.wrap(metrics.clean(box.title) or plain(box.id), TITLE, room, 3, bold=True):
        y += _TITLE_STEP
        texts.append(Text(line, left, y, "title"))
    for detail in box.details:
        for line in metrics.wrap(metrics.clean(detail), DETAIL, room, 4):
            y += _DETAIL_STEP
            texts.append(Text(line, left, y, "detail"))
    if box.reference:
        y += _DETAIL_STEP
        for line in metrics.wrap(f"[{metrics.clean(box.reference)}]", DETAIL, room, 1):
            texts.append(Text(line, left, y, "reference"))
    badges = _badges(view, box, WIDTH - right, _PAD - 2, beside)
    if len(badges) < len(box.parties):
        badges = _badges(view, box, WIDTH - right, y + 5, room)
        y += _BADGE_STEP
    return Card(box, max(y + _PAD, 20 + 16 * ports), tuple(texts), badges)


def _badges(view: View, box: Box, right: float, y: float, room: float) -> tuple[Badge, ...]:
    """As many badges, from the right edge leftwards, as there is room for."""
    found: list[Badge] = []
    for name in box.parties:
        shown = metrics.wrap(metrics.clean(plain(name)), HEAD, 80, 1)
        wide = metrics.width(shown[0], HEAD) + 10 if shown else 14.0
        if wide > room:
            break
        found.append(Badge(view.party_index(name), shown[0] if shown else "?", right - wide, y, wide))
        right -= wide + 3
        room -= wide + 3
    return tuple(found)
