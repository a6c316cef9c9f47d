"""The texts: what the editor has open, else what lies on the disk."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrs import define, field, frozen
from pygls import uris

from bpodsl.language import ast, parse
from bpodsl.lsp.lines import Lines
from bpodsl.text import Problem, Source
from bpodsl.text import bytes_of as read

KEPT: Final = 64
"""How many parsed texts are kept."""

MOST_FILES: Final = 2000
_ASIDE: Final = frozenset({"node_modules", "__pycache__", "dist", "build"})
_HALVES: Final = re.compile("[\ud800-\udfff]")
_MARK: Final = b"\xef\xbb\xbf"

Parsed = tuple[ast.File, tuple[Problem, ...]]
Stamp = tuple[str, int, int] | None
"""What tells one version of a file from another; None of what cannot be read."""


@frozen
class Open:
    """A text that the editor holds: `version` counts what was seen of it."""

    uri: str
    text: str
    version: int


@define
class Shelf:
    """All texts within reach, and what was read of them. Paths are resolved."""

    folders: list[Path] = field(factory=list)
    encoding: str = "utf-16"
    opened: dict[Path, Open] = field(factory=dict)
    _parsed: OrderedDict[Source, Parsed] = field(factory=OrderedDict)
    _lines: OrderedDict[Path, Lines] = field(factory=OrderedDict)
    _versions: int = 0
    _found: list[Path] | None = None

    # ------------------------------------------------------------------ names
    def path(self, uri: str) -> Path:
        """The file that a URI means; of one that is none of a file, a path where nothing lies."""
        if uri.startswith("file:"):
            found = uris.to_fs_path(uri)
            if found and "\0" not in found:
                return Path(found).resolve()
        return Path("/", "\N{SOFT HYPHEN}unsaved", quote(uri, safe=""))

    def uri(self, path: Path) -> str:
        """The URI of a path, as the editor wrote it if it has the file open."""
        held = self.opened.get(path)
        return path.as_uri() if held is None else held.uri

    # ------------------------------------------------------------------ texts
    def hold(self, uri: str, text: str) -> Path:
        """What the editor says a text is now."""
        self._versions += 1
        path = self.path(uri)
        # Half a character is no text; what stands for it is as long.
        self.opened[path] = Open(uri, _HALVES.sub("\N{REPLACEMENT CHARACTER}", text), self._versions)
        return path

    def release(self, uri: str) -> Path:
        """The editor holds it no more."""
        path = self.path(uri)
        self.opened.pop(path, None)
        return path

    def bytes_of(self, path: Path) -> bytes:
        """A file as it is now. Raises OSError."""
        held = self.opened.get(path)
        # A mark in front is taken off by whoever decodes, so that one of the text's own stays and counts.
        return read(path) if held is None else _MARK + held.text.encode("utf-8")

    def stamp(self, path: Path) -> Stamp:
        """Its version."""
        held = self.opened.get(path)
        if held is not None:
            return "open", held.version, 0
        try:
            found = path.stat()
        except (OSError, ValueError):
            return None
        return "disk", found.st_mtime_ns, found.st_size

    def parse(self, source: Source) -> Parsed:
        """As `bpodsl.language.parse`; the same text is read once."""
        found = self._parsed.get(source)
        if found is None:
            found = self._parsed[source] = parse(source)
            if len(self._parsed) > KEPT:
                self._parsed.popitem(last=False)
        else:
            self._parsed.move_to_end(source)
        return found

    def lines(self, path: Path, text: str) -> Lines:
        """The lines of a file that says this."""
        found = self._lines.get(path)
        if found is None or found.text != text or found.encoding != self.encoding:
            found = self._lines[path] = Lines(text, self.encoding)
            if len(self._lines) > KEPT:
                self._lines.popitem(last=False)
        return found

    # ------------------------------------------------------------------ what there is
    def agreements(self) -> list[Path]:
        """All `.bpo` files of the workspace and all open texts, sorted. Folders are looked through once."""
        if self._found is None:
            self._found = [path for folder in self.folders for path in _below(folder)]
        return sorted({*self.opened, *self._found})

    def look_again(self) -> None:
        """Files may have come or gone."""
        self._found = None


def _below(folder: Path) -> list[Path]:
    """The `.bpo` files in a folder and below, but for hidden folders and those of other tools."""
    found: list[Path] = []
    waiting = [folder]
    seen = 0
    while waiting and len(found) < MOST_FILES and seen < 10 * MOST_FILES:
        try:
            inside = sorted(waiting.pop().iterdir())
        except OSError:
            continue
        for path in inside:
            seen += 1
            if path.suffix == ".bpo" and path.is_file():
                found.append(path.resolve())
            elif path.is_dir() and not path.name.startswith(".") and path.name not in _ASIDE and not path.is_symlink():
                waiting.append(path)
    return found
