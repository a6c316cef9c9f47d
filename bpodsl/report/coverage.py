"""How much of the paper an agreement codes: its clauses against the list of the paper's clauses."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from bpodsl.text.citing import Cited

Key = tuple[str, ...]

_WORDS: Final = {"schedule": "sch", "sched": "sch", "appendix": "app", "annexe": "annex", "exhibit": "exh"}
_SILENT: Final = frozenset(
    ["clause", "clauses", "section", "sections", "sec", "article", "art", "paragraph", "para", "no"]
)
_PREFIX: Final = frozenset({*_WORDS, *_WORDS.values(), *_SILENT, "part", "table", "§"})


@frozen
class PaperClause:
    """One clause of the paper: its number as written there, and its title or ""."""

    number: str
    title: str = ""


@frozen
class Covered:
    """One clause of the paper and what became of it.

    `how`: "coded", "stated" (written down, not computed), "open", or "heading" (only its sub-clauses say anything).
    `by`: the clauses of the agreement that cite it, or what it is a part of.
    """

    clause: PaperClause
    how: str
    by: tuple[str, ...]


@frozen
class Coverage:
    """What became of all clauses; and what the agreement cites that the paper's list does not have."""

    clauses: tuple[Covered, ...]
    strange: tuple[Cited, ...]

    def number(self, how: str) -> int:
        """How many clauses became so."""
        return sum(each.how == how for each in self.clauses)

    @property
    def counted(self) -> int:
        """How many clauses count: all but headings."""
        return len(self.clauses) - self.number("heading")

    def share(self, how: str) -> int:
        """In percent of those that count, rounded half up."""
        return (200 * self.number(how) + self.counted) // (2 * self.counted) if self.counted else 0


# ------------------------------------------------------------------------------------ the list
def read_paper(text: str, table: bool) -> list[PaperClause]:
    """The clauses of a list: a line for each, number and title; or a table with commas, a heading allowed.

    Blank lines, and lines that begin with `#`, say nothing. A number may have words before it (`Sch C 2.1`); a tab or
    two blanks end it for certain.
    """
    if not table:
        lines = (line.strip() for line in text.splitlines())
        return [_line(line) for line in lines if line and not line.startswith("#")]
    found = []
    for n, row in enumerate(csv.reader(io.StringIO(text))):
        cells = [cell.strip() for cell in row]
        if not cells or not cells[0] or cells[0].startswith("#"):
            continue
        if n == 0 and not re.search(r"\d", cells[0]) and cells[0].lower() in _SILENT | {"number", "reference", "ref"}:
            continue
        found.append(PaperClause(cells[0], cells[1] if len(cells) > 1 else ""))
    return found


def _line(line: str) -> PaperClause:
    parted = re.split(r"\t+| {2,}", line, maxsplit=1)
    if len(parted) == 2:
        return PaperClause(parted[0].strip(), parted[1].strip())
    words, number = line.split(), 0
    numbered = False
    for word in words:
        bare = word.strip(".,:;").lower()
        has_digit = re.search(r"\d", word) is not None
        before = words[number - 1] if number else ""
        more = before.endswith(",") or word.startswith("(") or (before.isdigit() and "." in bare)
        if not has_digit and numbered and not re.fullmatch(r"\(?[a-z]{1,4}\)", word.strip(",")):
            break
        if has_digit and numbered and not more:
            break
        if not has_digit and not numbered and bare not in _PREFIX and not re.fullmatch(r"[A-Z]{1,5},?|§", word):
            break
        numbered = numbered or has_digit
        number += 1
    number = max(number, 1)
    return PaperClause(" ".join(words[:number]).rstrip(":"), " ".join(words[number:]))


def key_of(number: str) -> Key:
    """What a number is compared by: `Schedule C, 2.1(a)` and `Sch C 2.1 (a)` are one."""
    words = re.findall(r"[a-z]+|\d+", number.lower())
    return tuple(_WORDS.get(word, word) for word in words if word not in _SILENT)


