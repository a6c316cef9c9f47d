"""The function that takes a block of events of many cases, in order of time, and decides what they decide.

It is the code of `written`, with three differences. What stands of a case is a list (`c`) that is changed in place, so
that nothing is taken up or given back between its events. Instants are `datetime`s of UTC, as the decoder of lines
makes them, and lengths `timedelta`s: the code adds and compares, and does not ask which. And only what is told in short
(`record.brief`) is made: so names of causes and the like are never read, and what is never read is not written either.

A case is given up (`spoilt`) where the code of `written` does; then all is run anew with that case left to the general
machine from its first event (`odd`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final

from bpodsl.engine.straight import asked
from bpodsl.engine.straight.emitting import Numbers, Points
from bpodsl.engine.straight.text import Ways
from bpodsl.engine.straight.which import Family
from bpodsl.engine.straight.written import Writer
from bpodsl.engine.tallies import Tally
from bpodsl.lean import frozen
from bpodsl.record import event
from bpodsl.record.brief import Form, is_brief
from bpodsl.terms import Contract, Norm, OnEvent, Selector, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import moment, ticks

BEFORE: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)
ZERO: Final = timedelta()
_STATUSES: Final = ("fulfilled", "missed")
"""In a tally: how many of each there are, and then the fields by which they are grouped."""

_OF_CASE: Final = re.compile(r"\b(?:live|due|from|ran|limit|name|fields|tally|held|since|interval|begun)\d+\b")
_NAMED: Final = re.compile(r"\b(?:at|place|declared|opened|done|fired)\d+(?:_\d+)?\b|" + _OF_CASE.pattern)
_SET: Final = re.compile(rf"({_NAMED.pattern}) = ([^;\n]*)")
_WORD: Final = re.compile(r"\w+")
_MOST: Final = 100_000


class NotBlockwise(Exception):
    """The cases of a family cannot be decided so."""


@frozen(eq=False)
class Made:
    """What decides the cases of a family. Of `forms` the entries are made; `new()`: what a case begins with.

    `block(events, times, begin, plain, tied, idle, cases, odd, left, spoilt, out, rows)` takes events in order of
    time, the ref of each of which begins with `begin` (`plain`: no id has to be escaped; `tied`: some may be of one
    instant, of which all come before the next sweep; `idle`: the last instant of those of which nothing stands), and
    changes `cases`, by key.
    `sweep(cases, at, late, spoilt, out, rows)` lets fall due whatever does before `late` (or early, at `at`).
    `tallies`: of each norm that is counted, its tallies by group. `source` and `table`: what the functions are made of.
    """

    forms: tuple[Form, ...]
    tallies: dict[str, Tallies]
    source: str
    table: tuple[Any, ...]

    @cached_property
    def _functions(self) -> tuple[Callable[..., None], Callable[..., None]]:
        return _compiled(self.source)(self.table)  # type: ignore[no-any-return]

    @property
    def block(self) -> Callable[..., None]:
        """Takes events."""
        return self._functions[0]

    @property
    def sweep(self) -> Callable[..., None]:
        """Takes what is open."""
        return self._functions[1]


class Tallies(dict[Any, list[Any]]):
    """How many outcomes of a norm there are in each group, since this was last asked: made when first counted."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names

    def __missing__(self, group: Any) -> list[Any]:
        values = group if len(self.names) != 1 else (group,)
        made = self[group] = [*[0 for _ in _STATUSES], dict(zip(self.names, values, strict=True))]
        return made

    def of(self, fields: Any) -> list[Any]:
        """Of the group that the fields of an event belong to."""
        found = tuple([fields.get(name) for name in self.names])
        return self[found if len(found) != 1 else found[0]]

    def taken(self) -> list[tuple[dict[str, Any], str, int]]:
        """What was counted since the last time: by fields and status. What holds a tally goes on to count in it."""
        found = []
        for tally in self.values():
            for number, status in enumerate(_STATUSES):
                if tally[number]:
                    found.append((tally[-1], status, tally[number]))
                    tally[number] = 0
        return found


