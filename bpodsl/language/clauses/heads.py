"""Heads: what clauses must know of each other before any of them is lowered.

The order of clauses means nothing. So the windows of every figure and the keys of every obligation are
found first; then each clause can be lowered by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bpodsl.language import ast
from bpodsl.language.cases import event_row, lent, openers
from bpodsl.language.circles import order
from bpodsl.language.clauses.kept import told
from bpodsl.language.clauses.windows import changed_windows, groups, window
from bpodsl.language.context import Context, below, mentions, parts_of
from bpodsl.language.kinds import open_length
from bpodsl.language.literals import one
from bpodsl.language.names import EVENTS, FIGURES, RIGHTS, nearest
from bpodsl.language.problems import UnknownField
from bpodsl.language.rows import key_kind
from bpodsl.language.scopes import FigureHead, NormHead, Scope
from bpodsl.terms import Kind
from bpodsl.terms.kinds import LENGTH, money

Keys = Mapping[str, Kind | None]
FigureNode = ast.Measure | ast.Amount | ast.Charge | ast.Credit


def take_heads(ctx: Context) -> None:
    """The heads of all obligations and figures."""
    for declared in ctx.names.of("obligation"):
        if isinstance(declared.node, ast.Obligation) and not imposed(declared.node):
            ctx.norm_heads[declared.name] = _own_head(ctx, declared.node)
    for name in _figures_in_order(ctx):
        node = ctx.names.table[name].node
        if isinstance(node, ast.Cap):
            _true_up_head(ctx, node, name)
            continue
        assert isinstance(node, ast.Measure | ast.Amount | ast.Charge | ast.Credit)
        ctx.current = node
        head = _figure_head(ctx, node, ctx.names.table[name].thing)
        if head is not None:
            ctx.figure_heads[name] = head
    _imposed_heads(ctx)
    ctx.current = None


# ---------------------------------------------------------------------------------------- figures
def _figures_in_order(ctx: Context) -> list[str]:
    names = [declared.name for declared in ctx.names.of(*FIGURES)]
    known = set(names)
    needs = {}
    for name in names:
        node = ctx.names.table[name].node
        assert isinstance(node, ast.Node)
        needs[name] = [each.text for each in mentions(node) if each.text in known and each.text != name]
    return order(needs)


def _figure_head(ctx: Context, node: FigureNode, thing: str) -> FigureHead | None:
    name = node.name.text
    line = next((each for each in node.lines if isinstance(each, ast.WindowLine)), None)
    if isinstance(node, ast.Credit) and node.measure is not None and line is None:
        of = ctx.figure(node.measure.measure)
        if of is None:
            return None
        return FigureHead(name, thing, node.span, of.grid, of.groups, of.keys, of.counted, damaged=ctx.damaged)
    if line is None:
        ctx.demand(
            ctx.clause_of(node, thing).span,
            f"`{name}` does not say for which windows it has a value.",
            "Add a line such as `each month`.",
        )
        return None
    grid = window(ctx, line.window)
    if grid is None:
        return None
    grid = changed_windows(ctx, name, grid, line)
    found, kinds = groups(ctx, line, node)
    return FigureHead(
        name, thing, line.span, grid, found, kinds, line.counted,
        has_target=any(isinstance(each, ast.TargetLine | ast.TargetByLine) for each in node.lines),
        has_minimum=any(isinstance(each, ast.MinimumLine | ast.MinimumByLine) for each in node.lines),
        damaged=ctx.damaged,
    )  # fmt: skip


def _true_up_head(ctx: Context, node: ast.Cap, name: str) -> None:
    """A cap that is trued up has a value for each of its windows: what is paid back."""
    grid = None if isinstance(node.window, ast.InAny) else window(ctx, node.window)
    if grid is not None:
        ctx.figure_heads[name] = FigureHead(name, "true-up", node.span, grid)
    if ctx.currency:
        ctx.kinds[name] = money(ctx.currency)


# ---------------------------------------------------------------------------------------- obligations
def duty(node: ast.Obligation) -> ast.DutyLine | None:
    """The line that says who must do what."""
    return next((line for line in node.lines if isinstance(line, ast.DutyLine)), None)


def imposed(node: ast.Obligation) -> bool:
    """Whether it is another clause that opens it."""
    line = duty(node)
    return line is not None and isinstance(
        line.opening, ast.ForEachOutcome | ast.OnTrigger | ast.OnAnyTrigger | ast.WhenCalled
    )


def _own_head(ctx: Context, node: ast.Obligation) -> NormHead:
    line = duty(node)
    modality, opened = "must", "once"
    fields: Keys = {}
    by: tuple[str, ...] = ()
    events = () if line is None else opening_events(line.opening)
    if line is not None:
        modality = line.modality
        if modality == "must not":
            opened, fields = "", shared_fields(ctx, [each.event.text for each in acts_of(line)])
            by = _shared_keys(ctx, [each.event.text for each in acts_of(line)])
        elif isinstance(line.opening, ast.ForEachEvent | ast.ForEachAny):
            opened, fields = "event", shared_fields(ctx, [*events])
            names = line.opening.by
            by = _shared_keys(ctx, [*events])
            if names is not None:
                of_case = {each.text: lent(ctx, [*events], each) for each in names if each.text not in fields}
                fields = {**fields, **{key: kind for key, kind in of_case.items() if kind is not None}}
                by = tuple(each.text for each in names if each.text in fields)
        elif isinstance(line.acts, ast.Kept):
            kept = told(ctx, line.acts)
            opened, fields, by = "state", kept.fields, kept.by
        elif isinstance(line.opening, ast.Each):
            opened = "period"
        elif isinstance(line.opening, ast.ForEachMember):
            return _of_members(ctx, node, line, line.opening)
    return NormHead(
        node.name.text, node.span, modality, opened, fields, by, reading(ctx, node), _has(node, ast.CuredLine),
        frozenset[str]().union(*(_optional(ctx, event) for event in events)), *_parts(ctx, node),
        _has(node, ast.WaivedLine),
    )  # fmt: skip


def opening_events(opening: ast.Opening | None) -> tuple[str, ...]:
    """The events for which a duty arises."""
    match opening:
        case ast.ForEachEvent(selector=chosen):
            return (chosen.event.text,)
        case ast.ForEachAny(selectors=selectors):
            return tuple(dict.fromkeys(each.event.text for each in selectors))
        case _:
            return ()


def _of_members(ctx: Context, node: ast.Obligation, line: ast.DutyLine, opening: ast.ForEachMember) -> NormHead:
    """A duty of its own for each member of a list."""
    when = opening.when if isinstance(opening.when, ast.Each) else ast.OverTheTerm(opening.when.span)
    found, kinds = groups(ctx, ast.WindowLine(line.span, when, opening.members, None), line)
    values = tuple(value for group in found for value in group.members or ())
    return NormHead(
        node.name.text, node.span, line.modality, "period" if isinstance(opening.when, ast.Each) else "once", kinds,
        tuple(kinds), reading(ctx, node), _has(node, ast.CuredLine), frozenset(), *_parts(ctx, node),
        _has(node, ast.WaivedLine), values,
    )  # fmt: skip


def _optional(ctx: Context, event: str) -> frozenset[str]:
    """The fields that an event may leave out and that then have no value."""
    kind = ctx.events.get(event)
    return frozenset(f.name for f in kind.fields if f.optional and f.default is None) if kind else frozenset()


def acts_of(line: ast.DutyLine) -> tuple[ast.Selector, ...]:
    """The acts of a duty, however they are joined."""
    acts = line.acts
    return (acts.selector,) if isinstance(acts, ast.LastAct | ast.FirstAct) else acts.selectors


def _parts(ctx: Context, node: ast.Obligation) -> tuple[bool, Kind | None]:
    """Whether it is performed in parts, and the kind of what they add up to."""
    line, acts = next((each for each in node.lines if isinstance(each, ast.InPartsLine)), None), duty(node)
    if line is None or acts is None or not acts_of(acts):
        return line is not None, None
    scope = Scope("a part", node.name.text, event_row(ctx, acts_of(acts)[0].event.text))
    return True, ctx.typed(line.value, scope).kind


def reading(ctx: Context, node: ast.Obligation) -> Kind | None:
    """The kind of what the clock of an obligation reads: open time of a calendar, or elapsed time.

    None where its instances are reckoned by different clocks.
    """
    lengths: list[ast.DueLength | ast.NoLimit | ast.Lookup] = []
    for line in node.lines:
        if isinstance(line, ast.WithinLine):
            lengths.append(line.length)
        elif isinstance(line, ast.WithinByLine):
            lengths += [row.length for row in line.rows]
    kinds = dict.fromkeys(kind for length in lengths for kind in _read(ctx, length))
    return LENGTH if not kinds else next(iter(kinds)) if len(kinds) == 1 else None


def _read(ctx: Context, length: ast.DueLength | ast.NoLimit | ast.Lookup) -> Iterator[Kind]:
    """The kinds of what is held against a limit: of one that a list or a formula says, of all that stand in it."""
    match length:
        case ast.Length() | ast.CountedLength():
            by_clock = one(length.unit) in ("hour", "minute", "second")
            yield _clock(ctx, length.calendar if by_clock else None)
        case ast.WorkedLength(value=value, calendar=None):
            found = [
                kind for part in below(value) if isinstance(part, ast.Length | ast.Lookup) for kind in _read(ctx, part)
            ]
            yield from found or [LENGTH]
        case ast.WorkedLength(calendar=calendar):
            yield _clock(ctx, calendar)
        case ast.Lookup(column=column, list=name) if name.text in ctx.lists:
            for row in ctx.lists[name.text].rows:
                if column.text in row.lengths:
                    yield from _read(ctx, row.lengths[column.text])
        case _:
            pass


def _clock(ctx: Context, calendar: ast.Name | None) -> Kind:
    known = calendar is not None and ctx.names.get(calendar.text, ("calendar",)) is not None
    return open_length(calendar.text) if calendar is not None and known else LENGTH


def _has(node: ast.Obligation, kind: type[ast.Line]) -> bool:
    return any(isinstance(line, kind) for line in node.lines)


def shared_fields(ctx: Context, events: list[str]) -> Keys:
    kinds = [ctx.events[event] for event in events if event in ctx.events]
    if not kinds:
        return {}
    fields = {each.name: each.kind for each in kinds[0].fields}
    for kind in kinds[1:]:
        others = {each.name: each.kind for each in kind.fields}
        fields = {name: each for name, each in fields.items() if others.get(name) == each}
    return fields


def _shared_keys(ctx: Context, events: list[str]) -> tuple[str, ...]:
    fields = shared_fields(ctx, events)
    first = ctx.events.get(events[0]) if events else None
    return () if first is None else tuple(key for key in first.keys if key in fields)


# ---------------------------------------------------------------------------------------- imposed ones
def _imposed_heads(ctx: Context) -> None:
    """Obligations opened by other clauses have the keys that all of their causes share."""
    nodes = {
        declared.name: declared.node for declared in ctx.names.of("obligation")
        if isinstance(declared.node, ast.Obligation) and imposed(declared.node)
    }  # fmt: skip
    callers = _callers(ctx)
    sources = {name: list(_sources(ctx, node, callers.get(name, []))) for name, node in nodes.items()}
    needs = {name: [each for each in _norms_of(ctx, found) if each in nodes] for name, found in sources.items()}
    for name in order(needs):
        node = nodes[name]
        alike: dict[str, Kind | None] | None = None
        for source in sources[name]:
            keys = _keys_of(ctx, source)
            alike = dict(keys) if alike is None else {key: kind for key, kind in alike.items() if key in keys}
        keys = alike or {}
        line = duty(node)
        if line is not None and isinstance(line.opening, ast.ForEachOutcome) and line.opening.by:
            keys = _stated_keys(ctx, line.opening, line.opening.by)
        rows = [_row_of(ctx, source) for source in sources[name]]
        fields = {**shared(fields for fields, _ in rows), **keys}
        optional = frozenset[str]().union(*(optional for _, optional in rows)) - keys.keys()
        ctx.norm_heads[name] = NormHead(
            name, node.span, "must", "imposed", fields, tuple(keys), reading(ctx, node), _has(node, ast.CuredLine),
            optional, *_parts(ctx, node), _has(node, ast.WaivedLine),
        )


def _row_of(ctx: Context, source: str) -> tuple[Keys, frozenset[str]]:
    """The fields of the notice that what follows from a right reads besides its key, and those that may be left out."""
    declared = ctx.names.table.get(source)
    if declared is None or not isinstance(declared.node, ast.Right | ast.Termination):
        return {}, frozenset()
    events = exercises(declared.node)
    return exercise_fields(ctx, declared.node), frozenset[str]().union(*(_optional(ctx, event) for event in events))


def exercises(node: ast.Right | ast.Termination) -> list[str]:
    """The events by which a right is exercised."""
    acts = [each for line in node.lines if isinstance(line, ast.MayLine) for each in line.acts]
    lines = [each for line in node.lines if isinstance(line, ast.ExercisedByLine) for each in line.selectors]
    return [each.event.text for each in (*acts, *lines)]


def exercise_fields(ctx: Context, node: ast.Right | ast.Termination) -> Keys:
    """The fields that every event by which a right is exercised has."""
    return shared_fields(ctx, exercises(node))


def _stated_keys(ctx: Context, opening: ast.ForEachOutcome, names: tuple[ast.Name, ...]) -> dict[str, Kind | None]:
    """The fields by which its instances are told apart; every outcome must have them."""
    have = cause_fields(ctx, opening.norm.text, names)
    for each in names if opening.norm.text in ctx.norm_heads else ():
        if each.text not in have:
            known, owner = tuple(have), f"An outcome of `{opening.norm.text}`"
            ctx.report(UnknownField(each.span, each.text, owner, known, nearest(each.text, known)))
    return {each.text: have[each.text] for each in names if each.text in have}


def _sources(ctx: Context, node: ast.Obligation, callers: list[str]) -> Iterator[str]:
    line = duty(node)
    match line.opening if line is not None else None:
        case ast.ForEachOutcome(norm=norm):
            yield norm.text
        case ast.OnTrigger(trigger=trigger):
            yield trigger.text
        case ast.OnAnyTrigger(triggers=triggers):
            yield from (each.text for each in triggers)
        case _:
            yield from callers


def _norms_of(ctx: Context, sources: list[str]) -> Iterator[str]:
    for source in sources:
        declared = ctx.names.table.get(source)
        if declared is None:
            continue
        if declared.thing == "obligation":
            yield source
        elif isinstance(declared.node, ast.Trigger):
            yield from (each.text for each in mentions(declared.node))


def _keys_of(ctx: Context, source: str) -> Keys:
    declared = ctx.names.table.get(source)
    if declared is None:
        return {}
    if declared.thing == "obligation":
        head = ctx.norm_heads.get(source)
        return {} if head is None else {key: head.fields.get(key) for key in head.by}
    if isinstance(declared.node, ast.Trigger):
        return trigger_keys(ctx, declared.node)
    if isinstance(declared.node, ast.Escalation):
        return ladder_keys(ctx, declared.node)
    if isinstance(declared.node, ast.Right | ast.Termination):
        return right_keys(ctx, declared.node)
    return {}


def _callers(ctx: Context) -> dict[str, list[str]]:
    """Which clauses say of an obligation that it applies."""
    found: dict[str, list[str]] = {}
    for declared in ctx.names.of("obligation", "trigger", "escalation", "right", "termination"):
        assert isinstance(declared.node, ast.Node)
        for line in parts_of(getattr(declared.node, "lines", ())):
            consequence = getattr(line, "consequence", None)
            if isinstance(consequence, ast.Applies):
                found.setdefault(consequence.obligation.text, []).append(declared.name)
    return found


def causes_of(ctx: Context, ladder: str) -> list[str]:
    """Which clauses lead to an escalation."""
    if ctx.leads_to is None:
        ctx.leads_to = _leading(ctx)
    return ctx.leads_to.get(ladder, [])


def _leading(ctx: Context) -> dict[str, list[str]]:
    """By escalation, the clauses that lead to it."""
    found: dict[str, list[str]] = {}
    for declared in ctx.names.of("obligation", "trigger", "escalation", "right", "termination"):
        assert isinstance(declared.node, ast.Node)
        lines = parts_of(getattr(declared.node, "lines", ()))
        said = (part.ladder.text for line in lines for part in below(line) if isinstance(part, ast.Escalate))
        for ladder in dict.fromkeys(said):
            found.setdefault(ladder, []).append(declared.name)
    return found


def trigger_keys(ctx: Context, node: ast.Trigger, asked: tuple[str, ...] = ()) -> Keys:
    """The keys of what makes a trigger fire: those that it counts by, else those of its occasion."""
    counted = [key for line in node.lines if isinstance(line, ast.PathLine) for key in line.fields]
    fields = {key: kind for line in node.lines for key, kind in _fields_of(ctx, line, asked).items()} if counted else {}
    if counted:
        found = {key.text: fields.get(key.text) or lent(ctx, openers(ctx, node.name.text), key) for key in counted}
        return {key: kind for key, kind in found.items() if key in fields or kind is not None}
    for line in node.lines:
        match line:
            case ast.WhenEventLine(selector=selector):
                figure = ctx.figure_heads.get(selector.event.text)
                return event_keys(ctx, selector.event.text) if figure is None else figure.keys
            case ast.WhenLastsLine(state=state):
                return state_keys(ctx, state.text)
            case ast.WhenFiresLine():
                other = _waited_for(ctx, line, asked)
                return {} if other is None else trigger_keys(ctx, other, (*asked, line.trigger.text))
            case ast.WhenLine(condition=ast.Stands(left=ast.Name() as left)) if left.text in _rights(ctx):
                return right_keys(ctx, _rights(ctx)[left.text])
            case ast.WhenLine(condition=ast.AnyStands(names=names)):
                return shared(_condition_keys(ctx, name) for name in names)
            case ast.WhenLine(condition=condition) | ast.WhileLine(condition=condition):
                return _condition_keys(ctx, condition)
            case _:
                pass
    return {}


def cause_fields(ctx: Context, source: str, asked: Iterable[ast.Name] = ()) -> Keys:
    """All fields that what follows from an obligation or trigger can have; also those asked for that its case has."""
    own = _own_fields(ctx, source)
    found = {key.text: lent(ctx, openers(ctx, source), key) for key in asked if key.text not in own}
    return {**own, **{key: kind for key, kind in found.items() if kind is not None}}


def _own_fields(ctx: Context, source: str) -> Keys:
    head = ctx.norm_heads.get(source)
    if head is not None:
        return head.fields
    declared = ctx.names.table.get(source)
    node = None if declared is None else declared.node
    if not isinstance(node, ast.Trigger):
        return {}
    return _of_trigger(ctx, node, (source,))


def _of_trigger(ctx: Context, node: ast.Trigger, asked: tuple[str, ...]) -> Keys:
    fields = dict(trigger_keys(ctx, node, asked))
    for line in node.lines:
        fields |= _fields_of(ctx, line, asked)
    return fields


def _waited_for(ctx: Context, line: ast.WhenFiresLine, asked: tuple[str, ...]) -> ast.Trigger | None:
    """The trigger that another waits for, unless that has been asked already."""
    declared = ctx.names.table.get(line.trigger.text)
    node = None if declared is None or line.trigger.text in asked else declared.node
    return node if isinstance(node, ast.Trigger) else None


def _rights(ctx: Context) -> dict[str, ast.Right | ast.Termination]:
    return {
        each.name: each.node for each in ctx.names.of(*RIGHTS) if isinstance(each.node, ast.Right | ast.Termination)
    }


def _fields_of(ctx: Context, line: ast.Line, asked: tuple[str, ...] = ()) -> Keys:
    """The fields of an event or outcome that a line of a trigger waits for."""
    if isinstance(line, ast.WhenFiresLine):
        other = _waited_for(ctx, line, asked)
        return {} if other is None else _of_trigger(ctx, other, (*asked, line.trigger.text))
    if isinstance(line, ast.WhenEventLine):
        return event_row(ctx, line.selector.event.text).fields
    if not isinstance(line, ast.WhenLine):
        return {}
    if isinstance(line.condition, ast.AnyStands):
        heads = [ctx.norm_heads.get(name.text) for name in line.condition.names]
        return shared({} if head is None else head.fields for head in heads)
    found: dict[str, Kind | None] = {}
    for name in mentions(line.condition):
        if name.text in ctx.events:
            found |= event_row(ctx, name.text).fields
        elif name.text in ctx.norm_heads:
            found |= ctx.norm_heads[name.text].fields
    return found


def shared(each: Iterable[Keys]) -> Keys:
    """The fields that all of several have, of one kind."""
    found = list(each)
    first = found[0] if found else {}
    return {name: kind for name, kind in first.items() if all(name in one and one[name] == kind for one in found)}


def _condition_keys(ctx: Context, condition: ast.Node) -> Keys:
    most: Keys = {}
    for name in mentions(condition):
        declared = ctx.names.table.get(name.text)
        keys: Keys = {}
        if declared is None:
            continue
        if declared.thing in EVENTS:
            keys = event_keys(ctx, name.text)
        elif declared.thing == "obligation":
            keys = _keys_of(ctx, name.text)
        elif name.text in ctx.figure_heads:
            keys = ctx.figure_heads[name.text].keys
        if len(keys) > len(most):
            most = keys
    return most


def event_keys(ctx: Context, event: str) -> Keys:
    """The keys of an event and their kinds."""
    kind = ctx.events.get(event)
    return {} if kind is None else {each.name: each.kind for each in kind.fields if each.key}


def state_keys(ctx: Context, state: str) -> Keys:
    """The keys of a state and their kinds."""
    found = ctx.states.get(state)
    if found is None:
        return {}
    events = [each.event for each in (*found.starts, *found.intervals)]
    return {key: key_kind(ctx, key, events or list(ctx.events)) for key in found.by}


def right_keys(ctx: Context, node: ast.Right | ast.Termination) -> Keys:
    """The fields by which there is a right for each, as its grounds have them."""
    keys = [key for line in node.lines if isinstance(line, ast.PathLine) for key in line.fields]
    grounds = [
        ground for line in node.lines if isinstance(line, ast.MayLine | ast.HolderLine)
        if not isinstance(line.grounds, ast.AtWill) for ground in line.grounds
    ] if keys else []  # fmt: skip
    found: dict[str, Kind | None] = {}
    for ground in grounds:
        found = {**cause_fields(ctx, ground.name.text, keys), **found}
    return {key: found.get(key) for key in dict.fromkeys(each.text for each in keys)} if grounds else {}


def ladder_keys(ctx: Context, node: ast.Escalation) -> Keys:
    """The keys by which an escalation has paths of its own."""
    ends = [each.event.text for line in node.lines if isinstance(line, ast.EndsWithLine) for each in line.selectors]
    return {
        key.text: key_kind(ctx, key.text, ends)
        for line in node.lines if isinstance(line, ast.PathLine) for key in line.fields
    }  # fmt: skip
