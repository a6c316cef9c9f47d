"""Both evaluators over one contract and history, and what they say byte for byte."""

from __future__ import annotations

import json
import signal
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import product
from multiprocessing import Pipe
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

from attrs import frozen

from bpodsl.native import library
from bpodsl.record import Event, Ledger, Posted
from bpodsl.record.brief import brief
from bpodsl.record.ledger import Line, is_routine
from bpodsl.record.relating import relate
from bpodsl.report.brief import BriefLines
from bpodsl.terms import Contract
from bpodsl.values import show_utc

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from bpodsl.engine import Program, Share

SECONDS = 1200.0
"""Of computing. A history of fifty events may take back performances hundreds of times, each of which makes anew."""
NEVER = 1 << 60


@frozen
class Said:
    """What one evaluator made of it: a ledger, or the error that it raised; `share`: what its loop decided."""

    ledger: Ledger | None
    error: str = ""
    trace: str = ""
    share: Share | None = None

    @property
    def lines(self) -> list[str]:
        return [line(p) for p in self.ledger] if self.ledger is not None else [self.error]


@frozen
class Difference:
    """`sort` names differences of one sort; `at` is the number of the first line that differs."""

    sort: tuple[str, ...]
    reference: Said
    engine: Said
    at: int

    def shown(self, before: int = 0) -> str:
        """The first differing lines of both, one above the other, and what differs in them."""
        found = []
        for name, said in (("reference", self.reference), ("engine   ", self.engine)):
            lines = said.lines
            if said.error:
                found.append(f"  {name}: {said.error}\n{said.trace}")
                continue
            for i in range(max(0, self.at - before), min(len(lines), self.at + 1)):
                found.append(f"  {name} {lines[i]}")
            if self.at >= len(lines):
                found.append(f"  {name} (no more entries)")
        return "\n".join(found)


def line(posted: Posted) -> str:
    """One entry in canonical form."""
    e = posted.entry
    return json.dumps(
        {
            "id": posted.id,
            "kind": posted.kind,
            "clause": e.clause,
            "instance": e.instance,
            "period": e.period,
            "key": e.key,
            "at": show_utc(e.at),
            "known": show_utc(posted.known),
            "half": posted.half,
            "place": e.place,
            "level": e.level,
            "n": posted.n,
            "replaces": posted.replaces,
            "causes": [*e.event_causes, "|", *e.entry_causes],
            "numbers": [[n.name, n.base, n.text] for n in e.numbers],
            "words": e.words,
        },
        ensure_ascii=False,
    )


def canonical(ledger: Ledger) -> bytes:
    """All entries, one a line."""
    return "\n".join(map(line, ledger)).encode()


def reference(contract: Contract, events: Sequence[Event], until: int) -> Ledger:
    from bpodsl.reference import run

    return run(contract, events, until)


def engine(contract: Contract, events: Sequence[Event], until: int) -> Ledger:
    """The engine, with the loop for straight cases wherever it may be used."""
    return shared(contract, events, until)[0]


def swept(contract: Contract, events: Sequence[Event], until: int) -> Ledger:
    """The engine's general machine alone."""
    from bpodsl.engine import plan, run
    from bpodsl.graph import build

    return run(plan(build(contract)), events, until, loop_from=NEVER)


def shared(contract: Contract, events: Sequence[Event], until: int) -> tuple[Ledger, Share]:
    """As `engine`; and how much the loop decided. Where it decided anything, the general machine must say the same."""
    from bpodsl.engine import Share, plan, run
    from bpodsl.engine.straight.which import families
    from bpodsl.graph import build

    program, share = plan(build(contract)), Share()
    ledger = run(program, events, until, loop_from=0, share=share)
    if not families(contract, program.levels):
        return ledger, share  # Nothing is straight: there is one way only.
    if share.cases and canonical(ledger) != canonical(run(program, events, until, loop_from=NEVER)):
        raise AssertionError("the loop and the general machine differ")
    in_parts(program, events, until, ledger, share)
    return ledger, share


def in_parts(program: Program, events: Sequence[Event], until: int, ledger: Ledger, share: Share) -> None:
    """The same events a few at a time, where they can be decided so and forgotten: it comes to the same, with the
    routine and without, by one and by several that share the cases."""
    from bpodsl.engine.straight.shares import why_not_shared

    known = sorted((event for event in events if event.known < until), key=lambda event: event.known)
    shared = not why_not_shared(program)
    for step, routine, of in ((3, True, 1), (11, False, 1), (NEVER, True, 1), (5, True, 3)):
        lines = _some(program, known, until, step, routine, of) if of == 1 or shared else None
        if lines is None:
            continue
        whole = (p for p in ledger if routine or not is_routine(p.entry.kind, p.entry.instance))
        if lines != list(map(line, whole)):
            raise AssertionError(f"decided in parts of {step} by {of} it differs")
        share.parts += 1
    for step, jobs in product((2, 7, NEVER), (0, 1, 3) if library() is not None else (0,)):
        found = _briefly(program, known, until, step, jobs)
        if found is not None:
            told, natively = found
            if told != list(BriefLines().of(brief(ledger))):
                raise AssertionError(f"told in short, in parts of {step}, natively by {jobs}, it differs")
            share.briefs += 1
            share.natives += natively


