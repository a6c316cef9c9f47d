"""Problems with the characters of a text: too many, unreadable, or of no such number or day (BPO110 to BPO119)."""

from __future__ import annotations

import unicodedata
from typing import ClassVar
from unicodedata import normalize

from bpodsl.lean import frozen
from bpodsl.text import Problem, Span
from bpodsl.text.edits import Edit


@frozen
class FileTooLarge(Problem):
    """A file has more than 1 MiB.

    No agreement is that long; a file that is holds something else. Nothing of it is read.

    Not so: a single file of two million characters.

    But so: several files, one for each schedule.

    Next: divide the agreement into several files.
    """

    code: ClassVar[str] = "BPO110"

    limit: int

    def message(self) -> str:
        return f"The file has more than {self.limit} bytes, and no more can be read."

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

    def edits(self) -> tuple[Edit, ...]:
        if self.span is None:
            return ()
        source, number = self.span.source, self.span.place[0]
        start, line = source.offset(number, 1), source.line(number)
        return (Edit(Span(source, start, start + len(line)), normalize("NFC", line)),)


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

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, ""),) if self.span is not None and self.span.text == self.character else ()


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

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, str(self.value)),) if self.span is not None and len(self.span.text) == 1 else ()


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
        if "time of day" in self.why:
            return "Write a time from 00:00 to 23:59 (24:00 where something ends)."
        return "Write a day of the calendar, as year-month-day."


def code_point(character: str) -> str:
    """U+202E RIGHT-TO-LEFT OVERRIDE"""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
