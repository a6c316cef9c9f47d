"""Tests: worked examples of the agreement, what happens and what is expected to follow."""

from __future__ import annotations

from collections.abc import Mapping

from bpodsl.language import ast, literals
from bpodsl.language.checks import check
from bpodsl.language.clauses.events import raw_value, words_of
from bpodsl.language.clauses.heads import ladder_keys, state_keys, trigger_keys
from bpodsl.language.conditions import may_stand
from bpodsl.language.context import Context, head_span
from bpodsl.language.figures_at import whole
from bpodsl.language.names import EVENTS, FIGURES, QUESTIONS, RIGHTS, listed, nearest
from bpodsl.language.problems import CannotHappen, NoEffect, OutOfRange, SaidTwice, UnknownField, Unstated
from bpodsl.language.scopes import Scope
from bpodsl.lean import evolve
from bpodsl.terms import EventKind, Example, ExampleEvent, Expectation, Kind, OnSettled
from bpodsl.terms.kinds import money
from bpodsl.values import LAST_DAY, Grid, TimeError, add_days, parse_period, window_on

_OF_A_RIGHT = ("open", "exercised", "lapsed")

Key = tuple[tuple[str, str], ...]


def lower_test(ctx: Context, node: ast.Test) -> None:
    """One example: its events in order of writing, until when, and its expectations."""
    title = node.title.value
    clause = ctx.clause_of(node, "test", title, title)
    events: list[ExampleEvent] = []
    expectations: list[Expectation] = []
    until: int | None = None
    world: str | None = None
    for line in node.lines:
        match line:
            case ast.WorldLine():
                if world is not None:
                    ctx.report(SaidTwice(line.span, "in which world it is"))
                if not ctx.worlds:
                    why = "the agreement has no worlds"
                    ctx.report(NoEffect(line.span, "world", why, "Add `worlds by FIELD` to the agreement."))
                world = words_of(line.world)
            case ast.TestEvent():
                event = _event(ctx, line)
                if event is not None:
                    events.append(event)
            case ast.UntilLine(at=ast.Instant() as at):
                until = literals.instant(ctx, at)
            case ast.UntilLine(at=ast.Day() as at):
                day = ctx.day(at)
                until = None if day is None or ctx.zone is None else ctx.zone.start_of(day)
            case _:
                found = _expectation(ctx, line)
                if found is not None:
                    expectations.append(found)
    ctx.examples.append(Example(title, clause, tuple(events), tuple(expectations), until, world or ""))
    _one_world(ctx, node, events, world)


def _one_world(ctx: Context, node: ast.Test, events: list[ExampleEvent], world: str | None) -> None:
    """A test whose events belong to several worlds must say in which it expects what it expects."""
    named = {text for event in events for name, text in event.fields if name == ctx.worlds}
    if ctx.worlds and world is None and len(named) > 1:
        what = "The events of this test belong to several worlds."
        ctx.demand(head_span(node), what, f"Say in which: `world {min(named)}`.")


# ---------------------------------------------------------------------------------------- events
def _event(ctx: Context, line: ast.TestEvent) -> ExampleEvent | None:
    at = literals.instant(ctx, line.at)
    known: int | None = None
    if ctx.find(line.event, *EVENTS, wanted="event") is None:
        return None
    kind = ctx.events.get(line.event.text)
    if kind is None:
        return None
    fields: dict[str, str] = {}
    for value in line.values:
        if isinstance(value, ast.KnownAt):
            known = literals.instant(ctx, value.at)
            continue
        name = value.field.text
        field = kind.field(name)
        if field is None or not field.reported:
            names = tuple(each.name for each in kind.fields)
            ctx.report(UnknownField(value.field.span, name, f"`{kind.name}`", names, nearest(name, names)))
        elif name in fields:
            ctx.report(SaidTwice(value.span, f"what `{name}` is"))
        else:
            fields[name] = raw_value(ctx, value.value, field.kind, name) or ""
    _all_given(ctx, line, kind, fields)
    reporter = "" if line.reporter is None else _reporter(ctx, line.reporter, kind)
    return None if at is None else ExampleEvent(at, kind.name, tuple(fields.items()), known, reporter, line.span)


