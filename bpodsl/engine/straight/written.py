"""The function that decides the cases of a family, written out as Python.

It takes the events of one case in their order and keeps what stands of the case in plain variables, numbered by norm
(`live0`, `due0` …) and by state (`since0` …). There is one branch for each kind of event, and ahead of them what falls
due before the event. A case for which it is not made (two events of one instant, a duty opened twice …) is `ODD`: it
returns None, and the general machine decides that case.

The text holds no word of an agreement: names, lengths and the like stand in a table beside it (`K0`, `K1` …), so that
agreements of one structure share the compiled code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bpodsl.engine.straight.duties import Duties
from bpodsl.engine.straight.emitting import Made
from bpodsl.record import EARLY, LATE, OPEN, PERFORM, REST, START
from bpodsl.terms import OnEvent, Selector, State

_UNTIL_DUE: Final = ("fields", "at", "place", "limit", "declared", "opened", "shown", "early")
"""What of a norm nothing asks for once its deadline has passed, unless more follows when it is performed late."""

_SET: Final = ("live", "due", "from", "ran", "shown", "limit", "held")
_OF_A_NORM: Final = ("live", "due", "from", "ran", "name", "done", "row", "held", *_UNTIL_DUE)
_ASKED: Final = re.compile(rf"\b((?:{'|'.join(_OF_A_NORM)})\d+)\b(?! \+?= )")
"""Such a name where it is not merely set."""


class Writer(Duties):
    """Writes the function of one family."""

    # ------------------------------------------------------------------ the whole
    def write(self) -> Made:
        """The text of the code and its table; `bys`: the orders of keys for which a case brings its texts."""
        text = self.text
        keys = ", ".join(f"key{i}" for i in range(len(self.bys)))
        given = "state, " if self.ways.in_parts else ""
        text.say(f"def case({given}events, key, out, rows, stop, stop_late, over):", -1)
        if self.points.eager:
            text.say(f"{keys}, = texts(key)")
        for i, norm in enumerate(self.norms):
            text.say(f"live{i} = 0; due{i} = NEVER; from{i} = ran{i} = ZERO; shown{i} = limit{i} = None")
            if norm.clock.stops_during:
                text.say(f"held{i} = []")
        for j in range(len(self.family.states)):
            text.say(f"since{j} = None")
        text.say("last = before = -1")
        taken_up = len(text.lines)
        text.say("for at, kind, ref, fields in events:")
        text.depth += 1
        text.say("if at <= before: return None")
        text.say("before = at")
        self._deadlines()
        for number, kind in enumerate(self.family.kinds):
            text.say(f"{'if' if number == 0 else 'elif'} kind == {number}:")
            text.depth += 1
            self._kind(kind.name)
            text.depth -= 1
        text.depth -= 1
        text.say("at = stop")
        self._deadlines("stop_late")
        lives = " or ".join(f"live{i}" for i in range(len(self.norms)))
        text.say("if over >= 0:")
        text.depth += 1
        self._ended()
        text.depth -= 1
        if self.ways.in_parts:
            self._kept(taken_up)
        else:
            text.say(f"elif {lives}: return NEVER")
            text.say("return last if last > before else before")
        names = ", ".join(f"K{i}" for i in range(len(text.table)))
        head = ["def make(K, texts):", f"    {names}, = K" if names else "    pass"]
        return Made("\n".join([*head, *text.lines, "    return case", ""]), tuple(text.table), tuple(self.bys))

    def _kept(self, taken_up: int) -> None:
        """Give back what stands of the case, and take that up at this line: its next deadline and last event, and of
        each norm that is open, each state that holds, what the code may ask for later. `()`: nothing stands."""
        text, parts, unset = self.text, [], list[str]()
        found = set(_ASKED.findall("\n".join(text.lines)))
        for i, norm in enumerate(self.norms):
            asked = [name for name in _OF_A_NORM if f"{name}{i}" in found]
            late = self._follows(norm, "late")
            full = ", ".join(f"{name}{i}" for name in asked)
            less = ", ".join("None" if name in _UNTIL_DUE and not late else f"{name}{i}" for name in asked)
            left = f"({less},) if live{i} == 2 else " if less != full else ""
            parts.append((f"({full},)", f"{left}({full},) if live{i} else None"))
            unset += [f"{name}{i}" for name in asked if name not in _SET]
        for j in range(len(self.family.states)):
            names = f"(since{j}, interval{j}, begun{j})"
            parts.append((names, f"None if since{j} is None else {names}"))
        stands = [*(f"live{i}" for i in range(len(self.norms)))]
        stands += [f"since{j} is not None" for j in range(len(self.family.states))]
        text.say(f"elif {' or '.join(stands)}:")
        dues = ", ".join(f"due{i}" for i in range(len(self.norms)))
        least = f"min({dues})" if len(self.norms) > 1 else dues
        text.say(f"return {least}, before, {', '.join(code for _, code in parts)}", 1)
        text.say("return ()")
        at = "    " * text.depth
        head = [f"{at}{' = '.join(unset)} = None"] if unset else []
        head += [f"{at}if state:", f"{at}    _, before, {', '.join(f'part{n}' for n in range(len(parts)))} = state"]
        head += [f"{at}    if part{n}: {names} = part{n}" for n, (names, _) in enumerate(parts)]
        text.lines[taken_up:taken_up] = head

    def _deadlines(self, late: str = "at") -> None:
        """What falls due before an instant: the earlier of two that one leads to stand first."""
        for i, norm in enumerate(self.norms):
            if norm.due is None and all(v.terms is None or v.terms.due is None for v in norm.variants):
                continue
            if self.ways.by_day[norm.name]:
                self.text.say(f"if due{i} < {late} or (due{i} == at and early{i}):")
                place: str | int = f"({EARLY} if early{i} else {LATE})"
            else:
                early = self.ways.early[norm.name]
                self.text.say(f"if due{i} <= at:" if early else f"if due{i} < {late}:")
                place = EARLY if early else LATE
            self.text.depth += 1
            self._missed(i, norm, place)
            self.text.depth -= 1

    def _ended(self) -> None:
        """The agreement has ended at `stop`, at the place `over`; what was missed and is still owed goes on."""
        for i, norm in enumerate(self.norms):
            self.text.say(f"if live{i} == 1:")
            self.points.emit(
                "Ended", norm.name, "at", "over", self._level(norm), f"name{i}", self._key(norm), (),
                (f"opened{i}",), (), deeper=1,
            )  # fmt: skip

    # ------------------------------------------------------------------ events
    def _kind(self, kind: str) -> None:
        text, begun = self.text, len(self.text.lines)
        for state in self.family.states:
            self._ends(state, kind)
        for norm in sorted(self.norms, key=self._level, reverse=True):
            found = [s for s in norm.acts if s.event == kind]
            if found:
                self._if_selected(found)
                self._performed(self.number[norm.name], norm)
                self._end_if(found)
        for state in self.family.states:
            found = [s for s in state.starts if s.event == kind]
            if found:
                self._if_selected(found)
                self._starts(state)
                self._end_if(found)
        for norm in self.norms:
            found = [w.selector for w in norm.opening if isinstance(w, OnEvent) and w.selector.event == kind]
            if found:
                self._if_selected(found)
                self._open(self.number[norm.name], norm, "at", OPEN, "ref", "fields", kind, ("ref",), ())
                self._end_if(found)
        if len(text.lines) == begun:
            text.say("pass")

    def _if_selected(self, selectors: Iterable[Selector]) -> None:
        asked = [s.where for s in selectors]
        if None not in asked:
            self.text.say(f"if {self.text.const(self.ways.holds(asked))}(fields):")
            self.text.depth += 1

    def _end_if(self, selectors: Iterable[Selector]) -> None:
        if None not in [s.where for s in selectors]:
            self.text.depth -= 1

    # ------------------------------------------------------------------ states
    def _ends(self, state: State, kind: str) -> None:
        found = [s for s in state.ends if s.event == kind]
        if not found:
            return
        text, j, level = self.text, self.state[state.name], self.family.levels[f"state:{state.name}"]
        again = [s for s in state.starts if s.event == kind]
        self._if_selected(found)
        text.say(f"if since{j} is not None:")
        text.depth += 1
        self.points.emit(
            "Closed", state.name, "at", PERFORM, level, f"interval{j}", self._key(state), ("ref",), (f"begun{j}",),
            (("length", "length", f"at - since{j}"),),
        )  # fmt: skip
        text.say(f"since{j} = None")
        for i, others in self._stopped_by(state):
            text.say(f"if live{i}{''.join(f' and since{o} is None' for o in others)}:")
            text.say(f"from{i} = at", 1)
            text.say(f"if live{i} == 1 and limit{i} is not None: due{i} = {self._reach(i, f'limit{i} - ran{i}')}", 1)
            self._moved(i, 1)
        text.depth -= 1
        if not again:
            text.say("else:")
            self._note(state.name, REST, level, self._key(state), "nothing open")
        elif None not in [s.where for s in again]:
            text.say(f"elif not {text.const(self.ways.holds([s.where for s in again]))}(fields):")
            self._note(state.name, REST, level, self._key(state), "nothing open")
        self._end_if(found)

    def _starts(self, state: State) -> None:
        text, j, level = self.text, self.state[state.name], self.family.levels[f"state:{state.name}"]
        text.say(f"if since{j} is not None:")
        self._note(state.name, START, level, self._key(state), "already open")
        text.say("else:")
        text.depth += 1
        text.say(f"since{j} = at; interval{j} = ref; begun{j} = {text.const(state.name + '/Opened/')} + ref")
        self.points.emit("Opened", state.name, "at", START, level, "ref", self._key(state), ("ref",), (), ())
        for i, others in self._stopped_by(state):
            text.say(f"if live{i}:")
            # What stood before may be taken up again.
            text.say(f"held{i} = [*held{i}, begun{j}]" if self.ways.in_parts else f"held{i}.append(begun{j})", 1)
            text.say(f"if {' and '.join(f'since{o} is None' for o in others) or 'True'}:", 1)
            text.say(f"ran{i} += {self._ran(i, f'from{i}', 'at')}; from{i} = None; due{i} = NEVER", 2)
        text.depth -= 1

    def _stopped_by(self, state: State) -> Iterable[tuple[int, list[int]]]:
        """The norms whose clocks a state stops, each with the other states that do."""
        for i, norm in enumerate(self.norms):
            if state.name in norm.clock.stops_during:
                others = dict.fromkeys(self.state[s] for s in norm.clock.stops_during if s != state.name)
                yield i, list(others)