def _briefly(
    program: Program, events: Sequence[Event], until: int, step: int, jobs: int
) -> tuple[list[str], bool] | None:  # fmt: skip
    """The lines of what is told in short, where cases are decided in blocks, and whether the compiled machine did so,
    by `jobs` threads (0: not by it); None where they cannot be. Of two steps one only takes events in."""
    from bpodsl.engine import Brief, Odd, Told, Unsteady

    lines: list[str] = []

    def sink(told: Told) -> None:
        lines.extend(BriefLines(told.forms).of(told.entries))

    odd: set[Any] = set()
    for _ in range(2):
        lines.clear()
        try:
            flow = Brief(program, sink, _none, odd, jobs > 0, jobs)
            for number, event in enumerate(events, 1):
                flow.take(event)
                if number % step == 0:
                    (flow.run if number % (2 * step) else flow.sweep)(event.known)
            flow.close(until)
            return lines, flow.native is not None
        except Odd as found:
            odd = found.cases
        except Unsteady:
            return None
    return None


def _some(
    program: Program, events: Sequence[Event], until: int, step: int, routine: bool, of: int
) -> list[str] | None:  # fmt: skip
    """The lines, of so many events at a time; None where it cannot be."""
    from bpodsl.engine import Flow, Odd, Unsteady
    from bpodsl.engine.straight.shares import FAILED, Share, Shared

    lines: list[str] = []

    def sink(some: Sequence[Posted]) -> None:
        lines.extend(each.text if isinstance(each, Line) else line(each) for each in some)

    def through(flow: Flow) -> None:
        for number, event in enumerate(events, 1):
            flow.take(event)
            if number % step == 0:
                flow.sweep(event.known)
        flow.close(until)

    def works(pipe: Connection, number: int, odd: set[Any]) -> None:
        try:
            through(Share(program, _none, odd, routine, number, of, pipe, lambda some: list(map(line, some))))
            pipe.send("done")
        except (OSError, EOFError):
            pass
        except Exception:
            with suppress(OSError):
                pipe.send(FAILED)

    odd: set[Any] = set()
    for _ in range(2):
        lines.clear()
        pipes = [Pipe() for _ in range(1, of)]
        threads = [Thread(target=works, args=(pipe[1], n, odd), daemon=True) for n, pipe in enumerate(pipes, 1)]
        for thread in threads:
            thread.start()
        try:
            if of == 1:
                through(Flow(program, sink, _none, odd, routine))
            else:
                flow = Shared(program, sink, _none, odd, routine, [pipe[0] for pipe in pipes])
                through(flow)
                flow.rest()
            return lines
        except Odd as found:
            odd = found.cases
        except Unsteady:
            return None
        finally:
            for pipe in pipes:
                pipe[0].close()
            for thread in threads:
                thread.join()
    return None


def _none(items: object) -> Sequence[Event]:
    """Every event comes in full."""
    return ()


def related(contract: Contract, events: Sequence[Event], until: int) -> Sequence[Event]:
    """The events as an evaluator is given them: those that speak of others have been heard."""
    return relate(contract, events, until).events


def compare(
    contract: Contract, events: Sequence[Event], until: int, seconds: float = SECONDS
) -> tuple[Said, Difference | None]:
    """What the reference says, and the difference if the engine says otherwise."""
    first, second = both(contract, events, until, seconds)
    return first, difference(first, second)


def both(
    contract: Contract, events: Sequence[Event], until: int, seconds: float = SECONDS
) -> tuple[Said, Said]:
    """What the reference says, and what the engine does."""
    events = related(contract, events, until)
    return said(reference, contract, events, until, seconds), said(shared, contract, events, until, seconds)


def difference(first: Said, second: Said) -> Difference | None:
    """Where two answers part, None if they are the same."""
    if first.ledger is not None and second.ledger is not None and canonical(first.ledger) == canonical(second.ledger):
        return None
    if first.error or second.error:
        sort = ("error", _sort(first), _sort(second))
        return Difference(sort, first, second, 0)
    ours, theirs = first.lines, second.lines
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    kinds = [
        list(said.ledger)[at].kind if said.ledger is not None and at < len(said.lines) else "-"
        for said in (first, second)
    ]
    fields: list[str] = []
    if "-" not in kinds:
        left, right = json.loads(ours[at]), json.loads(theirs[at])
        fields = [name for name in left if left[name] != right[name]]
        if left["id"] != right["id"]:
            fields = ["other entry"]
    return Difference(("content", *kinds, *fields), first, second, at)


def _sort(said: Said) -> str:
    place = said.trace.strip().splitlines()[-2:-1] if said.trace else []
    return f"{said.error.partition(':')[0]} {place[0].strip() if place else ''}".strip()


class _Hangs(Exception):
    pass


def said(
    evaluate: Callable[[Contract, Sequence[Event], int], Ledger | tuple[Ledger, Share]],
    contract: Contract,
    events: Sequence[Event],
    until: int,
    seconds: float = SECONDS,
) -> Said:
    """The answer of one evaluator, whatever it is."""

    def hangs(number: int, frame: FrameType | None) -> None:
        raise _Hangs

    # Of its own time: a machine that is busy makes nothing hang.
    before = signal.signal(signal.SIGPROF, hangs)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        found = evaluate(contract, events, until)
        return Said(found[0], share=found[1]) if isinstance(found, tuple) else Said(found)
    except _Hangs:
        return Said(None, "Hangs: no answer in time")
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        trace = "\n".join(
            f"    {Path(f.filename).parent.name}/{Path(f.filename).name}:{f.lineno} {f.name}: {f.line}" for f in frames
        )
        return Said(None, f"{type(error).__name__}: {error}"[:300], trace + "\n")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
