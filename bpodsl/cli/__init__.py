"""The command line: it converts what is typed and prints what comes back; it knows nothing itself."""

from bpodsl.cli.main import main

__all__ = ["main"]
