"""Graphviz, from the extra `graph`, arranging and drawing what `dot` says."""

from __future__ import annotations

from bpodsl.graph.contract_graph import ContractGraph
from bpodsl.graph.draw.dot import dot
from bpodsl.graph.draw.pieces import safe
from bpodsl.graph.draw.reading import read


def svg_by_graphviz(graph: ContractGraph) -> str:
    """Graphviz's own SVG of a contract, with a title and a description. Its bytes depend on its version and fonts."""
    import pygraphviz

    drawn: bytes = pygraphviz.AGraph(string=dot(graph)).draw(format="svg", prog="dot")
    view = read(graph)
    start = drawn.decode().index("<svg")
    head, _, body = drawn.decode()[start:].partition(">")
    words = f"<title>{safe(view.title)}: what leads to what</title><desc>{safe(view.subtitle)}</desc>"
    return f"{head}>\n{words}{body}"