class _Answers(dict[Any, Any]):
    """What some fields of an event are answered with, by their values: each asked once."""

    def __init__(self, names: tuple[str, ...], answer: Callable[[dict[str, Any]], Any]) -> None:
        super().__init__()
        self.names = names
        self._answer = answer

    def __missing__(self, values: Any) -> Any:
        if len(self) > _MOST:
            self.clear()
        found = self._answer(dict(zip(self.names, values if len(self.names) != 1 else (values,), strict=True)))
        self[values] = found
        return found

    def of(self, fields: Any) -> Any:
        """Of an event."""
        values = tuple([fields.get(name) for name in self.names])
        return self[values if len(values) != 1 else values[0]]


class Calendar:
    """A calendar that is asked in moments instead of ticks."""

    def __init__(self, calendar: Any) -> None:
        self.calendar = calendar

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """How long it is open between two moments."""
        return timedelta(microseconds=self.calendar.worked(ticks(start), ticks(end)))

    def first_reach(self, start: datetime, length: timedelta) -> datetime | None:
        """The first moment at which it has been open for so long."""
        return _moment(self.calendar.first_reach(ticks(start), length // timedelta.resolution))

    def last_within(self, start: datetime, length: timedelta) -> datetime | None:
        """The last moment at which it has been open for no longer."""
        return _moment(self.calendar.last_within(ticks(start), length // timedelta.resolution))


def _moment(instant: int | None) -> datetime | None:
    return None if instant is None else moment(instant)


class Briefly(Points):
    """Entries that are told in short, each as a row: when, its order among those of that instant, its form, its
    instance, the key of its case, and its numbers."""

    eager = False

    def __init__(self, contract: Contract, family: Family, bys: list[tuple[str, ...]]) -> None:
        super().__init__(contract.events)
        self._keys = family.keys
        self.bys = bys
        self.forms: list[Form] = []

    def key(self, number: int) -> str:
        """The number of the order in which a clause has its keys."""
        return str(number)

    def emit(
        self, kind: str, clause: str, at: str, place: str | int, level: int, name: str, key: str,
        events: tuple[str, ...], entries: tuple[str, ...], numbers: Numbers, words: str = "", deeper: int = 0,
    ) -> None:  # fmt: skip
        """The code that makes such a row, or nothing."""
        if not is_brief(kind, name):
            if deeper:
                self.text.say("pass", deeper)
            return
        if not isinstance(place, int):
            raise NotBlockwise
        by = self.bys[int(key)] if key != "()" else ()
        form = Form(
            kind, clause, place, level, tuple((name, self._keys.index(name)) for name in by),
            tuple((name, base) for name, base, _ in numbers),
        )  # fmt: skip
        if form not in self.forms:
            self.forms.append(form)
        number = self.forms.index(form)
        values = "".join(f", {code}" for _, _, code in numbers)
        self.text.say(f"out.append(({at}, ORDER{number}, {number}, {name}, key{values}))", deeper)


class BlockWriter(Writer):
    """Writes it. `rows`: each outcome that is counted is put into `rows`, with when it came about, instead."""

    leave = "spoilt.add(key); continue"

    def __init__(
        self, contract: Contract, family: Family, ways: Ways, begin: datetime, groups: dict[str, tuple[str, ...]],
        rows: bool,
    ) -> None:  # fmt: skip
        if any(ways.by_day.values()):
            raise NotBlockwise
        self._brief = Briefly(contract, family, [])
        super().__init__(family, ways, self._brief)
        self._brief.bys = self.bys
        self._rows = rows
        self._tallies = {name: Tallies(by) for name, by in groups.items()}
        keys = {name: f"e.key{place}" for place, name in enumerate(family.keys)}
        self._of = {
            kind.name: {f.name: f"e.f{place}" for place, f in enumerate(kind.fields)} | keys for kind in family.kinds
        }  # fmt: skip
        self._begin = begin
        # The kind whose branch is written, or "".
        self._at = ""
        ways.in_parts = True
        ways.calendars = {n: None if each is None else Calendar(each) for n, each in ways.calendars.items()}

    def make(self, tallies: dict[str, Tallies] | None = None) -> Made:
        """The functions; with `tallies` they count in these."""
        if tallies is not None:
            self._tallies = tallies
        text = self.text
        text.depth = 1
        text.say("def block(events, times, begin, plain, tied, idle, cases, odd, left, spoilt, out, rows):")
        self._block()
        text.depth = 1
        text.say("def sweep(cases, at, late, spoilt, out, rows):")
        self._sweep()
        source = _settled(_read(text.lines))
        forms = self._brief.forms
        fronts = sorted({form.front for form in forms})
        orders = [fronts.index(form.front) for form in forms]
        source = re.sub(r"ORDER(\d+)", lambda found: str(orders[int(found[1])]), source)
        names = "".join(f"K{i}, " for i in range(len(text.table)))
        head = f"def make(K):\n    {names or '*_'} = K\n" if names else "def make(K):\n"
        return Made(tuple(forms), self._tallies, head + source + "\n    return block, sweep\n", tuple(text.table))

    # ------------------------------------------------------------------ the two functions
    def _block(self) -> None:
        text, keys = self.text, len(self.family.keys)
        text.depth = 2
        text.say("get = cases.get")
        text.say("for e, at in zip(events, times):")
        text.depth += 1
        text.say(f"key = ({', '.join(f'e.key{i}' for i in range(keys))},)")
        text.say("c = get(key)")
        text.say("if c is None:")
        text.say("if odd and key in odd: left.append(e); continue", 1)
        text.say(f"if at < {text.const(self._begin)}: spoilt.add(key); continue", 1)
        text.say("if tied and idle.get(key) == at: spoilt.add(key); continue", 1)
        text.say("c = NEW", 1)
        text.say("else:")
        text.depth += 1
        text.say("if tied and at <= c[0]: spoilt.add(key); continue")
        self._fall("at")
        text.say(f"if not ({self._stands()}): del cases[key]", 1)
        text.depth -= 1
        text.say("if tied: c[0] = at")
        text.say("kind = e.number")
        for number, kind in enumerate(self.family.kinds):
            text.say(f"{'if' if number == 0 else 'elif'} kind == {number}:")
            text.depth += 1
            self._branch(kind.name)
            text.depth -= 1
        # What opens at this instant may still be met by it.
        text.say("if tied and key not in cases: idle[key] = at")

    def _sweep(self) -> None:
        text = self.text
        text.depth = 2
        text.say("gone = []")
        text.say("for key, c in cases.items():")
        text.depth += 1
        self._fall("late")
        text.say(f"if not ({self._stands()}): gone.append(key)", 1)
        text.depth -= 1
        text.say("for key in gone: del cases[key]")

    def _fall(self, late: str) -> None:
        """What falls due, if the least deadline says that something may."""
        text = self.text
        text.say("if c[1] <= at:")
        text.depth += 1
        self._deadlines(late)
        dues = ", ".join(f"due{i}" for i in range(len(self.norms)))
        text.say(f"c[1] = {f'min({dues})' if len(self.norms) > 1 else dues}")
        text.depth -= 1

    def _stands(self) -> str:
        """Whether anything stands of a case."""
        parts = [f"live{i}" for i in range(len(self.norms))]
        return " or ".join([*parts, *(f"since{j} is not None" for j in range(len(self.family.states)))])

    def _branch(self, kind: str) -> None:
        text, begun, self._at = self.text, len(self.text.lines), kind
        self._kind(kind)
        self._at = ""
        if any(re.search(r"\bref\b", line) for line in text.lines[begun:]):
            at = "    " * text.depth
            text.lines.insert(begun, f"{at}ref = begin + (e.id if plain else escaped(e.id))")
        opens = any(
            isinstance(way, OnEvent) and way.selector.event == kind for norm in self.norms for way in norm.opening
        ) or any(s.event == kind for state in self.family.states for s in state.starts)  # fmt: skip
        closes = any(s.event == kind for norm in self.norms for s in norm.acts) or any(
            s.event == kind for state in self.family.states for s in state.ends
        )
        if opens:
            text.say(f"if {self._stands()}: cases[key] = c")
            if closes:
                text.say("else: cases.pop(key, None)")
        elif closes:
            text.say(f"if not ({self._stands()}): cases.pop(key, None)")

    # ------------------------------------------------------------------ what differs in them
    def _named(self, names: Iterable[str], fields: str) -> str | None:
        """The code of some fields of the event at hand: their value, or a tuple of them. None: not of that event."""
        own = self._of.get(self._at, {})
        if fields != "fields" or not all(name in own for name in names):
            return None
        found = [own[name] for name in names]
        return found[0] if len(found) == 1 else f"({', '.join(found)})"

    def _answer(self, names: tuple[str, ...], answer: Callable[[Any], Any], fields: str) -> str:
        if not names:
            return self.text.const(answer({}))
        table = self.text.const(_Answers(names, answer))
        values = self._named(names, fields)
        return f"{table}[{values}]" if values else f"{table}.of({'e' if fields == 'fields' else fields})"

    def _limit(self, norm: Norm, fields: str, kind: str) -> str:
        limit = self.ways.limits[norm.name]

        def found(values: Any) -> Any:
            said = limit(values)
            return timedelta(microseconds=said) if isinstance(said, int) else said

        return self._answer(_fields(v.when for v in norm.variants), found, fields)

    def _if_selected(self, selectors: Iterable[Selector]) -> None:
        conditions = [s.where for s in selectors]
        if None not in conditions:
            code = self._answer(_fields(conditions), self.ways.holds(conditions), "fields")
            self.text.say(f"if {code}:")
            self.text.depth += 1

    def _opened(self, i: int, norm: Norm, fields: str, kind: str) -> None:
        text, tallies = self.text, self._tallies.get(norm.name)
        self._moved(i)
        if tallies is not None:
            table = text.const(tallies)
            values = self._named(tallies.names, fields) if tallies.names else "()"
            code = f"{table}[{values}]" if values else f"{table}.of({'e' if fields == 'fields' else fields})"
            text.say(f"tally{i} = {code}")

    def _row(self, i: int, norm: Norm, status: str, at: str, place: str | int) -> None:
        if norm.name not in self._tallies:
            return
        if self._rows:
            name = self.text.const(norm.name)
            self.text.say(f"rows.append(Tally({name}, tally{i}[-1], '{status}', (ticks({at}), {place}), '', None))")
        else:
            self.text.say(f"tally{i}[{_STATUSES.index(status)}] += 1")

    def _counted(self, norm: Norm) -> bool:
        # Of a row only its fields are asked for, and when it came about.
        return False

    def _moved(self, i: int, deeper: int = 0) -> None:
        self.text.say(f"if due{i} < c[1]: c[1] = due{i}", deeper)

    def _fell(self, i: int) -> None:
        pass


def _fields(expressions: Iterable[Any]) -> tuple[str, ...]:
    """The fields that are asked for."""
    return tuple(dict.fromkeys(part.name for part in walk(tuple(expressions)) if isinstance(part, ex.FieldOf)))


def _read(lines: Iterable[str]) -> list[str]:
    """The lines without the parts that set something which nothing reads."""
    kept = list(lines)
    while True:
        whole = "\n".join(kept)
        read = Counter(_NAMED.findall(whole))
        for name, value in _SET.findall(whole):
            # What a name is set to may ask for itself.
            read[name] -= 1 + _WORD.findall(value).count(name)
        unread = {name for name, times in read.items() if not times}
        if not unread:
            return kept
        kept = [line for each in kept for line in _without(each, unread)]


def _without(line: str, unread: set[str]) -> list[str]:
    depth = len(line) - len(line.lstrip())
    parts = line.strip().split("; ")
    kept = [part for part in parts if " = " not in part or part.partition(" = ")[0] not in unread]
    if len(kept) == len(parts):
        # Behind a condition on the same line.
        return [line]
    return [" " * depth + "; ".join(kept)] if kept else [" " * depth + "pass"]


def _settled(lines: list[str]) -> str:
    """The text in which what stands of a case is a list: when it had an event, its least deadline, and the rest."""
    text = re.sub(r"\bfields\b", "e", "\n".join(lines))
    names = list(dict.fromkeys(_OF_CASE.findall(text)))
    begins = {"live": "0", "due": "NEVER", "ran": "ZERO"}
    new = ", ".join(begins.get(name.rstrip("0123456789"), "None") for name in names)
    place = {name: f"c[{number}]" for number, name in enumerate(names, start=2)}
    text = _OF_CASE.sub(lambda found: place[found[0]], text)
    return text.replace("c = NEW", f"c = [BEFORE, NEVER, {new}]")


_GLOBALS: Final = {
    "BEFORE": BEFORE, "NEVER": NEVER, "NOT_OPEN": asked.NOT_OPEN, "ODD": asked.ODD, "Tally": Tally, "ZERO": ZERO,
    "escaped": event.escaped, "ticks": ticks,
}  # fmt: skip


@lru_cache(maxsize=64)
def _compiled(source: str) -> Any:
    """The function that makes the two, given its table. The text is ours alone (see `written`)."""
    names: dict[str, Any] = dict(_GLOBALS)
    exec(compile(source, "<blocks of straight cases>", "exec"), names)
    return names["make"]
