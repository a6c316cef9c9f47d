"""What was looked at in a bundle, and what came of it."""

from __future__ import annotations

from enum import Enum

from attrs import define, field, frozen


class Standing(Enum):
    """What came of it."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OTHER = "another version"
    UNASKED = "not asked"


@frozen
class Finding:
    """One thing that was looked at. `what`: of the list below; `words`: what was found."""

    what: str
    standing: Standing
    words: str


WHATS = (
    "form",
    "digests",
    "manifest",
    "chain",
    "published",
    "signatures",
    "checkpoints",
    "lines",
    "engine",
    "reference",
)
"""All that is looked at, in this order."""


@define
class Findings:
    """All that was found about a bundle, in the order in which it was looked for."""

    bundle: str
    about: str = ""
    every: list[Finding] = field(factory=list)

    def holds(self, what: str, words: str) -> None:
        self.every.append(Finding(what, Standing.HOLDS, words))

    def fails(self, what: str, words: str) -> None:
        self.every.append(Finding(what, Standing.FAILS, words))

    def other(self, what: str, words: str) -> None:
        """It cannot be told, since another version made it."""
        self.every.append(Finding(what, Standing.OTHER, words))

    def unasked(self, what: str, words: str) -> None:
        self.every.append(Finding(what, Standing.UNASKED, words))

    def leave_out(self, words: str) -> None:
        """Say of what was not come to that it was not looked at."""
        said = {each.what for each in self.every}
        for what in WHATS:
            if what not in said:
                self.unasked(what, words)

    def of(self, standing: Standing) -> list[Finding]:
        """Those of which that came."""
        return [each for each in self.every if each.standing is standing]

    @property
    def verifies(self) -> bool:
        """Whether everything that was looked at holds."""
        return not self.of(Standing.FAILS) and not self.of(Standing.OTHER)
