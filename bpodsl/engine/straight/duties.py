"""The code of the duties of a case: how they open, are performed and missed, and what follows."""

from __future__ import annotations

from collections.abc import Iterable

from bpodsl.engine.straight.emitting import Points
from bpodsl.engine.straight.text import Text, Ways
from bpodsl.engine.straight.which import Family
from bpodsl.record import PERFORM, REST
from bpodsl.terms import Effect, Impose, Norm, OnOutcome, Raise, Rule, State

_PERFORMED = {"level": "Closed"}
_OPENED = {"level": "Escalated"}


class Duties:
    """Writes what concerns norms; `written.Writer` the rest."""

    leave = "return None"
    """What gives a case up as odd."""

    def __init__(self, family: Family, ways: Ways, points: Points) -> None:
        self.family = family
        self.ways = ways
        self.text = Text()
        self.points = points
        points.text = self.text
        level = family.levels
        self.norms = sorted(family.norms, key=lambda n: (level[f"opening:{n.name}"], n.name))
        self.number = {norm.name: i for i, norm in enumerate(self.norms)}
        self.state = {state.name: i for i, state in enumerate(family.states)}
        self.rules: dict[tuple[str, str], list[Rule]] = {}
        for rule in family.rules:
            assert isinstance(rule.on, OnOutcome)
            self.rules.setdefault((rule.on.norm, rule.on.outcome), []).append(rule)
        self.bys = list(dict.fromkeys([*(n.by for n in family.norms), *(s.by for s in family.states)]))

    # ------------------------------------------------------------------ norms
    def _level(self, norm: Norm) -> int:
        return self.family.levels[f"decision:{norm.name}"]

    def _key(self, of: Norm | State) -> str:
        return self.points.key(self.bys.index(of.by))

    def _ran(self, i: int, start: str, end: str) -> str:
        """How long the clock of a norm runs between two instants."""
        calendar = self.ways.calendars[self.norms[i].name]
        return f"{end} - {start}" if calendar is None else f"{self.text.const(calendar)}.worked({start}, {end})"

    def _reach(self, i: int, rest: str, start: str = "at") -> str:
        """When the clock of a norm that runs from an instant on has run for so long."""
        norm = self.norms[i]
        calendar = self.ways.calendars[norm.name]
        if calendar is None:
            return f"{start} + {rest}"
        reach = "first_reach" if self.ways.early[norm.name] else "last_within"
        return f"NEVER if (found := {self.text.const(calendar)}.{reach}({start}, {rest})) is None else found"

    def _reading(self, i: int, at: str) -> str:
        if not self.norms[i].clock.stops_during:
            return self._ran(i, f"from{i}", at)
        return f"(ran{i} if from{i} is None else ran{i} + {self._ran(i, f'from{i}', at)})"

    def _due(self, i: int) -> tuple[str, str, str]:
        """The number `due`: shown as a day or an instant, left out where there is none."""
        return "due", f"by_day{i}" if self.ways.by_day[self.norms[i].name] else "instant", f"due{i}"

    def _causes(self, i: int) -> tuple[str, ...]:
        stops = bool(self.norms[i].clock.stops_during)
        return (f"opened{i}", f"*held{i}") if stops else (f"opened{i}",)

    def _open(
        self, i: int, norm: Norm, at: str, place: str | int, name: str, fields: str, kind: str,
        events: tuple[str, ...], entries: tuple[str, ...],
    ) -> None:  # fmt: skip
        text, ways = self.text, self.ways
        held = [self.number[n.name] for n in self.norms if norm.ladder and n.ladder == norm.ladder]
        words = _OPENED.get(norm.form, "Opened")
        deeper = text.depth
        text.say(f"found = {self._limit(norm, fields, kind)}")
        text.say(f"if found is ODD: {self.leave}")
        if any(v.terms is None for v in norm.variants):
            text.say("if found is not NOT_OPEN:")
            text.depth += 1
        taken = [f"live{h}" for h in held or [i]]
        taken += [f"since{self.state[s]} is not None" for s in norm.clock.stops_during]
        text.say(f"if {' or '.join(taken)}: {self.leave}")
        text.say(f"live{i} = 1; name{i} = {name}; fields{i} = {fields}; from{i} = {at}; ran{i} = ZERO")
        text.say(f"at{i} = {at}; place{i} = {place}; limit{i} = found")
        if self._counted(norm) or self._imposes(norm):
            declared = text.const(self.points.declared(kind)) if kind else f"declared{fields.removeprefix('fields')}"
            text.say(f"declared{i} = {declared}")
        if norm.clock.stops_during:
            text.say(f"held{i} = []")
        text.say(f"opened{i} = {text.const(f'{norm.name}/{words}/')} + name{i}")
        if ways.by_day[norm.name]:
            before = f"{at} - 1 if {place} <= 2 else {at}" if not kind else at
            text.say(f"shown{i} = None if found is None else found({text.const(ways.day)}({before}))")
            text.say(f"if shown{i} is None: due{i} = NEVER; early{i} = False")
            text.say("else:")
            text.say(f"due{i} = shown{i}.at; early{i} = shown{i}.early; shown{i} = shown{i}.shown", 1)
            text.say(f"if due{i} <= {at}: {self.leave}", 1)
        else:
            text.say(f"due{i} = NEVER if found is None else ({self._reach(i, 'found', at)})")
        level = self.family.levels[f"opening:{norm.name}"]
        self.points.emit(
            words, norm.name, at, place, level, f"name{i}", self._key(norm), events, entries, (self._due(i),),
            ways.words.get(norm.name, ""),
        )  # fmt: skip
        self._opened(i, norm, fields, kind)
        self._follow(i, norm, "opened", at, place, f"opened{i}")
        text.depth = deeper

    def _limit(self, norm: Norm, fields: str, kind: str) -> str:
        """The code of the limit that a norm has under some fields; `kind`: of the event that opens it, or ""."""
        return f"{self.text.const(self.ways.limits[norm.name])}({fields})"

    def _opened(self, i: int, norm: Norm, fields: str, kind: str) -> None:
        """What else is done as a norm opens."""

    def _performed(self, i: int, norm: Norm) -> None:
        text = self.text
        kind = _PERFORMED.get(norm.form, "Fulfilled")
        text.say(f"if live{i} == 1:")
        text.depth += 1
        self.points.emit(
            kind, norm.name, "at", PERFORM, self._level(norm), f"name{i}", self._key(norm), ("ref",), self._causes(i),
            (("reading", "length", self._reading(i, "at")), self._due(i)),
        )  # fmt: skip
        done = f"{text.const(f'{norm.name}/{kind}/')} + name{i}"
        if self._counted(norm) or self._follows(norm, "fulfilled"):
            text.say(f"done{i} = {done}")
        self._row(i, norm, "fulfilled", "at", PERFORM)
        text.say(f"live{i} = 0; due{i} = NEVER")
        self._follow(i, norm, "fulfilled", "at", PERFORM, f"done{i}")
        text.depth -= 1
        if norm.form != "level":
            text.say(f"elif live{i}:")
            text.depth += 1
            self.points.emit(
                "Late", norm.name, "at", PERFORM, self._level(norm), f"name{i}", self._key(norm), ("ref",),
                (f"done{i}",), (("reading", "length", self._reading(i, "at")),),
            )  # fmt: skip
            if self._counted(norm) and norm.name not in self.ways.tallied:
                text.say(f"row{i}.performed((at, {PERFORM}), {self._reading(i, 'at')})")
                if self.ways.in_parts:
                    text.say(f"rows.append((row{i},))")
            text.say(f"live{i} = 0")
            if self._follows(norm, "late"):
                text.say(f"done{i} = {text.const(f'{norm.name}/Late/')} + name{i}")
            self._follow(i, norm, "late", "at", PERFORM, f"done{i}")
            text.depth -= 1
        text.say("else:")
        self._note(norm.name, REST, self._level(norm), self._key(norm), "nothing open")

    def _missed(self, i: int, norm: Norm, place: str | int) -> None:
        text, kind = self.text, "Lapsed" if norm.form == "level" else "Missed"
        self._fell(i)
        self.points.emit(
            kind, norm.name, f"due{i}", place, self._level(norm), f"name{i}", self._key(norm), (), self._causes(i),
            (self._due(i),),
        )  # fmt: skip
        text.say(f"done{i} = {text.const(f'{norm.name}/{kind}/')} + name{i}")
        self._row(i, norm, "missed", f"due{i}", place)
        text.say(f"live{i} = {0 if kind == 'Lapsed' else 2}")
        self._follow(i, norm, "missed", f"due{i}", place, f"done{i}")
        text.say(f"due{i} = NEVER")

    def _moved(self, i: int, deeper: int = 0) -> None:
        """A deadline was set."""

    def _fell(self, i: int) -> None:
        """A deadline has passed: how far what is said of the case reaches."""
        self.text.say(f"if due{i} > last: last = due{i}")

    def _row(self, i: int, norm: Norm, status: str, at: str, place: str | int) -> None:
        if not self._counted(norm):
            return
        day = self.ways.by_day[norm.name]
        early = f"early{i}" if day else str(self.ways.early[norm.name])
        if norm.name in self.ways.tallied:
            self.text.say(
                f"rows.append(Tally({self.text.const(norm.name)}, fields{i}, '{status}', ({at}, {place}), done{i}, "
                f"None if due{i} == NEVER else (due{i}, {early})))"
            )
            return
        shown = f"shown{i}" if day else f"due{i}"
        due = f"None if due{i} == NEVER else Deadline(due{i}, {early}, {shown})"
        self.text.say(
            f"row{i} = Row({self.text.const(self.ways.rows[norm.name])}, name{i}, fields{i}, declared{i}, "
            f"(at{i}, place{i}), opened{i}, '{status}', ({at}, {place}), done{i}, {self._reading(i, at)}, {due})"
        )
        self.text.say(f"rows.append(row{i})")

    def _counted(self, norm: Norm) -> bool:
        return norm.name in self.ways.rows

    # ------------------------------------------------------------------ what follows
    def _imposes(self, norm: Norm) -> bool:
        found = [effect for _, effect in norm.after]
        for rules in (rules for (name, _), rules in self.rules.items() if name == norm.name):
            found += [effect for rule in rules for effect in rule.then]
        return any(isinstance(effect, Impose) for effect in found)

    def _follows(self, norm: Norm, outcome: str) -> bool:
        return any(each == outcome for each, _ in norm.after) or (norm.name, outcome) in self.rules

    def _follow(self, i: int, norm: Norm, outcome: str, at: str, place: str | int, entry: str) -> None:
        text = self.text
        effects = [effect for each, effect in norm.after if each == outcome]
        self._effects(i, norm.name, self._level(norm), effects, at, place, entry, self._key(norm))
        for number, rule in enumerate(self.rules.get((norm.name, outcome), ())):
            level = self.family.levels[f"rule:{rule.name}"]
            self.points.emit("Fired", rule.name, at, place, level, f"name{i}", "()", (), (entry,), ())
            fired = f"fired{i}_{number}"
            text.say(f"{fired} = {text.const(rule.name + '/Fired/')} + name{i}")
            self._effects(i, rule.name, level, rule.then, at, place, fired, "()")

    def _effects(
        self, i: int, clause: str, level: int, effects: Iterable[Effect], at: str, place: str | int, entry: str,
        key: str,
    ) -> None:  # fmt: skip
        for effect in effects:
            match effect:
                case Impose(name):
                    norm = next(n for n in self.norms if n.name == name)
                    self._open(
                        self.number[name], norm, at, place, f"name{i}", f"fields{i}", "", (), (entry,)
                    )  # fmt: skip
                case Raise(words):
                    self.points.emit("Raised", clause, at, place, level, f"name{i}", key, (), (entry,), (), words)

    def _note(self, clause: str, place: int, level: int, key: str, words: str) -> None:
        self.points.emit("Noted", clause, "at", place, level, "ref", key, ("ref",), (), (), words, 1)
