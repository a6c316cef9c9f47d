"""What a release holds is held once, kept, and missed where it is not reached."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from time import monotonic

from tests.conftest import ROOT
from tests.release.__main__ import Release, digest
from tests.release.rests import rests_on
from tests.release.tasks import TASKS, Laws, Outcome, Planted, Task, WrongStore, held, share

PAIRS = Task("pairs", 25, "some.module", "--pairs", 10)


def seven(_: Task) -> str:
    """The digest of what is tested, of which the seeds come."""
    return "000007"


class Pretended:
    """Commands that say what is wanted, and are written down."""

    def __init__(self, wrong: int = 0) -> None:
        self.asked: list[Sequence[str]] = []
        self.wrong = wrong

    def __call__(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        self.asked.append(command)
        count = command[command.index("--pairs") + 1]
        return int(self.wrong > 0), f"seed 1\n{count} pairs, {self.wrong} wrong\n"


def test_pieces_come_to_what_is_wanted_each_with_a_seed_of_its_own(tmp_path):
    run = Pretended()
    release = Release([PAIRS], tmp_path / "kept.jsonl", seven, run)
    release.hold(1, 60)
    assert release.whole
    asked = (("10", "7000"), ("10", "7001"), ("5", "7002"))
    assert run.asked == [("some.module", "--pairs", count, "--seed", seed) for count, seed in asked]


def test_what_was_done_is_not_done_again(tmp_path):
    kept = tmp_path / "kept.jsonl"
    first = Release([PAIRS], kept, seven, Pretended())
    done = first._piece(PAIRS, 0, PAIRS.command(0, 7000, {}), monotonic() + 60)
    assert done is not None
    first._keep(done)
    kept.write_text(kept.read_text("utf-8") + '{"task": "pai', encoding="utf-8")
    run = Pretended()
    again = Release([PAIRS], kept, seven, run)
    again.hold(1, 60)
    assert again.whole and [each[-1] for each in run.asked] == ["7001", "7002"]
    assert Release([PAIRS], kept, seven, run).whole


def test_a_count_that_is_not_reached_in_time_is_a_failure(tmp_path):
    release = Release([PAIRS], tmp_path / "kept.jsonl", seven, Pretended())
    release.hold(1, 0)
    assert not release.whole and "25        0" in release.table()


def test_what_is_wrong_is_a_failure_and_kept(tmp_path):
    release = Release([PAIRS], tmp_path / "kept.jsonl", seven, Pretended(wrong=2))
    release.hold(1, 60)
    assert share(held(release.done, PAIRS), PAIRS) == 1 and not release.whole
    assert (tmp_path / "kept-pairs-0.txt").read_text("utf-8").endswith("10 pairs, 2 wrong\n")


def test_a_process_that_goes_down_holds_nothing():
    assert PAIRS.told("10 pairs, 0 wrong\n", -9).wrong and PAIRS.told("Traceback\n", 1).wrong


def test_what_else_a_piece_says_in_its_last_line_is_not_read():
    assert PAIRS.told("10 pairs, 0 wrong; of 40 runs 3 were begun anew\n", 0) == Outcome({"": 10}, 0)


def test_of_the_laws_the_least_held_counts_and_the_others_are_left_out():
    laws = next(task for task in TASKS if isinstance(task, Laws))
    said = "order and repetition         250 held against it, 0 broken\ncaps bind   7 held against it, 1 broken\n"
    outcome = laws.told(said, 1)
    assert outcome.held == {"order and repetition": 250, "caps bind": 7} and outcome.wrong == 1
    command = laws.command(0, 1, {"order and repetition": laws.wanted})
    assert "caps_bind" in command and "order_and_repetition" not in command


def test_wrong_stores_are_to_be_found_and_of_faults_all_but_one():
    store = next(task for task in TASKS if isinstance(task, WrongStore))
    assert store.told("400 disks after a power cut, 3 wrong\n60 trials, 5 wrong\n", 1).held == {"": 1}
    assert store.told("400 disks after a power cut, 3 wrong\n60 trials, 0 wrong\n", 1).held == {"": 1}
    assert store.told("60 trials, 0 wrong\n", 0).held == {"": 0}
    faults = next(task for task in TASKS if isinstance(task, Planted))
    assert faults.told("6 faults, 1 not found\n", 0).held == {"": 5}
    numbers = [each for piece in range(6) for each in faults.command(piece, 1, {}) if each.isdigit()]
    assert {str(number) for number in range(1, 37)} <= set(numbers)


def test_a_wrong_store_that_is_not_found_is_not_tried_again(tmp_path):
    store = next(task for task in TASKS if isinstance(task, WrongStore))
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str], seconds: float) -> tuple[int, str]:
        asked.append(command)
        return 0, "60 trials, 0 wrong\n"

    release = Release([store], tmp_path / "kept.jsonl", seven, run)
    release.hold(1, 60)
    assert len(asked) == 1 and not release.whole


def test_it_asks_for_what_reliability_says():
    wanted = {task.name: task.wanted for task in TASKS}
    assert wanted["two evaluators agree"] >= 30_000 and wanted["laws"] >= 5_000
    assert wanted["the same bytes everywhere"] >= 6_000 and wanted["operations that fail"] >= 1_500
    assert wanted["disks after a power cut"] >= 20_000 and wanted["broken agreements"] >= 400_000
    assert wanted["faults that are found"] >= 29


def test_what_was_held_counts_as_long_as_the_same_is_tested(tmp_path):
    """Each task rests on files of its own: a change of one voids no other."""
    kept, other = tmp_path / "kept.jsonl", Task("others", 10, "some.more", "--pairs", 10)
    Release([PAIRS, other], kept, seven, Pretended()).hold(1, 60)
    later = Release([PAIRS, other], kept, lambda task: "00000" + ("8" if task is PAIRS else "7"), Pretended())
    assert held(later.done, other)[""] == 10 and not held(later.done, PAIRS)
    later.hold(1, 60)
    assert later.whole


def test_nothing_more_is_begun_once_something_else_is_tested(tmp_path):
    tested, run = ["000007"], Pretended()

    def changes(command: Sequence[str], seconds: float) -> tuple[int, str]:
        tested[0] = "000008"
        return run(command, seconds)

    release = Release([PAIRS], tmp_path / "kept.jsonl", lambda task: tested[0], changes)
    release.hold(1, 60)
    assert len(run.asked) == 1 and not release.whole


def test_what_is_tested_is_told_by_the_files_that_a_task_rests_on(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    files = {
        "bpodsl/__init__.py": "", "bpodsl/ran/__init__.py": "def run():\n    from bpodsl.ran import lazy\n",
        "bpodsl/ran/lazy.py": "import bpodsl.terms", "bpodsl/terms.py": "", "bpodsl/ran/table.csv": "",
        "bpodsl/no.py": "", "bpodsl/ran/not.py": "", "bpodsl/named.py": "",
        "tests/some/module.py": "from bpodsl import ran, named",
        "docs/c.md": "", "tests/others/d.py": "", "grammar/g.lark": "", "pyproject.toml": "", "page.md": "",
    }  # fmt: skip
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    task = Task("pairs", 25, "tests.some.module", "--pairs", 10, also=("page.md",))
    first, noted = digest(tmp_path, task), set()
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
        if digest(tmp_path, task) != first:
            noted.add(name)
        (tmp_path / name).write_text(text, encoding="utf-8")
    others = {"bpodsl/no.py", "bpodsl/ran/not.py", "docs/c.md", "tests/others/d.py", "grammar/g.lark"}
    assert noted == set(files) - others


def test_whoever_takes_a_command_rests_on_the_whole_program():
    assert {"bpodsl", "grammar"} <= set(rests_on(ROOT, "tests.fuzz")) & set(rests_on(ROOT, "tests.faults"))
    pairs = set(rests_on(ROOT, "tests.campaign"))
    assert {"bpodsl/engine/engine.py", "bpodsl/reference/outcome.py", "tests/campaign/compare.py"} <= pairs
    assert "bpodsl/native/source/reading.c" in pairs and not any("bpodsl/serve" in each for each in pairs)
    laws = set(rests_on(ROOT, "tests.laws"))
    assert {"grammar", "tests/laws/laws.py", "tests/campaign/lines.py", "bpodsl/store/steady.py"} <= laws
