"""An agreement's own worked examples: events and what is expected to follow."""

from __future__ import annotations

from bpodsl.lean import frozen
from bpodsl.terms.clause import Clause
from bpodsl.text import Span


@frozen
class ExampleEvent:
    """An event as the example writes it: `at` an instant, `fields` name and raw text; `reporter` a party, "" if nobody
    is said to report it."""

    at: int
    event: str
    fields: tuple[tuple[str, str], ...]
    known: int | None = None
    reporter: str = ""
    span: Span | None = None


@frozen
class Expectation:
    """What one `expect` line says.

    | what       | of                | uses                                                        |
    |------------|-------------------|-------------------------------------------------------------|
    | outcome    | a norm            | `key`, `words` fulfilled … open, `at` (instant), `day`      |
    | value      | a figure or line  | `period`, `key` (its group), `value` exact, or None: not measured |
    | paid       | a norm or rule    | `key`, `value`: the sum of its payments                     |
    | standing   | a figure          | `period`, `key`, `words` met, missed, below minimum         |
    | fired      | a rule            | `period` or `day`, or neither: ever; `negated`: not         |
    | level      | a ladder          | `key`, `number` of the level, `at`                          |
    | state      | a state          | `words` open or ended; `at` or `day`: since when; `negated`  |
    | right      | a right           | `words` open, exercised, lapsed; `day`: until or on when    |
    """

    what: str
    of: str
    span: Span | None = None
    key: tuple[tuple[str, str], ...] = ()
    period: str = ""
    words: str = ""
    at: int | None = None
    day: str = ""
    value: object = None
    number: int | None = None
    negated: bool = False


@frozen
class Example:
    """A `test` block. `until`: None for one tick after the latest instant named. `world`: in which one it is judged,
    "" for the only one that its events name."""

    name: str
    clause: Clause
    events: tuple[ExampleEvent, ...]
    expectations: tuple[Expectation, ...]
    until: int | None = None
    world: str = ""
