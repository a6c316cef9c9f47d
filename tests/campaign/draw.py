"""Chance, seeded: every draw of a pair comes from its own seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def pair_seed(seed: int, index: int) -> int:
    """The seed of one pair of a campaign."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{index}".encode()).digest()[:8], "big")


class Draw:
    """Draws from a seed. `times` and `boundary_times` count the instants drawn, and those drawn from boundaries."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.times = 0
        self.boundary_times = 0

    def aside(self, what: str) -> Draw:
        """A draw of its own for something, which leaves all that is drawn here as it is."""
        return Draw(int.from_bytes(hashlib.sha256(f"{self.seed}/{what}".encode()).digest()[:8], "big"))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, among: Sequence[T]) -> T:
        return among[self.random.randrange(len(among))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def some(self, among: Sequence[T], least: int, most: int) -> list[T]:
        """Between `least` and `most` of them, in their order."""
        count = min(len(among), self.random.randint(least, most))
        return [among[i] for i in sorted(self.random.sample(range(len(among)), count))]

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(low, max(low, high))
