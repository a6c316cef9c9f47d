"""Reads the fenced blocks of the documentation, so that each can be run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from tests.conftest import ROOT

PAGES = ("README.md", "LANGUAGE.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md")
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)


@frozen
class Block:
    """A fenced block: `info` is what stands behind the opening fence."""

    page: Path
    line: int
    info: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    found = [ROOT / name for name in PAGES]
    return [
        p
        for p in (*found, *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").rglob("*.md")))
        if p.exists()
    ]


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, match.start()) + 1, match[1].strip(), match[2])


def all_blocks() -> list[Block]:
    return [block for page in pages() for block in blocks(page)]
