"""Mends what has one right answer, and nothing else.

A problem offers the edits itself. They are kept only if they do what they should: of an agreement that may run its
meaning stays the same in every term, and of one that may not an error goes and none comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bpodsl.lean import evolve, frozen
from bpodsl.pipeline import NOTHING_MORE, Asked, Reading, Understood, understand
from bpodsl.terms import Contract
from bpodsl.text import Edit, Problem, Severity
from bpodsl.text import bytes_of as read

if TYPE_CHECKING:
    from bpodsl.text import Source

ROUNDS: Final = 60
"""So often at most a file is looked at again: each round mends something."""


@frozen
class Fixed:
    """What became of an agreement: the texts that changed, by the name of their file, before and after; and how many
    problems of each code were mended."""

    changed: tuple[tuple[str, str, str], ...]
    mended: tuple[tuple[str, int], ...]


def fix(
    path: Path, asked: Asked = NOTHING_MORE, chosen: Callable[[Iterable[Problem]], list[Problem]] = list
) -> Fixed:  # fmt: skip
    """Mend an agreement and the files that it uses, in memory. `chosen`: which of the problems count."""
    first: dict[str, str] = {}
    texts: dict[str, str] = {}
    mended: Counter[str] = Counter()
    refused: set[tuple[str, str, int, str]] = set()
    now = _understood(path, texts, asked)
    for _ in range(ROUNDS):
        # What a comment allows can be told only of an agreement that is whole.
        mendable = [each for each in chosen(now.problems) if now.sound or each.severity is Severity.ERROR]
        offered = [each for each in mendable if _edits(each) and _name(each) not in refused]
        if not offered:
            break
        for group in [offered, *([each] for each in offered)] if len(offered) > 1 else [offered]:
            apart = _apart(group)
            new = {**texts, **_applied(edit for each in apart for edit in _edits(each))}
            after = _understood(path, new, asked)
            if _better(now, after, apart):
                for each in apart:
                    for edit in _edits(each):
                        source = edit.span.source
                        first.setdefault(source.name, source.text)
                mended.update(each.code for each in apart)
                texts, now = new, after
                break
            if len(group) == 1:
                refused.add(_name(group[0]))
        else:
            break
    changed = tuple((name, first[name], texts[name]) for name in first if first[name] != texts[name])
    return Fixed(changed, tuple(sorted(mended.items())) if changed else ())


def _understood(path: Path, texts: Mapping[str, str], asked: Asked) -> Understood:
    """The agreement where some files are read as these texts, by the names under which problems show them."""
    data = {Path(name).resolve(): text.encode() for name, text in texts.items()}

    def bytes_of(file: Path) -> bytes:
        found = data.get(file.resolve())
        return read(file) if found is None else found

    return understand(path, "", asked, Reading(bytes_of))


def _edits(problem: Problem) -> tuple[Edit, ...]:
    """What a problem offers; nothing in a text that is filled in from a template."""
    edits = problem.edits()
    return () if any(edit.span.source.used_at is not None for edit in edits) else edits


def _name(problem: Problem) -> tuple[str, str, int, str]:
    """What tells an offer apart from others in the next round, wherever it has moved."""
    edit = _edits(problem)[0]
    return problem.code, edit.span.source.name, edit.span.place[0], f"{edit.span.text}>{edit.text}"


def _apart(problems: Iterable[Problem]) -> list[Problem]:
    """Those of which no edit lies in one of an earlier problem."""
    taken: dict[str, list[tuple[int, int]]] = {}
    found = []
    for problem in problems:
        edits = _edits(problem)
        if all(_free(edit, taken.get(edit.span.source.name, [])) for edit in edits):
            found.append(problem)
            for edit in edits:
                taken.setdefault(edit.span.source.name, []).append((edit.span.start, edit.span.end))
    return found


def _free(edit: Edit, taken: Iterable[tuple[int, int]]) -> bool:
    return all(edit.span.end <= start or end <= edit.span.start for start, end in taken)


def _applied(edits: Iterable[Edit]) -> Mapping[str, str]:
    """The texts with all edits made."""
    by_source: dict[str, tuple[Source, list[Edit]]] = {}
    for edit in edits:
        by_source.setdefault(edit.span.source.name, (edit.span.source, []))[1].append(edit)
    found = {}
    for name, (source, own) in by_source.items():
        text = source.text
        for edit in sorted(own, key=lambda each: each.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        found[name] = text
    return found


def _better(before: Understood, after: Understood, mended: list[Problem]) -> bool:
    if before.sound:
        # The digest names the text, which is to change; nothing else is.
        same = after.sound and _meaning(before.contract) == _meaning(after.contract)
        return same and len(after.problems) < len(before.problems)
    were, are = _errors(before), _errors(after)
    # A line that can be read now may have faults that nobody saw before.
    gone = Counter(each.code for each in mended)
    return sum(are.values()) < sum(were.values()) or all(are[code] <= were[code] - n for code, n in gone.items())


def _meaning(contract: Contract | None) -> Contract | None:
    return None if contract is None else evolve(contract, digest="")


def _errors(understood: Understood) -> Counter[str]:
    return Counter(each.code for each in understood.problems if each.severity is Severity.ERROR)
