"""What may be reported, and how raw rows become events."""

from __future__ import annotations

from typing import Literal

from bpodsl.lean import frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.expressions import Expression
from bpodsl.terms.kinds import Kind
from bpodsl.terms.lengths import Length


@frozen
class EventField:
    """A typed field. `key` fields identify the case; an optional one may be left out. `ruled`: it is not reported with
    the event, but answers a question about it. `worked`: nor is it then, but follows from the other fields."""

    name: str
    kind: Kind
    key: bool = False
    optional: bool = False
    default: object = None
    ruled: bool = False
    worked: Expression | None = None

    @property
    def reported(self) -> bool:
        """Whether the event itself gives it."""
        return not self.ruled and self.worked is None


@frozen
class DeemedRow:
    """One row of a notice table: the first row whose `where` holds of the event decides.

    `given` is the instant or day field from which it counts ("" : the event's own time).
    `plus_days` working days of `calendar` (civil days if None) later; `cutoff` ticks after
    midnight: received later in the day than that counts as the next (working) day.
    `effective` False: a notice in this form has no effect. `at`: where it counts on a later day, or on one that a field
    names, the time of that day, ticks after midnight.
    """

    where: Expression | None
    given: str = ""
    plus_days: int = 0
    calendar: str | None = None
    cutoff: int | None = None
    effective: bool = True
    at: int | None = None


@frozen
class Relation:
    """What an event does to another event, which it names.

    `how`: "corrects" (the fields that it gives replace those of the other), "withdraws" (the other is as if it had
    never been reported) or "counts with" (it acts when the other acts). `event`: the kind of the other.
    `names`: pairs of a field of its own and a field of the other: the other has the same values. The second
    is "" where the first holds the id of the other. `gives`: of "corrects", the fields that replace those of
    the same name.
    """

    how: str
    event: str
    names: tuple[tuple[str, str], ...]
    gives: tuple[str, ...] = ()


@frozen
class Lending:
    """Events of the kind `to` have the field `name` too, as the latest `event` before them gives it whose `keys` equal
    theirs. Groups, keys and counts may name it; it is not declared, so acts and states are never told apart by it.
    """

    to: str
    name: str
    event: str
    keys: tuple[str, ...]


@frozen
class EventKind:
    """A kind of event.

    `reporters`: names of the parties who may report it (empty: anyone). `from_field`, `to_field`:
    the fields of an event that carries a whole interval. `happens`: the field (instant or day)
    that says when it acts, "" for its own `time`. `period`: a period field that says for which
    period it counts, or None. `deemed`: for notices, when it counts as given: then it acts at that
    instant, or on that day. `relates`: what it does to another event, or None.
    """

    name: str
    clause: Clause
    fields: tuple[EventField, ...]
    reporters: tuple[str, ...] = ()
    happens: str = ""
    from_field: str = ""
    to_field: str = ""
    period: str | None = None
    deemed: tuple[DeemedRow, ...] = ()
    relates: Relation | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the key fields, in order of declaration."""
        return tuple(f.name for f in self.fields if f.key)

    def field(self, name: str) -> EventField | None:
        """The field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)


@frozen
class Closing:
    """Until when what happened in a month (quarter, year) may be reported and corrected: so long after its last day.

    `events`: of which kinds, () of all others. What is known later changes nothing; or, if `carried`, an event that is
    first reported later counts when it is reported.
    """

    events: tuple[str, ...]
    unit: Literal["month", "quarter", "year"]
    length: Length
    carried: bool = False


@frozen
class Column:
    """Where a field's raw text comes from.

    `path`: a column name, or keys of nested objects. `values` maps raw words to the agreement's.
    `absent`: the value where the column is missing or empty (None: the field's own rule).
    `constant`: a fixed raw text instead of a column. `more`: further columns whose texts follow that of
    the first, each after a blank. `unit`: what a number that stands there counts, one of
    `values.SCALES` or `values.LENGTHS`.
    """

    path: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    absent: str | None = None
    constant: str | None = None
    more: tuple[tuple[str, ...], ...] = ()
    unit: str | None = None


@frozen
class Condition:
    """Of a raw row: what must hold of a column.

    `how`: "is" (its text is one of `words`), "is not" (it is none of them, which holds where nothing stands
    there), "given" (something stands there) or "not given".
    """

    column: Column
    words: tuple[str, ...] = ()
    how: Literal["is", "is not", "given", "not given"] = "is"


@frozen
class RowMapping:
    """One event made from a raw row on which all `when` conditions hold.

    `fields`: event field name and its column; a field not listed is read from a column of its own name.
    """

    event: str
    when: tuple[Condition, ...]
    fields: tuple[tuple[str, Column], ...]


@frozen
class Mapping:
    """How one source is read.

    `files`: a glob on the file's name. `format`: "csv", "jsonl" or "parquet". `identity`: the column of the
    event's id, None: the row's number (in the file, from 1). `time`, `known`: the columns of `time` and
    `recordedtime`. `zone`: of local times without an offset, None: refuse them. `rev`: the column of the
    revision. A row on which all conditions of `retracted` hold takes its event back. `reporter`: the column
    of the reporting party. `dates`, `numbers`, `months`: how days (those of times too), numbers and months are written,
    as `values.date_form`, `number_form` and `month_form` read it; "": as in an agreement.
    """

    name: str
    clause: Clause
    files: str
    format: str
    separator: str
    source: str
    identity: Column | None
    time: Column
    known: Column | None
    subject: Column | None
    zone: str | None
    rows: tuple[RowMapping, ...]
    rev: Column | None = None
    retracted: tuple[Condition, ...] = ()
    reporter: Column | None = None
    dates: str = ""
    numbers: str = ""
    months: str = ""
