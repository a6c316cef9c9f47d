"""Changes: each version of a clause is lowered as any clause is; then its versions are joined into one term.

Which version holds is decided by a day: of a window its first, of an instance that of its opening, of an event its
own. A change signed after it took effect holds only in outcomes that know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import combinations

from bpodsl.language import ast
from bpodsl.language.clauses.versions import GROWS, Version, joined_account, joined_figure, joined_norm, joined_rule
from bpodsl.language.context import Context, mentions
from bpodsl.language.definitions import spelled_out
from bpodsl.language.problems import CannotHappen, ChangeInWindow, NoEffect, NotSayable, OutOfRange, SaidTwice
from bpodsl.language.scopes import told_grid
from bpodsl.lean import evolve, frozen
from bpodsl.terms import Change, Figure, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Span
from bpodsl.values import LAST_DAY, TimeError, add_days, window_on

_CHANGED = (
    "obligation", "measure", "amount", "charge", "credit", "cap", "true-up", "trigger", "right", "termination",
)  # fmt: skip
_KEEP = "an instance that is open when a change takes effect keeps the terms under which it opened"
_HELD_AGAINST = (ast.TargetLine, ast.TargetByLine, ast.MinimumLine, ast.MinimumByLine)
_CLOCKED = ("obligation", "right", "termination")
_MOST = 4

_DEADLINE = (ast.WithinLine, ast.WithinByLine, ast.ByLine, ast.ByDayLine, ast.ByEndLine)
_SORTS: tuple[tuple[type[ast.Node], ...], ...] = (
    _DEADLINE, (ast.TargetLine, ast.TargetByLine), (ast.MinimumLine, ast.MinimumByLine),
    (ast.PaysLine, ast.PaysTableLine, ast.PaysLevelsLine), (ast.ValueLine, ast.LevelsLine),
    (ast.CreditRow, ast.KeyedCreditRow),
    (ast.WhenLine, ast.WhenEventLine, ast.WhenLastsLine, ast.WhileLine),
)  # fmt: skip


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
    for change, line, windows in meant:
        _redefine(ctx, change, line, windows, touched)
    for edits in touched.values():
        edits.sort(key=lambda edit: ctx.changes.index(edit.change))
        if len(edits) > _MOST:
            what = f"More than {_MOST} changes of one clause are too many."
            ctx.report(NotSayable(edits[_MOST].span, what, "Remove the clause, and write it anew with `since`."))
    ctx.edits = {name: Edits(tuple(edits)) for name, edits in touched.items()}
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
        ctx.report(OutOfRange(node.effective.span, "This day lies outside the term of the agreement."))
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
    if ctx.find(name, *_CHANGED, wanted="clause that can change") is None:
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
            new = [ctx.redefined[edit.change.name] for edit in subset if edit.change.name in ctx.redefined]
            ctx.meanings = meanings | {word: meaning for each in new for word, meaning in each.items()}
            ctx.current = found = spelled_out(ctx, found)
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
        self.derived = dict(ctx.derived)

    def lay(self, ctx: Context) -> None:
        """Put it all back, but what another version asked for of other windows."""
        ctx.norms, ctx.figures, ctx.lines = dict(self.norms), dict(self.figures), dict(self.lines)
        ctx.rules, ctx.states, ctx.accounts = dict(self.rules), dict(self.states), list(self.accounts)
        ctx.grafts, ctx.later, ctx.turnings = list(self.grafts), list(self.later), list(self.turnings)


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
    kinds = _lines_of(node)
    new: list[ast.Node] = []
    for line in edit.lines:
        if isinstance(line, ast.MeansLine):
            ctx.report(NoEffect(line.span, "`means`", "only a definition has a meaning"))
        elif isinstance(line, ast.ThenLine):
            what = "What follows from a clause cannot be changed in its place."
            advice = f"Write `removes {_name(node)}`, and a new clause with the line `since {edit.change.name}`."
            ctx.report(NotSayable(line.span, what, advice))
        elif isinstance(line, ast.WindowLine):
            what = "The windows of a figure cannot be changed."
            advice = f"Write `removes {_name(node)}`, and a new clause with the line `since {edit.change.name}`."
            ctx.report(NotSayable(line.span, what, advice))
        elif isinstance(line, ast.LimitLine) or not isinstance(line, kinds):
            word = type(node).__name__.lower()
            ctx.report(NoEffect(line.span, " ".join(line.span.text.split()[:2]), f"{_an(word)} has no such line"))
        else:
            new.append(line)
    opened = [line for line in new if isinstance(line, ast.ForEachEvent)]
    new = [line for line in new if not isinstance(line, ast.ForEachEvent)]
    sorts = {_sort(line) for line in new}
    kept = [line for line in getattr(node, "lines", ()) if _sort(line) not in sorts]
    if opened:
        ctx.said_once(opened, "for what it is owed")
        kept = [_opened(ctx, line, opened[0]) if isinstance(line, ast.DutyLine) else line for line in kept]
    return ast.changed(node, lines=(*kept, *new))


def _opened(ctx: Context, line: ast.DutyLine, by: ast.ForEachEvent) -> ast.DutyLine:
    """What a party must do, for other events of the same kind."""
    old = line.opening
    if not isinstance(old, ast.ForEachEvent) or old.selector.event.text != by.selector.event.text:
        what = "A change can alter for which events of the same kind a duty is owed, not for what else."
        ctx.report(NotSayable(by.span, what, "Remove the clause, and write it anew with `since`."))
        return line
    return ast.changed(line, opening=ast.changed(by, by=by.by or old.by))


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _name(node: ast.Clause) -> str:
    name = getattr(node, "name", None)
    return name.text if isinstance(name, ast.Name) else ""


def _sort(line: ast.Node) -> object:
    """Lines of one sort say the same thing, so that a new one takes the place of the old ones."""
    if isinstance(line, ast.WhenOutcomeLine):
        return "when", line.outcome
    return next((sort for sort in _SORTS if isinstance(line, sort)), type(line))


_FIGURE = (
    ast.ValueLine, ast.LevelsLine, ast.TargetLine, ast.TargetByLine, ast.MinimumLine, ast.MinimumByLine, ast.FewerLine,
    ast.ExcludingLine, ast.AllowanceLine, ast.RoundedLine,
)  # fmt: skip
_MONEY = (ast.PaysLine, ast.PaysTableLine, ast.PaysLevelsLine, ast.RoundedLine)
_DUTY = (
    *_DEADLINE, ast.MovedLine, ast.ClockStopsDuringLine, ast.SuspendedLine, ast.ExcusedLine, ast.CuredLine,
    ast.FailingLine, ast.WhenOutcomeLine, ast.ForEachEvent,
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
            return (ast.WhenLine,)
        case _:
            return (ast.ExercisedWithinLine, ast.NoticeLine)


def _same_ground(ctx: Context, first: _Desk, edit: Edit) -> None:
    """Whatever opens other clauses, and the states that belong to a clause, must stay as they are."""
    grounds = [[graft[:2] for graft in grafts] for grafts in (ctx.grafts, first.grafts)]
    own = [{name: rule for name, rule in rules.items() if "." in name} for rules in (ctx.rules, first.rules)]
    if grounds[0] != grounds[1] or own[0] != own[1] or ctx.states != first.states:
        what = "A change cannot alter what opens other clauses."
        ctx.report(NotSayable(edit.span, what, "Remove the clause, and write it anew with `since`."))


# ---------------------------------------------------------------------------------------- joining
def _join(ctx: Context, name: str, edits: Edits, first: _Desk, versions: list[Version]) -> None:
    where = edits.edits[-1].span if edits.edits else edits.since.span if edits.since is not None else None
    added = edits.since is not None
    for version in versions:
        if isinstance(version.desk, _Desk):
            ctx.lines = {**version.desk.lines, **ctx.lines}
    problem: str | None = None
    if name in first.norms:
        ctx.norms[name], problem = joined_norm(first.norms[name], _terms(versions, "norms", name), added)
    elif name in first.figures:
        lines = {id(v): v.desk.lines.get(name) for v in versions if isinstance(v.desk, _Desk)}
        if any(line != first.lines.get(name) for line in lines.values()):
            problem = "A change cannot alter who owes a sum to whom, or how it is rounded."
        ctx.figures[name], other = joined_figure(first.figures[name], _terms(versions, "figures", name), added)
        problem = problem or other
        _warn(ctx, first.figures[name], edits)
    elif name in first.rules:
        ctx.rules[name], problem = joined_rule(first.rules[name], _terms(versions, "rules", name), added)
    else:
        for place, account in enumerate(first.accounts):
            if account.name == name:
                terms = _terms(versions, "accounts", name)
                ctx.accounts[place] = joined_account(account, terms, added)
    if problem is not None:
        ctx.report(NotSayable(where, problem, "Remove the clause, and write it anew with `since`."))


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
        if window is not None and window.first in cut and "split" in (edit.windows, cut[window.first].windows):
            what = f"Two changes cut one window of `{figure.name}`, so that it cannot be split."
            ctx.report(NotSayable(edit.span, what, "Say what holds in three charges of their own, with `since`."))
        if window is not None and window.first != edit.change.effective:
            cut[window.first] = edit
        if window is None or window.first == edit.change.effective:
            continue
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


