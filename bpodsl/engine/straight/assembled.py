"""The text of the function that takes blocks (`blockwise`), made into a program for the compiled machine (`native`).

The text is taken apart by `ast`, statement by statement: so the machine does what the function does, and nothing is
written twice. What the text may hold is little, since it is ours; where it holds more than the machine knows,
`NotNative` is raised, and the function is used.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bpodsl.engine.straight import asked
from bpodsl.lean import define, field
from bpodsl.native import NEVER, NONE, NOT_OPEN, ODD, counted, whole
from bpodsl.terms import EventKind
from bpodsl.values import ticks

(
    END, MOVE, ADD, SUB, JUMP, IF_EQ, IF_NE, IF_LT, IF_GE, MIN, ASK, GROUP, COUNT, ROW, OUTCOME, SPOIL, KEEP, DROP,
    REF, CALENDAR, HOLD, ASK_OF, GROUP_OF,
) = range(23)  # fmt: skip
_NAMED: Final = {"NEVER": NEVER, "ZERO": 0, "BEFORE": -1, "ODD": ODD, "NOT_OPEN": NOT_OPEN}
_CALENDARS: Final = {"worked": 0, "first_reach": 1, "last_within": 2}
_STATUSES: Final = {"fulfilled": 0, "missed": 1}
_TEXTS: Final = ("text", "one_of")
_TICK: Final = timedelta(microseconds=1)


class NotNative(Exception):
    """The machine does not know something that the text says."""


@define
class Tables:
    """What the machine asks of outside: what answers for each table, and each calendar; and the tables of groups."""

    answers: list[Any] = field(factory=list)
    groups: dict[str, int] = field(factory=dict)
    calendars: list[Any] = field(factory=list)


@define(eq=False)
class _Label:
    at: int = -1


@define
class Assembler:
    """Makes the program of one family. `table`: what `K0`, `K1` … are; `norms`: by `id` of its tallies, each norm that
    is counted; `forms`: the number of its first form among those of all families; `alone`: of a form, whether it has
    no number but a deadline."""

    source: str
    table: Sequence[Any]
    tables: Tables
    norms: dict[int, str]
    form: int
    alone: Callable[[int], bool]
    keys: Sequence[str]
    kinds: Sequence[EventKind]
    begin: int
    _at: int | None = None
    _init: list[int] = field(factory=list)
    _code: list[Any] = field(factory=list)
    _temps: dict[str, int] = field(factory=dict)
    _consts: list[int] = field(factory=list)
    _texts: set[str] = field(factory=set)
    _moves: list[tuple[str, str]] = field(factory=list)

    def made(self) -> bytes:
        """The program, packed as `telling.c` reads it."""
        make = ast.parse(self.source).body[0]
        assert isinstance(make, ast.FunctionDef)
        block, sweep = (each for each in make.body if isinstance(each, ast.FunctionDef))
        for name in ("at", "late"):
            self._temp(name)
        loop = block.body[-1]
        if not isinstance(loop, ast.For) or len(loop.body) != 7:
            raise NotNative("the loop over events")
        key, _, known, _, _, branch, _ = loop.body
        if not isinstance(known, ast.If) or not isinstance(branch, ast.If) or len(known.orelse) != 2:
            raise NotNative("what stands at the head of the loop")
        assert isinstance(key, ast.Assign)
        self._begins(known.body[-1])
        fall = len(self._code)
        self._all(known.orelse[1:])
        self._say(END)
        kinds = self._branches(branch)
        over = sweep.body[1]
        if not isinstance(over, ast.For):
            raise NotNative("the loop over what is open")
        swept = len(self._code)
        self._all(over.body)
        self._say(END)
        return self._packed(fall, swept, kinds)

    def _packed(self, fall: int, swept: int, kinds: list[int]) -> bytes:
        slots, temps = len(self._init), len(self._temps)
        code = []
        for each in self._code:
            match each:
                case _Label(at):
                    code.append(at)
                case ("temp", number):
                    code.append(slots + number)
                case ("const", number):
                    code.append(slots + temps + number)
                case _:
                    code.append(each)
        while True:
            texts = self._texts | {to for to, of in self._moves if of in self._texts}
            if texts == self._texts:
                break
            self._texts = texts
        held = sorted(int(name[1:]) for name in texts if name.startswith("c"))
        return b"".join([
            whole(len(self.keys), temps, self.begin, fall, swept), counted(self._init), counted(self._consts),
            counted(code), counted(kinds), counted(held),
        ])  # fmt: skip

    def _begins(self, made: ast.stmt) -> None:
        """What a new case begins with."""
        if not isinstance(made, ast.Assign) or not isinstance(made.value, ast.List):
            raise NotNative("how a case begins")
        self._init += [self._known(each) for each in made.value.elts]

    def _branches(self, branch: ast.If) -> list[int]:
        """Where the code for each kind begins."""
        found = [-1] * len(self.kinds)
        while True:
            test = branch.test
            assert isinstance(test, ast.Compare) and isinstance(test.comparators[0], ast.Constant)
            kind: Any = test.comparators[0].value
            found[kind], self._at = len(self._code), kind
            named = [s for s in branch.body if isinstance(s, ast.Assign) and _name(s.targets[0]) == "ref"]
            read = not named or any(
                isinstance(n, ast.Name) and n.id == "ref" and isinstance(n.ctx, ast.Load)
                for s in branch.body for n in ast.walk(s)
            )  # fmt: skip
            self._all([s for s in branch.body if read or s not in named])
            self._say(END)
            if not branch.orelse:
                break
            (following,) = branch.orelse
            assert isinstance(following, ast.If)
            branch = following
        none, self._at = len(self._code), None
        self._say(END)
        return [none if each < 0 else each for each in found]

    # ------------------------------------------------------------------ operands
    def _say(self, *parts: Any) -> None:
        self._code.extend(parts)

    def _temp(self, name: str) -> tuple[str, int]:
        return "temp", self._temps.setdefault(name, len(self._temps))

    def _fresh(self) -> tuple[str, int]:
        return self._temp(f"_{len(self._temps)}")

    def _const(self, value: int) -> tuple[str, int]:
        if value not in self._consts:
            self._consts.append(value)
        return "const", self._consts.index(value)

    def _of_table(self, node: ast.expr) -> Any:
        name = _name(node)
        if not name.startswith("K"):
            raise NotNative(ast.unparse(node))
        return self.table[int(name[1:])]

    def _known(self, node: ast.expr) -> int:
        """A constant."""
        match node:
            case ast.Constant(value=None):
                return NONE
            case ast.Constant(value=bool() | int() as value):
                return int(value)
            case ast.Name(id=name) if name in _NAMED:
                return _NAMED[name]
            case ast.Name():
                return number_of(self._of_table(node))
        raise NotNative(ast.unparse(node))

    def _value(self, node: ast.expr, into: Any = None) -> Any:
        """The operand that holds a value; `into`: it must be there."""
        match node:
            case ast.Subscript(value=ast.Name(id="c"), slice=ast.Constant(value=int() as slot)) if slot >= 0:
                found: Any = slot
            case ast.Name(id="at" | "late" | "found" | "ref" as name):
                found = self._temp(name)
            case ast.Name(id="e"):
                into = self._fresh() if into is None else into
                self._texts.add(_place(into))
                self._say(HOLD, into)
                return into
            case ast.Constant() | ast.Name():
                found = self._const(self._known(node))
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                one, other = self._value(left), self._value(right)
                into = self._fresh() if into is None else into
                self._say(ADD if isinstance(op, ast.Add) else SUB, into, one, other)
                return into
            case ast.IfExp(test=test, body=body, orelse=orelse):
                into = self._fresh() if into is None else into
                no, end = _Label(), _Label()
                self._unless(test, no)
                self._value(body, into)
                self._say(JUMP, end)
                no.at = len(self._code)
                self._value(orelse, into)
                end.at = len(self._code)
                return into
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                found = self._value(value, self._temp(name))
            case ast.Subscript(value=ast.Name() as of, slice=asked_of):
                into = self._fresh() if into is None else into
                self._ask(of, asked_of, into)
                return into
            case ast.Call(func=ast.Attribute(value=of, attr="of"), args=[held]):
                into = self._fresh() if into is None else into
                self._ask_of(of, held, into)
                return into
            case ast.Call(func=ast.Name(id="min"), args=several):
                into = self._fresh() if into is None else into
                self._value(several[0], into)
                for each in several[1:]:
                    self._say(MIN, into, into, self._value(each))
                return into
            case ast.Call(func=ast.Attribute(value=of, attr=what), args=[one, other]) if what in _CALENDARS:
                first, second = self._value(one), self._value(other)
                into = self._fresh() if into is None else into
                self._say(CALENDAR, into, self._calendar(self._of_table(of)), _CALENDARS[what], first, second)
                return into
            case _:
                raise NotNative(ast.unparse(node))
        if into is None or into == found:
            return found
        self._moves.append((_place(into), _place(found)))
        self._say(MOVE, into, found)
        return into

    def _calendar(self, of: Any) -> int:
        known = self.tables.calendars
        for number, each in enumerate(known):
            if each is of:
                return number
        known.append(of)
        return len(known) - 1

    def _ask(self, of: ast.Name, values: ast.expr, into: Any) -> None:
        table, parts = self._of_table(of), values.elts if isinstance(values, ast.Tuple) else [values]
        places = []
        for part in parts:
            match part:
                case ast.Attribute(value=ast.Name(id="e"), attr=attr) if attr.startswith("key"):
                    places.append(int(attr[3:]))
                case ast.Attribute(value=ast.Name(id="e"), attr=attr) if self._at is not None:
                    places.append(self._field(self._at, int(attr[1:])))
                case _:
                    raise NotNative(ast.unparse(part))
        group, number = self._number(table)
        self._say(GROUP if group else ASK, into, number, len(places), *places)

    def _ask_of(self, of: ast.expr, held: ast.expr, into: Any) -> None:
        """Of the event at hand, or of one that a case holds, which is of any kind."""
        table = self._of_table(of)
        group, number = self._number(table)
        if _name(held) == "e" and self._at is not None:
            places = [self._named(self._at, name) for name in table.names]
            self._say(GROUP if group else ASK, into, number, len(places), *places)
            return
        places = [self._named(kind, name) for kind in range(len(self.kinds)) for name in table.names]
        what, count = GROUP_OF if group else ASK_OF, len(table.names)
        self._say(what, into, number, count, self._value(held), len(places), *places)

    def _number(self, table: Any) -> tuple[bool, int]:
        """Whether a table is one of groups, and its number."""
        norm = self.norms.get(id(table))
        if norm is not None:
            return True, self._group(norm)
        self.tables.answers.append(table)
        return False, len(self.tables.answers) - 1

    def _named(self, kind: int, name: str) -> int:
        """Where a field stands in the events of a kind, or -1."""
        names = [each.name for each in self.kinds[kind].fields]
        if name in self.keys:
            return self.keys.index(name)
        return self._field(kind, names.index(name)) if name in names else -1

    def _field(self, kind: int, number: int) -> int:
        if self.kinds[kind].fields[number].kind.base not in _TEXTS:
            raise NotNative("a field that is no text")
        return len(self.keys) + number

    def _group(self, norm: str) -> int:
        if norm not in self.tables.groups:
            self.tables.answers.append(None)
            self.tables.groups[norm] = len(self.tables.answers) - 1
        return self.tables.groups[norm]

    # ------------------------------------------------------------------ conditions
    def _unless(self, test: ast.expr, to: _Label) -> None:
        """Go there if a condition does not hold."""
        match test:
            case ast.BoolOp(op=ast.And(), values=values):
                for each in values:
                    self._unless(each, to)
            case ast.BoolOp(op=ast.Or(), values=values):
                yes = _Label()
                for each in values[:-1]:
                    self._when(each, yes)
                self._unless(values[-1], to)
                yes.at = len(self._code)
            case ast.UnaryOp(op=ast.Not(), operand=of):
                self._when(of, to)
            case _:
                self._compare(test, to, False)

    def _when(self, test: ast.expr, to: _Label) -> None:
        """Go there if it holds."""
        match test:
            case ast.BoolOp(op=ast.Or(), values=values):
                for each in values:
                    self._when(each, to)
            case _:
                self._compare(test, to, True)

    def _compare(self, test: ast.expr, to: _Label, holds: bool) -> None:
        if not isinstance(test, ast.Compare):
            self._say(IF_NE if holds else IF_EQ, self._value(test), self._const(0), to)
            return
        one, other = self._value(test.left), self._value(test.comparators[0])
        match test.ops[0]:
            case ast.Eq() | ast.Is():
                self._say(IF_EQ if holds else IF_NE, one, other, to)
            case ast.NotEq() | ast.IsNot():
                self._say(IF_NE if holds else IF_EQ, one, other, to)
            case ast.Lt():
                self._say(IF_LT if holds else IF_GE, one, other, to)
            case ast.LtE():
                self._say(IF_GE if holds else IF_LT, other, one, to)
            case _:
                raise NotNative(ast.unparse(test))

    # ------------------------------------------------------------------ statements
    def _all(self, statements: Sequence[ast.stmt]) -> None:
        for each in statements:
            self._statement(each)

    def _statement(self, each: ast.stmt) -> None:
        match each:
            case ast.Pass() | ast.Continue():
                # What gives a case up goes on with the next event.
                pass
            case ast.If(body=body, orelse=orelse) if all(isinstance(s, ast.Pass) for s in (*body, *orelse)):
                pass
            case ast.If(test=test, body=body, orelse=orelse):
                no, end = _Label(), _Label()
                self._unless(test, no)
                self._all(body)
                if orelse:
                    self._say(JUMP, end)
                no.at = len(self._code)
                self._all(orelse)
                end.at = len(self._code)
            case ast.Assign(targets=[ast.Name(id="ref")]):
                self._texts.add(_place(self._temp("ref")))
                self._say(REF, self._temp("ref"))
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="cases"))]):
                self._say(KEEP)
            case ast.Assign(targets=[target], value=value):
                self._value(value, self._value(target))
            case ast.AugAssign(target=ast.Subscript(value=ast.Subscript() as of, slice=ast.Constant(value=status))):
                self._say(COUNT, self._value(of), status)
            case ast.AugAssign(target=target, op=ast.Add(), value=value):
                into = self._value(target)
                self._say(ADD, into, into, self._value(value))
            case ast.Delete():
                self._say(DROP)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr=what), args=args)):
                self._call(f"{of}.{what}", args)
            case _:
                raise NotNative(ast.unparse(each))

    def _call(self, what: str, args: Sequence[ast.expr]) -> None:
        match what, args:
            case "spoilt.add", _:
                self._say(SPOIL)
            case "gone.append" | "cases.pop", _:
                self._say(DROP)
            case "out.append", [ast.Tuple(elts=[at, _, ast.Constant(value=int() as form), name, _, *numbers])]:
                if not self.alone(form):
                    raise NotNative("numbers of an entry")
                parts = [self._value(each) for each in (at, name, *numbers)]
                self._say(ROW, self.form + form, *parts[:2], len(numbers), *parts[2:])
            case "rows.append", [ast.Call(args=[norm, tally, status, place, *_])]:
                self._outcome(norm, tally, status, place)
            case _:
                raise NotNative(what)

    def _outcome(self, norm: ast.expr, tally: ast.expr, status: ast.expr, place: ast.expr) -> None:
        match tally, status, place:
            case (
                ast.Subscript(value=of), ast.Constant(value=str() as said),
                ast.Tuple(elts=[ast.Call(func=ast.Name(id="ticks"), args=[at]), ast.Constant(value=int() as where)]),
            ):  # fmt: skip
                table = self._group(self._of_table(norm))
                self._say(OUTCOME, table, self._value(of), _STATUSES[said], self._value(at), where)
            case _:
                raise NotNative(ast.unparse(tally))


def number_of(value: Any) -> int:
    """What Python answers with, as the machine has it."""
    if value is None:
        return NONE
    if value is asked.ODD:
        return ODD
    if value is asked.NOT_OPEN:
        return NOT_OPEN
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, timedelta):
        return value // _TICK
    if isinstance(value, datetime):
        return ticks(value)
    raise NotNative(repr(value))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _place(operand: Any) -> str:
    """What an operand is called here: a slot of the case, or another."""
    return f"c{operand}" if isinstance(operand, int) else f"{operand[0]}{operand[1]}"