def _reporter(ctx: Context, name: ast.Name, kind: EventKind) -> str:
    """The party that reports an event; one that stands in the place of another may report what that may."""
    found = ctx.party(name) or ""
    others = kind.reporters and not list(ctx.names.of("assignment", "novation"))
    if found and others and found not in kind.reporters:
        told = listed((f"`{each}`" for each in kind.reporters), "or")
        ctx.report(CannotHappen(name.span, f"`{kind.name}` is not reported by `{found}`.", f"Write {told}."))
    return found


def _all_given(ctx: Context, line: ast.TestEvent, kind: EventKind, fields: Mapping[str, str]) -> None:
    must = [each.name for each in kind.fields if not each.optional and each.default is None and each.reported]
    lacks = [name for name in must if name not in fields]
    if lacks:
        names = listed(f"`{name}`" for name in lacks)
        ctx.report(Unstated(line.event.span, f"`{kind.name}` is reported without {names}.", f"Add {names}."))


# ---------------------------------------------------------------------------------------- expectations
def _expectation(ctx: Context, line: ast.Line) -> Expectation | None:
    match line:
        case ast.ExpectStatus():
            return _status(ctx, line)
        case ast.ExpectValue():
            return _value(ctx, line)
        case ast.ExpectNoStatus():
            return _not(_status(ctx, line))
        case ast.ExpectOther():
            return _not(_value(ctx, line))
        case ast.ExpectNoLevel():
            return _not(_level(ctx, line))
        case ast.ExpectPays():
            return _pays(ctx, line)
        case ast.ExpectFired():
            if ctx.find(line.name, "trigger") is None:
                return None
            return _fired(ctx, line, negated=False)
        case ast.ExpectNone():
            return _none(ctx, line)
        case ast.ExpectLevel():
            return _level(ctx, line)
    return None


def _not(expected: Expectation | None) -> Expectation | None:
    """That it is not so."""
    return None if expected is None else evolve(expected, negated=True)


def _status(ctx: Context, line: ast.ExpectStatus | ast.ExpectNoStatus) -> Expectation | None:
    found = ctx.find(line.name, "obligation", *QUESTIONS, *RIGHTS, "state", wanted="obligation, right or state")
    if found is None:
        return None
    if found.thing == "state":
        return _state(ctx, line, found.name)
    if found.name in ctx.asked and line.status in _OF_A_RIGHT:
        # Of a claim, how the right to claim stands.
        claim = next((ctx.norms[each] for each in ctx.asked[found.name].norms if ctx.norms[each].form == "right"), None)
        if claim is not None:
            at, day = _moment(ctx, line.moment)
            kinds = {key: ctx.norm_heads[claim.name].fields.get(key) for key in claim.by}
            which = _key(ctx, line.keys, kinds, found.name, months=True)
            return Expectation("right", claim.name, line.span, which, words=line.status, at=at, day=day)
    right = found.thing in RIGHTS
    if (line.status in _OF_A_RIGHT[1:] and not right) or (right and line.status not in _OF_A_RIGHT):
        what = f"A {found.thing} is never {line.status}." if right else f"An obligation is never {line.status}."
        ctx.report(CannotHappen(line.span, what, f"Write {listed(_OF_A_RIGHT, 'or')}." if right else None))
        return None
    head = ctx.norm_heads.get(found.name)
    kinds = {} if head is None else {key: head.fields.get(key) for key in head.by}
    at, day = _moment(ctx, line.moment)
    if head is not None and head.members and head.opened == "period" and line.keys is not None and len(line.keys) == 2:
        # Of a duty for each month and member both are said, the month first.
        member = dict(_key(ctx, line.keys[1:], kinds, found.name)).get(head.by[0], "")
        key: Key = (("", f"{words_of(line.keys[0])}/{member}"),)
    else:
        imposed = found.name in ctx.asked or (head is not None and head.opened == "imposed")
        key = _key(ctx, line.keys, kinds, found.name, imposed)
    if right:
        return Expectation("right", found.name, line.span, key, words=line.status, at=at, day=day)
    return Expectation("outcome", found.name, line.span, key, words=line.status, at=at, day=day)


