"""Why something followed, or why not, and what followed from an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from bpodsl.record import Entry
from bpodsl.report.asked import Asked, every, group_asked, names
from bpodsl.report.periods import window_asked
from bpodsl.report.review.desk import text_of
from bpodsl.serve.looking import Stand
from bpodsl.serve.trees import Branch, branches
from bpodsl.terms import Clause
from bpodsl.values import Period

MOST_LINES = 3_000


@frozen
class Explained:
    """An answer: its trees, and the clause that it is about. `wrong`: why there is none; `choices`: what may be asked
    about. `cut`: how many lines are left out."""

    title: str
    trees: tuple[Branch, ...]
    clause: Clause | None
    text: str
    wrong: str
    choices: tuple[tuple[str, str], ...]
    event: str = ""
    cut: int = 0


def explained(stand: Stand, asked: Mapping[str, str], month: Period | None) -> Explained:
    """By `entry` (its name), `event` (its ref: what followed from it), `c` (a calculation of the report on a `month`,
    or on the `whole` run), or `of`, `in` and `for` as `bpodsl explain` takes them (`case`: one, whatever is in it)."""
    run = stand.explainer.run
    choices = tuple((name, stand.words.apart(name)) for name, _ in every(stand.contract) if "." not in name)
    title, clause, wrong, event = "", None, "", ""
    lines: Iterable[str] = ()
    if asked.get("entry"):
        entry = run.by_name.get(asked["entry"])
        if entry is None:
            wrong = "No such entry stands. It may have been withdrawn since."
        else:
            title, lines = stand.words.entry(entry), stand.explainer.tree(entry)
            clause = stand.words.clause_of(entry.clause)
    elif asked.get("event"):
        event = asked["event"]
        title, lines = "What followed from an event", _forward(stand, event)
        wrong = "" if event in run.events else "No such event was used."
    elif asked.get("c"):
        review = stand.review(month, whole=bool(asked.get("whole")))
        detail = next((each for each in review.details if each.name == asked["c"]), None)
        if detail is None:
            wrong = "There is no such calculation any more."
        else:
            title, lines = detail.title, detail.lines
            clause = stand.words.clause_of(detail.clause.name)
    elif asked.get("of"):
        title, lines, clause, wrong = _asked(stand, asked)
    found = list(lines) if not wrong else []
    trees = branches(found[:MOST_LINES])
    return Explained(title, trees, clause, text_of(clause), wrong, choices, event, max(0, len(found) - MOST_LINES))


def _asked(stand: Stand, asked: Mapping[str, str]) -> tuple[str, Iterator[str], Clause | None, str]:
    name, period = asked["of"], asked.get("in", "").strip()
    keys = (asked["case"],) if asked.get("case") else tuple(asked.get("for", "").split())
    if name not in dict(every(stand.contract)):
        return "", iter(()), None, f"The agreement has no clause `{name}`."
    wrong = ""
    if period:
        period, wrong = window_asked(stand.contract, stand.ledger, name, period)
    wrong = wrong or group_asked(stand.contract, stand.ledger.outcome, name, keys)
    clause = stand.words.clause_of(name) or names(stand.contract).get(name)
    title = " ".join(filter(None, (stand.words.clause(name), period and f"in {period}", " ".join(keys))))
    return title, stand.explainer.explain(Asked(name, period, keys)), clause, wrong


def _forward(stand: Stand, ref: str) -> Iterator[str]:
    """An event and, a step further in each time, what rests on it."""
    run = stand.explainer.run
    if ref not in run.events:
        return
    yield run.of(ref)
    shown: set[str] = set()
    stack: list[tuple[int, Entry]] = [(1, each) for each in reversed(_after(stand, ref))]
    while stack:
        depth, entry = stack.pop()
        again = "  (as above)" if entry.name in shown else ""
        yield f"{'  ' * depth}{stand.show.instant(entry.at)}  {stand.words.entry(entry)}{again}"
        if not again:
            shown.add(entry.name)
            stack.extend((depth + 1, each) for each in reversed(_after(stand, entry.name)))


def _after(stand: Stand, name: str) -> list[Entry]:
    return sorted(stand.follows.get(name, ()), key=lambda entry: (entry.at, entry.place))
