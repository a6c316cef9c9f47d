"""DOT: the drawing as text for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.graph.contract_graph import ContractGraph
from bpodsl.graph.draw import metrics
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.reading import read
from bpodsl.graph.draw.view import Box, View
from bpodsl.graph.draw.words import plain

_FONT = 'fontname="Helvetica"'


def dot(graph: ContractGraph) -> str:
    """A directed graph from left to right, a cluster for each group."""
    return "\n".join(_lines(read(graph))) + "\n"


def _lines(view: View) -> Iterator[str]:
    names = {box.id: f"n{place}" for place, box in enumerate(view.boxes)}
    kinds = {box.id: box.kind for box in view.boxes}
    yield "digraph contract {"
    yield f'  graph [rankdir=LR, bgcolor="#ffffff", labelloc=t, labeljust=l, ranksep=0.9, nodesep=0.25, {_FONT},'
    yield f'    fontcolor="#1f2933", label={_quoted(view.title)}, tooltip={_quoted(view.title)}];'
    yield f'  node [style=filled, fontsize=11, fontcolor="#1f2933", margin="0.15,0.08", {_FONT}];'
    yield f'  edge [fontsize=9, fontcolor="#364152", arrowsize=0.7, {_FONT}];'
    for place, (group, boxes) in enumerate(view.groups.items()):
        yield f"  subgraph cluster_{place} {{"
        yield f'    label={_quoted(group)}; fontsize=10; color="#d3dae1";'
        for box in boxes:
            yield f"    {names[box.id]} [{_box(box)}];"
        yield "  }"
    for arrow in view.arrows:
        style = ", style=dashed" if arrow.delayed else ""
        colour = LOOKS[kinds[arrow.start]].stroke
        yield f'  {names[arrow.start]} -> {names[arrow.end]} [label={_quoted(arrow.verb)}, color="{colour}"{style}];'
    yield "}"


def _box(box: Box) -> str:
    look = LOOKS[box.kind]
    parties = " ".join(f"({plain(name)})" for name in box.parties)
    reference = f"[{box.reference}]" if box.reference else ""
    title = metrics.wrap(metrics.clean(box.title), 11, 190, 4)
    lines = (f"{look.word.upper()} {parties}".strip(), *title, *box.details, reference)
    style = ', style="filled,rounded"' if look.outline == "soft" else ""
    return (
        f"label={_quoted(*(line for line in lines if line))}, tooltip={_quoted(*box.tip.splitlines())}, "
        f'shape={look.dot}, fillcolor="{look.fill}", color="{look.stroke}"{style}'
    )


def _quoted(*lines: str) -> str:
    """A DOT string of these lines, in which no character means anything but itself."""
    safe = (metrics.clean(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(safe) + '"'
