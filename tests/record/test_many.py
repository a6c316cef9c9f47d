"""Classes without attrs behave as those that attrs makes."""

from __future__ import annotations

import pickle
from functools import cached_property

import attrs
import pytest

from bpodsl import lean
from bpodsl.record import Columns, Entry, Number, Numbers
from bpodsl.record.many import changing, many


@many
class Sum:
    """Of all that parts may be."""

    name: str
    amount: int = 0
    parts: list[int] = lean.field(factory=list, hash=False)
    place: str = lean.field(default="", eq=False, repr=False)
    double: int = lean.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        self.double = 2 * self.amount


@changing
class Mark:
    """One that may be changed."""

    at: int
    said: str = ""


@many(eq=False)
class Alone:
    """One that is equal to nothing else."""

    at: int = 0


@lean.frozen
class Plan:
    """A part is found later."""

    name: str
    levels: dict[str, int] = lean.field(factory=dict, hash=False)
    later: int = lean.field(init=False, default=3)
    unset: int = lean.field(init=False, eq=False)

    @cached_property
    def shouted(self) -> str:
        """Its name, louder."""
        return self.name.upper()


def test_parts_are_given_by_place_by_name_or_left_out():
    assert Sum("a", 2, [1], place="x").double == 4
    one, other = Sum("a"), Sum(name="a", amount=0)
    assert one == other and hash(one) == hash(other)
    one.parts.append(1)
    assert other.parts == [] and one != other and hash(one) == hash(other)
    assert Sum("a", place="x") == Sum("a", place="y")
    assert repr(Sum("a", 1)) == "Sum(name='a', amount=1, parts=[], double=2)"


def test_a_part_too_many_or_too_few_is_refused():
    for wrong in (lambda: Sum(), lambda: Sum("a", 1, [], "", 5), lambda: Sum("a", double=1), lambda: Sum("a", other=1)):
        with pytest.raises(TypeError):
            wrong()
    for wrong in (lambda: Plan(), lambda: Plan("a", later=1), lambda: Plan("a", unset=1)):
        with pytest.raises(TypeError):
            wrong()


def test_what_is_changed_anew_keeps_the_rest():
    changed = lean.evolve(Sum("a", 2, place="x"), amount=3)
    assert (changed.name, changed.amount, changed.place, changed.double) == ("a", 3, "x", 6)
    assert lean.evolve(Plan("a", {"b": 1}), name="c") == Plan("c", {"b": 1})


def test_parts_that_are_not_given():
    plan = Plan("a", {"b": 1})
    assert plan.later == 3 and not hasattr(plan, "unset")
    assert hash(plan) == hash(Plan("a", {"c": 1})) and plan != Plan("a", {"c": 1})
    assert plan.shouted == "A"
    with pytest.raises(AttributeError):
        plan.name = "b"


def test_what_may_be_changed_is_no_key():
    mark = Mark(1)
    mark.said = "later"
    assert mark == Mark(1, "later")
    with pytest.raises(TypeError):
        hash(mark)


def test_what_is_equal_to_itself_alone():
    one = Alone()
    assert one == one and one != Alone()
    assert {one: 1}[one] == 1


def test_they_have_slots_and_are_carried_from_process_to_process():
    made = Sum("a", 2, [1])
    assert not hasattr(made, "__dict__")
    assert pickle.loads(pickle.dumps(made)) == made
    assert pickle.loads(pickle.dumps(Mark(1, "x"))) == Mark(1, "x")
    assert pickle.loads(pickle.dumps(Plan("a"))) == Plan("a")


def test_attrs_knows_their_parts():
    said = {each.name: (each.init, each.eq) for each in attrs.fields(Sum)}
    assert said == {
        "name": (True, True), "amount": (True, True), "parts": (True, True), "place": (True, False),
        "double": (False, False),
    }  # fmt: skip


def test_numbers_by_column_are_those_one_by_one():
    columns = Columns(("value", "met"), ("number", "yes_no"))
    numbers, alone = Numbers(columns, [3, True]), (Number("value", "number", 3), Number("met", "yes_no", True))
    assert tuple(numbers) == alone and len(numbers) == 2 and numbers[1] == alone[1] and numbers[:1] == alone[:1]
    assert list(reversed(numbers)) == [*reversed(alone)]
    assert numbers == alone and alone == numbers and numbers == Numbers(columns, [3, True])
    assert hash(numbers) == hash(alone)
    assert numbers != Numbers(columns, [4, True])
    one = Entry("Settled", "f", 1, 2, 3, period="p", numbers=numbers)
    assert one == Entry("Settled", "f", 1, 2, 3, period="p", numbers=alone)
    assert one.number("met") is True and one.number("other") is None
