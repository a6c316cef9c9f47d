"""What a deadline takes from what opens a duty: a field of it or of its case, or a formula, worked out as it opens."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from bpodsl.language import ast, literals
from bpodsl.language.cases import event_row, of_case
from bpodsl.language.checks import holds
from bpodsl.language.clauses.covered import every_member_has
from bpodsl.language.clauses.heads import duty
from bpodsl.language.context import Context, below
from bpodsl.language.kinds import Typed, open_length, settled, told, told_of
from bpodsl.language.names import listed, nearest
from bpodsl.language.problems import UnknownField, WrongKind
from bpodsl.language.scopes import NormHead, Row, Scope
from bpodsl.lean import evolve
from bpodsl.terms import Fact, Kind, Length
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER

DATED: Final = ("instant", "day", "period")
_COUNT: Final = ("number",)


def opening_row(ctx: Context, node: ast.Obligation, head: NormHead) -> Row:
    """What opens an obligation, as a row: the event; else what its cause, or the member it is for, has."""
    line = duty(node)
    if line is not None and isinstance(line.opening, ast.ForEachEvent):
        return event_row(ctx, line.opening.selector.event.text)
    if line is not None and isinstance(line.opening, ast.ForEachAny):
        return evolve(head.row, told=f"what opens `{head.name}`", outcome=False, reading=None)
    # Of an outcome from which it follows it may ask when that was opened, due, decided and performed.
    of_outcome = line is not None and isinstance(line.opening, ast.ForEachOutcome)
    return evolve(head.row, told=f"what opens `{head.name}`", outcome=of_outcome, reading=None)


def opening_where(ctx: Context, node: ast.Obligation) -> ex.Expression | None:
    """What is sure to hold of what opens an obligation; None if nothing is said (or it makes no sense)."""
    line = duty(node)
    match line.opening if line is not None else None:
        case ast.ForEachEvent(selector=ast.Selector(event=event, where=where)) if where is not None:
            row = event_row(ctx, event.text)
        case ast.ForEachOutcome(norm=norm, where=where) if where is not None and norm.text in ctx.norm_heads:
            row = ctx.norm_heads[norm.text].row
        case _:
            return None
    with ctx.unreported():
        return holds(ctx, where, Scope("what opens a duty", node.name.text, row))


class Opened:
    """What opens an instance, while its deadline is lowered; `facts` is what that asks to be worked out. `where`: what
    is sure to hold of it."""

    def __init__(self, head: NormHead, row: Row, where: ex.Expression | None = None) -> None:
        self.head = head
        self.row = row
        self.where = where
        self.facts: list[Fact] = []

    @property
    def scope(self) -> Scope:
        """Where a formula of the deadline stands."""
        return Scope("what opens a duty", self.head.name, self.row)

    @property
    def known(self) -> Mapping[str, tuple[str, ...]]:
        """The fields of which only some values come, and these."""
        return {self.head.by[0]: self.head.members} if self.head.members else {}

    def named(self, ctx: Context, node: ast.Expression, bases: tuple[str, ...]) -> str:
        """The field, or fact, that gives a value of one of these kinds; "" if it makes no sense (reported)."""
        if isinstance(node, ast.Name) and node.text in self.head.fields:
            kind = self.head.fields[node.text]
            return node.text if kind is None or _is_one_of(ctx, node, Typed(ex.FieldOf(""), kind), bases) else ""
        typed = self.value(ctx, node)
        if typed is None or typed.kind is None or not _is_one_of(ctx, node, typed, bases):
            return ""
        return self.fact(node, typed)

    def value(self, ctx: Context, node: ast.Expression) -> Typed | None:
        """A formula, or the field of another event of the case; None for a name that is neither (reported)."""
        if isinstance(node, ast.Name) and node.text not in ctx.meanings and of_case(ctx, node, self.row) is None:
            known = tuple(self.head.fields)
            owner = f"What opens `{self.head.name}`"
            ctx.report(UnknownField(node.span, node.text, owner, known, nearest(node.text, known)))
            return None
        for part in below(node):
            if isinstance(part, ast.Lookup):
                every_member_has(ctx, part, self.scope, self.known, self.where)
        return ctx.typed(node, self.scope)

    def fact(self, node: ast.Node, typed: Typed) -> str:
        """Have a value worked out as an instance opens; the name under which the instance has it."""
        name = f"({' '.join(node.span.text.split())})"
        if all(each.name != name for each in self.facts):
            self.facts.append(Fact(name, typed.expression))
        return name

    def length(
        self, ctx: Context, node: ast.DueLength | ast.Lookup, same_day: bool = False
    ) -> tuple[Length | None, str]:
        """A length, and the field or fact that says how many of it there are ("" where it is written); `same_day`:
        whether 0 days may be written, for the day itself."""
        match node:
            case ast.CountedLength(count=count):
                return self._counted(ctx, node, count)
            case ast.WorkedLength():
                return self._worked(ctx, node)
            case _:
                assert isinstance(node, ast.Length)
                return literals.length(ctx, node, same_day=same_day), ""

    def _counted(self, ctx: Context, node: ast.CountedLength, count: ast.Expression) -> tuple[Length | None, str]:
        if not (isinstance(count, ast.Name) and count.text in self.head.fields):
            typed = self.value(ctx, count)
            if typed is None or typed.kind is None or not _is_one_of(ctx, count, typed, _COUNT):
                return None, ""
            typed = settled(typed, NUMBER)
            if isinstance(typed.expression, ex.Literal):
                assert isinstance(typed.expression.value, int | Fraction)
                number = ast.Number(count.span, typed.expression.value)
                return literals.length(ctx, ast.Length(node.span, number, node.unit, node.calendar)), ""
        found = self.named(ctx, count, _COUNT)
        unit = ast.Length(node.span, ast.Number(node.span, 1), node.unit, node.calendar)
        return (literals.length(ctx, unit), found) if found else (None, "")

    def _worked(self, ctx: Context, node: ast.WorkedLength) -> tuple[Length | None, str]:
        """`(agreed_time)`: a length by the clock, in the open time of the calendar that it is of."""
        calendar = None if node.calendar is None else ctx.calendar(node.calendar)
        if node.calendar is not None and calendar is None:
            return None, ""
        found: Kind | None
        if isinstance(node.value, ast.Name) and node.value.text in self.head.fields:
            found, name = self.head.fields[node.value.text], node.value.text
            typed = Typed(ex.FieldOf(name), found, node.value.span)
        else:
            worked = self.value(ctx, node.value)
            if worked is None or worked.kind is None:
                return None, ""
            typed, found = worked, worked.kind
            name = self.fact(node.value, typed)
        if found is None:
            return None, ""
        if found.base == "number" or typed.ratio:
            advice = f"Write the unit too: `({node.value.span.text.strip()}) days`, or `hours of CALENDAR`."
            ctx.report(WrongKind(node.value.span, told_of(typed), "a length of time", advice))
            return None, ""
        if found.base != "length":
            ctx.report(WrongKind(node.value.span, told_of(typed), "a length of time"))
            return None, ""
        if found.detail and calendar is not None and found != open_length(calendar):
            ctx.report(WrongKind(node.value.span, told(found), told(open_length(calendar))))
            return None, ""
        named = calendar or (found.detail[0] if found.detail else None)
        return Length(1, "elapsed" if named is None else "open", named), name


def _is_one_of(ctx: Context, node: ast.Node, typed: Typed, bases: tuple[str, ...]) -> bool:
    """Whether a value is of one of these kinds; reported if not."""
    if typed.base in bases or (typed.ratio and "number" in bases):
        return True
    ctx.report(WrongKind(node.span, told_of(typed), listed((told(Kind(each)) for each in bases), "or")))
    return False
