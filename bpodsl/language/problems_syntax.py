"""Problems with the writing itself (BPO1xx): what does not fit, and what is too large or unreadable."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from attrs import frozen

from bpodsl.text import Problem, Related, Span


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

    def message(self) -> str:
        if not self.expected:
            return f"{self.seen} cannot stand here."
        return f"{self.seen} cannot stand here; expected {alternatives(self.expected)}."

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

    def message(self) -> str:
        return f"The line ends too early; expected {alternatives(self.expected)}."

    def hint(self) -> str | None:
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

    def message(self) -> str:
        return f"{self.seen} does not begin a clause."

    def hint(self) -> str | None:
        if self.near is not None:
            return f"Did you mean `{self.near}`?"
        return "A clause begins with a word such as `obligation` or `charge`; its lines are indented below it."


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


@frozen
class FileTooLarge(Problem):
    """A file has more than 1 MiB.

    No agreement is that long; a file that is holds something else. Nothing of it is read.

    Not so: a single file of two million characters.

    But so: several files, one for each schedule.

    Next: divide the agreement into several files.
    """

    code: ClassVar[str] = "BPO110"

    size: int
    limit: int

    def message(self) -> str:
        return f"The file has {self.size} bytes; at most {self.limit} can be read."

    def hint(self) -> str | None:
        return "Divide the agreement into several files."


@frozen
class TooDeep(Problem):
    """Parentheses, or parts within parts, are nested too deeply to be read by anyone.

    Not so: an expression within more than 64 pairs of parentheses.

    But so: an `amount` for each step of the reckoning, and an expression that names them.

    Next: give the inner part a name of its own as an `amount`.
    """

    code: ClassVar[str] = "BPO111"

    limit: int

    def message(self) -> str:
        return f"This is nested more than {self.limit} deep."

    def hint(self) -> str | None:
        return "Give the inner part a name of its own as an `amount`."


@frozen
class NotComposed(Problem):
    """A letter and its accent are written as two characters, so that equal words may differ unseen.

    Not so: `Kraków` with an o followed by a combining accent.

    But so: `Kraków` with the one character ó (Unicode form NFC).

    Next: let the editor normalise the file to NFC, or type the word again.
    """

    code: ClassVar[str] = "BPO112"

    def message(self) -> str:
        return "This line has letters that are put together from several characters (it is not in Unicode form NFC)."

    def hint(self) -> str | None:
        return "Type the accented letters again, or let the editor normalise the file to NFC."


@frozen
class BidiControl(Problem):
    """An invisible character changes the direction of writing.

    With such characters a line can be shown in another order than it is read. They are refused everywhere,
    in words for people and in comments too.

    Not so: a title that holds the character U+202E.

    But so: the same title without it.

    Next: delete the character.
    """

    code: ClassVar[str] = "BPO113"

    character: str

    def message(self) -> str:
        return f"An invisible character here changes the direction of writing ({code_point(self.character)})."

    def hint(self) -> str | None:
        return "Delete it; the text means the same without it."


@frozen
class InvalidCharacter(Problem):
    """A character has no place in the language, or none outside words for people.

    Not so:

        calendar support
          mon–fri  08:00-20:00

    But so:

        calendar support
          mon-fri  08:00-20:00

    Next: type the plain character instead, or put words for people between straight double quotes.
    """

    code: ClassVar[str] = "BPO114"

    character: str
    instead: str | None = None

    def message(self) -> str:
        if self.character.isprintable():
            return f"The character {self.character} ({code_point(self.character)}) cannot stand here."
        return f"An invisible character ({code_point(self.character)}) cannot stand here."

    def hint(self) -> str | None:
        if self.instead is not None:
            return f"Write {self.instead} instead."
        if self.character.isalpha():
            return "Names are made of the letters a to z, digits and _; other words stand in double quotes."
        return "Delete it, or put the words it belongs to between double quotes."


@frozen
class Unterminated(Problem):
    """Words in quotes, or a reference in brackets, do not end on their line.

    Not so:

        assume "a holiday on a Sunday moves to Monday" because "local practice

    But so:

        assume "a holiday on a Sunday moves to Monday" because "local practice"

    Next: close it on the same line. A long title goes best into a shorter one.
    """

    code: ClassVar[str] = "BPO115"

    opening: str
    closing: str

    def message(self) -> str:
        return f"What begins with {self.opening} here has no {self.closing} before the end of the line."

    def hint(self) -> str | None:
        return f"Close it with {self.closing} on the same line."


@frozen
class NumberTooLong(Problem):
    """A number has more than 18 digits before the point or more than 9 after it.

    Not so:

        assume "pi is 3.14159265358979" because "it is"
        amount pi
          each month
          3.14159265358979

    But so:

        amount pi
          each month
          3.141592654

    Next: round the number as the agreement does.
    """

    code: ClassVar[str] = "BPO116"

    def message(self) -> str:
        return "A number has at most 18 digits before the point and 9 after it."

    def hint(self) -> str | None:
        return "Write it rounded, as the agreement does."


@frozen
class ForeignDigit(Problem):
    """A digit is none of 0 to 9: it looks like one, or belongs to another script.

    Not so:

        obligation restore
          meridian must ticket_resolved once
          within ٤ hours

    But so:

        obligation restore
          meridian must ticket_resolved once
          within 4 hours

    Next: type the number with the digits 0 to 9.
    """

    code: ClassVar[str] = "BPO117"

    character: str
    value: int

    def message(self) -> str:
        return f"The digit {self.character} ({code_point(self.character)}) is none of 0 to 9."

    def hint(self) -> str | None:
        return f"Write {self.value} instead."


@frozen
class BadNumber(Problem):
    """Digits and letters or signs are run together into something that is neither a number, a day nor a time.

    Digits are set off in groups of three by a blank, the decimals by a point.

    Not so:

        charge base
          each month
          northwind pays meridian 250,000.00 GBP

    But so:

        charge base
          each month
          northwind pays meridian 250 000.00 GBP

    Next: write the number with a blank between groups and before the word that follows.
    """

    code: ClassVar[str] = "BPO118"

    seen: str
    instead: str | None = None

    def message(self) -> str:
        return f"`{self.seen}` is neither a number, a day nor a time."

    def hint(self) -> str | None:
        if self.instead is not None:
            return f"Write `{self.instead}`."
        return "Write numbers like 18 000 or 0.05, days like 2026-04-01, and a blank before the word that follows."


@frozen
class NoSuchTime(Problem):
    """A day or time has the right shape but does not exist, or lies outside 1970 to 2199.

    Not so:

        calendar support
          closed 2026-02-30

    But so:

        calendar support
          closed 2026-02-28

    Next: write the day or time that is meant.
    """

    code: ClassVar[str] = "BPO119"

    why: str

    def message(self) -> str:
        return self.why

    def hint(self) -> str | None:
        return "Write the day as year-month-day and the time from 00:00 to 23:59 (24:00 where something ends)."


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


def code_point(character: str) -> str:
    """U+202E RIGHT-TO-LEFT OVERRIDE"""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


__all__ = [*(problem.__name__ for problem in PROBLEMS), "PROBLEMS"]
