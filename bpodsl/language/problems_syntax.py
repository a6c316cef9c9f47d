"""Problems with the writing itself (BPO1xx), and the list of all that `parse` reports."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.language.problems_characters import (
    BadNumber,
    BidiControl,
    FileTooLarge,
    ForeignDigit,
    InvalidCharacter,
    NoSuchTime,
    NotComposed,
    NumberTooLong,
    TooDeep,
    Unterminated,
)
from bpodsl.lean import frozen
from bpodsl.text import Problem, Related, Span
from bpodsl.text.edits import Edit, renamed


@frozen
class Unexpected(Problem):
    """Something stands where the sentence cannot go on with it.

    Not so:

        measure on_time
          each month
          target at last 95%

    But so:

        measure on_time
          each month
          target at least 95%

    Next: write one of the words that are named, or see how the line is written in the reference of the language.
    """

    code: ClassVar[str] = "BPO101"

    seen: str
    expected: tuple[str, ...]
    near: str | None = None
    advice: str | None = None
    only: bool = False

    def message(self) -> str:
        if not self.expected:
            return f"{self.seen} cannot stand here."
        return f"{self.seen} cannot stand here; expected {alternatives(self.expected)}."

    def edits(self) -> tuple[Edit, ...]:
        return () if self.span is None else renamed(self.span, self.seen.strip("`"), self.near, self.only)

    def hint(self) -> str | None:
        return f"Did you mean `{self.near}`?" if self.near is not None else self.advice


@frozen
class EndsEarly(Problem):
    """A line ends before its sentence does.

    Not so:

        obligation restore
          meridian must ticket_resolved for each ticket_opened
          within 4

    But so:

        obligation restore
          meridian must ticket_resolved for each ticket_opened
          within 4 hours

    Next: finish the line. A line goes on in the next one if that is indented deeper.
    """

    code: ClassVar[str] = "BPO102"

    expected: tuple[str, ...]
    advice: str | None = None

    def message(self) -> str:
        return f"The line ends too early; expected {alternatives(self.expected)}."

    def hint(self) -> str | None:
        if self.advice is not None:
            return self.advice
        if "`)`" in self.expected:
            return "Close the parenthesis."
        return "Finish the line, or go on in the next one, indented deeper."


@frozen
class UnknownClause(Problem):
    """A line that is not indented begins with a word that begins no clause.

    Not so:

        obligaton restore
          meridian must ticket_resolved once

    But so:

        obligation restore
          meridian must ticket_resolved once

    Next: correct the word, or indent the line if it belongs to the clause above it.
    """

    code: ClassVar[str] = "BPO103"

    seen: str
    near: str | None = None
    only: bool = False

    def message(self) -> str:
        return f"{self.seen} does not begin a clause."

    def edits(self) -> tuple[Edit, ...]:
        return () if self.span is None else renamed(self.span, self.seen.strip("`"), self.near, self.only)

    def hint(self) -> str | None:
        if self.near is not None:
            return f"Did you mean `{self.near}`?"
        return "A clause begins with a word such as `obligation`; if this is a line of the one above, indent it."


@frozen
class NoClause(Problem):
    """An indented line stands before any clause has begun.

    Not so:

          mon-fri  08:00-20:00

    But so:

        calendar support
          mon-fri  08:00-20:00

    Next: write the head of the clause above the line, or begin the line at the left margin if it is a head itself.
    """

    code: ClassVar[str] = "BPO104"

    def message(self) -> str:
        return "This line is indented, but there is no clause above it that it could belong to."

    def hint(self) -> str | None:
        return "Begin it at the left margin, or write the head of its clause above it."


@frozen
class Misaligned(Problem):
    """A line begins neither under the other lines of its clause nor deeper.

    The first line of a clause shows where its lines begin. A line that is indented deeper continues the
    one above it; one that is indented less leaves in doubt where it belongs.

    Not so:

        calendar support
            mon-fri  08:00-20:00
          sat        09:00-17:00

    But so:

        calendar support
          mon-fri  08:00-20:00
          sat      09:00-17:00

    Next: let all lines of a clause begin in the same column.
    """

    code: ClassVar[str] = "BPO105"

    column: int
    first: Span

    def message(self) -> str:
        return f"This line does not begin under the other lines of its clause, in column {self.column}."

    def hint(self) -> str | None:
        return f"Indent it by {self.column - 1} blanks."

    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "the lines of this clause begin here"),)


@frozen
class TabIndent(Problem):
    r"""A line is indented by a tab.

    How wide a tab is depends on the editor, so that one cannot see which line belongs to which.

    Not so:

        calendar support
        →mon-fri  08:00-20:00

    But so:

        calendar support
          mon-fri  08:00-20:00

    Next: indent by blanks. Most editors can do this for a whole file at once.
    """

    code: ClassVar[str] = "BPO106"

    lines: int

    def message(self) -> str:
        if self.lines == 1:
            return "This line is indented by a tab."
        return f"{self.lines} lines are indented by tabs; this is the first."

    def hint(self) -> str | None:
        return "Indent by blanks, two for each step."

    def edits(self) -> tuple[Edit, ...]:
        if self.span is None:
            return ()
        source, found = self.span.source, []
        for number in range(1, source.line_count + 1):
            line = source.line(number)
            blanks = line[: len(line) - len(line.lstrip(" \t"))]
            if "\t" in blanks:
                start = source.offset(number, 1)
                found.append(Edit(Span(source, start, start + len(blanks)), blanks.replace("\t", "  ")))
        return tuple(found)


@frozen
class NotAName(Problem):
    """A name that a clause declares has upper case letters.

    Names of clauses, parties and fields are written in lower case, so that no two differ only by that. Words that
    stand for values (`P1`) are free.

    Not so:

        obligation Restore_P1
          meridian must ticket_resolved once

    But so:

        obligation restore_p1
          meridian must ticket_resolved once

    Next: write the name in lower case, here and where it is used.
    """

    code: ClassVar[str] = "BPO120"

    name: str

    def message(self) -> str:
        return f"`{self.name}` has upper case letters, and names have none."

    def hint(self) -> str | None:
        return f"Write `{self.name.lower()}`."


@frozen
class TooMany(Problem):
    """There are so many problems that reading has stopped.

    The first hundred are shown; they are likely to have few causes. Nothing after this place has been read.

    Not so: a letter, saved as an agreement.

    But so: an agreement.

    Next: mend the first problems and look again.
    """

    code: ClassVar[str] = "BPO121"

    limit: int

    def message(self) -> str:
        return f"There are more than {self.limit} problems in this file; it has been read no further than here."

    def hint(self) -> str | None:
        return "Mend the first ones and look again."


PROBLEMS: tuple[type[Problem], ...] = (
    Unexpected, EndsEarly, UnknownClause, NoClause, Misaligned, TabIndent, FileTooLarge, TooDeep, NotComposed,
    BidiControl, InvalidCharacter, Unterminated, NumberTooLong, ForeignDigit, BadNumber, NoSuchTime, NotAName, TooMany,
)  # fmt: skip
"""Every problem that `parse` may report, in the order of their codes."""


def alternatives(words: tuple[str, ...]) -> str:
    """`a`, `b` or `c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
