"""Heights: every item as near as it can to the items it is joined to, none on top of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen


@frozen
class Pull:
    """An item wants to be where `other` is, `shift` further down."""

    other: str
    shift: float
    weight: float


def stack(
    columns: Sequence[Sequence[str]],
    apart: Mapping[tuple[str, str], float],
    pulls: Mapping[str, Sequence[tuple[int, Pull]]],
    rounds: int = 30,
) -> dict[str, int]:
    """The y of each item: whole, and at least `apart` from the one above it in its column.

    `pulls` gives each item's neighbours with the side they are on, -1 or 1. Columns are settled by turns
    from the left and from the right, at last from both sides.
    """
    y: dict[str, float] = {}
    for column in columns:
        at = 0.0
        for place, item in enumerate(column):
            at += apart[column[place - 1], item] if place else 0.0
            y[item] = at
    tallest = max(y.values(), default=0.0)
    for column in columns:
        shift = (tallest - y[column[-1]]) / 2 if column else 0.0
        y.update({item: y[item] + shift for item in column})
    for turn in range(rounds):
        sides = {0: (-1,), 1: (1,)}.get(turn % 3, (-1, 1))
        for column in columns if turn % 2 == 0 else list(reversed(columns)):
            _settle(column, apart, pulls, sides, y)
    return _whole(columns, apart, y)


def _settle(
    column: Sequence[str],
    apart: Mapping[tuple[str, str], float],
    pulls: Mapping[str, Sequence[tuple[int, Pull]]],
    sides: tuple[int, ...],
    y: dict[str, float],
) -> None:
    wishes: list[tuple[float, float]] = []
    offset, offsets = 0.0, []
    for place, item in enumerate(column):
        offset += apart[column[place - 1], item] if place else 0.0
        offsets.append(offset)
        near = [pull for side, pull in pulls.get(item, ()) if side in sides]
        weight = sum(pull.weight for pull in near)
        wish = sum((y[pull.other] + pull.shift) * pull.weight for pull in near) / weight if near else y[item]
        wishes.append((wish - offset, weight if near else 0.01))
    for item, level, offset in zip(column, _rising(wishes), offsets, strict=True):
        y[item] = level + offset


def _rising(wishes: Sequence[tuple[float, float]]) -> list[float]:
    """The never falling numbers nearest to the wishes, by weighted squares: falling neighbours share their mean."""
    pools: list[tuple[float, float, int]] = []
    for wish, weight in wishes:
        count = 1
        while pools and pools[-1][0] > wish:
            other, heavy, many = pools.pop()
            wish = (wish * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + many
        pools.append((wish, weight, count))
    return [level for level, _, count in pools for _ in range(count)]


def _whole(
    columns: Sequence[Sequence[str]], apart: Mapping[tuple[str, str], float], y: Mapping[str, float]
) -> dict[str, int]:
    top = min(y.values(), default=0.0)
    found: dict[str, int] = {}
    for column in columns:
        for place, item in enumerate(column):
            least = found[column[place - 1]] + apart[column[place - 1], item] if place else 0.0
            found[item] = max(round(y[item] - top), -int(-least // 1))
    return found
