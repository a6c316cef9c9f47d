"""What was written, and what it means."""

from bpodsl.language.decode import decode
from bpodsl.language.joining import Load, Loaded, filled_in
from bpodsl.language.parse import parse
from bpodsl.language.resolve import resolve

__all__ = ["Load", "Loaded", "decode", "filled_in", "parse", "resolve"]
