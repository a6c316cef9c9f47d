"""What an author typed, and what we say of it."""

from bpodsl.text.edits import Edit
from bpodsl.text.problem import Problem, Related, Severity
from bpodsl.text.render import in_order, render, render_all, summary
from bpodsl.text.source import Source, Span

__all__ = ["Edit", "Problem", "Related", "Severity", "Source", "Span", "in_order", "render", "render_all", "summary"]