def _state(ctx: Context, line: ast.ExpectStatus | ast.ExpectNoStatus | ast.ExpectNone, name: str) -> Expectation | None:
    at, day = _moment(ctx, line.moment)
    key = _key(ctx, line.keys, state_keys(ctx, name), name)
    if isinstance(line, ast.ExpectNone):
        return Expectation("state", name, line.span, key, at=at, day=day, negated=True)
    if line.status not in ("open", "ended") or isinstance(line.moment, ast.Until):
        what = f"A state is never {line.status}." if not line.moment else "A state is not open until a day it names."
        ctx.report(CannotHappen(line.span, what, f"Write `expect {name} open` or `expect {name} ended`."))
        return None
    return Expectation("state", name, line.span, key, words=line.status, at=at, day=day)


def _moment(ctx: Context, node: ast.At | ast.On | ast.Until | ast.In | None) -> tuple[int | None, str]:
    match node:
        case ast.At(instant=instant):
            return literals.instant(ctx, instant), ""
        case ast.On(day=day) | ast.Until(day=day):
            found = ctx.day(day)
            return None, "" if found is None else found.isoformat()
        case _:
            return None, ""


def _key(
    ctx: Context, values: tuple[ast.Value, ...] | None, kinds: Mapping[str, Kind | None], of: str,
    months: bool = False,
) -> Key:  # fmt: skip
    """Names and texts of the key written after `for`; without keys of its own an instance goes by its id or period."""
    given = values or ()
    names = list(kinds)
    if not names and len(given) == 1:
        return (("", words_of(given[0])),)
    if months and len(given) == len(names) + 1:
        # Of what follows from a window of each group both are said, the window first.
        group = _key(ctx, given[1:], kinds, of)
        return (("", "/".join((words_of(given[0]), *(text for _, text in group)))),)
    if len(given) > len(names):
        keys = "no keys" if not names else "one key" if len(names) == 1 else f"{len(names)} keys"
        what = f"`{of}` has {keys}, but {len(given)} values are given."
        ctx.report(CannotHappen(given[-1].span, what, f"Its keys are {listed(names)}." if names else None))
        return ()
    found = []
    for name, value in zip(names, given, strict=False):
        kind = kinds[name]
        text = words_of(value) if kind is None else raw_value(ctx, value, kind, name)
        if text is not None:
            found.append((name, text))
    return tuple(found)


def _value(ctx: Context, line: ast.ExpectValue | ast.ExpectOther) -> Expectation | None:
    if ctx.find(line.name, *FIGURES, wanted="figure") is None:
        return None
    name = line.name.text
    head = ctx.figure_heads.get(name)
    if head is None:
        return None
    key = _key(ctx, line.keys, head.keys, name)
    period = _label(ctx, line.period, _grid(ctx, name, head.grid), name)
    if isinstance(line.value, str):
        if line.value == "not measured":
            return Expectation("value", name, line.span, key, period, value=None)
        if not may_stand(ctx, name, line.value, line.span):
            return None
        return Expectation("standing", name, line.span, key, period, line.value)
    typed = ctx.typed(line.value, Scope("an expectation"))
    either = name in ctx.ratios and typed.base in ("number", "share")
    if not either and not check(ctx, typed, ctx.kinds.get(name), line.value.span):
        return None
    return Expectation("value", name, line.span, key, period, value=getattr(typed.expression, "value", None))


def _pays(ctx: Context, line: ast.ExpectPays) -> Expectation | None:
    found = ctx.find(line.name, "obligation", "trigger", *RIGHTS, wanted="obligation, trigger or right")
    if found is None:
        return None
    name = found.name
    if not any(each == f"{name}.payment" or each.startswith(f"{name}.payment.") for each in ctx.lines):
        ctx.report(CannotHappen(line.name.span, f"Nothing is paid as a consequence of `{name}`.", None))
        return None
    head = ctx.norm_heads.get(name)
    kinds: dict[str, Kind | None] = {} if head is None else {key: head.fields.get(key) for key in head.by}
    paid = next(each for each in ctx.lines if each == f"{name}.payment" or each.startswith(f"{name}.payment."))
    kind = money(ctx.lines[paid].currency) if ctx.currency else None
    typed = ctx.typed(line.value, Scope("an expectation"))
    if not check(ctx, typed, kind, line.value.span):
        return None
    key = _key(ctx, line.keys, kinds, name)
    return Expectation("paid", name, line.span, key, value=getattr(typed.expression, "value", None))


