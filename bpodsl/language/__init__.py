"""What was written, and what it means."""

from bpodsl.language.decode import decode
from bpodsl.language.parse import parse
from bpodsl.language.resolve import resolve

__all__ = ["decode", "parse", "resolve"]
