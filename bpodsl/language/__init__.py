"""What was written, and what it means."""

from bpodsl.language.parse import parse

__all__ = ["parse"]
