"""Mermaid: the drawing as text for wikis and code hosts."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.graph.contract_graph import ContractGraph
from bpodsl.graph.draw import metrics
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.reading import read
from bpodsl.graph.draw.view import Box, View
from bpodsl.graph.draw.words import plain

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-")


def mermaid(graph: ContractGraph) -> str:
    """A flowchart from left to right, a subgraph for each group."""
    return "\n".join(_lines(read(graph))) + "\n"


def _lines(view: View) -> Iterator[str]:
    names = {box.id: f"n{place}" for place, box in enumerate(view.boxes)}
    yield "flowchart LR"
    for place, (group, boxes) in enumerate(view.groups.items()):
        yield f'  subgraph g{place}["{group}"]'
        for box in boxes:
            opening, closing = LOOKS[box.kind].mermaid
            yield f'    {names[box.id]}{opening}"{_label(box)}"{closing}:::{box.kind}Box'
        yield "  end"
    for arrow in view.arrows:
        line = "-.->" if arrow.delayed else "-->"
        yield f"  {names[arrow.start]} {line}|{arrow.verb}| {names[arrow.end]}"
    for kind in dict.fromkeys(box.kind for box in view.boxes):
        look = LOOKS[kind]
        yield f"  classDef {kind}Box fill:{look.fill},stroke:{look.stroke},color:#1f2933"


def _label(box: Box) -> str:
    reference = f"[{box.reference}]" if box.reference else ""
    parties = " ".join(f"({plain(name)})" for name in box.parties)
    head = f"{LOOKS[box.kind].word.upper()} {parties}".strip()
    return "<br/>".join(_safe(line) for line in (head, box.title, *box.details, reference) if line)


def _safe(text: str) -> str:
    """Its characters, all but the plainest as numbers, which Mermaid takes for nothing but characters."""
    return "".join(char if char in _PLAIN or char.isalpha() else f"#{ord(char)};" for char in metrics.clean(text))
