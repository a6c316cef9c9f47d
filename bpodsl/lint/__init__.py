"""Sound, but is it wise?"""

from bpodsl.lint.rules import DOUBTS, lint

__all__ = ["DOUBTS", "lint"]
