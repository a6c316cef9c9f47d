"""What the texts mean: which agreements there are, what was understood of each, and of which files it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import define, field

from bpodsl.language import ast, decode
from bpodsl.lean import change
from bpodsl.lsp.lines import Lines
from bpodsl.lsp.shelf import Shelf, Stamp
from bpodsl.pipeline import NOTHING_MORE, Asked, Reading, Understood, understand
from bpodsl.terms import Contract
from bpodsl.text import Problem, Source, Span

_T = TypeVar("_T")
_DOUBTED: Final = "doubted"
_USE: Final = re.compile(r'^use[ \t]+"([^"\n]+)"', re.M)


@define(eq=False)
class Page:
    """One file of an agreement: its text, and what was read in it."""

    path: Path
    source: Source
    file: ast.File
    problems: tuple[Problem, ...]
    lines: Lines


@define(eq=False, slots=False)
class Agreement:
    """An agreement in all of its files, the first of which is `root`. `contract`: as last understood, perhaps from an
    earlier version of the text; `understood.contract` is that of the text as it is. `asked`: what its project asks."""

    root: Path
    understood: Understood
    pages: dict[Path, Page]
    contract: Contract | None
    stamps: dict[Path, Stamp]
    asked: Asked = NOTHING_MORE
    _kept: dict[str, Any] = field(factory=dict)

    def kept(self, what: str, make: Callable[[], _T]) -> _T:
        """What somebody works out of this version of the agreement, worked out once."""
        if what not in self._kept:
            self._kept[what] = make()
        found: _T = self._kept[what]
        return found

    def known(self, what: str) -> Any:
        """The same, if somebody has; else None."""
        return self._kept.get(what)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, as far as it has been looked for: doubts once somebody has doubted."""
        found: tuple[Problem, ...] = self._kept.get(_DOUBTED, self.understood.problems)
        return found

    @property
    def is_doubted(self) -> bool:
        """Whether nothing is left to look for."""
        return self.understood.doubted is None or _DOUBTED in self._kept

    def doubt(self) -> None:
        """Look for doubts, which takes as long as all the rest."""
        if self.understood.doubted is not None:
            self.kept(_DOUBTED, self.understood.doubted)

    def page_of(self, span: Span) -> Page | None:
        """The page of a span. One of a template filled in lies in the page of the template."""
        return self._by_name.get(span.source.name)

    @cached_property
    def _by_name(self) -> dict[str, Page]:
        return {page.source.name: page for page in self.pages.values()}

    def place(self, span: Span) -> tuple[Page, int, int] | None:
        """Where a span lies: its page and characters. Of a template filled in its line, for its words may be others."""
        page = self.page_of(span)
        if page is None:
            return None
        if span.source.text == page.source.text:
            return page, span.start, span.end
        line = min(span.place[0], page.source.line_count)
        text = page.source.line(line)
        start = page.source.offset(line, 1)
        return page, start + len(text) - len(text.lstrip()), start + len(text.rstrip())

    def problems_in(self, page: Page) -> Iterator[Problem]:
        """What is wrong in a page. What has no place is said at the head of the first."""
        for problem in self.problems:
            if problem.span is None:
                if page.path == self.root:
                    yield problem
            elif self.page_of(problem.span) is page:
                yield problem


@define
class Desk:
    """Understands agreements, each anew only when one of its files, or what is asked of it, has changed."""

    shelf: Shelf
    asked: Callable[[Path], Asked] = lambda _: NOTHING_MORE
    _known: dict[Path, Agreement] = field(factory=dict)
    _uses: dict[Path, tuple[Stamp, tuple[Path, ...]]] = field(factory=dict)

    def agreement(self, root: Path) -> Agreement | None:
        """The agreement whose first file this is; None if it cannot be read."""
        known, asked = self._known.get(root), self.asked(root)
        if known is not None and known.asked == asked and self._is_fresh(known):
            return known
        stamps: dict[Path, Stamp] = {}

        def bytes_of(path: Path) -> bytes:
            stamps[path] = self.shelf.stamp(path)
            return self.shelf.bytes_of(path)

        try:
            later = change(asked, doubts_later=True)
            understood = understand(root, str(root), later, Reading(bytes_of, self.shelf.parse))
        except OSError:
            self._known.pop(root, None)
            return None
        pages = {path: page for path in stamps if (page := self.page(path)) is not None}
        last = None if known is None else known.contract
        found = Agreement(root, understood, pages, understood.contract or last, stamps, asked)
        self._known[root] = found
        return found

    def is_latest(self, agreement: Agreement) -> bool:
        """Whether nobody has understood a later version of it."""
        return self._known.get(agreement.root) is agreement

    def _is_fresh(self, known: Agreement) -> bool:
        return all(self.shelf.stamp(path) == stamp for path, stamp in known.stamps.items())

    def page(self, path: Path) -> Page | None:
        """A file by itself; None if it cannot be read."""
        try:
            text, problems = decode(str(path), self.shelf.bytes_of(path))
        except (OSError, ValueError):
            return None
        source = Source(str(path), text)
        file, more = self.shelf.parse(source)
        return Page(path, source, file, (*problems, *more), self.shelf.lines(path, text))

    def agreements_of(self, path: Path) -> list[Agreement]:
        """The agreements that a file belongs to: those that use it, or else its own."""
        found = [self.agreement(root) for root in self.roots(path)]
        holding = [each for each in found if each is not None and path in each.pages]
        if holding:
            return holding
        alone = self.agreement(path)
        return [] if alone is None else [alone]

    def roots(self, path: Path) -> list[Path]:
        """The files that use this one, at first or second hand, and are used by none."""
        return _tops(path, self._users())

    def all(self) -> list[Agreement]:
        """Every agreement within reach."""
        users = self._users()
        tops = dict.fromkeys(root for path in self.shelf.agreements() for root in _tops(path, users))
        found = (self.agreement(root) for root in tops)
        return [each for each in found if each is not None]

    def _users(self) -> dict[Path, list[Path]]:
        """The files that say that they use each."""
        users: dict[Path, list[Path]] = {}
        for each in self.shelf.agreements():
            for used in self._used(each):
                users.setdefault(used, []).append(each)
        return users

    def _used(self, path: Path) -> Iterable[Path]:
        """The files that a file says that it uses. Only a quick look: whether it may is another question."""
        stamp = self.shelf.stamp(path)
        known = self._uses.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            text = self.shelf.bytes_of(path).decode("utf-8", "replace")
            found = tuple((path.parent / each).resolve() for each in _USE.findall(text) if "\0" not in each)
        except (OSError, ValueError):
            found = ()
        self._uses[path] = stamp, found
        return found


def _tops(path: Path, users: dict[Path, list[Path]]) -> list[Path]:
    tops: dict[Path, None] = {}
    seen = {path}
    waiting = [path]
    while waiting:
        one = waiting.pop()
        above = users.get(one, [])
        if not above:
            tops.setdefault(one)
        waiting += [each for each in above if each not in seen]
        seen.update(above)
    return sorted(tops) or [path]
