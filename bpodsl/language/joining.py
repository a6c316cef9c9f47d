"""Joining: the files that an agreement uses, and the templates that it fills in, as one tree.

All clauses of all files see each other; a file used twice counts once. A template is text that is read each time it
is used: its parameters stand for what it is filled in with, and the names it declares end with the name of the use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bpodsl.language import ast
from bpodsl.language.grammar import tables
from bpodsl.language.limits import size_of
from bpodsl.language.names import listed, nearest
from bpodsl.language.parse import parse
from bpodsl.language.problems import (
    DuplicateName,
    FileNotUsed,
    FilesInCircle,
    NotSayable,
    SaidTwice,
    UnknownName,
    Unstated,
    Unused,
)
from bpodsl.language.problems_of_use import TooManyFiles
from bpodsl.lean import define, field, frozen
from bpodsl.text import Problem, Source, Span

MOST_FILES: Final = 64
MOST_BYTES: Final = 8 << 20
"""What an agreement may be joined from."""

MOST_USES: Final = 1000


@frozen
class Loaded:
    """A file as it was found. `key` tells it apart: its path within the folder of the first file. `read`: what `parse`
    gives for it, where that is known already."""

    key: str
    source: Source
    problems: tuple[Problem, ...] = ()
    read: tuple[ast.File, tuple[Problem, ...]] | None = None


Load = Callable[[str, str], Loaded | str]
"""From a path as written, and the name of the source that uses it, to the file; or why it cannot be used."""

_TOKENS: Final = re.compile(r'"[^"\n]*"|\[[^\[\]\n]*\]|#[^\n]*|[A-Za-z_][A-Za-z0-9_]*')


def join(file: ast.File, load: Load | None) -> tuple[ast.File, tuple[Problem, ...]]:
    """The tree of all files and all templates filled in, and what is wrong with how they are joined."""
    if not file.uses and not file.patterns:
        return file, ()
    joiner = _Joiner(load)
    joiner.add(Loaded("", file.span.source), file, ())
    joiner.fill_in_all()
    return joiner.joined(file), tuple(joiner.problems)


@define
class _Joiner:
    load: Load | None
    problems: list[Problem] = field(factory=list)
    parts: list[ast.File] = field(factory=list)
    sources: list[Source] = field(factory=list)
    documents: dict[str, str] = field(factory=dict)
    seen: set[str] = field(factory=set)
    bytes: int = 0
    asked: int = 0
    full: bool = False

    # ------------------------------------------------------------------ files
    def add(self, loaded: Loaded, file: ast.File, chain: tuple[tuple[str, ast.UseFile], ...]) -> None:
        """A file, then those that it uses, in order of writing."""
        self.seen.add(loaded.key)
        self.bytes += size_of(loaded.source)
        self.parts.append(file)
        self.sources.append(loaded.source)
        for use in file.uses:
            if isinstance(use, ast.UseFile):
                self._use(loaded, use, chain)

    def _use(self, using: Loaded, use: ast.UseFile, chain: tuple[tuple[str, ast.UseFile], ...]) -> None:
        path = use.path.value
        if self.full:
            return
        if self.load is None:
            self.problems.append(FileNotUsed(use.path.span, path, "this text has no folder"))
            return
        self.asked += 1
        if self.asked > MOST_USES:
            self._too_many(use, f"{MOST_USES} lines that use a file")
            return
        found = self.load(path, using.source.name)
        if isinstance(found, str):
            self.problems.append(FileNotUsed(use.path.span, path, found))
            return
        chain = (*chain, (using.key, use))
        keys = [key for key, _ in chain]
        if found.key in keys:
            ring = chain[keys.index(found.key) :]
            shown = (*(each.span.source.name for _, each in ring), found.source.name)
            self.problems.append(FilesInCircle(use.span, shown, tuple(each.span for _, each in ring[:-1])))
            return
        if use.document is not None:
            self.documents.setdefault(found.source.name, use.document.text)
        if found.key in self.seen:
            return
        too_much = self.bytes + size_of(found.source) > MOST_BYTES
        if too_much or len(self.seen) >= MOST_FILES:
            self._too_many(use, f"{MOST_BYTES >> 20} MiB" if too_much else f"{MOST_FILES} files")
            return
        tree, problems = found.read or parse(found.source)
        self.problems += [*found.problems, *problems]
        self.add(found, tree, chain)

    def _too_many(self, use: ast.UseFile, most: str) -> None:
        """No file is looked for any more."""
        self.problems.append(TooManyFiles(use.path.span, use.path.value, most))
        self.full = True

    # ------------------------------------------------------------------ templates
    def fill_in_all(self) -> None:
        """Read every template as often as it is used."""
        patterns: dict[str, ast.Pattern] = {}
        for part in list(self.parts):
            for pattern in part.patterns:
                head = pattern.head.name
                first = patterns.setdefault(head.text, pattern)
                if first is not pattern:
                    span = first.head.name.span
                    self.problems.append(DuplicateName(head.span, head.text, "template", span, "template"))
                self._sound(pattern)
        uses = [use for part in self.parts for use in part.uses if isinstance(use, ast.UseTemplate)]
        used = set()
        for use in uses[:MOST_USES]:
            found = patterns.get(use.template.text)
            if found is None:
                near = nearest(use.template.text, patterns)
                others = tuple(patterns) if len(patterns) < 5 else ()
                self.problems.append(UnknownName(use.template.span, use.template.text, "template", near, others))
                continue
            used.add(use.template.text)
            values = self._values(found.head, use)
            if values is not None:
                self._fill_in(found, use, values)
        if len(uses) > MOST_USES:
            what = f"Templates are used more than {MOST_USES} times."
            self.problems.append(NotSayable(uses[MOST_USES].span, what, "Write the clauses out."))
        for name, pattern in patterns.items():
            if name not in used:
                self.problems.append(Unused(pattern.head.name.span, name, "template"))

    def _sound(self, pattern: ast.Pattern) -> None:
        seen: set[str] = set()
        for name in () if pattern.head.parameters is None else pattern.head.parameters.names:
            if name.text in seen:
                self.problems.append(SaidTwice(name.span, f"its parameter `{name.text}`"))
            elif name.text in tables().keywords:
                what = f"`{name.text}` is a word of the language, so it cannot stand for something else."
                self.problems.append(NotSayable(name.span, what, "Choose another word for this parameter."))
            seen.add(name.text)
        for match in re.finditer(r"^(use|template|agreement)\b", pattern.body.text, re.M):
            start = pattern.body.start + match.start()
            what = f"A template has no `{match[1]}` in it."
            span = Span(pattern.body.source, start, start + len(match[1]))
            self.problems.append(NotSayable(span, what, "Write it outside of the template."))

    def _values(self, head: ast.Template, use: ast.UseTemplate) -> Mapping[str, str] | None:
        """What each parameter stands for; None if they are not those of the template (reported)."""
        wanted = [] if head.parameters is None else [name.text for name in head.parameters.names]
        given: dict[str, str] = {}
        sound = True
        for each in () if use.filled is None else use.filled.parameters:
            name = each.name.text
            if name not in wanted:
                near = nearest(name, wanted)
                what = f"parameter of `{head.name.text}`"
                self.problems.append(UnknownName(each.name.span, name, what, near, tuple(wanted)))
                sound = False
            elif name in given:
                self.problems.append(SaidTwice(each.span, f"what `{name}` is"))
            given[name] = each.value.span.text
        lacks = [name for name in wanted if name not in given]
        if lacks:
            names = listed(f"`{name}`" for name in lacks)
            what = f"`{head.name.text}` is used without {names}."
            self.problems.append(Unstated(use.span, what, f"Add `with {lacks[0]} …`."))
        return given if sound and not lacks else None

    def _fill_in(self, pattern: ast.Pattern, use: ast.UseTemplate, values: Mapping[str, str]) -> None:
        body = pattern.body
        suffix = "" if use.suffix is None else use.suffix.text
        text = filled_in("\n" * (body.place[0] - 1) + body.text, values, suffix)
        source = Source(body.source.name, text, use.span)
        tree, problems = parse(source)
        self.problems += problems
        tests = {id(each): _titled(each, suffix) for each in tree.clauses if isinstance(each, ast.Test) and suffix}
        self.parts.append(ast.changed(tree, clauses=tuple(tests.get(id(each), each) for each in tree.clauses)))
        self.sources.append(source)

    # ------------------------------------------------------------------ all of it
    def joined(self, first: ast.File) -> ast.File:
        """One tree."""
        return ast.changed(
            first,
            clauses=tuple(clause for part in self.parts for clause in part.clauses),
            broken=tuple(broken for part in self.parts for broken in part.broken),
            damaged=tuple(span for part in self.parts for span in part.damaged),
            sources=tuple(self.sources),
            documents=tuple(self.documents.items()),
        )


def filled_in(text: str, values: Mapping[str, str], suffix: str = "") -> str:
    """The clauses of a template, their parameters replaced; the names that they declare end with the suffix."""
    text = _replaced(text, values)
    if suffix:
        draft, _ = parse(Source("", text))
        text = _replaced(text, {name: f"{name}_{suffix}" for name in _declared(draft)})
    return text


def _replaced(text: str, by: Mapping[str, str]) -> str:
    """The text with words replaced, but for strings, references and comments."""
    return _TOKENS.sub(lambda match: by.get(match[0], match[0]), text)


def _declared(file: ast.File) -> Iterator[str]:
    """The names that clauses declare, but those of tests."""
    for broken in file.broken:
        yield from broken.names
    for clause in file.clauses:
        match clause:
            case ast.Event() | ast.Notice():
                yield from (name.text for name in clause.names)
            case ast.Agreement() | ast.Assume() | ast.Test():
                pass
            case _:
                if clause.name is not None:
                    yield clause.name.text


def _titled(test: ast.Test, suffix: str) -> ast.Test:
    return ast.changed(test, title=ast.Text(test.title.span, f"{test.title.value} ({suffix})"))
