"""What a release holds is held once, kept, and missed where it is not reached."""

from __future__ import annotations

from collections.abc import Sequence

from tests.release.__main__ import Release
from tests.release.tasks import TASKS, Laws, Planted, Task, WrongStore, share

PAIRS = Task("pairs", 25, "some.module", "--pairs", 10)


class Pretended:
    """Commands that say what is wanted, and are written down."""

    def __init__(self, wrong: int = 0) -> None:
        self.asked: list[Sequence[str]] = []
        self.wrong = wrong

    def __call__(self, command: Sequence[str]) -> tuple[int, str]:
        self.asked.append(command)
        count = command[command.index("--pairs") + 1]
        return int(self.wrong > 0), f"seed 1\n{count} pairs, {self.wrong} wrong\n"


def test_pieces_come_to_what_is_wanted_each_with_a_seed_of_its_own(tmp_path):
    run = Pretended()
    release = Release([PAIRS], tmp_path / "kept.jsonl", 7, run)
    release.hold(1, 60)
    assert release.whole
    asked = (("10", "7000"), ("10", "7001"), ("5", "7002"))
    assert run.asked == [("some.module", "--pairs", count, "--seed", seed) for count, seed in asked]


def test_what_was_done_is_not_done_again(tmp_path):
    kept = tmp_path / "kept.jsonl"
    first = Release([PAIRS], kept, 7, Pretended())
    first._keep(first._piece(PAIRS, 0))
    kept.write_text(kept.read_text("utf-8") + '{"task": "pai', encoding="utf-8")
    run = Pretended()
    again = Release([PAIRS], kept, 7, run)
    again.hold(1, 60)
    assert again.whole and [each[-1] for each in run.asked] == ["7001", "7002"]
    assert Release([PAIRS], kept, 7, run).whole


def test_a_count_that_is_not_reached_in_time_is_a_failure(tmp_path):
    release = Release([PAIRS], tmp_path / "kept.jsonl", 7, Pretended())
    release.hold(1, 0)
    assert not release.whole and "25        0" in release.table()


def test_what_is_wrong_is_a_failure_and_kept(tmp_path):
    release = Release([PAIRS], tmp_path / "kept.jsonl", 7, Pretended(wrong=2))
    release.hold(1, 60)
    assert share(release.done, PAIRS) == 1 and not release.whole
    assert (tmp_path / "kept-pairs-0.txt").read_text("utf-8").endswith("10 pairs, 2 wrong\n")


def test_a_process_that_goes_down_holds_nothing():
    assert PAIRS.told("10 pairs, 0 wrong\n", -9).wrong and PAIRS.told("Traceback\n", 1).wrong


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
    assert store.told("60 trials, 0 wrong\n", 0).held == {"": 0}
    faults = next(task for task in TASKS if isinstance(task, Planted))
    assert faults.told("6 faults, 1 not found\n", 0).held == {"": 5}
    numbers = [each for piece in range(6) for each in faults.command(piece, 1, {}) if each.isdigit()]
    assert {str(number) for number in range(1, 37)} <= set(numbers)


def test_a_wrong_store_that_is_not_found_is_not_tried_again(tmp_path):
    store = next(task for task in TASKS if isinstance(task, WrongStore))
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> tuple[int, str]:
        asked.append(command)
        return 0, "60 trials, 0 wrong\n"

    release = Release([store], tmp_path / "kept.jsonl", 7, run)
    release.hold(1, 60)
    assert len(asked) == 1 and not release.whole


def test_it_asks_for_what_reliability_says():
    wanted = {task.name: task.wanted for task in TASKS}
    assert wanted["two evaluators agree"] >= 30_000 and wanted["laws"] >= 5_000
    assert wanted["the same bytes everywhere"] >= 6_000 and wanted["operations that fail"] >= 1_500
    assert wanted["disks after a power cut"] >= 20_000 and wanted["broken agreements"] >= 400_000
    assert wanted["faults that are found"] >= 29
