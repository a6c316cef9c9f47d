"""What a release holds: how many of each, by which command, in pieces of which size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from attrs import field, frozen

from tests.faults.planted import PLANTED
from tests.fuzz.kinds import CUTS
from tests.laws.laws import LAWS
from tests.planted.faults import FAULTS
from tests.release.rests import WHOLE

_LAST = re.compile(r"^(\d+) [a-z ]+, (\d+) [a-z ]+(?:;.*)?$", re.MULTILINE)
_LAW = re.compile(r"^([a-z ]+?) +(\d+) held against it, (\d+) broken$", re.MULTILINE)


@frozen
class Outcome:
    """How much a piece held, by what it is counted for ("": the task as a whole), and how much of it was wrong."""

    held: Mapping[str, int]
    wrong: int


@frozen
class Task:
    """`wanted`: how much is to be held; `piece`: how much one process is asked for, by `option`, of which each counts
    `each` times (a pair run in nine processes)."""

    name: str
    wanted: int
    module: str
    option: str
    piece: int
    more: tuple[str, ...] = ()
    each: int = 1
    also: tuple[str, ...] = ()
    """Files that it rests on beside what its module imports: those that it reads, or that its processes do."""

    def expected(self, command: Sequence[str]) -> Mapping[str, int]:
        """How much a piece that was begun with this is expected to hold."""
        return {"": int(command[command.index(self.option) + 1]) * self.each if self.option else self.piece}

    @property
    def parts(self) -> tuple[str, ...]:
        """What of it is counted by itself."""
        return ("",)

    @property
    def most(self) -> int:
        """How many pieces there may be: a task that has not got there by then never will."""
        return 400

    def command(self, number: int, seed: int, held: Mapping[str, int]) -> tuple[str, ...]:
        """The module and arguments of the piece of that number; `held`: what was held before."""
        count = min(self.piece, -(-(self.wanted - held.get("", 0)) // self.each))
        return (self.module, self.option, str(count), "--seed", str(seed), *self.more)

    def told(self, said: str, code: int) -> Outcome:
        """What came of a piece that said this, and left with this exit code."""
        found = _LAST.findall(said)
        if not found or code not in (0, 1):
            return Outcome({}, 1)
        count, wrong = map(int, found[-1])
        return Outcome({"": count}, max(wrong, int(code > 0)))


@frozen
class Laws(Task):
    """Every law by itself: of pairs that are drawn, each is held for those of which it says something."""

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(name.replace("_", " ") for name in LAWS)

    def command(self, number: int, seed: int, held: Mapping[str, int]) -> tuple[str, ...]:
        """Only the laws that have not been held often enough."""
        lacking = [name for name in LAWS if held.get(name.replace("_", " "), 0) < self.wanted]
        named = tuple(part for name in lacking for part in ("--law", name))
        return (self.module, self.option, str(self.piece), "--seed", str(seed), *named)

    def expected(self, command: Sequence[str]) -> Mapping[str, int]:
        """Of the law that holds for the fewest; for how many is not known before."""
        return dict.fromkeys(self.parts, self.piece // 20)

    def told(self, said: str, code: int) -> Outcome:
        found = [(name, int(held), int(broken)) for name, held, broken in _LAW.findall(said)]
        wrong = sum(broken for _, _, broken in found)
        if not found or code not in (0, 1):
            return Outcome({}, 1)
        return Outcome({name: held for name, held, _ in found}, max(wrong, int(code > 0)))


@frozen
class Planted(Task):
    """Faults of the program, a few in each piece: all but one must be found."""

    @property
    def most(self) -> int:
        return -(-len(FAULTS) // self.piece)

    def command(self, number: int, seed: int, held: Mapping[str, int]) -> tuple[str, ...]:
        first = number * self.piece + 1
        only = range(first, min(first + self.piece, len(FAULTS) + 1))
        # The same pairs for all of them.
        return (self.module, *self.more, *(part for k in only for part in ("--only", str(k))))

    def told(self, said: str, code: int) -> Outcome:
        found = _LAST.findall(said)
        if not found or code not in (0, 1):
            return Outcome({}, 1)
        count, missed = map(int, found[-1])
        return Outcome({"": count - missed}, 0)


@frozen
class WrongStore(Task):
    """A store that is wrong on purpose: held when the trials find it."""

    @property
    def most(self) -> int:
        return 1

    def command(self, number: int, seed: int, held: Mapping[str, int]) -> tuple[str, ...]:
        return (self.module, *self.more, "--seed", str(seed))

    def told(self, said: str, code: int) -> Outcome:
        found = _LAST.findall(said)
        return Outcome({"": int(code == 1 and any(int(wrong) for _, wrong in found))}, 0)


@frozen
class Cuts(Task):
    """Places at which an example is cut: each piece begins where the one before it ended."""

    def command(self, number: int, seed: int, held: Mapping[str, int]) -> tuple[str, ...]:
        first = number * self.piece
        return (self.module, self.option, str(min(self.piece, self.wanted - first)), "--seed", str(first), *self.more)

    @property
    def most(self) -> int:
        return -(-self.wanted // self.piece)


_STORES: Final = ("tests/store", "tests/proof")
_TEXTS: Final = ("LANGUAGE.md", "examples", "templates", "tests/acceptance", *_STORES)

TASKS: Final[tuple[Task, ...]] = (
    Task("two evaluators agree", 30_000, "tests.campaign", "--pairs", 500, ("--jobs", "1", "--seconds", "0")),
    Laws("laws", 5_000, "tests.laws", "--pairs", 250, also=_STORES),
    Task("the same bytes everywhere", 6_000, "tests.laws.everywhere", "--pairs", 30, each=9, also=_STORES),
    Task("fed in pieces, resumed", 5_000, "tests.store.resumed", "--pairs", 250),
    Task("a kernel that is frozen", 2_000, "tests.kernel.frozen", "--pairs", 250),
    Task("operations that fail", 1_500, "tests.faults", "--trials", 100, also=_STORES),
    Task("disks after a power cut", 20_000, "tests.faults", "--power", 500, also=_STORES),
    *(
        WrongStore(f"a store that is wrong: {name}", 1, "tests.faults", "", 1, ("--planted", name, *how), also=_STORES)
        for name, how in dict.fromkeys(PLANTED, ("--trials", "60", "--power", "400")).items()
    ),
    Task("broken agreements", 400_000, "tests.fuzz", "--trials", 10_000, ("--kind", "texts"), also=_TEXTS),
    Task("agreements of the grammar", 30_000, "tests.fuzz", "--trials", 10_000, ("--kind", "programs"), also=_TEXTS),
    Cuts("examples that are cut", CUTS, "tests.fuzz", "--trials", 4_000, ("--kind", "cuts"), also=_TEXTS),
    Task("broken events", 100_000, "tests.fuzz", "--trials", 5_000, ("--kind", "events"), also=_TEXTS),
    Task("broken stores", 20_000, "tests.fuzz", "--trials", 2_000, ("--kind", "stores"), also=_TEXTS),
    Task("broken bundles", 10_000, "tests.fuzz", "--trials", 2_000, ("--kind", "bundles"), also=_TEXTS),
    Planted(
        "faults that are found", len(FAULTS) - 1, "tests.planted", "", 6, ("--pairs", "600", "--seed", "1"),
        also=(*WHOLE, "tests/campaign", "tests/laws", "tests/values", "tests/record", *_STORES),
    ),
)  # fmt: skip


@frozen
class Done:
    """A piece that was done, as it is kept."""

    task: str
    number: int
    seed: int
    command: tuple[str, ...] = field(converter=tuple)
    held: Mapping[str, int]
    wrong: int
    seconds: float
    tested: str = ""


def held(done: Collection[Done], task: Task) -> Counter[str]:
    """How much of a task was held so far."""
    return sum((Counter(each.held) for each in done if each.task == task.name), Counter())


def share(so_far: Mapping[str, int], task: Task) -> float:
    """Which part of it, at the most 1, of what is counted by itself the least."""
    return min(1.0, *(so_far.get(part, 0) / task.wanted for part in task.parts))
