"""The ledger of a bundle, recomputed from its texts and events by both evaluators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from attrs import frozen

from bpodsl import SEMANTICS
from bpodsl.keeping import Worlds, contract_of, lines_of, program, taken_in
from bpodsl.pipeline import evaluate, evaluate_worlds
from bpodsl.proof import parts
from bpodsl.proof.findings import Findings
from bpodsl.proof.manifest import AsideOf, Manifest, part_of
from bpodsl.record import Event, Ledger
from bpodsl.record.account import Intaken
from bpodsl.reference import run as reference_run
from bpodsl.store.kept import Carried, StoreTrouble, difference, put, scratch
from bpodsl.terms import Contract

Evaluated = Callable[[Contract, Sequence[tuple[str, Sequence[Event]]], int], Worlds]


@frozen
class Same:
    """How a ledger compares: so many postings are the same byte for byte, so many but for their words; `differs` says
    what of the first that is another, or ""."""

    bytes: int
    words: int
    differs: str = ""


def recompute(findings: Findings, told: Manifest, given: Carried, found: parts.Parts, reference: bool) -> None:
    """Hold the ledger of a bundle, and what it says of its lines, to what follows from its texts and events."""
    if told.semantics != SEMANTICS:
        why = f"it came about by semantics {told.semantics}, and this bpodsl knows only {SEMANTICS}"
        for what in ("lines", "engine", "reference"):
            findings.other(what, f"{why}; use {told.program}")
        return
    try:
        contract, taken = _taken(given, found)
    except StoreTrouble as trouble:
        now = program()
        say = findings.fails if told.program.startswith(now) else findings.other
        say("lines", str(trouble.told.message()))
        findings.leave_out("the agreement or its events do not read")
        return
    except ValueError as error:
        findings.fails("lines", str(error))
        findings.leave_out("the agreement or its events do not read")
        return
    _lines(findings, told, contract, taken)
    _published(findings, told, given, contract, taken)
    _hold(findings, "engine", told, contract, taken, found, evaluate_worlds)
    if reference:
        _hold(findings, "reference", told, contract, taken, found, by_reference)
    else:
        findings.unasked("reference", "only the engine was asked")


def _taken(given: Carried, found: parts.Parts) -> tuple[Contract, Intaken]:
    contract = contract_of(given.versions[-1].text, given.program)
    with scratch() as db:
        agreement = put(db, given, lambda place: found.blocks(part_of(place + 1)))
        return contract, taken_in(db, contract, agreement)


def by_reference(contract: Contract, worlds: Sequence[tuple[str, Sequence[Event]]], until: int) -> Worlds:
    """The ledgers by the reference: slow."""
    ledgers: list[tuple[str, Ledger]] = [(world, reference_run(contract, events, until)) for world, events in worlds]
    return tuple(ledgers)


def _lines(findings: Findings, told: Manifest, contract: Contract, taken: Intaken) -> None:
    """What became of the lines read."""
    aside = [AsideOf(each.file, each.line, each.code) for each in taken.quarantined]
    if contract.name != told.agreement:
        findings.fails("lines", f"its text is that of `{contract.name}`")
    elif told.program == program(contract) and told.pins != dict(contract.pins):
        findings.fails("lines", "the versions of its data are told in two ways")
    elif dict(told.account) != taken.account.as_dict() or aside != told.aside:
        _differs(findings, "lines", told, contract, "other lines count, or are set aside, than is told")
    else:
        counts = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in taken.account.as_dict().items() if n)
        findings.holds("lines", f"{counts or 'no lines'}, as is told")


def _published(findings: Findings, told: Manifest, given: Carried, contract: Contract, taken: Intaken) -> None:
    """How many postings there were when it was published."""
    until = given.published
    if until is None or any(each.what == "published" for each in findings.every):
        return
    stood = len(evaluate(contract, [each for each in taken.events if each.known < until], until).posted)
    if stood == given.stands:
        findings.holds("published", f"{stood} postings stand for good, published until {told.published}")
    else:
        _differs(findings, "published", told, contract, f"{given.stands} postings are told to stand, and {stood} do")


def _hold(
    findings: Findings, what: str, told: Manifest, contract: Contract, taken: Intaken, found: parts.Parts,
    evaluated: Evaluated,
) -> None:  # fmt: skip
    ledgers = evaluated(contract, taken.worlds, taken.until)
    same = compared(told, found, contract, ledgers)
    many = sum(each.postings for each in told.worlds)
    if same.differs:
        _differs(findings, what, told, contract, same.differs)
    elif same.words and len(told.texts) == 1 and told.program == program(contract):
        findings.fails(what, f"{same.words} postings are told in other words than these versions use")
    elif same.words:
        why = "in those of an earlier text" if len(told.texts) > 1 else f"in those of {told.program}"
        how = f"{same.bytes} of {many} postings byte for byte, {same.words} but for words: {why}"
        findings.holds(what, f"recomputed: {how}")
    else:
        findings.holds(what, f"recomputed: all {many} postings are the same, byte for byte")


def _differs(findings: Findings, what: str, told: Manifest, contract: Contract, words: str) -> None:
    now = program(contract)
    if told.program == now and told.pins == dict(contract.pins):
        findings.fails(what, words)
    else:
        findings.other(what, f"{words}; but it came about by {told.program}, and this is {now}")


_NONE: Final = ""

SHORTEST: Final = 150
"""No posting has fewer bytes: the names of what it tells have as many."""

LONGEST: Final = 64 << 20
"""No posting has more bytes."""


def compared(told: Manifest, found: parts.Parts, contract: Contract, ledgers: Worlds) -> Same:
    """Hold the postings of a bundle against those of ledgers."""
    lines = ledger_lines(found)
    coming = lines_of(contract, ledgers)
    has = {each.world: each.postings for each in told.worlds}
    same = words = 0
    for world in [*has, *(world for world in coming if world not in has)]:
        new = iter(coming.get(world, iter(())))
        for sequence in range(1, has.get(world, 0) + 1):
            old, now = next(lines, _NONE), next(new, None)
            if now is not None and now[1] == old:
                same += 1
                continue
            differs = difference(old, now)
            if differs:
                return Same(same, words, f"posting {sequence}: {differs}")
            words += 1
        if next(new, None) is not None:
            return Same(same, words, f"there are more than {has.get(world, 0)} postings")
    return Same(same, words)


def ledger_lines(found: parts.Parts) -> Iterator[str]:
    """The postings of a bundle, with their line ends. Raises `ValueError`."""
    rest = b""
    for block in found.blocks(parts.LEDGER):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            if len(line) < SHORTEST:
                raise ValueError("a line of the ledger is too short for a posting")
            yield line.decode() + "\n"
        if len(rest) > LONGEST:
            raise ValueError("a line of the ledger is too long for a posting")
    if rest:
        raise ValueError(f"{parts.LEDGER} breaks off")
