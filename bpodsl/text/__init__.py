"""What an author typed, and what we say of it."""

from bpodsl.text.edits import Edit
from bpodsl.text.problem import Problem, Related, Severity, Trace
from bpodsl.text.reading import FILE_BYTES, bytes_of
from bpodsl.text.render import in_order, render, render_all, summary
from bpodsl.text.source import Source, Span

__all__ = [
    "FILE_BYTES", "Edit", "Problem", "Related", "Severity", "Source", "Span", "Trace", "bytes_of", "in_order",
    "render", "render_all", "summary",
]  # fmt: skip
