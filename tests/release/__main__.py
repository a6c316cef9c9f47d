"""`python -m tests.release`: all that a release must have held, with its counts; it may be stopped and gone on with.

What is done is kept piece by piece, in `.release/`, by a digest of what its task tests and rests on: what it imports of
the program, and what draws and compares. So a change of a page or of another test leaves it as it is, and one of the
store leaves the pairs. The seeds come from the digest. It fails when something is wrong, or when a count is not reached
in the time given.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from time import monotonic

from attrs import asdict, evolve

from tests.release.rests import rests_on
from tests.release.tasks import TASKS, Done, Task, held, share

ROOT = Path(__file__).resolve().parents[2]
Ran = Callable[[Sequence[str], float], tuple[int, str] | None]
BEYOND = 20
"""So many seconds a piece may go on after the time is over, lest it be lost."""


def ran(command: Sequence[str], seconds: float) -> tuple[int, str] | None:
    """Run a module in a process of its own; its exit code, and all that it said; None where it took too long."""
    around = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=around, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, timeout=max(0, seconds),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return ended.returncode, ended.stdout


class Release:
    """Holds tasks, and keeps what was done in a file. `tested`: the digest of what each task tests and rests on."""

    def __init__(
        self, tasks: Sequence[Task], path: Path, tested: Callable[[Task], str], run: Ran = ran
    ) -> None:  # fmt: skip
        self.tasks, self.path, self._tested, self._run = tasks, path, tested, run
        self.digests = {task.name: tested(task) for task in tasks}
        self.done: list[Done] = []
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            # The last line may be one that was being written when all was stopped.
            whole = [line for line in lines if line.endswith("\n")]
            path.write_text("".join(whole), encoding="utf-8")
            every = [Done(**json.loads(line)) for line in whole]
            self.done = [each for each in every if self.digests.get(each.task) == each.tested]
        self._begun = {task.name: self._first(task) for task in tasks}

    def _first(self, task: Task) -> int:
        return max((each.number + 1 for each in self.done if each.task == task.name), default=0)

    def hold(self, jobs: int, seconds: float) -> None:
        """Begin pieces, of what lacks most first, until all is held, the time is over or something else is tested."""
        end, going = monotonic() + seconds, dict[Future[Done | None], tuple[Task, Mapping[str, int]]]()
        with ThreadPoolExecutor(jobs) as pool:
            while True:
                while len(going) < jobs and monotonic() < end:
                    begun = [(task.name, expected) for task, expected in going.values()]
                    task = self._next(begun)
                    if task is None:
                        break
                    if self._tested(task) != self.digests[task.name]:
                        print(f"{task.name}: what is tested has changed meanwhile; begin again", flush=True)
                        end = monotonic()
                        break
                    number = self._begun[task.name]
                    self._begun[task.name] += 1
                    command = task.command(number, self._seed(task, number), self._held(task, begun))
                    going[pool.submit(self._piece, task, number, command, end)] = (task, task.expected(command))
                if not going:
                    return
                for each in wait(going, return_when=FIRST_COMPLETED).done:
                    del going[each]
                    found = each.result()
                    if found is not None:
                        self._keep(found)

    def _seed(self, task: Task, number: int) -> int:
        return int(self.digests[task.name][:6], 16) * 1000 + number

    def _held(self, task: Task, begun: Sequence[tuple[str, Mapping[str, int]]] = ()) -> Counter[str]:
        """How much of it was held, and is expected of what is going on."""
        return sum((Counter(more) for name, more in begun if name == task.name), held(self.done, task))

    def _next(self, begun: Sequence[tuple[str, Mapping[str, int]]]) -> Task | None:
        """What lacks most, as a part of what is wanted: so each comes forward as the others do."""
        lacking = [
            (share(self._held(task, begun), task), number, task) for number, task in enumerate(self.tasks)
            if self._begun[task.name] < task.most
        ]  # fmt: skip
        part, _, task = min(lacking, default=(1, 0, None), key=lambda each: each[:2])
        return task if part < 1 else None

    def _piece(self, task: Task, number: int, command: tuple[str, ...], end: float) -> Done | None:
        began = monotonic()
        ended = self._run(command, end + BEYOND - began)
        if ended is None:
            print(f"{task.name}: piece {number} was not done in time, and is left out", flush=True)
            return None
        code, said = ended
        outcome = task.told(said, code)
        if outcome.wrong or not outcome.held:
            kept = self.path.with_name(f"{self.path.stem}-{task.name.replace(' ', '-')}-{number}.txt")
            kept.write_text(said, encoding="utf-8")
            print(f"WRONG {task.name}: python -m {' '.join(command)}; what it said is in {kept}", flush=True)
        return Done(
            task.name, number, self._seed(task, number), command, dict(outcome.held), outcome.wrong,
            round(monotonic() - began, 1), self.digests[task.name],
        )  # fmt: skip

    def _keep(self, done: Done) -> None:
        self.done.append(done)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(done)) + "\n")
        print(f"{done.task}: {sum(done.held.values())} in {done.seconds} s, {done.wrong} wrong", flush=True)

    def table(self) -> str:
        """What was wanted and held, by task."""
        lines = [f"{'':36}{'wanted':>9}{'held':>9}{'wrong':>7}{'minutes':>9}  seeds"]
        for task in self.tasks:
            found = [each for each in self.done if each.task == task.name]
            so_far = held(self.done, task)
            seeds = sorted(each.seed for each in found)
            lines.append(
                f"{task.name:36}{task.wanted:9}{min(so_far[part] for part in task.parts):9}"
                f"{sum(each.wrong for each in found):7}{sum(each.seconds for each in found) / 60:9.1f}"
                f"  {f'{seeds[0]} to {seeds[-1]}' if seeds else '-'}"
            )
        return "\n".join(lines)

    @property
    def whole(self) -> bool:
        """Whether all was held, and nothing was wrong."""
        every = all(share(self._held(task), task) == 1 for task in self.tasks)
        return every and not any(each.wrong for each in self.done)


def digest(root: Path, task: Task) -> str:
    """Of every file that a task tests or rests on, by path and bytes: those that `git` has or would take."""
    asked = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    said = subprocess.run([*asked, *rests_on(root, task.module), *task.also], capture_output=True, check=True).stdout
    found = hashlib.sha256()
    for name in sorted(set(said.decode().split("\0")) - {""}):
        path = root / name
        if path.is_file():
            found.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.release", description=__doc__)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="so many processes at once")
    options.add_argument("--hours", type=float, default=12, help="so long; what is not done then is left out")
    options.add_argument("--of", type=float, default=1, metavar="PART", help="only this part of each count")
    options.add_argument("--only", action="append", choices=[task.name for task in TASKS], help="only this task")
    options.add_argument("--kept", type=Path, help="where what is done is kept, instead of `.release/done.jsonl`")
    options.add_argument("--show", action="store_true", help="only the table of what is done")
    asked = options.parse_args()
    path = asked.kept or ROOT / ".release" / "done.jsonl"
    path.parent.mkdir(exist_ok=True)
    tasks = [
        evolve(task, wanted=max(1, round(task.wanted * asked.of)) if task.piece > 1 else task.wanted)
        for task in TASKS if not asked.only or task.name in asked.only
    ]  # fmt: skip
    release = Release(tasks, path, lambda task: digest(ROOT, task))
    if not asked.show:
        release.hold(asked.jobs, asked.hours * 3600)
    print(f"\n{release.table()}")
    print("all of it was held" if release.whole else "NOT all of it was held, or something is wrong")
    return int(not release.whole)


if __name__ == "__main__":
    sys.exit(main())
