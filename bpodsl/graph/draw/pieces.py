"""Pieces of SVG that the drawing and its legend share."""

from __future__ import annotations

from xml.sax.saxutils import escape

from bpodsl.graph.draw import metrics
from bpodsl.graph.draw.looks import LOOKS, PARTY_FILLS
from bpodsl.graph.draw.outlines import OUTLINES, number


def outline(kind: str, x: float, y: float, width: float, height: float) -> str:
    """The shape of a kind of box."""
    look = LOOKS[kind]
    pens = {
        "body": f'fill="{look.fill}" stroke="{look.stroke}" stroke-width="1.3"',
        "dashed": f'fill="{look.fill}" stroke="{look.stroke}" stroke-width="1.3" stroke-dasharray="6 3"',
        "thick": f'fill="{look.fill}" stroke="{look.stroke}" stroke-width="3"',
        "line": f'fill="none" stroke="{look.stroke}" stroke-width="1"',
        "bar": f'fill="{look.stroke}"',
    }
    paths = OUTLINES[look.outline](x, y, width, height)
    return "".join(f'<path class="shape-{path.role}" {pens[path.role]} d="{path.d}"/>' for path in paths)


def badge_of(party: int, words: str, x: float, y: float, width: float) -> str:
    """A party's badge."""
    fill = PARTY_FILLS[party % len(PARTY_FILLS)]
    place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}"'
    return (
        f'<rect class="party" {place} height="13" rx="6.5" fill="{fill}" stroke="#7b8794" stroke-width="0.6"/>'
        f'<text class="badge" x="{number(x + 5)}" y="{number(y + 9.5)}">{safe(words)}</text>'
    )


def safe(text: str) -> str:
    """A text for XML, its lines kept."""
    return escape("\n".join(metrics.clean(line) for line in text.splitlines()), {'"': "&quot;", "\n": "&#10;"})
