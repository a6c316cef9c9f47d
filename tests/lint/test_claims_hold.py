"""What `check` says for certain of drawn agreements is borne out by every run of them: figures of figures by groups and
windows, sums and caps on them, targets and triggers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from bpodsl.bounds import Bounds
from bpodsl.language import parse, resolve
from bpodsl.lint import lint
from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event
from bpodsl.terms import NotMeasured
from bpodsl.text import Severity, Source
from bpodsl.values import SECOND
from tests.campaign.__main__ import drawn

HEAD = """agreement depot "Depot"
  client     hirer "Hirer"
  provider   yard  "Yard"
  effective  {first} for {months} months
  time zone  Etc/UTC
  currency   GBP, rounded half up to 0.01
event mark from yard
  lane   one of a, b, c
  crew   one of early, late
  score  number
measure passed
  each month for each lane of a, b, c
  last score over mark
  target at least 5
amount points
  each month for each lane of a, b, c
  if passed is missed then {missed} else {met}
amount heard
  each month by lane
  the lesser of 3 and count of mark
amount shifts
  each month by lane, crew
  the lesser of 2 and count of mark
amount crews
  each month for each crew of early, late
  if count of mark more than 0 then 2 else 1
"""
BASES = ("points", "heard", "shifts", "crews", "passed")
KEYS = ("", "", "", " for each lane of a, b, c", " for each lane of b, c", " by lane", " for each crew of early, late")
OPS = ("at most", "at least", "less than", "more than")


def tick(at: datetime) -> int:
    return int(at.timestamp()) * SECOND


class Drawing:
    """An agreement as text, clause by clause."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.figures: list[tuple[str, str, str]] = [(name, "month", " by some") for name in BASES]
        first, months = self.pick((("2026-01-01", 12), ("2026-01-01", 12), ("2026-01-15", 7)))
        self.whole = first == "2026-01-01"
        self.text = HEAD.format(first=first, months=months, missed=self.small(), met=self.pick((0, 0, self.small())))

    def pick(self, of):
        return self.random.choice(of)

    def small(self) -> int:
        return self.random.randint(1, 25)

    def add(self, text: str) -> bool:
        """Keep a clause if the agreement can be read with it."""
        tree, problems = parse(Source("drawn.bpo", self.text + text))
        contract, more = resolve(tree, lambda _, __: "there is no other")
        if contract is None or any(problem.severity is Severity.ERROR for problem in (*problems, *more)):
            return False
        self.text += text
        return True

    def rows(self) -> str:
        name = self.pick(self.figures)[0]
        where = self.pick(("", "", "", f" where value {self.pick(OPS)} {self.small()}"))
        if name == "passed":
            where = self.pick((" where it is missed", " where it is met", where))
        form = self.pick(("groups of {}", "groups of {}", "windows of {}", "last 2 windows of {}"))
        return form.format(name) + where

    def formula(self) -> str:
        chosen = ("sum", "sum", "mean", "largest", "smallest", "first", "")
        word = self.pick(chosen)
        op = "count of" if not word else f"{word} of value over" if word in chosen[:3] else f"{word} value over"
        found = f"({op} {self.rows()})"
        match self.random.randint(0, 6):
            case 0:
                return f"{self.small()} - {found}"
            case 1:
                return f"the greater of 0 and {found} - {self.small()}"
            case 2:
                return f"if {found} {self.pick(OPS)} {self.small()} then {found} else {self.small()}"
            case 3:
                return f"{found} + {self.formula()}"
        return found

    def figure(self, number: int) -> None:
        name, grid, keys = f"f{number}", self.pick(("month", "month", "quarter")), self.pick(KEYS)
        word = self.pick(("amount", "amount", "measure"))
        target = f"  target {self.pick(OPS[:2])} {self.random.randint(0, 150)}\n" if word == "measure" else ""
        if self.add(f"{word} {name}\n  each {grid}{keys}\n  {self.formula()}\n{target}"):
            self.figures.append((name, grid, keys))
            if target and self.random.random() < 0.5:
                how = self.pick(("met", "missed"))
                self.money(number, name, grid, keys, f"if {name} is {how} then 5 GBP else 0 GBP")
            else:
                self.money(number, name, grid, keys, f"2 GBP * {name}")
            if keys in ("", KEYS[3]):
                said = f"{name} {self.pick(OPS)} {self.random.randint(0, 90)}"
                long = " in 2 consecutive quarters" if grid == "quarter" else " in 8 of any 12 months"
                often = self.pick(("", "", long))
                self.add(f'trigger t{number}\n  when {said}{often}\n  then tell "it"\n')

    def money(self, number: int, name: str, grid: str, keys: str, of: str) -> None:
        form = self.pick(("{}", "the greater of 0 GBP and {} - 40 GBP", "the lesser of 0 GBP and {} - 40 GBP"))
        if self.add(f"credit m{number}\n  each {grid}{keys}\n  yard pays hirer {form.format(of)}\n"):
            window = self.pick(("month", "quarter", "contract year"))
            by = self.pick(("", " by lane"))
            self.add(f"cap c{number} on m{number} at {self.random.randint(1, 400)} GBP each {window}{by}\n")

    def events(self) -> list[Event]:
        at, found, busy = datetime(2026, 1, 1, 9, tzinfo=UTC), [], self.pick((2, 12, 40))
        while at.year == 2026:
            fields = {"lane": self.pick("abc"), "crew": self.pick(("early", "late"))}
            fields["score"] = self.random.randint(0, 9)
            when = tick(at)
            found.append(Event("mark", "yard", str(len(found)), when, when, when, fields, reporter="yard"))
            at += timedelta(hours=self.random.randint(1, 24 * 31 // busy * 2))
        return found


def outside(found, value) -> bool:
    if isinstance(value, NotMeasured):
        return not (found.gap or found.empty)
    low, high = found.low, found.high
    return found.empty or (low is not None and value < low) or (high is not None and value > high)


def contradicted(contract, outcome, whole):
    """What a run does that was said to be impossible."""
    plain = int | Fraction | NotMeasured
    settled = [e for e in outcome if e.kind == "Settled" and isinstance(e.number("value"), plain)]
    for bounds in (Bounds(contract, cut=True), *((Bounds(contract),) if whole else ())):
        for entry in settled:
            if outside(bounds.of_figure(entry.clause), entry.number("value")):
                yield entry, bounds.of_figure(entry.clause)
    for problem in lint(contract):
        of = [e for e in outcome if e.clause == getattr(problem, "name", None)]
        match problem.code:
            case "BPO405":
                wrong = [e for e in of if e.kind == "Capped"]
            case "BPO450":
                wrong = [e for e in of if e.kind == "Accrued" and e.number("amount") != 0]
            case "BPO420" | "BPO440":
                # Of a condition of which one way is dead the others may hold.
                of = [] if getattr(problem, "alive", "") else of
                wrong = [e for e in of if e.kind == "Fired"]
            case "BPO445" if problem.what == "target":
                other = "missed" if problem.always else "met"
                wrong = [e for e in of if e.kind == "Settled" and e.number("standing") == other]
            case "BPO445":
                below = problem.always
                of = [e for e in of if e.kind == "Settled" and not isinstance(e.number("value"), NotMeasured)]
                wrong = [e for e in of if e.number("below minimum") is below]
            case "BPO406":
                wrong = [] if not whole or any(e.kind == "Capped" for e in of) else [problem]
            case _:
                wrong = []
        yield from ((problem.message(), each) for each in wrong)


FIXED = HEAD.format(first="2026-01-01", months=12, missed=20, met=0)


@pytest.mark.parametrize(
    "clauses",
    [
        "amount all\n  each month\n  sum of value over groups of points\n"
        "credit m\n  each month\n  yard pays hirer 2 GBP * all\ncap c on m at 60 GBP each month\n",
        "credit m\n  each month\n  yard pays hirer 5 GBP * count of groups of passed where it is missed\n"
        "cap c on m at 9 GBP each month\n",
        "credit m\n  each month\n  yard pays hirer 2 GBP * sum of value over last 2 windows of points\n"
        "cap c on m at 80 GBP each month\n",
        "amount all\n  each month\n  sum of value over groups of points\n"
        "credit m\n  each month\n  yard pays hirer 5 GBP * the greater of 0 and all - 20\n",
        "measure all\n  each month\n  sum of value over groups of points\n  target at most 25\n"
        "credit m\n  each month\n  yard pays hirer if all is missed then 5 GBP else 0 GBP\n",
        "amount all\n  each month\n  sum of value over groups of points\n"
        "trigger t\n  when all more than 25\n  then tell \"it\"\n",
        "credit m\n  each month for each lane of a, b, c\n  yard pays hirer 2 GBP * points\n"
        "cap c on m at 60 GBP each month\n",
    ],
)
def test_what_three_groups_can_come_to_is_not_doubted(clauses):
    contract, problems = understand_text("depot.bpo", FIXED + clauses)
    assert contract is not None, problems
    assert not [each.message() for each in problems if each.code != "BPO214"]


def test_what_three_groups_cannot_come_to_is_said():
    text = FIXED + "amount all\n  each month\n  sum of value over groups of points\n"
    text += "credit m\n  each month\n  yard pays hirer 2 GBP * all\ncap c on m at 120 GBP each month\n"
    assert "BPO405" in [each.code for each in understand_text("depot.bpo", text)[1]]


def test_the_length_of_a_window_is_never_nothing():
    text = FIXED + "event on, off from yard\nstate hold from on to off\ncharge m\n  each month\n"
    text += "  hirer pays yard 9 GBP * (1 - length of hold / length of the window)\n"
    assert "BPO451" not in [each.code for each in understand_text("depot.bpo", text)[1]]


@pytest.mark.parametrize("seed", range(8))
def test_no_run_contradicts_what_is_said(seed):
    drawing = Drawing(seed)
    for number in range(5):
        drawing.figure(number)
    contract, problems = understand_text("drawn.bpo", drawing.text)
    assert contract is not None, problems
    ledger = evaluate(contract, drawing.events(), tick(datetime(2027, 3, 1, tzinfo=UTC)))
    assert not list(contradicted(contract, ledger.outcome, drawing.whole)), drawing.text


@pytest.mark.parametrize("start", range(0, 30, 15))
def test_no_drawn_contract_contradicts_what_is_said(start):
    for index in range(start, start + 15):
        case = drawn(31, index)[0]
        ledger = evaluate(case.contract, case.events, case.until)
        assert not list(contradicted(case.contract, ledger.outcome, False)), index
