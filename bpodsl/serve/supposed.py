"""What if: what may be supposed, what is, and what then differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final

from attrs import frozen

from bpodsl.compare.replaying import Replayed, replayed
from bpodsl.compare.supposing import (
    Answered,
    Excused,
    Level,
    OnTime,
    Supposition,
    Waived,
    came_about,
    levels,
    questions,
    suppose,
)  # fmt: skip
from bpodsl.compare.text import Replay, sum_told
from bpodsl.pipeline import evaluate
from bpodsl.report.show import shortest
from bpodsl.serve.looking import Stand

MOST: Final = 60
"""How many cases, or questions, may be chosen from at once; a month and a text say which."""

MOST_SUPPOSED: Final = 200
_UNITS: Final = {"share": ("%", Fraction(100)), "length": ("hours", Fraction(1, 3_600_000_000))}


@frozen
class Choice:
    """Something that may be supposed: `value` is what an address says for it."""

    value: str
    says: str
    chosen: bool


@frozen
class Case:
    """A case or question, what became of it, and what may be supposed instead."""

    says: str
    now: str
    choices: tuple[Choice, ...]


@frozen
class Slot:
    """A target or minimum: `value` as it is (of a formula all that it came to last), `given` as it is supposed to be
    ("": as it is), both in `unit`."""

    name: str
    says: str
    value: str
    unit: str
    given: str


@frozen
class Row:
    """A line of what differs in money; a title where there are no numbers."""

    says: str
    old: str = ""
    new: str = ""
    difference: str = ""
    kind: str = ""


@frozen
class Told:
    """The answer. `chips`: what is supposed, the value of its field and its words; `notes`: what did not come about."""

    cases: tuple[Case, ...]
    more: int
    questions: tuple[Case, ...]
    slots: tuple[Slot, ...]
    chips: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    same: bool
    money: tuple[Row, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]


def supposed(stand: Stand, cases: Sequence[str], answers: Sequence[str], given: dict[str, str], month: str) -> Told:
    """What follows from what an address supposes. `cases`: `HOW NORM INSTANCE`; `answers`: `QUESTION VALUE EVENT`;
    `given`: by `FIGURE.target` or `FIGURE.minimum` a number; `month`: of which missed cases may be chosen from."""
    read = [(each, "case", _case(each)) for each in dict.fromkeys(cases) if each]
    read += [(each, "answer", _answer(each)) for each in dict.fromkeys(answers) if each]
    asked: list[tuple[str, str, Supposition]] = [(v, f, made) for v, f, made in read if made is not None]
    notes = [f"`{value}` says nothing that can be supposed." for value, _, made in read if made is None]
    slots = list(_slots(stand, given))
    for slot in slots:
        if slot.given:
            level = _level(stand, slot)
            if level is None:
                such = slot.value.partition(",")[0] or "95"
                notes.append(f"{slot.says}: `{slot.given}` is no number such as {such}.")
            else:
                asked.append((slot.name, slot.name, level))
    asked = asked[:MOST_SUPPOSED]
    chosen = {value for value, _, _ in asked}
    missed, more = _cases(stand, month, chosen)
    chips = tuple((field, value, _said(stand, each)) for value, field, each in asked)
    open_ = tuple(_questions(stand, chosen))
    if not asked:
        return Told(missed, more, open_, tuple(slots), chips, tuple(notes), True, (), ())
    found, why = _difference(stand, tuple(each for _, _, each in asked))
    return Told(
        missed, more, open_, tuple(slots), chips, (*notes, *why), found.same, tuple(_money(stand, found)),
        tuple(_lists(stand, found)),
    )  # fmt: skip


def _difference(stand: Stand, asked: tuple[Supposition, ...]) -> tuple[Replayed, tuple[str, ...]]:
    """What differs, and what did not come about; worked out once for each run and question."""
    if asked not in stand.kept:
        what = suppose(stand.contract, stand.read.used, stand.ledger, asked)
        ledger = evaluate(what.contract, what.events, stand.ledger.until)
        failed = dict(what.failed)
        notes = []
        for each in asked:
            why = failed.get(each) or came_about(what.contract, ledger, each)
            if why:
                notes.append(f"Not so: {_said(stand, each)}, since {why}.")
        if len(stand.kept) > MOST:
            stand.kept.clear()
        stand.kept[asked] = replayed(stand.contract, stand.ledger, what.contract, ledger, {}), tuple(notes)
    found: tuple[Replayed, tuple[str, ...]] = stand.kept[asked]
    return found


# ------------------------------------------------------------------------------------ from an address
def _case(text: str) -> Supposition | None:
    how, _, rest = text.partition(" ")
    norm, _, instance = rest.partition(" ")
    if not norm or not instance:
        return None
    if how.startswith("excused:"):
        return Excused(norm, instance, how.partition(":")[2])
    if how == "waived":
        return Waived(norm, instance)
    return OnTime(norm, instance) if how == "on_time" else None


def _answer(text: str) -> Supposition | None:
    question, _, rest = text.partition(" ")
    value, _, event = rest.partition(" ")
    return Answered(event, question, {"yes": True, "no": False}.get(value, value)) if value and event else None


def _level(stand: Stand, slot: Slot) -> Level | None:
    figure, _, which = slot.name.rpartition(".")
    text = slot.given.replace(" ", "").replace(",", ".").removesuffix("%")
    digits = text.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        return None
    value = Fraction(text if text[-1] != "." else text[:-1])
    _, scale = _UNITS.get(stand.show.figures[figure].kind.base, ("", Fraction(1)))
    value /= scale
    return Level(figure, which, int(value) if value.denominator == 1 else value)


# ------------------------------------------------------------------------------------ what may be supposed
def _slots(stand: Stand, given: dict[str, str]) -> Iterator[Slot]:
    for figure, which, value in levels(stand.contract):
        unit, scale = _UNITS.get(figure.kind.base, ("", Fraction(1)))
        name = f"{figure.name}.{which}"
        applied = [value] if value is not None else _applied(stand, figure.name, which)
        shown = ", ".join(shortest(each * scale) for each in applied)
        yield Slot(name, f"{stand.words.apart(figure.name)}: {which}", shown, unit, given.get(name, "").strip())


def _applied(stand: Stand, figure: str, which: str) -> list[int | Fraction]:
    """The levels that a formula came to, each group's latest, without those that are the same."""
    latest = {entry.key: entry.number(which) for entry in stand.explainer.run.figures_of(figure)}
    found = {each for each in latest.values() if isinstance(each, int | Fraction) and not isinstance(each, bool)}
    return sorted(found)


