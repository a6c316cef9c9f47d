"""The whole compiler in one breath: from files to a contract, from events to a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from attrs import frozen

from bpodsl.record import Event, Ledger
from bpodsl.terms import Contract
from bpodsl.text import Problem, Severity, Source


@frozen
class Understood:
    """What became of one file: its contract, unless errors prevent one, and its problems."""

    path: Path
    contract: Contract | None
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether it may run."""
        return self.contract is not None and not any(p.severity is Severity.ERROR for p in self.problems)


def understand_text(name: str, text: str) -> tuple[Contract | None, tuple[Problem, ...]]:
    """Parse, resolve and doubt a text; never raises for what an author may type."""
    from bpodsl.language import parse, resolve

    tree, problems = parse(Source(name, text))
    contract, more = resolve(tree)
    return contract, (*problems, *more)


def understand(path: Path, shown: str = "") -> Understood:
    """The same for a file. Raises OSError if it cannot be read; bytes that are no UTF-8 are a problem."""
    from bpodsl.language import decode

    name = shown or str(path)
    text, problems = decode(name, path.read_bytes())
    contract, more = understand_text(name, text)
    return Understood(path, None if problems else contract, (*problems, *more))


def agreements(paths: Iterable[Path]) -> list[Path]:
    """All `.bpo` files among paths and below folders, sorted, without repeats."""
    found: dict[Path, None] = {}
    for path in paths:
        for each in sorted(path.rglob("*.bpo")) if path.is_dir() else [path]:
            found.setdefault(each)
    return list(found)


def evaluate_worlds(
    contract: Contract,
    events: Sequence[Event],
    until: int,
    progress: Callable[[int], None] | None = None,
) -> tuple[tuple[str, Ledger], ...]:
    """The ledger of each world by name; one of the name "" where the events name none."""
    from bpodsl.record.worlds import of_world, worlds

    names = worlds(contract, events)
    if not names:
        return (("", evaluate(contract, events, until, progress)),)
    return tuple((name, evaluate(contract, of_world(contract, events, name), until, progress)) for name in names)


def evaluate(
    contract: Contract,
    events: Sequence[Event],
    until: int,
    progress: Callable[[int], None] | None = None,
) -> Ledger:
    """Relate, plan and run. `progress` is called with the number of events done so far."""
    from bpodsl.engine import plan, run
    from bpodsl.graph import build

    return run(plan(build(contract)), events, until, progress)
