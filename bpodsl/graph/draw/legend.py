"""The legend: the shapes, badges and lines that a drawing uses."""

from __future__ import annotations

from bpodsl.graph.draw import metrics
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.outlines import number
from bpodsl.graph.draw.pieces import badge_of, outline, safe
from bpodsl.graph.draw.view import View
from bpodsl.graph.draw.words import plain

_ROW, _GAP, _SIZE = 24, 20, 10.0


def legend(view: View, width: float) -> tuple[list[str], float]:
    """(SVG, its height), in rows no wider than `width`."""
    x, y = 0.0, 24.0
    found = ['<text class="heading" x="0" y="10">How to read it</text>']
    for items in (_kinds(view), _parties(view), _lines(view)):
        for sample, sample_width, words in items:
            wide = sample_width + 6 + metrics.width(words, _SIZE)
            if x and x + wide > width:
                x, y = 0.0, y + _ROW
            found.append(f'<g transform="translate({number(x)} {number(y)})">{sample}')
            found.append(f'<text class="detail" x="{number(sample_width + 6)}" y="12">{safe(words)}</text></g>')
            x += wide + _GAP
        x, y = 0.0, y + (_ROW if items else 0)
    return found, y


def _kinds(view: View) -> list[tuple[str, float, str]]:
    present = {box.kind for box in view.boxes}
    drawn = [(kind, look) for kind, look in LOOKS.items() if kind in present]
    return [(f'<g class="{kind}">{outline(kind, 3, 1, 32, 15)}</g>', 38.0, look.word) for kind, look in drawn]


def _parties(view: View) -> list[tuple[str, float, str]]:
    found = [("", 0.0, "A badge names who reports, owes, holds or pays:")] if view.parties else []
    for place, party in enumerate(view.parties):
        words = metrics.clean(plain(party.name))
        wide = metrics.width(words, 8.5) + 10
        meaning = f"{metrics.clean(party.title) or words} ({party.role})"
        found.append((badge_of(place, words, 0, 2, wide), wide, meaning))
    return found


def _lines(view: View) -> list[tuple[str, float, str]]:
    if not view.arrows:
        return []
    tip = '<path fill="#52606d" d="M40 9 l-8 -3.5 v7 Z"/>'
    plainly = f'<path class="line" stroke="#52606d" d="M0 9 H34"/>{tip}'
    late = f'<path class="line late" stroke="#52606d" d="M0 9 H34"/>{tip}'
    found = [(plainly, 42.0, "What the box at its start does to the box at its end stands on the arrow")]
    if any(arrow.delayed for arrow in view.arrows):
        found.append((late, 42.0, "by its value in an earlier window"))
    return found
