"""By whom sums are claimed on each line, so that stores are known before anything happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from bpodsl.lean import frozen
from bpodsl.terms import Accrue, Contract, Norm, OnAny, OnFired, OnLasting, OnOutcome, OnSettled, Rule, outcomes_of

_T = TypeVar("_T")


def grouped(terms: Iterable[tuple[_T, Iterable[str]]]) -> dict[str, list[_T]]:
    """The terms that have each name, in their order, each once."""
    found: dict[str, list[_T]] = {}
    for term, names in terms:
        for name in dict.fromkeys(names):
            found.setdefault(name, []).append(term)
    return found


@frozen
class Claims:
    """By whom sums are claimed on each line: the figures, rules and norms, in order."""

    contract: Contract
    figures: Mapping[str, tuple[str, ...]]
    all_norms: Mapping[str, Norm]
    lines: Mapping[str, Sequence[str]]
    rules: Mapping[str, Sequence[Rule]]
    norms: Mapping[str, Sequence[Norm]]

    @classmethod
    def of(cls, contract: Contract) -> Claims:
        after = ((norm, [effect for _, effect in norm.consequences]) for norm in contract.norms)
        return cls(
            contract,
            {f.name: tuple(g.name for g in f.by) for f in contract.figures},
            {norm.name: norm for norm in reversed(contract.norms)},
            grouped((line.figure, (line.name,)) for line in contract.lines if line.figure is not None),
            grouped((rule, (e.line for e in rule.then if isinstance(e, Accrue))) for rule in contract.rules),
            grouped((norm, (e.line for e in effects if isinstance(e, Accrue))) for norm, effects in after),
        )

    def keys(self, line: str, by: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """The keys that sums on a line may have, for an account by these keys."""
        told = {name for rule in self.rules.get(line, ()) for name in rule.keys}
        more = tuple(name for name in by if name in told)
        for own in self._keys(line):
            for size in range(len(more) + 1):
                yield from ((*own, *(n for n in some if n not in own)) for some in combinations(more, size))

    def _keys(self, line: str) -> Iterator[tuple[str, ...]]:
        yield ()
        for figure in self.lines.get(line, ()):
            yield self.figures[figure]
        names: list[tuple[str, ...]] = []
        every = {rule.name: rule for rule in self.contract.rules}
        for rule in self.rules.get(line, ()):
            while isinstance(rule.on, OnFired):
                # The key of what it waits for is its own.
                rule = every[rule.on.rule]
            match rule.on:
                case OnSettled(figure):
                    yield self.figures[figure]
                case OnOutcome() | OnAny():
                    names += [keys for each in outcomes_of(rule.on) for keys in self._of(self.all_norms[each.norm])]
                case OnLasting(state, _, _):
                    names += [s.by for s in self.contract.states if s.name == state]
        for norm in self.norms.get(line, ()):
            names += self._of(norm)
        for keys in names:
            # Keys leave out absent fields.
            for size in range(1, len(keys) + 1):
                yield from combinations(keys, size)

    def _of(self, norm: Norm) -> list[tuple[str, ...]]:
        """The keys that instances of a norm have: those stated, or of a prohibition those of the events."""
        if norm.form != "prohibition":
            return [norm.by]
        return [kind.keys for kind in self.contract.events if any(act.event == kind.name for act in norm.acts)]
