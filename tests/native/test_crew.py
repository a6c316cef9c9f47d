"""Threads that share work: in order, each thing once, and nothing goes on when nobody waits for it."""

from __future__ import annotations

import gc
import threading
import time

import pytest

from bpodsl.native.crew import _AHEAD, Crew


def slowly(number):
    """As long as it takes differs, so that what is begun later may be done earlier."""
    time.sleep((7 * number % 5) / 2_000)
    return number


@pytest.mark.parametrize("size", [2, 3, 8])
def test_what_is_made_ahead_comes_in_order_and_once(size):
    asked = []

    def source():
        for number in range(100):
            asked.append(number)
            yield number

    assert list(Crew(size).ahead(source(), slowly)) == list(range(100))
    assert asked == list(range(100))


@pytest.mark.parametrize("size", [2, 3, 8])
def test_tasks_come_between(size):
    crew = Crew(size)
    found = [
        (each, crew.all([lambda number=number: slowly(number) for number in range(size)]))
        for each in crew.ahead(range(50), slowly)
    ]
    assert found == [(number, list(range(size))) for number in range(50)]


def test_no_more_is_made_ahead_than_there_is_room_for():
    crew, begun = Crew(3), []
    for number, _ in enumerate(crew.ahead(range(60), lambda each: begun.append(each))):
        time.sleep(0.002)
        assert len(begun) <= number + 1 + 3 + _AHEAD
    assert sorted(begun) == list(range(60))


def test_more_tasks_than_threads():
    assert Crew(2).all([lambda number=number: slowly(number) for number in range(20)]) == list(range(20))
    assert Crew(4).all([]) == []


def test_whoever_waits_raises_what_a_task_does_once_all_are_through():
    through = []

    def fails():
        raise OSError("gone")

    def takes_long():
        time.sleep(0.05)
        through.append(1)

    with pytest.raises(OSError, match="gone"):
        Crew(3).all([fails, takes_long, takes_long])
    assert through == [1, 1]


@pytest.mark.parametrize("size", [2, 3])
def test_what_is_done_later_is_waited_for(size):
    crew, begun, may = Crew(size), threading.Event(), threading.Event()

    def long():
        begun.set()
        return may.wait(60) and 7

    later = crew.later(long)
    assert begun.wait(60)
    assert crew.all([lambda number=number: slowly(number) for number in range(9)]) == list(range(9))
    assert not later.over
    may.set()
    assert later.wait() == 7 and later.over

    def fails():
        raise OSError("gone")

    wrong = crew.later(fails)
    wrong.rest()
    with pytest.raises(OSError, match="gone"):
        wrong.wait()


@pytest.mark.parametrize("where", ["source", "make"])
def test_what_goes_wrong_ahead_is_raised_in_its_place(where):
    def source():
        for number in range(9):
            if number == 5 and where == "source":
                raise OSError("gone")
            yield number

    def make(number):
        if number == 5 and where == "make":
            raise OSError("gone")
        return slowly(number)

    found = []
    with pytest.raises(OSError, match="gone"):
        found.extend(Crew(3).ahead(source(), make))
    found = []
    with pytest.raises(OSError, match="gone"):
        for each in Crew(3).ahead(source(), make):
            found.append(each)
    assert found == [0, 1, 2, 3, 4]


def test_nothing_is_asked_for_once_nobody_looks_further():
    crew, asked = Crew(3), []

    def source():
        for number in range(1_000):
            asked.append(number)
            yield number

    looking = crew.ahead(source(), slowly)
    assert [next(looking) for _ in range(3)] == [0, 1, 2]
    looking.close()
    count = len(asked)
    time.sleep(0.02)
    assert len(asked) == count < 20
    assert list(crew.ahead("abc", str.upper)) == ["A", "B", "C"]


def test_its_threads_end_with_it():
    before = {*threading.enumerate()}
    crew = Crew(4)
    own = {*threading.enumerate()} - before
    assert crew.all([lambda: 1]) == [1] and len(own) == 3
    assert all(each.daemon and each.is_alive() for each in own)
    del crew
    gc.collect()
    for each in own:
        each.join(60)
    assert not any(each.is_alive() for each in own)
