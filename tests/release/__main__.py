"""`python -m tests.release`: all that a release must have held, with its counts; it may be stopped and gone on with.

What is done is kept by commit, piece by piece, in `.release/`. The seeds come from the commit. It fails when something
is wrong, or when a count is not reached in the time given.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from time import monotonic

from attrs import asdict, evolve

from tests.release.tasks import TASKS, Done, Task, held, share

ROOT = Path(__file__).resolve().parents[2]
Ran = Callable[[Sequence[str]], tuple[int, str]]


def ran(command: Sequence[str]) -> tuple[int, str]:
    """Run a module in a process of its own; its exit code, and all that it said."""
    around = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=around, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout


class Release:
    """Holds tasks, and keeps what was done in a file."""

    def __init__(self, tasks: Sequence[Task], path: Path, seed: int, run: Ran = ran) -> None:
        self.tasks, self.path, self.seed, self._run = tasks, path, seed, run
        self.done: list[Done] = []
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            # The last line may be one that was being written when all was stopped.
            self.done = [Done(**json.loads(line)) for line in lines if line.endswith("\n")]
            path.write_text("".join(line for line in lines if line.endswith("\n")), encoding="utf-8")
        self._begun = {task.name: self._first(task) for task in tasks}

    def _first(self, task: Task) -> int:
        return max((each.number + 1 for each in self.done if each.task == task.name), default=0)

    def hold(self, jobs: int, seconds: float) -> None:
        """Begin pieces, of what lacks most first, until all is held or the time is over."""
        end, going = monotonic() + seconds, dict[Future[Done], Task]()
        with ThreadPoolExecutor(jobs) as pool:
            while True:
                while len(going) < jobs and monotonic() < end:
                    task = self._next(list(going.values()))
                    if task is None:
                        break
                    number = self._begun[task.name]
                    self._begun[task.name] += 1
                    going[pool.submit(self._piece, task, number)] = task
                if not going:
                    return
                for each in wait(going, return_when=FIRST_COMPLETED).done:
                    del going[each]
                    self._keep(each.result())

    def _next(self, going: list[Task]) -> Task | None:
        lacking = [
            task for task in self.tasks
            if share(self.done, task) < 1 and task not in going and self._begun[task.name] < task.most
        ]  # fmt: skip
        return min(lacking, key=lambda task: share(self.done, task)) if lacking else None

    def _piece(self, task: Task, number: int) -> Done:
        seed = self.seed * 1000 + number
        command = task.command(number, seed, held(self.done, task))
        began = monotonic()
        code, said = self._run(command)
        outcome = task.told(said, code)
        if outcome.wrong or not outcome.held:
            kept = self.path.with_name(f"{self.path.stem}-{task.name.replace(' ', '-')}-{number}.txt")
            kept.write_text(said, encoding="utf-8")
            print(f"WRONG {task.name}: python -m {' '.join(command)}; what it said is in {kept}", flush=True)
        return Done(task.name, number, seed, command, dict(outcome.held), outcome.wrong, round(monotonic() - began, 1))

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
        return all(share(self.done, task) == 1 for task in self.tasks) and not any(each.wrong for each in self.done)


def _commit() -> str:
    asked = ["git", "-C", str(ROOT)]
    if subprocess.run([*asked, "status", "--porcelain"], text=True, capture_output=True, check=True).stdout.strip():
        return ""
    return subprocess.run([*asked, "rev-parse", "HEAD"], text=True, capture_output=True, check=True).stdout.strip()


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.release", description=__doc__)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="so many processes at once")
    options.add_argument("--hours", type=float, default=12, help="after so many nothing more is begun")
    options.add_argument("--of", type=float, default=1, metavar="PART", help="only this part of each count")
    options.add_argument("--only", action="append", choices=[task.name for task in TASKS], help="only this task")
    options.add_argument("--kept", type=Path, help="where what is done is kept, instead of by commit")
    options.add_argument("--show", action="store_true", help="only the table of what is done")
    asked = options.parse_args()
    commit = _commit()
    if not commit and not asked.kept:
        print("There are changes that are not committed: commit them, or say --kept FILE.")
        return 2
    path = asked.kept or ROOT / ".release" / f"{commit[:12]}.jsonl"
    path.parent.mkdir(exist_ok=True)
    tasks = [
        evolve(task, wanted=max(1, round(task.wanted * asked.of)) if task.piece > 1 else task.wanted)
        for task in TASKS if not asked.only or task.name in asked.only
    ]  # fmt: skip
    release = Release(tasks, path, int(commit[:6], 16) if commit else 1)
    if not asked.show:
        release.hold(asked.jobs, asked.hours * 3600)
    print(f"\n{release.table()}")
    print("all of it was held" if release.whole else "NOT all of it was held, or something is wrong")
    return int(not release.whole)


if __name__ == "__main__":
    sys.exit(main())