# ------------------------------------------------------------------------------------ the comparison
def cover(paper: Sequence[PaperClause], cited: Iterable[Cited]) -> Coverage:
    """What became of each clause. A clause that is cited covers its sub-clauses; one of which only a part is cited is
    covered where the list does not have its parts."""
    places = [(key, each) for each in cited for key in _keys(each.reference)]
    keys = [key_of(clause.number) for clause in paper]
    found = tuple(_covered(clause, key, keys, places) for clause, key in zip(paper, keys, strict=True))
    strange = [each for key, each in places if not any(_below(key, other) or _below(other, key) for other in keys)]
    return Coverage(found, tuple(dict.fromkeys(strange)))


def _keys(reference: str) -> Iterator[Key]:
    """The clauses that one reference names: several are parted by `;`, `and` or `&`."""
    for part in re.split(r";| and | & ", reference):
        if key := key_of(part):
            yield key


def _covered(clause: PaperClause, key: Key, keys: Sequence[Key], places: Sequence[tuple[Key, Cited]]) -> Covered:
    own = [each for other, each in places if other == key]
    above = [each for other, each in places if other != key and _below(key, other)]
    if not own and any(other != key and _below(other, key) for other in keys):
        return Covered(clause, "heading", ())
    below = [each for other, each in places if other != key and _below(other, key)]
    for group in (own, above, below):
        if group:
            coded = [each for each in group if not each.stated]
            by = tuple(dict.fromkeys(each.clause for each in coded or group))
            return Covered(clause, "coded" if coded else "stated", by)
    return Covered(clause, "open", ())


def _below(key: Key, other: Key) -> bool:
    """Whether a clause is another one, or a part of it."""
    return key[: len(other)] == other


# ------------------------------------------------------------------------------------ shown
def coverage_text(coverage: Coverage, name: str) -> str:
    """The numbers, then what is open, what is stated, and what the list does not have."""
    lines = [f"{name}: {coverage.counted} clauses"]
    for how, told in (("coded", "coded"), ("stated", "stated, not computed"), ("open", "not coded")):
        lines.append(f"  {coverage.number(how):>4}  {coverage.share(how):>3} %  {told}")
    for how, title in (("open", "Not coded"), ("stated", "Stated, not computed")):
        those = [each for each in coverage.clauses if each.how == how]
        if those:
            lines += ["", title]
            lines += [f"  {_told(each.clause)}" + (f"  ({', '.join(each.by)})" if each.by else "") for each in those]
    if coverage.strange:
        lines += ["", "Cited, but not in the list"]
        lines += [f"  {_cited(each, coverage)}" for each in coverage.strange]
    return "\n".join(lines) + "\n"


def _told(clause: PaperClause) -> str:
    return f"{clause.number}  {clause.title}".rstrip()


def _cited(cited: Cited, coverage: Coverage) -> str:
    line, column = cited.span.place
    near = nearest_clause(cited, coverage)
    hint = "" if near is None else f": is {near} meant?"
    return f"{cited.reference}  by {cited.clause}, {cited.span.source.name}:{line}:{column}{hint}"


def nearest_clause(cited: Cited, coverage: Coverage) -> str | None:
    """The clause of the list that has the same numbers and letters, where only the words before them differ."""
    own = _bare(key_of(cited.reference))
    found = [each.clause.number for each in coverage.clauses if own and _bare(key_of(each.clause.number)) == own]
    return found[0] if len(found) == 1 else None


def _bare(key: Key) -> Key:
    return tuple(word for word in key if word.isdigit() or len(word) == 1)


def coverage_json(coverage: Coverage, name: str) -> dict[str, Any]:
    """`{"paper": …, "counted": …, "coded": {"clauses": n, "percent": n}, …, "clauses": […], "not_in_paper": […]}`"""
    numbers = {
        how: {"clauses": coverage.number(how), "percent": coverage.share(how)} for how in ("coded", "stated", "open")
    }
    return {
        "paper": name,
        "counted": coverage.counted,
        **numbers,
        "clauses": [
            {"number": each.clause.number, "title": each.clause.title, "how": each.how, "by": list(each.by)}
            for each in coverage.clauses
        ],
        "not_in_paper": [
            {
                "reference": each.reference,
                "clause": each.clause,
                "path": each.span.source.name,
                "line": each.span.place[0],
                "near": nearest_clause(each, coverage),
            }
            for each in coverage.strange
        ],
    }
