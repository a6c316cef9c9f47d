"""Changes: each version of a clause is lowered as any clause is; then its versions are joined into one term.

Which version holds is decided by a day: of a window its first, of an instance that of its opening, of an event its
own. A change signed after it took effect holds only in outcomes that know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import combinations
from typing import TypeVar

from bpodsl.language import ast
from bpodsl.language.clauses.apart import payments_apart
from bpodsl.language.clauses.figures import lower_derived
from bpodsl.language.clauses.same_day import Said, report_same_day
from bpodsl.language.clauses.sorts import DEADLINE, sort_of
from bpodsl.language.clauses.versions import (
    GROWS,
    Version,
    joined_account,
    joined_figure,
    joined_line,
    joined_norm,
    joined_rule,
    joined_state,
)
from bpodsl.language.clauses.versions_by_day import is_lapse, joined_lapses, joined_waivers
from bpodsl.language.clauses.windows import changed_windows
from bpodsl.language.context import Context, mentions
from bpodsl.language.definitions import spelled_out
from bpodsl.language.names import EVENTS
from bpodsl.language.problems import CannotHappen, ChangeInWindow, NoEffect, NotSayable, OutOfRange, SaidTwice
from bpodsl.language.scopes import told_grid
from bpodsl.lean import evolve, frozen
from bpodsl.terms import Change, Figure, Norm, OnPeriod, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Span
from bpodsl.values import LAST_DAY, Grid, TimeError, add_days, window_on

_C = TypeVar("_C", bound=ast.Node)
_CHANGED = (
    "obligation", "measure", "amount", "charge", "credit", "cap", "true-up", "trigger", "right", "termination",
    "escalation", "state", "calendar",
)  # fmt: skip
_FACTS = ("state", "calendar")
"""What nobody owes: it has no lines that a change could remove, nor a `since`."""
_KEEP = "an instance that is open when a change takes effect keeps the terms under which it opened"
_HELD_AGAINST = (ast.TargetLine, ast.TargetByLine, ast.MinimumLine, ast.MinimumByLine)
_CLOCKED = ("obligation", "right", "termination", "escalation")
_MOST = 4


@frozen
class Edit:
    """What one change does to a clause: new lines (None: it is removed), and where it says so."""

    change: Change
    lines: tuple[ast.Node, ...] | None
    span: Span
    windows: str = ""


@frozen
class Edits:
    """All that changes do to a clause, in order; `since` is the change that adds it."""

    edits: tuple[Edit, ...]
    since: Edit | None = None


def take_changes(ctx: Context) -> None:
    """Read all changes, and which clauses they touch."""
    nodes = [clause for clause in ctx.file.clauses if isinstance(clause, ast.Change)]
    made = [(found, node) for node in nodes for found in [_change(ctx, node)] if found is not None]
    made.sort(key=lambda each: (each[0].effective, each[0].signed, each[0].name))
    touched: dict[str, list[Edit]] = {}
    meant: list[tuple[Change, ast.Changed, str]] = []
    for change, node in made:
        windows = _windows(ctx, node)
        for line in node.lines:
            if isinstance(line, ast.Changed) and line.name.text in ctx.meanings:
                meant.append((change, line, windows))
            elif isinstance(line, ast.Changed):
                _touch(ctx, line.name, Edit(change, line.lines, line.span, windows), touched)
            elif isinstance(line, ast.RemovesLine):
                for name in line.names:
                    _touch(ctx, name, Edit(change, None, name.span), touched)
    ctx.changes = tuple(change for change, _ in made)
    report_same_day(ctx, [
        *(Said(name, edit.change, edit.lines, edit.span) for name, edits in touched.items() for edit in edits),
        *(Said(line.name.text, change, line.lines, line.span) for change, line, _ in meant),
    ])  # fmt: skip
    for change, line, windows in meant:
        _redefine(ctx, change, line, windows, touched)
    for edits in touched.values():
        edits.sort(key=lambda edit: ctx.changes.index(edit.change))
        if len(edits) > _MOST:
            what = f"More than {_MOST} changes of one clause are too many."
            ctx.report(NotSayable(edits[_MOST].span, what, "Remove the clause, and write it anew with `since`."))
    ctx.edits = {name: Edits(tuple(edits)) for name, edits in touched.items()}
    ctx.regrids = {
        name: [(edit.change, each) for edit in edits for each in edit.lines or () if isinstance(each, ast.WindowLine)]
        for name, edits in touched.items()
    }
    known = {change.name: change for change, _ in made}
    for clause in ctx.file.clauses:
        for line in () if isinstance(clause, ast.Cap) else getattr(clause, "lines", ()):
            if isinstance(line, ast.SinceLine):
                _since(ctx, clause, line, known)


def _change(ctx: Context, node: ast.Change) -> Change | None:
    effective = ctx.day(node.effective)
    signed = effective if node.signed is None else ctx.day(node.signed)
    if effective is None or signed is None:
        return None
    if effective < ctx.effective or (ctx.last is not None and not ctx.renews and effective > ctx.last):
        to = "" if ctx.last is None else f" to {ctx.last}"
        advice = f"Write a day from {ctx.effective}{to}."
        ctx.report(OutOfRange(node.effective.span, "This day lies outside the term of the agreement.", advice))
        return None
    rules = [line for line in node.lines if isinstance(line, ast.RunningLine)]
    clocks = [line for line in rules if line.rule.startswith("clocks")]
    for line in clocks[1:]:
        ctx.report(SaidTwice(line.span, "what becomes of running clocks", clocks[0].span))
    clause = ctx.clause_of(node, "change")
    touched = [ctx.names.table.get(line.name.text) for line in node.lines if isinstance(line, ast.Changed)]
    if not clocks and any(each is not None and each.thing in _CLOCKED for each in touched):
        ctx.assume("running clocks", _KEEP, clause)
    return Change(node.name.text, clause, effective, signed, any("move" in line.rule for line in clocks))


def _windows(ctx: Context, node: ast.Change) -> str:
    """What becomes of the windows in which a change takes effect: "prorated", "split" or nothing."""
    lines = [each for each in node.lines if isinstance(each, ast.RunningLine) and each.rule.startswith("windows")]
    for again in lines[1:]:
        ctx.report(SaidTwice(again.span, "what becomes of running windows", lines[0].span))
    return lines[0].rule.rpartition(" ")[2] if lines else ""


def _touch(ctx: Context, name: ast.Name, edit: Edit, touched: dict[str, list[Edit]]) -> None:
    declared = ctx.names.table.get(name.text)
    if declared is not None and declared.thing in EVENTS:
        what = f"What `{name.text}` reports cannot be changed: what is reported late would be of two kinds."
        advice = "Give it the field as `optional`, or the word in its list, and let the clauses that ask for it change."
        ctx.report(NotSayable(edit.span, what, advice))
        return
    found = ctx.find(name, *_CHANGED, wanted="clause that can change")
    if found is None:
        return
    if edit.lines is None and found.thing in _FACTS:
        what = f"`{name.text}` is a {found.thing}, which obliges nobody: nothing of it ends with a change."
        ctx.report(NotSayable(edit.span, what, "Let the clauses that use it change."))
        return
    earlier = [each for each in touched.get(name.text, ()) if each.change == edit.change]
    if earlier:
        ctx.report(SaidTwice(edit.span, f"what becomes of `{name.text}`", earlier[0].span))
        return
    touched.setdefault(name.text, []).append(edit)


def _redefine(
    ctx: Context, change: Change, line: ast.Changed, windows: str, touched: dict[str, list[Edit]]
) -> None:
    """A change gives a defined word another meaning: whatever says the word has a new version."""
    word = line.name.text
    ctx.names.used.add(word)
    others = [each for each in line.lines if not isinstance(each, ast.MeansLine)]
    for each in others:
        ctx.report(NoEffect(each.span, "this line", "a definition has no such line", "Write `means …`."))
    said = [each for each in line.lines if isinstance(each, ast.MeansLine)]
    ctx.said_once(said, f"what `{word}` means")
    if not said or others:
        return
    new, old = said[0].value, ctx.meanings[word]
    redefined = ctx.redefined.setdefault(change.name, {})
    if word in redefined:
        ctx.report(SaidTwice(line.span, f"what becomes of `{word}`"))
        return
    if type(new) is not type(old):
        what = "A change cannot make a word mean another sort of thing."
        ctx.report(NotSayable(said[0].span, what, f"Write another value like `{old.span.text.strip()}`."))
        return
    redefined[word] = new
    for clause in ctx.file.clauses:
        written = ctx.written.get(id(clause), clause)
        if isinstance(clause, ast.Definition | ast.Change | ast.Test):
            continue
        if not any(name.text == word for name in mentions(written)):
            continue
        name = getattr(clause, "name", None)
        declared = ctx.names.table.get(name.text) if isinstance(name, ast.Name) else None
        if declared is None or declared.node is not clause or declared.thing not in _CHANGED:
            what = f"`{word}` is said in a clause that no change can reach: {type(clause).__name__.lower()}."
            ctx.report(NotSayable(line.span, what, "Write the value itself there."))
        elif all(edit.change != change for edit in touched.get(declared.name, ())):
            touched.setdefault(declared.name, []).append(Edit(change, (), line.span, windows))


def _since(ctx: Context, clause: ast.Clause, line: ast.SinceLine, known: dict[str, Change]) -> None:
    if ctx.find(line.change, "change") is None:
        return
    name = getattr(clause, "name", None)
    change = known.get(line.change.text)
    if change is None or not isinstance(name, ast.Name):
        return
    old = ctx.edits.get(name.text, Edits(()))
    if old.since is not None:
        ctx.report(SaidTwice(line.span, "since when it holds", old.since.span))
        return
    if any(edit.change.effective < change.effective for edit in old.edits):
        ctx.report(CannotHappen(old.edits[0].span, f"`{name.text}` does not hold yet then."))
        return
    ctx.edits[name.text] = evolve(old, since=Edit(change, (), line.span))


# ---------------------------------------------------------------------------------------- versions
def lower_versions(ctx: Context, node: ast.Clause, lowering: Callable[[Context, ast.Clause], None]) -> None:
    """Lower a clause that changes touch: each of its versions, joined into one."""
    name = getattr(node, "name", None)
    edits = ctx.edits.get(name.text) if isinstance(name, ast.Name) else None
    if edits is None or not isinstance(name, ast.Name) or len(edits.edits) > _MOST:
        lowering(ctx, node)
        return
    before, meanings = _Desk(ctx), ctx.meanings
    written = ctx.written.get(id(node), node)
    lowering(ctx, node)
    first = _Desk(ctx)
    versions: list[Version] = []
    since = edits.since
    for subset in _subsets(edits.edits):
        found = _applied(ctx, written, subset)
        in_force = tuple(edit.change for edit in (*(() if since is None else (since,)), *subset))
        if found is None:
            versions.append(Version(in_force, None))
        else:
            before.lay(ctx)
            ctx.current = found = _spelled_then(ctx, found, subset, meanings)
            lowering(ctx, found)
            ctx.meanings = meanings
            versions.append(Version(in_force, _Desk(ctx), subset[-1].windows))
            _same_ground(ctx, first, subset[-1])
        first.lay(ctx)
    if since is not None:
        versions.append(Version((since.change,), first))
    ctx.current = node
    _join(ctx, name.text, edits, first, versions)


class _Desk:
    """What has been lowered so far, to come back to."""

    def __init__(self, ctx: Context) -> None:
        self.norms, self.figures, self.lines = dict(ctx.norms), dict(ctx.figures), dict(ctx.lines)
        self.rules, self.states, self.accounts = dict(ctx.rules), dict(ctx.states), list(ctx.accounts)
        self.grafts, self.later, self.turnings = list(ctx.grafts), list(ctx.later), list(ctx.turnings)
        self.derived, self.ladders = dict(ctx.derived), dict(ctx.ladders)

    def lay(self, ctx: Context) -> None:
        """Put it all back, but what another version asked for of other windows."""
        ctx.norms, ctx.figures, ctx.lines = dict(self.norms), dict(self.figures), dict(self.lines)
        ctx.rules, ctx.states, ctx.accounts = dict(self.rules), dict(self.states), list(self.accounts)
        ctx.grafts, ctx.later, ctx.turnings = list(self.grafts), list(self.later), list(self.turnings)
        ctx.ladders = dict(self.ladders)


def _subsets(edits: tuple[Edit, ...]) -> Iterator[tuple[Edit, ...]]:
    """The changes that may be in force together, in their order; the most at once first."""
    for size in range(len(edits), 0, -1):
        for chosen in combinations(edits, size):
            if all(
                other in chosen or not _implied(other.change, each.change)
                for each in chosen for other in edits[: edits.index(each)]
            ):  # fmt: skip
                yield chosen


def _implied(earlier: Change, later: Change) -> bool:
    """Whether the earlier of two changes is in force wherever the later is."""
    return earlier.signed <= earlier.effective or earlier.signed <= later.signed


def _applied(ctx: Context, node: ast.Clause, subset: tuple[Edit, ...]) -> ast.Clause | None:
    """The clause with the lines of some changes in place of those of the same sort; None once it is removed."""
    found = node
    for edit in subset:
        if edit.lines is None:
            return None
        found = _with(ctx, found, edit)
    return found


def _with(ctx: Context, node: ast.Clause, edit: Edit) -> ast.Clause:
    assert edit.lines is not None
    if isinstance(node, ast.Cap):
        for line in edit.lines:
            if isinstance(line, ast.LimitLine):
                node = ast.changed(node, limit=line.limit)
            else:
                why = "of a cap only the limit changes"
                ctx.report(NoEffect(line.span, "this line", why, "Write `at …`."))
        return node
    if isinstance(node, ast.State):
        return _bounded(ctx, node, edit)
    kinds = _lines_of(node)
    new: list[ast.Node] = []
    for line in edit.lines:
        if isinstance(line, ast.MeansLine):
            ctx.report(NoEffect(line.span, "`means`", "only a definition has a meaning"))
        elif isinstance(line, ast.WindowLine) and (isinstance(node, ast.Obligation) or ast.WindowLine in kinds):
            # Of a figure all versions have the same windows: see `changed_windows`.
            node = _arising(ctx, node, line) if isinstance(node, ast.Obligation) else node
        elif isinstance(line, ast.LimitLine) or not isinstance(line, kinds):
            word = type(node).__name__.lower()
            ctx.report(NoEffect(line.span, " ".join(line.span.text.split()[:2]), f"{_an(word)} has no such line"))
        else:
            new.append(line)
    opened = [line for line in new if isinstance(line, ast.ForEachEvent)]
    duties = [line for line in new if isinstance(line, ast.NewDutyLine)]
    new = [line for line in new if not isinstance(line, ast.ForEachEvent | ast.NewDutyLine)]
    sorts = {sort_of(line) for line in new}
    kept = [line for line in getattr(node, "lines", ()) if sort_of(line) not in sorts]
    if opened:
        ctx.said_once(opened, "for what it is owed")
        kept = [_opened(ctx, line, opened[0]) if isinstance(line, ast.DutyLine) else line for line in kept]
    if duties:
        ctx.said_once(duties, "who must do what")
        kept = [_obliging(ctx, line, duties[0]) if isinstance(line, ast.DutyLine) else line for line in kept]
    return ast.changed(node, lines=(*kept, *new))


def _opened(ctx: Context, line: ast.DutyLine, by: ast.ForEachEvent) -> ast.DutyLine:
    """What a party must do, for other events of the same kind."""
    old = line.opening
    if not isinstance(old, ast.ForEachEvent) or old.selector.event.text != by.selector.event.text:
        what = "A change can alter for which events of the same kind a duty is owed, not for what else."
        ctx.report(NotSayable(by.span, what, "Remove the clause, and write it anew with `since`."))
        return line
    return ast.changed(line, opening=ast.changed(by, by=by.by or old.by))


def _arising(ctx: Context, node: ast.Obligation, line: ast.WindowLine) -> ast.Obligation:
    """A duty that arises for other windows."""
    duty = next((each for each in node.lines if isinstance(each, ast.DutyLine)), None)
    if duty is None or not isinstance(duty.opening, ast.Each) or not isinstance(line.window, ast.Each):
        what = "A change can alter for which windows a duty arises that arises for each of some, not for what else."
        ctx.report(NotSayable(line.span, what, "Remove the clause, and write it anew with `since`."))
        return node
    new = ast.changed(duty, opening=line.window)
    return ast.changed(node, lines=tuple(new if each is duty else each for each in node.lines))


def _obliging(ctx: Context, line: ast.DutyLine, new: ast.NewDutyLine) -> ast.DutyLine:
    """What another party, or the same, must do from the change on."""
    if line.modality != new.modality:
        what = "What must be done cannot become what must not be."
        ctx.report(NotSayable(new.span, what, "Remove the clause, and write a new one with `since`."))
        return line
    names = () if new.bearer.name is None else (new.bearer.name,)
    made = ast.changed(line, bearer=ast.Parties(new.bearer.span, names), acts=new.acts)
    if isinstance(new.opening, ast.ForEachEvent):
        return _opened(ctx, made, new.opening)
    if new.opening is not None and " ".join(new.opening.span.text.split()) != _opening_text(line):
        what = "A change cannot alter when a duty arises."
        ctx.report(NotSayable(new.opening.span, what, "Remove the clause, and write it anew with `since`."))
    return made


def _opening_text(line: ast.DutyLine) -> str:
    return "" if line.opening is None else " ".join(line.opening.span.text.split())


def _bounded(ctx: Context, node: ast.State, edit: Edit) -> ast.State:
    """A state with other events that begin or end it; what is not said stays."""
    bounds = node.bounds
    for line in edit.lines or ():
        timed = isinstance(bounds, ast.FromAfter) or node.lasts is not None
        plain = not timed and not isinstance(bounds, ast.During)
        if plain and isinstance(line, ast.FromTo | ast.FromWhen | ast.ToWhen):
            starts: tuple[ast.Selector, ...] = getattr(line, "starts", ()) or getattr(bounds, "starts", ())
            ends: tuple[ast.Selector, ...] = getattr(line, "ends", ()) or getattr(bounds, "ends", ())
            bounds = (
                ast.FromTo(line.span, starts, ends) if starts and ends
                else ast.FromWhen(line.span, starts) if starts else ast.ToWhen(line.span, ends)
            )  # fmt: skip
        else:
            why = "a change says of a state which events begin and end it"
            advice = "Write `from EVENT to EVENT`."
            if isinstance(bounds, ast.During):
                why, advice = "it holds during events that last", "Declare a second state, and use both."
            elif timed:
                why, advice = "it begins or ends after a time", "Declare a second state, and use both."
            ctx.report(NoEffect(line.span, " ".join(line.span.text.split()[:2]), why, advice))
    return ast.changed(node, bounds=bounds)


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _name(node: ast.Clause) -> str:
    name = getattr(node, "name", None)
    return name.text if isinstance(name, ast.Name) else ""


_FIGURE = (
    ast.WindowLine, ast.ValueLine, ast.LevelsLine, ast.BandsLine, ast.TargetLine, ast.TargetByLine,
    ast.MinimumLine, ast.MinimumByLine,
    ast.FewerLine, ast.ExcludingLine, ast.AllowanceLine, ast.RoundedLine,
)  # fmt: skip
_MONEY = (ast.WindowLine, ast.PaysLine, ast.PaysTableLine, ast.PaysLevelsLine, ast.RoundedLine)
_DUTY = (
    *DEADLINE, ast.MovedLine, ast.ClockStopsDuringLine, ast.SuspendedLine, ast.ExcusedLine, ast.CuredLine,
    ast.DifferenceLine, ast.FailingLine, ast.WhenOutcomeLine, ast.ForEachEvent, ast.NewDutyLine,
    ast.WaivedLine,
)  # fmt: skip


def _lines_of(node: ast.Clause) -> tuple[type[ast.Node], ...]:
    """The lines of a clause that a change may replace."""
    match node:
        case ast.Obligation():
            return _DUTY
        case ast.Measure() | ast.Amount():
            return _FIGURE
        case ast.Charge():
            return _MONEY
        case ast.Credit():
            return (*_MONEY, ast.CreditRow, ast.KeyedCreditRow)
        case ast.Trigger():
            return ast.WhenLine, ast.ThenLine
        case ast.Escalation():
            return ast.LevelLine, ast.LevelByLine, ast.EndsWithLine, ast.ThenLine
        case _:
            exercised = ast.ExercisedByLine, ast.ExercisedWithinLine, ast.ExercisedDayLine
            return *exercised, ast.NoticeLine, ast.ThenLine, ast.LapsesLine


def _same_ground(ctx: Context, first: _Desk, edit: Edit) -> None:
    """Whatever opens other clauses, and the states that belong to a clause, must stay as they are."""
    grounds = [[graft[:2] for graft in grafts] for grafts in (ctx.grafts, first.grafts)]
    own = [
        {name: rule for name, rule in rules.items() if "." in name and not is_lapse(rule)}
        for rules in (ctx.rules, first.rules)
    ]  # fmt: skip
    turned = {name for name in ctx.states if "." in name and ctx.states[name] != first.states.get(name)}
    if grounds[0] != grounds[1] or own[0] != own[1] or turned or set(ctx.states) != set(first.states):
        what = "A change cannot alter what opens other clauses."
        ctx.report(NotSayable(edit.span, what, "Remove the clause, and write it anew with `since`."))


# ---------------------------------------------------------------------------------------- joining
def _join(ctx: Context, name: str, edits: Edits, first: _Desk, versions: list[Version]) -> None:
    where = edits.edits[-1].span if edits.edits else edits.since.span if edits.since is not None else None
    added = edits.since is not None
    payments_apart(name, [first, *(version.desk for version in versions if isinstance(version.desk, _Desk))])
    for version in versions:
        if isinstance(version.desk, _Desk):
            ctx.lines = {**version.desk.lines, **ctx.lines}
    problem: str | None = None
    if name in first.states and name not in first.norms:
        ctx.states[name] = joined_state(first.states[name], _terms(versions, "states", name))
    elif name in first.ladders:
        _join_ladder(ctx, name, first, versions)
    elif name in first.norms:
        ctx.rules.update(joined_lapses(name, first.rules, versions))
        own = _terms(versions, "norms", name)
        ctx.norms[name], problem = joined_norm(first.norms[name], own, added)
        ctx.norms[name] = evolve(ctx.norms[name], waivers=joined_waivers(first.norms[name], own))
        ctx.norms[name] = _in_windows(ctx, ctx.norms[name])
    elif name in first.figures:
        if name in first.lines:
            ctx.lines[name], problem = joined_line(first.lines[name], _terms(versions, "lines", name))
        ctx.figures[name], other = joined_figure(first.figures[name], _terms(versions, "figures", name), added)
        problem = problem or other
        _warn(ctx, first.figures[name], edits)
    elif name in first.rules:
        for hidden in [each for each in first.figures if each.startswith(f"{name}.")]:
            ctx.figures[hidden], _ = joined_figure(first.figures[hidden], _terms(versions, "figures", hidden), added)
        ctx.rules[name], problem = joined_rule(first.rules[name], _terms(versions, "rules", name), added)
    else:
        for place, account in enumerate(first.accounts):
            if account.name == name:
                terms = _terms(versions, "accounts", name)
                ctx.accounts[place] = joined_account(account, terms, added)
    if problem is not None:
        ctx.report(NotSayable(where, problem, "Remove the clause, and write it anew with `since`."))


def _in_windows(ctx: Context, norm: Norm) -> Norm:
    """A norm that arises in the windows which changes give it."""
    if not ctx.regrids.get(norm.name):
        return norm
    if norm.matching == "period":
        what = f"Which period an act of `{norm.name}` performs is told by the old windows."
        ctx.report(NotSayable(ctx.regrids[norm.name][0][1].span, what, "Remove the clause, and write it anew."))
    ways = [
        OnPeriod(changed_windows(ctx, norm.name, way.grid)) if isinstance(way, OnPeriod) else way
        for way in norm.opening
    ]
    return evolve(norm, opening=tuple(ways))


def _join_ladder(ctx: Context, name: str, first: _Desk, versions: list[Version]) -> None:
    """Each level as of the day on which it is reached; one that a version does not have is not reached under it."""
    desks = [first, *(version.desk for version in versions if isinstance(version.desk, _Desk))]
    longest = max((desk.ladders[name] for desk in desks), key=lambda ladder: len(ladder.levels))
    ctx.ladders[name] = longest
    for level in longest.levels:
        made = next(desk.norms[level] for desk in desks if level in desk.norms)
        found = _terms(versions, "norms", level)
        # A level that a change adds is none without it.
        ctx.norms[level], problem = joined_norm(made, found, level not in first.norms)
        if problem is not None:
            ctx.report(NotSayable(made.clause.span, problem, "Declare a second escalation, and let the duties change."))


def lower_derived_versions(ctx: Context, base: str, grid: Grid, name: str) -> None:
    """A figure over another window, of which each version is lowered too."""
    lower_derived(ctx, base, grid, name)
    edits, node = ctx.edits.get(base), ctx.names.table[base].node
    if edits is None or name not in ctx.figures or not isinstance(node, ast.Measure | ast.Amount):
        return
    first, meanings = ctx.figures[name], ctx.meanings
    since = () if edits.since is None else (edits.since.change,)
    versions = [Version(since, first)] if since else []
    written = ctx.written.get(id(node), node)
    for subset in reversed(list(_subsets(edits.edits))):
        found, made = _applied(ctx, written, subset), None
        if isinstance(found, ast.Measure | ast.Amount):
            found = _spelled_then(ctx, found, subset, meanings)
            lower_derived(ctx, base, grid, name, found)
            ctx.meanings = meanings
            made = ctx.figures[name]
        versions.insert(0, Version((*since, *(edit.change for edit in subset)), made, subset[-1].windows))
    ctx.figures[name], problem = joined_figure(first, versions, bool(since))
    if problem is not None:
        ctx.report(NotSayable(edits.edits[-1].span, problem, f"Write `{name}` as a figure of its own."))


def _spelled_then(
    ctx: Context, found: _C, subset: tuple[Edit, ...], meanings: Mapping[str, ast.Node]
) -> _C:
    """A version of a clause, with what defined words mean under it."""
    new = [ctx.redefined[edit.change.name] for edit in subset if edit.change.name in ctx.redefined]
    ctx.meanings = {**meanings, **{word: meaning for each in new for word, meaning in each.items()}}
    return spelled_out(ctx, found)


def _terms(versions: list[Version], table: str, name: str) -> list[Version]:
    """The versions with the term of that name in place of all that was lowered."""
    found: list[Version] = []
    for version in versions:
        term: object | None = None
        if isinstance(version.desk, _Desk):
            terms = getattr(version.desk, table)
            if isinstance(terms, dict):
                term = terms.get(name)
            else:
                term = next((each for each in terms if each.name == name), None)
        found.append(evolve(version, desk=term))
    return found


def _warn(ctx: Context, figure: Figure, edits: Edits) -> None:
    """Say where a change takes effect in the middle of a window, so that the window keeps its old terms."""
    grows = figure.kind.base in GROWS and figure.target is None and figure.minimum is None
    if ctx.zone is None:
        return
    end = LAST_DAY if ctx.last is None else add_days(ctx.last, 1)
    cut: dict[date, Edit] = {}
    for edit in (*edits.edits, *(() if edits.since is None else (edits.since,))):
        try:
            window = window_on(evolve(figure.grid, span=1), ctx.zone, ctx.effective, end, edit.change.effective)
        except (TimeError, OverflowError):
            continue
        if window is None or window.first == edit.change.effective:
            continue
        if edit.windows:
            other = cut.setdefault(window.first, edit)
            if other.windows != edit.windows:
                what = f"Two changes share out one window of `{figure.name}` in two ways."
                ctx.report(NotSayable(edit.span, what, "Let the windows of both be prorated, or of both be split."))
        held = any(isinstance(line, _HELD_AGAINST) for line in edit.lines or ())
        if edit.windows and figure.kind.base in GROWS and not held:
            ctx.later.append(partial(_no_part_of_what_is_whole, ctx, figure.name, edit))
        else:
            told = told_grid(figure.grid)
            ctx.whole.setdefault(edit.change.name, set()).add(figure.name)
            ctx.report(ChangeInWindow(edit.span, figure.name, edit.change.effective, window.last, told, grows))


def _no_part_of_what_is_whole(ctx: Context, name: str, edit: Edit) -> None:
    """A sum is not taken apart where it rests on a figure that the change alters as well, and that keeps the terms of
    the first day: it would hold the old figure against the new table."""
    whole, seen, waiting = ctx.whole.get(edit.change.name, set()), {name}, [name]
    while waiting:
        figure = ctx.figures.get(waiting.pop())
        for part in walk(() if figure is None else (figure.value, figure.target, figure.minimum)):
            read = part.figure if isinstance(part, ex.FigureAt | ex.Standing | ex.FigureRows) else ""
            read = read or (part.line if isinstance(part, ex.Posted) else "")
            if read in whole:
                how = "prorated" if edit.windows == "prorated" else "split"
                what = (
                    f"`{name}` cannot be {how} with its window: it rests on `{read}`, which this change alters too and "
                    f"which keeps the old terms until the window ends."
                )
                advice = (
                    "Leave out `running windows …`, or let the change take effect with a window; where each part is "
                    f"to be measured by itself, write a `{read}` and a `{name}` for each part (see “From paper to "
                    "file”)."
                )
                ctx.report(NotSayable(edit.span, what, advice))
                return
            if read and read not in seen:
                seen.add(read)
                waiting.append(read)


