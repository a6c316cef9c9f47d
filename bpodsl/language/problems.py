"""Problems with names (BPO2xx), and the list of all that `resolve` reports."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.language.names import an, listed
from bpodsl.language.problems_of_change import ChangeInWindow, DoesNotAddUp
from bpodsl.language.problems_of_kinds import (
    MixedCurrencies,
    OneGroupAsked,
    OtherGroups,
    OtherWindow,
    OutOfRange,
    RowNeverReached,
    ShareOfWhat,
    UnlikeKinds,
    UnlikeLengths,
    UnlikeRows,
    WrongCurrency,
    WrongKind,
)
from bpodsl.language.problems_of_meaning import (
    CannotHappen,
    Circle,
    ClockCannotStop,
    NoCommonKey,
    NoEffect,
    NotSayable,
    ResetUnstated,
    RunUnstated,
    SaidTwice,
    Unstated,
)
from bpodsl.language.problems_of_series import PointMisfit, WhichEvent
from bpodsl.language.problems_of_use import NotAsked, TooManyFiles
from bpodsl.lean import frozen
from bpodsl.text import Problem, Related, Severity, Span
from bpodsl.text.edits import Edit, alone, renamed


@frozen
class DuplicateName(Problem):
    """Two clauses have the same name.

    A name stands for one thing, so that whoever refers to it means one thing. The first clause
    of the name stays, the second is not read any further.

    Not so:

        calendar support
          mon-fri  08:00-20:00
        calendar support
          sat      09:00-17:00

    But so:

        calendar support
          mon-fri  08:00-20:00
        calendar weekend
          sat      09:00-17:00

    Next: give one of the two another name, or delete it.
    """

    code: ClassVar[str] = "BPO201"

    name: str
    thing: str
    first: Span | None
    first_thing: str

    def message(self) -> str:
        if self.thing == self.first_thing:
            return f"Another {self.thing} is already named `{self.name}`."
        return f"`{self.name}` names {an(self.thing)} here, but {an(self.first_thing)} has that name already."

    def hint(self) -> str | None:
        return f"Give this {self.thing} another name."

    def related(self) -> tuple[Related, ...]:
        return () if self.first is None else (Related(self.first, f"`{self.name}` is declared here first"),)


@frozen
class UnknownName(Problem):
    """A name is used that nothing declares.

    Not so:

        obligation restore "Restore service"
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of suport

    But so:

        obligation restore "Restore service"
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of support

    Next: correct the name, or add the clause that declares it.
    """

    code: ClassVar[str] = "BPO202"

    name: str
    wanted: str
    near: str | None = None
    others: tuple[str, ...] = ()
    only: bool = False

    def message(self) -> str:
        return f"`{self.name}` is not {an(self.wanted)}: nothing of that name is declared."

    def edits(self) -> tuple[Edit, ...]:
        return () if self.span is None else renamed(self.span, self.name, self.near, self.only)

    def hint(self) -> str | None:
        if self.near is not None:
            return f"Did you mean `{self.near}`?"
        if self.others:
            return f"There {_are(self.others)} {listed(f'`{name}`' for name in self.others)}."
        return f"Declare {an(self.wanted)} of that name, or name one that exists."


@frozen
class WrongThing(Problem):
    """A name is declared, but as something else than is needed here.

    Not so:

        trigger late_again
          when p1_on_time is missed
          then escalate p1_on_time

    But so:

        trigger late_again
          when p1_on_time is missed
          then escalate operational

    Next: name a clause of the sort that is asked for.
    """

    code: ClassVar[str] = "BPO203"

    name: str
    thing: str
    wanted: str
    declared: Span | None = None
    near: str | None = None
    others: tuple[str, ...] = ()
    advice: str | None = None

    def message(self) -> str:
        return f"`{self.name}` is {an(self.thing)}; {an(self.wanted)} is needed here."

    def hint(self) -> str | None:
        if self.advice is not None:
            return self.advice
        if self.near is not None:
            return f"Did you mean `{self.near}`?"
        return f"There {_are(self.others)} {listed(f'`{name}`' for name in self.others)}." if self.others else None

    def related(self) -> tuple[Related, ...]:
        return () if self.declared is None else (Related(self.declared, f"`{self.name}` is declared here"),)


@frozen
class UnknownField(Problem):
    """A field is used that the event (or outcome, or state) does not have.

    Not so:

        event ticket_opened from northwind
          ticket    key
          priority  one of P1, P2
        amount urgent
          each month
          count of ticket_opened where urgency is P1

    But so:

        amount urgent
          each month
          count of ticket_opened where priority is P1

    Next: use one of the fields listed, or add the field to the event.
    """

    code: ClassVar[str] = "BPO204"

    field: str
    owner: str
    known: tuple[str, ...]
    near: str | None = None
    advice: str | None = None

    def message(self) -> str:
        if not self.known:
            return f"{self.owner} has no field `{self.field}`; it has none at all."
        return f"{self.owner} has no field `{self.field}`; it has {listed(f'`{name}`' for name in self.known)}."

    def edits(self) -> tuple[Edit, ...]:
        only = alone(self.field, self.near, self.known) and self.near in self.known
        return () if self.span is None else renamed(self.span, self.field, self.near, only)

    def hint(self) -> str | None:
        if self.advice is not None:
            return self.advice
        if not self.known and self.owner.startswith("An outcome"):
            return "Say which keys it takes over from what it follows from: `for each missed DUTY by FIELD`."
        return None if self.near is None else f"Did you mean `{self.near}`?"


@frozen
class Unused(Problem):
    """Something is declared, but nothing refers to it.

    Often a clause that should name it names something else, or leaves it out. A calendar that no
    deadline and no measure uses, or a state or list that nothing asks about, changes nothing.

    Not so:

        calendar support
          mon-fri  08:00-20:00
        obligation restore
          meridian must ticket_resolved for each ticket_opened
          within 4 hours

    But so:

        obligation restore
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of support

    Next: refer to it where it should count, or delete it.
    """

    code: ClassVar[str] = "BPO205"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    thing: str

    def message(self) -> str:
        return f"The {self.thing} `{self.name}` is declared, but no clause uses it."

    def hint(self) -> str | None:
        return "Refer to it where it should count, or delete it."


@frozen
class UnknownWord(Problem):
    """A value is given that the field does not take.

    Not so:

        event ticket_opened from northwind
          ticket    key
          priority  one of P1, P2
        amount urgent
          each month
          count of ticket_opened where priority is P0

    But so:

        amount urgent
          each month
          count of ticket_opened where priority is P1

    Next: use one of the words listed, or add the word to the field.
    """

    code: ClassVar[str] = "BPO206"

    word: str
    field: str
    allowed: tuple[str, ...]
    near: str | None = None

    def message(self) -> str:
        return f"`{self.field}` is never `{self.word}`; it is one of {listed(self.allowed, 'or')}."

    def edits(self) -> tuple[Edit, ...]:
        only = alone(self.word, self.near, self.allowed)
        return () if self.span is None else renamed(self.span, self.word, self.near, only)

    def hint(self) -> str | None:
        if self.near is not None:
            return f"Did you mean `{self.near}`?"
        return f"Write one of these, or add `{self.word}` to the words that `{self.field}` takes."


@frozen
class UnknownData(Problem):
    """A name is not in the data that comes with the language: a zone, a currency, the holidays of a country.

    Not so:

        agreement care
          time zone  Europe/Londn

    But so:

        agreement care
          time zone  Europe/London

    Next: use the name of the IANA zone (`Europe/London`), the ISO 4217 currency (`GBP`), or the ISO 3166
    country or part of one (`GB-ENG`).
    """

    code: ClassVar[str] = "BPO207"

    what: str
    word: str
    near: tuple[str, ...] = ()

    def message(self) -> str:
        return f"There is no {self.what} `{self.word}`."

    def hint(self) -> str | None:
        if self.near:
            return f"Did you mean {listed((f'`{name}`' for name in self.near), 'or')}?"
        return _DATA.get(self.what)


_DATA = {
    "time zone": "Write the name of an IANA zone, such as `Europe/London` or `America/New_York`.",
    "currency": "Write the code of an ISO 4217 currency, such as `GBP` or `EUR`.",
    "list of holidays": "Write the ISO 3166 code of a country, or of a part of one: `GB`, `GB-SCT`, `DE-BY`, `US`.",
}


def _are(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"


@frozen
class HeadIncomplete(Problem):
    """The head of the agreement lacks something that other clauses rest on.

    Every agreement names itself, its client and its provider, the day it takes effect, its time zone
    and its currency.

    Not so:

        agreement care "Customer care"
          client     northwind "Northwind plc"

    But so:

        agreement care "Customer care"
          client     northwind "Northwind plc"
          provider   meridian  "Meridian Ltd"
          effective  2026-04-01 for 36 months
          time zone  Europe/London
          currency   GBP, rounded half up to 0.01

    Next: add the line named.
    """

    code: ClassVar[str] = "BPO208"

    missing: str
    example: str
    none: bool = False

    def message(self) -> str:
        if self.none:
            return "There is no agreement in this file: it does not say between whom, and from when."
        return f"The agreement does not say {self.missing}."

    def hint(self) -> str | None:
        if self.none:
            return f"Write, for example, `{self.example}`; or check the file that has `use` of this one."
        return f"Write, for example, `{self.example}`."


@frozen
class NotHere(Problem):
    """Something is asked for in a place that does not have it.

    An event has fields; a window of a measure has other figures; an outcome has a reading. What an
    expression may name depends on where it stands.

    Not so:

        trigger costly
          when ticket_opened where monthly_charge at least 10 GBP
          then tell "costly"

    But so:

        trigger costly
          when monthly_charge at least 10 GBP
          then tell "costly"

    Next: move the condition to a clause that has what it asks for.
    """

    code: ClassVar[str] = "BPO209"

    what: str
    why: str
    advice: str | None = None

    def message(self) -> str:
        return f"{self.what} cannot be asked for here: {self.why}."

    def hint(self) -> str | None:
        return self.advice


@frozen
class Shadowed(Problem):
    """A name means a field here, although a figure has it too.

    Among the rows of an event its fields come first, so a figure of that name cannot be asked for.

    Not so:

        amount volume
          each month
          count of ticket_opened
        amount heavy
          each month
          count of ticket_opened where weight more than volume

    But so:

        amount monthly_volume
          each month
          count of ticket_opened
        amount heavy
          each month
          count of ticket_opened where weight more than monthly_volume

    Next: give the figure or the field another name.
    """

    code: ClassVar[str] = "BPO210"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    owner: str
    figure: Span | None = None

    def message(self) -> str:
        return f"`{self.name}` is a field of {self.owner} here, not the figure of that name."

    def hint(self) -> str | None:
        return "Give one of the two another name."

    def related(self) -> tuple[Related, ...]:
        return () if self.figure is None else (Related(self.figure, f"the figure `{self.name}`"),)


@frozen
class FileNotUsed(Problem):
    """A file that the agreement is joined from cannot be read.

    Its path counts from the folder of the file that uses it. It must be a `.bpo` file in the folder of the first file,
    or in one below it.

    Not so:

        use "../other_agreement/schedule_c.bpo"

    But so:

        use "schedule_c.bpo"

    Next: correct the path, or put the file beside the agreement.
    """

    code: ClassVar[str] = "BPO211"

    path: str
    why: str

    def message(self) -> str:
        return f"`{self.path}` cannot be used: {self.why}."

    def hint(self) -> str | None:
        return "Write the path from the folder of this file, with `/` between folders; then its names are known too."


@frozen
class FilesInCircle(Problem):
    """A file uses itself, directly or by way of others.

    Not so:

        use "schedule_c.bpo"
        # and in schedule_c.bpo:
        use "agreement.bpo"

    But so:

        use "schedule_c.bpo"

    Next: let only one of them use the other; all clauses see each other anyway.
    """

    code: ClassVar[str] = "BPO212"

    chain: tuple[str, ...]
    spans: tuple[Span, ...] = ()

    def message(self) -> str:
        return f"These files use each other in a circle: {' → '.join(self.chain)}."

    def hint(self) -> str | None:
        return "Delete one of these lines: all clauses of all files see each other anyway."

    def related(self) -> tuple[Related, ...]:
        return tuple(Related(span, "uses the next one") for span in self.spans)


@frozen
class Overridden(Problem):
    """Two documents define one name; the one that stands higher decides.

    Not so:

        document msa
        document sch_c
        obligation restore                                     [msa §4]
          meridian must ticket_resolved for each ticket_opened
          within 4 hours
        obligation restore                                     [sch_c §2]
          meridian must ticket_resolved for each ticket_opened
          within 8 hours

    But so:

        document msa
        document sch_c
        obligation restore                                     [msa §4]
          meridian must ticket_resolved for each ticket_opened
          within 4 hours

    Next: delete the definition that does not count, or choose: `definition of NAME as in DOCUMENT`, in the agreement.
    """

    code: ClassVar[str] = "BPO213"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    document: str
    first: Span | None
    first_document: str
    chosen: bool = False

    def message(self) -> str:
        why = "is chosen" if self.chosen else "stands higher"
        return f"`{self.name}` of `{self.document}` does not count: that of `{self.first_document}` {why}."

    def hint(self) -> str | None:
        if self.chosen:
            return None
        line = f"`definition of {self.name} as in {self.document}`"
        return f"To let this one count, write {line} in the agreement."

    def related(self) -> tuple[Related, ...]:
        label = f"the definition of `{self.first_document}`, which counts"
        return () if self.first is None else (Related(self.first, label),)


PROBLEMS: tuple[type[Problem], ...] = (
    DuplicateName, UnknownName, WrongThing, UnknownField, Unused, UnknownWord, UnknownData, HeadIncomplete, NotHere,
    Shadowed, FileNotUsed, FilesInCircle, Overridden, NotAsked, TooManyFiles,
    WrongKind, UnlikeKinds, ShareOfWhat, WrongCurrency, UnlikeRows, ClockCannotStop, ResetUnstated, RunUnstated,
    OtherWindow, Circle, OtherGroups, OutOfRange, NoCommonKey, Unstated, NoEffect, RowNeverReached,
    UnlikeLengths, CannotHappen, SaidTwice, NotSayable, OneGroupAsked, PointMisfit, WhichEvent, MixedCurrencies,
    DoesNotAddUp, ChangeInWindow,
)  # fmt: skip
"""Every problem that `resolve` may report, in the order of their codes."""

__all__ = [
    "PROBLEMS", "CannotHappen", "ChangeInWindow", "Circle", "ClockCannotStop", "DoesNotAddUp", "DuplicateName",
    "FileNotUsed", "FilesInCircle", "HeadIncomplete", "MixedCurrencies", "NoCommonKey", "NoEffect", "NotAsked",
    "NotHere", "NotSayable", "OneGroupAsked", "OtherGroups", "OtherWindow", "OutOfRange", "Overridden", "PointMisfit",
    "ResetUnstated",
    "RowNeverReached", "RunUnstated", "SaidTwice", "Shadowed", "ShareOfWhat", "UnknownData", "UnknownField",
    "UnknownName", "UnknownWord", "UnlikeKinds", "UnlikeLengths", "UnlikeRows", "Unstated", "Unused", "WhichEvent",
    "WrongCurrency", "WrongKind", "WrongThing",
]  # fmt: skip
