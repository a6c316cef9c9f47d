"""`python -m bpodsl.highlight.textmate FILE` writes the TextMate grammar, which editors colour texts by."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bpodsl.highlight import rules


def grammar() -> str:
    """The grammar as JSON text."""
    patterns = [{"name": rule.scope, "match": rule.pattern} for rule in rules()]
    made = {
        "name": "bpodsl",
        "scopeName": "source.bpo",
        "fileTypes": ["bpo"],
        "comment": "Written by python -m bpodsl.highlight.textmate from the grammar of the language.",
        "patterns": patterns,
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(grammar(), encoding="utf-8")