def _grid(ctx: Context, figure: str, grid: Grid) -> Grid:
    """The windows of a figure, which may go on after the end."""
    known = ctx.figures.get(figure)
    return evolve(grid, goes_on=known is not None and known.grid.goes_on)


def _label(ctx: Context, node: ast.Period | ast.Name | ast.Text, grid: Grid, name: str) -> str:
    """The label of the window meant: written as it is, or any day of it."""
    text = words_of(node)
    if ctx.zone is None or text in grid.labels:
        return text
    endless = ctx.last is None or ctx.renewal is not None or grid.goes_on
    end = LAST_DAY if endless or ctx.last is None else add_days(ctx.last, 1)
    try:
        period = parse_period(text)
        day = max(period.first, ctx.effective) if period.unit != "day" else period.first
        found = window_on(grid, ctx.zone, ctx.effective, end, day)
        other = window_on(grid, ctx.zone, ctx.effective, end, ctx.effective)
    except (TimeError, OverflowError):
        if grid.unit == "listed" and grid.span == 1:
            what = f"`{name}` has no window `{text}`."
            ctx.report(OutOfRange(node.span, what, f"Its windows are called {listed(grid.labels, 'or')}."))
        return text  # A week or a stretch: its label is compared as it is written.
    if grid.waits:
        return text  # Only the run shows where its windows lie: a day stands for the one that holds it.
    if found is not None and (found.label == text or period.unit == "day"):
        return found.label
    shown = found or other
    hint = None if shown is None else f"Its windows are called like `{shown.label}`; any day of one will do."
    ctx.report(OutOfRange(node.span, f"`{name}` has no window `{text}`.", hint))
    return text


def _fired(ctx: Context, line: ast.ExpectFired | ast.ExpectNone, negated: bool) -> Expectation:
    name = line.name.text
    at, day = _moment(ctx, line.moment)
    rule = ctx.rules.get(name)
    period, kinds = "", _rule_keys(ctx, name)
    if isinstance(line.moment, ast.In):
        period = words_of(line.moment.period)
        if rule is not None and isinstance(rule.on, OnSettled) and rule.on.figure in ctx.figures:
            head = ctx.figure_heads.get(rule.on.figure)
            grid = _grid(ctx, rule.on.figure, head.grid if head else ctx.figures[rule.on.figure].grid)
            period = _label(ctx, line.moment.period, grid, name)
        elif rule is not None:
            what = f"`{name}` does not ask for windows, so it fires on a day, not in a window."
            ctx.report(CannotHappen(line.moment.span, what, "Write `on DAY`."))
    return Expectation(
        "fired", name, line.span, _key(ctx, line.keys, kinds, name), period, at=at, day=day, negated=negated
    )  # fmt: skip


def _rule_keys(ctx: Context, name: str) -> Mapping[str, Kind | None]:
    declared = ctx.names.table.get(name)
    return trigger_keys(ctx, declared.node) if declared and isinstance(declared.node, ast.Trigger) else {}


def _none(ctx: Context, line: ast.ExpectNone) -> Expectation | None:
    wanted = "trigger, right, escalation or state"
    found = ctx.find(line.name, "trigger", *RIGHTS, "escalation", "state", wanted=wanted)
    if found is None:
        return None
    if found.thing == "state":
        return _state(ctx, line, found.name)
    if found.thing == "trigger":
        return _fired(ctx, line, negated=True)
    at, day = _moment(ctx, line.moment)
    what = "level" if found.thing == "escalation" else "right"
    key = _key(ctx, line.keys, {}, found.name)
    return Expectation(what, found.name, line.span, key, at=at, day=day, negated=True)


def _level(ctx: Context, line: ast.ExpectLevel | ast.ExpectNoLevel) -> Expectation | None:
    found = ctx.find(line.name, "escalation")
    if found is None or not isinstance(found.node, ast.Escalation):
        return None
    ladder = ctx.ladders.get(found.name)
    levels = 0 if ladder is None else len(ladder.levels)
    number = whole(ctx, line.level, "the level", 1, max(levels, 1))
    at, day = _moment(ctx, line.moment)
    key = _key(ctx, line.keys, ladder_keys(ctx, found.node), found.name)
    if number is None:
        return None
    return Expectation("level", found.name, line.span, key, at=at, day=day, number=number)
