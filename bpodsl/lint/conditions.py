"""Can these conditions hold together? Exactly, with values that show it; or not decided.

A condition is taken apart into the ways in which it can hold, each a list of plain bounds on *subjects*: the
expressions that are compared. A subject that stands twice is one unknown; two different ones are taken as independent,
but for sums of the same fields, which the solver reckons with. So what is found impossible is so. A condition that
is not measured does not hold: a subject of a bound is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Final

from bpodsl.bounds import Bounds
from bpodsl.lean import field, frozen
from bpodsl.lint.domains import ANY, OPPOSITE, OPS, TURNED, Domain, number, sample
from bpodsl.lint.filled import filled
from bpodsl.lint.ranges import Ranges
from bpodsl.lint.solver import Linear, absent, solve
from bpodsl.lint.ways import Subject, Way, compared_in, joined, leaves, linear, orders, two
from bpodsl.terms import Figure, Target
from bpodsl.terms import expressions as ex

MOST_WAYS: Final = 256
"""A condition that can hold in more ways is not decided."""


@frozen
class Asked:
    """A condition, and of what it is asked. Subjects of different `of` are different, but for fields in `shared`, and
    for what is asked of the case (`case`: the kind of event that gives it, and the `of` of that event)."""

    condition: object
    fields: Callable[[str], Domain] = field(default=lambda _: ANY, eq=False, repr=False)
    of: str = ""
    shared: tuple[str, ...] = ()
    case: tuple[str, str] = ("", "")


class Undecided:
    """It could not be decided: `wants_solver` says that the solver, which is not installed, might."""

    def __init__(self, wants_solver: bool) -> None:
        self.wants_solver = wants_solver


Model = Mapping[Subject, object]
Answer = Model | None | Undecided
"""Values with which all conditions hold, None where there are none, or `Undecided`."""


class Conditions:
    """Answers about the conditions of one contract."""

    def __init__(
        self,
        bounds: Bounds,
        never: Callable[[str], bool] = lambda _: False,
        case: Callable[[str, str], Domain] = lambda _, __: ANY,
    ) -> None:
        """`bounds`: of windows that the term may cut. `never`: whether a state can never hold. `case`: the domain of a
        field of a kind of event."""
        self.figures: Mapping[str, Figure] = bounds.figures
        self.never = never
        self.ranges = Ranges(bounds, case=case)
        self._domains: dict[Subject, Domain] = {}
        self._fields: dict[str, Callable[[str], Domain]] = {}

    def model(self, *asked: Asked) -> Answer:
        """Whether all of these can hold at once."""
        self._domains.clear()  # A field of the same name is another one in another row.
        self._fields = {each.of: each.fields for each in asked}
        ways: list[Way] = [Way()]
        for each in asked:
            ways = [joined(a, b) for a, b in product(ways, self.ways(each.condition, each))]
            if len(ways) > MOST_WAYS:
                return Undecided(False)
        undecided: Undecided | None = None
        for way in ways:
            found = self.tried(way)
            if isinstance(found, Undecided):
                undecided = found
            elif found is not None:
                return found
        return undecided

    def impossible(self, *asked: Asked) -> bool:
        """Whether it is certain that they cannot all hold at once."""
        return self.model(*asked) is None

    # -------------------------------------------------------------------------------- ways
    def ways(self, condition: object, asked: Asked, holds: bool = True) -> list[Way]:
        """The ways in which a condition holds, or (`holds` False) is measured and does not."""
        match condition:
            case None:
                return [Way()] if holds else []
            case ex.Literal(value):
                return [Way()] if bool(value) == holds else []
            case ex.Unmeasured():
                return []
            case ex.Not(part):
                return self.ways(part, asked, not holds)
            case ex.AllOf(parts) | ex.AnyOf(parts):
                several = [self.ways(part, asked, holds) for part in parts]
                if isinstance(condition, ex.AllOf) is holds:
                    found = [Way()]
                    for each in several:
                        found = [joined(a, b) for a, b in product(found, each)]
                        if len(found) > MOST_WAYS:
                            break
                    return found
                return [way for each in several for way in each]
            case ex.If(test, then, otherwise):
                yes = [joined(a, b) for a, b in product(self.ways(test, asked), self.ways(then, asked, holds))]
                no = product(self.ways(test, asked, False), self.ways(otherwise, asked, holds))
                return yes + [joined(a, b) for a, b in no]
            case ex.Compare(op, left, right):
                return self._compared(op if holds else OPPOSITE[op], left, right, asked)
            case ex.Standing(figure, how, shift):
                return self._standing(figure, how, shift, asked, holds)
            case ex.RowStanding("met" | "missed" as how):
                subject = self._subject(ex.RowStanding("met"), asked)
                measured = Way(((subject, "=", (how == "met") is holds),))
                return [measured] if holds else [measured, Way(((subject, "not measured", None),))]
            case _:
                return [Way(((self._subject(condition, asked), "=", holds),))]

    def _compared(self, op: str, left: object, right: object, asked: Asked) -> list[Way]:
        if isinstance(left, ex.Literal) and isinstance(right, ex.Literal):
            return [Way()] if OPS[op](number(left.value), number(right.value)) else []
        if isinstance(left, ex.Literal):
            op, left, right = TURNED[op], right, left
        if isinstance(right, ex.Literal):
            return [Way(((self._subject(left, asked), op, number(right.value)),))]
        if left == right:
            return [Way()] if op in ("=", "<=", ">=") else []
        return [Way((), ((self._subject(left, asked), op, self._subject(right, asked)),))]

    def _standing(self, name: str, how: str, shift: object, asked: Asked, holds: bool) -> list[Way]:
        """Met and missed are about the value, where the level is a plain number and the target does not round."""
        value = self._subject(ex.FigureAt(name, shift), asked)  # type: ignore[arg-type]
        silent = Way(((value, "not measured", None),))
        figure = self.figures.get(name)
        target: Target | None = None
        if figure is not None:
            target = figure.minimum if how == "below minimum" else figure.target
        if how == "not measured":
            return [silent] if holds else [Way(((value, "measured", None),))]
        meets = (how == "met") is holds
        if target is not None and target.rounding is None and isinstance(target.level, ex.Literal):
            op = target.op if meets else OPPOSITE[target.op]
            found = Way(((value, op, number(target.level.value)),))
        else:
            least = "below minimum" if how == "below minimum" else "met"
            found = Way(((self._subject(ex.Standing(name, least, shift), asked), "=", meets is (least == "met")),))  # type: ignore[arg-type]
        return [found] if holds else [found, silent]

    def _subject(self, expression: object, asked: Asked) -> Subject:
        if isinstance(expression, ex.CaseField) and expression.event == asked.case[0]:
            of = asked.case[1]
            given = Asked(None, self._fields.get(of, lambda _: ANY), of, asked.shared)
            return self._subject(ex.FieldOf(expression.name), given)
        of = "" if isinstance(expression, ex.FieldOf | ex.Ruled) and expression.name in asked.shared else asked.of
        subject = Subject(of, expression)
        if subject not in self._domains:
            self.ranges.fields = asked.fields
            domain = self.ranges.of(expression)
            if isinstance(expression, ex.InState) and self.never(expression.state):
                domain = Domain(values=(False,))
            self._domains[subject] = domain
        return subject

    # -------------------------------------------------------------------------------- one way
    def tried(self, way: Way) -> Answer:
        """Values with which all bounds and relations of one way hold."""
        about: dict[Subject, list[tuple[str, object]]] = {}
        for subject, op, to in way.bounds:
            about.setdefault(subject, []).append((op, to))
        model: dict[Subject, object] = {}
        formulas: list[tuple[Subject, list[tuple[str, object]]]] = []
        for subject, bounds in about.items():
            silent = [op for op, _ in bounds if op == "not measured"]
            plain = [(op, to) for op, to in bounds if op in OPS]
            if silent:
                if len(silent) < len(bounds):
                    return None
                continue
            value = sample(self._domains[subject], plain)
            if value is None:
                return None
            model[subject] = value
            if isinstance(subject.expression, ex.Arithmetic):
                formulas.append((subject, plain))
        if orders(way.relations) is None:
            return None
        if not way.relations and not self._interact(about):
            for subject, plain in formulas:
                self._know(subject)
                model |= filled(subject, model[subject], plain, self._domains) or {}
            return model
        return self._solved(way, model)

    def _interact(self, about: Iterable[Subject]) -> bool:
        """Whether one field is in a formula and elsewhere too."""
        seen: set[Subject] = set()
        formulas = False
        for subject in about:
            if isinstance(subject.expression, ex.Arithmetic):
                formulas = True
            for leaf in leaves(subject):
                if leaf in seen and (formulas or leaf != subject):
                    return True
                seen.add(leaf)
        return False

    def _solved(self, way: Way, model: Model) -> Answer:
        alone = len(way.relations) == 1 and not {each for r in way.relations for each in (r[0], r[2])} & set(model)
        if alone and not any(isinstance(each.expression, ex.Arithmetic) for each in compared_in(way)):
            left, op, right = way.relations[0]
            found = two(op, self._domains[left], self._domains[right])
            return None if found is None else {**model, **dict(zip((left, right), found, strict=False))}
        if absent():
            return Undecided(True)
        problem = Linear()
        for subject, op, to in way.bounds:
            if op in OPS:
                problem.add(self._terms(subject), op, to)
        for left, op, right in way.relations:
            problem.add(self._terms(left), op, self._terms(right))
        for subject in dict.fromkeys(compared_in(way)):
            problem.known |= {leaf: self._domains[leaf] for leaf in self._know(subject)}
        found_all = solve(problem)
        if found_all is None or isinstance(found_all, bool):
            return None if found_all is None else Undecided(False)
        return {**model, **found_all}  # type: ignore[dict-item]

    def _know(self, formula: Subject) -> list[Subject]:
        """What a formula is made of, of each of which the domain is known from now on."""
        found = list(dict.fromkeys(leaves(formula)))
        for leaf in found:
            if leaf not in self._domains:
                self._subject(leaf.expression, Asked(None, self._fields.get(leaf.of, lambda _: ANY), leaf.of))
        return found

    def _terms(self, subject: Subject) -> object:
        """A formula of subjects, for the solver."""
        match subject.expression:
            case ex.Arithmetic(op, left, right) if linear(op, left, right):
                return op, self._terms(Subject(subject.of, left)), self._terms(Subject(subject.of, right))
            case ex.Literal(value):
                return number(value)
        return subject