def _cases(stand: Stand, month: str, chosen: set[str]) -> tuple[tuple[Case, ...], int]:
    """The duties missed in a month, the latest first."""
    norms = {norm.name: norm for norm in stand.contract.norms}
    found = []
    for verdict in stand.timelines.verdicts:
        norm = norms[verdict.norm]
        missed = verdict.status == "missed" and norm.form == "obligation" and verdict.due is not None
        if missed and verdict.decided is not None and stand.show.day(verdict.decided).startswith(month):
            found.append(verdict)
    found.sort(key=lambda verdict: (-(verdict.decided or 0), verdict.norm, verdict.instance))
    cases = []
    for verdict in found[:MOST]:
        norm = norms[verdict.norm]
        states = dict.fromkeys(state for terms in norm.versions for state in terms.excused_during)
        ways = [("on_time", "done in time")]
        ways += [(f"excused:{state}", f"excused: {stand.words.clause(state)}") for state in states]
        ways += [("waived", "waived")] if norm.waivers else []
        choices = []
        for how, says in ways:
            value = f"{how} {verdict.norm} {verdict.instance}"
            choices.append(Choice(value, says, value in chosen))
        told = stand.timelines.of(verdict)
        cases.append(Case(f"{told.clause} {told.which}", told.says, tuple(choices)))
    return tuple(cases), max(0, len(found) - MOST)


def _questions(stand: Stand, chosen: set[str]) -> Iterator[Case]:
    found = list(questions(stand.contract, stand.read.used))
    for event, name, now, answers in sorted(found, key=lambda each: (each[2] is None, -each[0].acts, each[1]))[:MOST]:
        choices = []
        for answer in answers:
            word = {True: "yes", False: "no"}.get(answer, str(answer))  # type: ignore[call-overload]
            value = f"{name} {word} {event.identity}"
            choices.append(Choice(value, word, value in chosen))
        said = "open" if now is None else {True: "yes", False: "no"}.get(now, str(now))  # type: ignore[call-overload]
        title = next((each.clause.shown for each in stand.contract.questions if each.name == name), name)
        kind = stand.explainer.run.kind(event.kind)
        keys = [f"{key} {event.fields[key]}" for key in (kind.keys if kind else ()) if key in event.fields]
        which = f"{', '.join(keys) or event.identity} of {stand.show.day(event.acts)}"
        yield Case(f"{title}: {which}", said, tuple(choices))


def _said(stand: Stand, each: Supposition) -> str:
    if isinstance(each, Level):
        return f"{stand.words.clause(each.figure)}: {each.which} {stand.show.figure(each.figure, each.value)}"
    if isinstance(each, Answered):
        title = next((q.clause.shown for q in stand.contract.questions if q.name == each.question), each.question)
        answer = {True: "yes", False: "no"}.get(each.value, str(each.value))  # type: ignore[call-overload]
        return f"{title} ({each.event}): {answer}"
    verdict = next((v for v in stand.timelines.verdicts if (v.norm, v.instance) == (each.norm, each.instance)), None)
    which = each.instance if verdict is None else stand.words.of(verdict.entries[0])
    how = {OnTime: "done in time", Waived: "waived"}.get(type(each), "")
    if isinstance(each, Excused):
        how = f"excused, {stand.words.clause(each.state)}"
    return f"{stand.words.clause(each.norm)} {which}: {how}"


# ------------------------------------------------------------------------------------ what differs
def _money(stand: Stand, found: Replayed) -> Iterator[Row]:
    party = stand.words.party
    for (line, payer, payee), changes in groupby(found.sums, lambda each: (each.line, each.payer, each.payee)):
        yield Row(f"{stand.words.clause(line)}, {party(payer)} → {party(payee)}", kind="title")
        for each in changes:
            yield _row(each.period, each.old, each.new, each.currency)
    if found.sums:
        for total in found.totals:
            yield Row(f"On balance {party(total.payer)} owes {party(total.payee)}", kind="title")
            yield _row("in all", total.old, total.new, total.currency, "total")


def _row(says: str, old: int | Fraction, new: int | Fraction, currency: str, kind: str = "") -> Row:
    sign = "+" if new > old else ""
    return Row(says, sum_told(old), sum_told(new), f"{sign}{sum_told(new - old)} {currency}", kind)


def _lists(stand: Stand, found: Replayed) -> Iterator[tuple[str, tuple[str, ...]]]:
    replay = Replay(stand.contract, stand.contract, found)
    for title, lines in (
        ("Service levels", [replay.level(each) for each in found.levels]),
        ("Duties", [replay.duty(each) for each in found.duties]),
        ("Triggers, escalations and rights", [
            replay.in_one(each).replace("old only: ", "no longer: ", 1).replace("new only: ", "now: ", 1)
            for each in found.happened
        ]),
    ):  # fmt: skip
        if lines:
            yield title, tuple(lines)
