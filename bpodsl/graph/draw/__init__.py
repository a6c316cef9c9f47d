"""What leads to what, drawn for people: SVG, Mermaid and DOT."""

from bpodsl.graph.draw.dot import dot
from bpodsl.graph.draw.mermaid import mermaid
from bpodsl.graph.draw.reading import read
from bpodsl.graph.draw.svg import fragment, key, svg
from bpodsl.graph.draw.view import Arrow, Box, View

__all__ = ["Arrow", "Box", "View", "dot", "fragment", "key", "mermaid", "read", "svg"]
