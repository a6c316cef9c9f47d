"""What is run while things go wrong: each scenario is a store as it was, and a run over it."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

from attrs import evolve, frozen

from tests.faults.bench import Arm, Bench, NoTrial, written_down
from tests.test_cli import SMALL, event

CHANGE: Final = """
change sooner "Amendment 1" effective 2026-02-01 signed 2026-02-01
  answer: within 1 hour
"""
STORE: Final = ("--store", "stores/s.db")
NOTHING: Final = ("empty", "does not exist", "STO113")
"""What is said where a store, or an agreement in it, is not there."""
UNTIL: Final = ("--until", "2026-02-01")


@frozen
class Scenario:
    """`before`: the files of the store; `run`: the command; `old`, `new`: its ledger before and after (None: there is
    no store)."""

    name: str
    bench: Bench
    before: dict[str, bytes]
    run: tuple[str, ...]
    old: bytes | None
    new: bytes
    names: tuple[str, ...] = ()
    """Of a portfolio: its agreements, those that may have joined; their ledgers are looked at together."""

    def ledger(self) -> bytes | None:
        """The ledger as it is now, None if nothing is in the store."""
        if not self.names:
            return self._ledger()
        every = [each for name in self.names if (each := self._ledger("--agreement", name)) is not None]
        return b"".join(every) if every else None

    def _ledger(self, *named: str) -> bytes | None:
        found = self.bench.here(["ledger", *STORE, *named])
        if found.code == 0:
            return found.out
        if found.code == 2 and any(each in found.err for each in NOTHING):
            return None
        raise AssertionError(f"the ledger cannot be read: {found.code} {found.err}")


def drawn(folder: Path, seed: int) -> list[Scenario]:
    """The scenarios of a seed."""
    dice = Random(seed)
    lines = _lines(dice)
    found = []
    for name in ("fresh", "resumed", "grown", "reordered", "published", "amended", "after a crash"):
        bench = Bench(folder / f"{seed}-{name.replace(' ', '-')}")
        bench.stores.mkdir(parents=True)
        found.append(_drawn(name, bench, lines, dice))
    for name in ("portfolio, fresh", "portfolio, joined"):
        bench = Bench(folder / f"{seed}-{name.replace(', ', '-')}")
        bench.stores.mkdir(parents=True)
        found.append(_of_portfolio(name, bench, lines, dice))
    return found


def _lines(dice: Random) -> list[str]:
    found = []
    for n in range(dice.randint(6, 14)):
        start = dice.randrange(0, 20 * 24)
        for kind, after in (("asked", 0), ("answered", dice.choice((1, 2, 3, 5)))):
            day, hour = divmod(start + after, 24)
            time = f"2026-01-{day + 5:02}T{hour:02}:00:00Z"
            found.append((time, event(2 * n + (kind == "answered"), kind, time, case=f"C{n}")))
    return [line for _, line in sorted(found)]


def _drawn(name: str, bench: Bench, lines: list[str], dice: Random) -> Scenario:
    half = dice.randint(2, len(lines) - 2)
    if name == "reordered":
        dice.shuffle(lines)
    _write(bench, "small.bpo", SMALL)
    _write(bench, "a.jsonl", "".join(lines[:half]))
    _write(bench, "b.jsonl", "".join(lines[half:]))
    run: tuple[str, ...] = ("run", "small.bpo", "b.jsonl", *STORE, *UNTIL)
    if name == "fresh":
        _write(bench, "b.jsonl", "".join(lines))
    else:
        first = ("--publish",) if name == "published" else UNTIL if name != "grown" else ()
        _must(bench, "run", "small.bpo", "a.jsonl", *STORE, *first)
    if name == "grown":
        _write(bench, "a.jsonl", "".join(lines))
        run = ("run", "small.bpo", "a.jsonl", *STORE)
    elif name == "amended":
        _write(bench, "small.bpo", SMALL + CHANGE)
        late = [event(900 + n, "asked", f"2026-02-{n + 2:02}T10:00:00Z", case=f"L{n}") for n in range(3)]
        _write(bench, "b.jsonl", "".join(late))
        run = ("run", "small.bpo", "b.jsonl", *STORE, "--until", "2026-03-01", "--publish")
    before = bench.files()
    scenario = Scenario(name, bench, before, run, None, b"")
    old = scenario.ledger() if before else None
    if name == "after a crash":
        before = _crashed(bench, run)
    _must(bench, *run)
    new = scenario.ledger()
    assert new is not None and new != old
    bench.lay(before)
    return Scenario(name, bench, before, run, old, new)


def _of_portfolio(name: str, bench: Bench, lines: list[str], dice: Random) -> Scenario:
    """Agreements that share a store; of one that joined, another was published before, and a line was nobody's."""
    names = ("north", "small")
    mine = [line.replace('"source"', f'"subject": "{dice.choice(names)}", "source"', 1) for line in lines]
    half = dice.randint(2, len(mine) - 2)
    (bench.folder / "all").mkdir()
    _write(bench, "all/small.bpo", SMALL)
    _write(bench, "a.jsonl", "".join(mine[:half]))
    _write(bench, "b.jsonl", "".join(mine[half:] if "joined" in name else mine))
    run = ("run", "all", "b.jsonl", *STORE, *UNTIL)
    if "joined" in name:
        first = bench.run(("run", "all", "a.jsonl", *STORE, "--publish"))
        if first.code not in (0, 4):
            raise NoTrial(f"an undisturbed run ended with {first.code}: {first.err}")
    before = bench.files()
    _write(bench, "all/north.bpo", SMALL.replace("agreement small", "agreement north"))
    scenario = Scenario(name, bench, before, run, None, b"", names)
    old = scenario.ledger() if before else None
    _must(bench, *run)
    new = scenario.ledger()
    assert new is not None and new != old
    bench.lay(before)
    return evolve(scenario, old=old, new=new)


def _crashed(bench: Bench, run: tuple[str, ...]) -> dict[str, bytes]:
    """What a run leaves that is killed while it commits."""
    before, log = bench.files(), bench.folder / "log"
    _must(bench, *run, arm=Arm("watch", 0, log))
    bench.lay(before)
    done = list(enumerate(written_down(log), 1))
    last = max((at for at, each in done if each.kind == "remove"), default=len(done))
    if bench.run(run, Arm("kill", last)).code != -9:
        raise NoTrial("no kill left a journal behind")
    return bench.files()


def _write(bench: Bench, name: str, text: str) -> None:
    (bench.folder / name).write_text(text, encoding="utf-8")


def _must(bench: Bench, *arguments: str, arm: Arm | None = None) -> None:
    ended = bench.run(arguments, arm)
    if ended.code:
        raise NoTrial(f"an undisturbed run ended with {ended.code}: {ended.err}")
