"""A standalone SVG: no program, font, script or link is needed to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bpodsl.graph.contract_graph import ContractGraph
from bpodsl.graph.draw import metrics
from bpodsl.graph.draw.cards import DETAIL, HEAD, TITLE, WIDTH
from bpodsl.graph.draw.layout import LABEL, Layout, Loop, Placed, Port, Swing, lay_out
from bpodsl.graph.draw.legend import legend
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.outlines import left_edge, number
from bpodsl.graph.draw.pieces import badge_of, outline, safe
from bpodsl.graph.draw.reading import read
from bpodsl.graph.draw.view import Arrow, View

_TOP, _SIDE = 64, 20
_STYLE = f"""
text {{ font-family: Helvetica, Arial, 'Liberation Sans', sans-serif; fill: #1f2933; }}
.name {{ font-size: 20px; font-weight: bold; }} .under {{ font-size: 12px; fill: #52606d; }}
.frame {{ fill: #f8f9fb; stroke: #d3dae1; stroke-width: 1; }}
.heading {{ font-size: 10px; font-weight: bold; fill: #52606d; }}
.head {{ font-size: {HEAD}px; font-weight: bold; letter-spacing: 0.3px; }}
.title {{ font-size: {TITLE:g}px; font-weight: bold; }} .detail {{ font-size: {DETAIL:g}px; }}
.reference {{ font-size: {DETAIL:g}px; fill: #52606d; font-style: italic; }}
.badge {{ font-size: {HEAD}px; }} .label {{ font-size: {LABEL}px; fill: #364152; }}
.line {{ fill: none; stroke-width: 1.3; }} .late {{ stroke-dasharray: 5 3; }}
""" + "\n".join(f".{kind} .head {{ fill: {look.stroke}; }}" for kind, look in LOOKS.items()) + "\n"

Link = Callable[[str], str]


def svg(graph: ContractGraph, layout: str = "own") -> str:
    """Draw a contract for people to read and print.

    `layout` "own" gives the same bytes on every machine; "graphviz" has Graphviz arrange and draw it, which
    needs the extra `graph`.
    """
    if layout == "graphviz":
        from bpodsl.graph.draw.graphviz import svg_by_graphviz

        return svg_by_graphviz(graph)
    if layout != "own":
        raise ValueError(f"no layout {layout!r}: own or graphviz")
    return paint(read(graph))


def paint(view: View) -> str:
    """Draw a reading view."""
    layout = lay_out(view)
    title = metrics.wrap(metrics.clean(view.title), 20, 1200, 1, bold=True)
    wide = max(layout.width, 640.0, *(metrics.width(part, 20, bold=True) for part in title))
    under = metrics.wrap(metrics.clean(view.subtitle), 12, wide, 1)
    key, key_height = legend(view, wide)
    width, height = number(wide + 2 * _SIDE), number(_TOP + layout.height + 16 + key_height + _SIDE)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="bpo-title bpo-desc" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f'<title id="bpo-title">{safe(view.title)}: what leads to what</title>',
        f'<desc id="bpo-desc">{safe(_description(view))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(f'<text class="name" x="{_SIDE}" y="34">{safe(part)}</text>' for part in title),
        *(f'<text class="under" x="{_SIDE}" y="52">{safe(part)}</text>' for part in under),
        f'<g transform="translate({_SIDE} {_TOP})">',
        *_drawing(view, layout),
        "</g>",
        f'<g transform="translate({_SIDE} {number(_TOP + layout.height + 16)})">',
        *key,
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def fragment(view: View, link: Link) -> str:
    """The same for a page: without title and legend, in the colours of the page, each box a link.

    Boxes carry their name (`data-box`), lines the arrows that run in them (`data-arrows`: `start>end`).
    """
    layout = lay_out(view)
    width, height = number(layout.width), number(layout.height)
    return "\n".join([
        f'<svg class="drawing" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        *_drawing(view, layout, link),
        "</svg>",
    ])  # fmt: skip


def key(view: View, width: float) -> str:
    """The legend of a drawing, for the page that it stands on."""
    parts, height = legend(view, width)
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    return "\n".join([f'<svg class="drawing" {size} role="img" aria-label="Legend">', *parts, "</svg>"])


def _description(view: View) -> str:
    counted = ", ".join(f"{group.lower()}: {len(boxes)}" for group, boxes in view.groups.items())
    said = "; ".join(dict.fromkeys(_sentence(view, arrow) for arrow in view.arrows))
    return f"{view.subtitle}. {counted}." + (f" {said}." if said else "")


def _drawing(view: View, layout: Layout, link: Link | None = None) -> Iterator[str]:
    for frame in layout.frames:
        place = f'x="{number(frame.x)}" y="{number(frame.y)}"'
        size = f'width="{number(frame.width)}" height="{number(frame.height)}"'
        yield f'<rect class="frame" {place} {size} rx="6"/>'
        (heading,) = metrics.wrap(frame.group, 10, frame.width - 18, 1, bold=True)
        yield f'<text class="heading" x="{number(frame.x + 9)}" y="{number(frame.y + 15)}">{safe(heading)}</text>'
    for swing in layout.swings:
        yield _swing(view, swing, link)
    for loop in layout.loops:
        yield _loop(view, loop, link)
    for port in layout.ports:
        yield from _port(view, port, layout, link)
    for placed in layout.placed.values():
        yield from _box(placed, link)


def _colour(view: View, arrow: Arrow) -> str:
    return next(LOOKS[box.kind].stroke for box in view.boxes if box.id == arrow.start)


def _pen(view: View, arrows: tuple[Arrow, ...], link: Link | None) -> str:
    late = " late" if all(arrow.delayed for arrow in arrows) else ""
    return f'class="line{late}" stroke="{_colour(view, arrows[0])}"' + _named(arrows, link)


def _named(arrows: tuple[Arrow, ...], link: Link | None) -> str:
    """Which arrows a line is part of, where that is asked."""
    if link is None:
        return ""
    return f' data-arrows="{" ".join(f"{safe(arrow.start)}&gt;{safe(arrow.end)}" for arrow in arrows)}"'


def _tip(view: View, arrows: tuple[Arrow, ...]) -> str:
    return "<title>" + "&#10;".join(safe(_sentence(view, arrow)) for arrow in arrows) + "</title>"


def _sentence(view: View, arrow: Arrow) -> str:
    titles = {box.id: box.title for box in view.boxes}
    earlier = " (an earlier window)" if arrow.delayed else ""
    return f"{titles[arrow.start]}{earlier} {arrow.verb}: {titles[arrow.end]}"


def _swing(view: View, swing: Swing, link: Link | None) -> str:
    middle = (swing.x + swing.to_x) / 2
    start, end = f"{number(swing.x)} {number(swing.y)}", f"{number(swing.to_x)} {number(swing.to_y)}"
    curve = f"C{number(middle)} {number(swing.y)} {number(middle)} {number(swing.to_y)} {end}"
    return f'<path {_pen(view, swing.arrows, link)} d="M{start} {curve}">{_tip(view, swing.arrows)}</path>'


def _loop(view: View, loop: Loop, link: Link | None) -> str:
    first, *corners = loop.corners
    d = f"M{number(first[0])} {number(first[1])}"
    for before, (x, y), after in zip(loop.corners, corners, corners[1:], strict=False):
        near, far = _toward((x, y), before), _toward((x, y), after)
        d += f" L{number(near[0])} {number(near[1])} Q{number(x)} {number(y)} {number(far[0])} {number(far[1])}"
    x, y = corners[-1]
    pen = _pen(view, (loop.arrow,), link)
    return f'<path {pen} d="{d} L{number(x)} {number(y)}">{_tip(view, (loop.arrow,))}</path>'


def _toward(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Up to 7 from a corner on the straight way to another."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    far = max(abs(dx), abs(dy))
    share = min(7.0, far / 2) / far if far else 0.0
    return corner[0] + dx * share, corner[1] + dy * share


def _port(view: View, port: Port, layout: Layout, link: Link | None) -> Iterator[str]:
    placed = layout.placed[port.box]
    tip = port.tip + left_edge(placed.card.outline, placed.card.height, port.y - placed.y)
    y = number(port.y)
    colour = _colour(view, port.arrows[0])
    yield f'<path {_pen(view, port.arrows, link)} d="M{number(port.x)} {y} H{number(tip - 6)}"/>'
    named, says = _named(port.arrows, link), _tip(view, port.arrows)
    yield f'<path class="tip" fill="{colour}"{named} d="M{number(tip)} {y} l-8 -3.5 v7 Z">{says}</path>'
    yield f'<text class="label"{named} x="{number(port.x + 3)}" y="{number(port.y - 3)}">{safe(port.verb)}</text>'


def _box(placed: Placed, link: Link | None) -> Iterator[str]:
    card, x, y = placed.card, placed.x, placed.y
    box = card.box
    if link is not None:
        yield f'<a href="{safe(link(box.id))}" data-box="{safe(box.id)}" aria-label="{safe(box.title)}">'
    yield f'<g class="{box.kind}"><title>{safe(box.tip)}</title>'
    yield outline(box.kind, x, y, WIDTH, card.height)
    for text in card.texts:
        where = f'x="{number(x + text.x)}" y="{number(y + text.y)}"'
        yield f'<text class="{text.role}" {where}>{safe(text.words)}</text>'
    for badge in card.badges:
        yield badge_of(badge.party, badge.words, x + badge.x, y + badge.y, badge.width)
    yield "</g>" if link is None else "</g></a>"
