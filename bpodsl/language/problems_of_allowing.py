"""Problems with comments that allow a problem (BPO22x)."""

from __future__ import annotations

import re
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.text import Problem, Severity, Span
from bpodsl.text.edits import Edit


@frozen
class NoReason(Problem):
    """A comment allows a problem, but does not say why.

    Whoever reads the agreement after you must be able to judge whether the reason still holds. Without one
    the comment allows nothing.

    Not so:

        calendar night_cover                # allow BPO205
          mon-fri  20:00-24:00

    But so:

        calendar night_cover                # allow BPO205: Schedule E will use it from July
          mon-fri  20:00-24:00

    Next: write a colon and the reason after the code.
    """

    code: ClassVar[str] = "BPO220"
    severity: ClassVar[Severity] = Severity.WARNING

    named: str

    def message(self) -> str:
        return f"{self.named} is allowed without a reason."

    def hint(self) -> str | None:
        return f"Write why: `# allow {self.named}: …`."


@frozen
class CannotAllow(Problem):
    """A comment allows what cannot be allowed: an error, or a code that there is not.

    Errors stop a run: what follows from the agreement cannot be told. They can only be mended.

    Not so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of nights            # allow BPO202: the hours come later

    But so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of support

    Next: mend what the error says, and delete the comment.
    """

    code: ClassVar[str] = "BPO221"
    severity: ClassVar[Severity] = Severity.WARNING

    named: str
    near: str | None
    known: bool

    def message(self) -> str:
        if self.known:
            return f"{self.named} is an error, and errors cannot be allowed."
        return f"There is no problem {self.named}."

    def hint(self) -> str | None:
        if self.known:
            return "Mend it, and delete this comment."
        return "`bpodsl rule` lists all codes." if self.near is None else f"Is {self.near} meant?"


@frozen
class AllowsNothing(Problem):
    """A comment allows a problem that is not there.

    It was mended, or it stands in another line. A comment that allows nothing today would hide the next
    problem of its kind without anyone having decided so.

    Not so:

        calendar nights                     # allow BPO205: Schedule E will use it from July
          mon-fri  20:00-24:00
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of nights

    But so:

        calendar nights
          mon-fri  20:00-24:00
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of nights

    Next: delete the comment, or put it at the end of the line where the problem is, or alone in the line above.
    """

    code: ClassVar[str] = "BPO222"
    severity: ClassVar[Severity] = Severity.WARNING

    named: str

    def message(self) -> str:
        return f"{self.named} is allowed here, but it is not found here."

    def hint(self) -> str | None:
        return "Delete this comment, or move it to the line of the problem."

    def edits(self) -> tuple[Edit, ...]:
        if self.span is None:
            return ()
        source, (number, _) = self.span.source, self.span.place
        line, start = source.line(number), source.offset(number, 1)
        at = self.span.start - start
        codes = re.search(r"#[ \t]*[Aa]llow\s+(BPO\w*(?:\s*,\s*BPO\w*)*)", line)
        if codes is None or not codes.start(1) <= at < codes.end(1):
            return ()
        if "," in codes[1]:
            # Of several codes only this one goes, with one comma.
            before, after = line[codes.start(1) : at], line[at + len(self.named) : codes.end(1)]
            left = (before.rstrip(" ,") if not after else before) + after.lstrip(" ,")
            return (Edit(Span(source, start + codes.start(1), start + codes.end(1)), left),)
        before = line[: codes.start()]
        if before.strip():
            return (Edit(Span(source, start + len(before.rstrip()), start + len(line)), ""),)
        stop = source.offset(number + 1, 1) if number < source.line_count else len(source.text)
        return (Edit(Span(source, start, stop), ""),)


@frozen
class AllowedUntil(Problem):
    """A comment allowed a problem until a day that is over, or until one that there is not.

    Whoever set the day wanted the question asked again after it. From the day after, the problem counts as any other
    does. `--today` says which day it is, so that a check gives the same whenever it is run.

    Not so:

        calendar nights                     # allow BPO205: Schedule E will use it, until 2020-06-30
          mon-fri  20:00-24:00

    But so:

        calendar nights                     # allow BPO205: Schedule E will use it, until 2199-06-30
          mon-fri  20:00-24:00

    Next: mend the problem, or give the reason anew with a later day.
    """

    code: ClassVar[str] = "BPO223"
    severity: ClassVar[Severity] = Severity.WARNING

    named: str
    until: str
    exists: bool

    def message(self) -> str:
        if not self.exists:
            return f"{self.named} is allowed until {self.until}, but there is no such day."
        return f"{self.named} was allowed until {self.until}, and that day is over."

    def hint(self) -> str | None:
        if not self.exists:
            return "Write a day such as 2027-03-31."
        return "Mend the problem, or give the reason anew with a later day."
