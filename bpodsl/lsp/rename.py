"""Renaming: in all files of all agreements that share the name, and never so that anything means something else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import evolve

from bpodsl.language.names import an
from bpodsl.language.scan import may_be_name
from bpodsl.lsp.desk import Agreement, Desk
from bpodsl.lsp.names import Index, Occurrence, Symbol, index_of
from bpodsl.terms import Contract
from bpodsl.text import Problem, Severity

Edits = Mapping[Path, tuple[tuple[int, int, str], ...]]
"""For each file the stretches `[start, end)` that are replaced, from the last to the first."""


class CannotRename(Exception):
    """Why a name stays as it is, in words for whoever asked."""


def renamed(desk: Desk, occurrence: Occurrence, new: str) -> Edits:
    """What is to be replaced to give a name another one. Raises CannotRename."""
    symbol = occurrence.symbol
    if new == symbol.text:
        return {}
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", new):
        raise CannotRename(f"“{new}” is no name: a name is made of letters, digits and _, and begins with a letter.")
    if not may_be_name(new):
        raise CannotRename(f"`{new}` joins other words, so it cannot be a name.")
    agreements = _sharing(desk, occurrence.page.path)
    indexes = [index_of(agreement) for agreement in agreements]
    for index in indexes:
        check(index, symbol)
        _free(index, symbol, new)
    found: dict[Path, set[int]] = {}
    for index in indexes:
        for each in index.by_symbol.get(symbol, ()):
            found.setdefault(each.page.path, set()).add(each.start)
    edits = {
        path: tuple((start, start + len(symbol.text), new) for start in sorted(starts, reverse=True))
        for path, starts in found.items()
    }
    _means_the_same(desk, agreements, edits, symbol.text, new)
    return edits


def check(index: Index, symbol: Symbol) -> None:
    """Whether a name can be renamed at all. Raises CannotRename."""
    if not index.declarations(symbol):
        raise CannotRename(
            f"`{symbol.text}` is not declared in a clause of its own, so it cannot be renamed. "
            "If a template declares it, rename it there."
        )
    for page in index.agreement.pages.values():
        wrong = next((p for p in page.problems if p.severity is Severity.ERROR), None)
        if wrong is not None:
            where = f" ({wrong.span})" if wrong.span is not None else ""
            raise CannotRename(f"A line cannot be read{where}, so a name in it might be overlooked. Mend it first.")


def _sharing(desk: Desk, path: Path) -> list[Agreement]:
    """All agreements that share a file with those of this one, at first or second hand."""
    found: dict[Path, Agreement] = {}
    waiting, seen = [path], {path}
    while waiting:
        for agreement in desk.agreements_of(waiting.pop()):
            found[agreement.root] = agreement
            waiting += [each for each in agreement.pages if each not in seen]
            seen.update(agreement.pages)
    return list(found.values())


def _free(index: Index, symbol: Symbol, new: str) -> None:
    """Whether the new name is still to be had. Raises CannotRename."""
    if symbol.room == "name":
        taken = index.things.get(new)
    elif symbol.room == "field":
        taken = "field" if new in index.fields else None
    else:
        taken = symbol.room if index.declarations(Symbol(symbol.room, new, symbol.within)) else None
    if taken is not None:
        raise CannotRename(f"There is {an(taken)} `{new}` already.")


def _means_the_same(desk: Desk, agreements: Iterable[Agreement], edits: Edits, old: str, new: str) -> None:
    """Understand all agreements again, as they would be. Raises CannotRename where one would mean something else."""
    shelf = evolve(desk.shelf, opened=dict(desk.shelf.opened))
    for path, stretches in edits.items():
        page = next(page for each in agreements for page in each.pages.values() if page.path == path)
        shelf.hold(shelf.uri(path), replaced(page.source.text, stretches))
    other = Desk(shelf, desk.asked)
    for agreement in agreements:
        after = other.agreement(agreement.root)
        if after is None:
            raise CannotRename(f"{agreement.root.name} cannot be read any more.")
        new_problem = _more(agreement.understood.problems, after.understood.problems)
        if new_problem is not None:
            raise CannotRename(f"This would be wrong: {new_problem.message()}")
        before, now = agreement.understood.contract, after.understood.contract
        if before is not None and now is not None and _plain(before, new, old) != _plain(now, new, old):
            raise CannotRename(f"With the name `{new}` the agreement {agreement.root.name} would mean something else.")


def replaced(text: str, stretches: Iterable[tuple[int, int, str]]) -> str:
    """The text with stretches replaced, which are given from the last to the first."""
    for start, end, instead in stretches:
        text = text[:start] + instead + text[end:]
    return text


def _more(before: Iterable[Problem], after: Iterable[Problem]) -> Problem | None:
    """A problem of a code of which there are more than before."""
    left = Counter(problem.code for problem in before)
    for problem in after:
        left[problem.code] -= 1
        if left[problem.code] < 0:
            return problem
    return None


def _plain(contract: Contract, new: str, old: str) -> list[str]:
    """All that a contract says, wherever it says it, with one name for both. Some of it is ordered by names."""
    said = re.sub(r"start=\d+, end=\d+", "", repr(contract).replace(contract.digest, ""))
    for one, other in ((new, old), (new.replace("_", " "), old.replace("_", " "))):
        said = re.sub(rf"\b{re.escape(one)}\b", other, said)
    return sorted(re.split(r"[(),]", said))
