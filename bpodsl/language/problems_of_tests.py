"""Problems with the tests that an agreement carries (BPO9xx), found when they are tried."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.text import Problem, Severity


@frozen
class ExpectationFailed(Problem):
    """An example expects something else than what follows.

    The agreement and its example disagree: one of them does not say what was meant. Read what followed
    instead, with `bpodsl explain`, and correct the clause or the example.

    Bad: an example that expects `fulfilled at 12:30` for a ticket resolved at 12:31.
    """

    code: ClassVar[str] = "BPO900"
    severity: ClassVar[Severity] = Severity.ERROR

    example: str
    expected: str
    instead: str

    def message(self) -> str:
        return f"in the test “{self.example}”, expected {self.expected}, but {self.instead}"

    def hint(self) -> str | None:
        if "…" in self.instead:
            return "The exact value has more places (…): let the figure be `rounded`, and expect what it is rounded to."
        return "Correct the clause, or the test if it does not say what the agreement means."


@frozen
class EventNotCounted(Problem):
    """An event of an example does not count: nothing follows from it.

    It names an event, a case or a state that is not there, lies before the agreement takes effect or after its end, or
    came too late to change anything.

    That may be just what the example is about. If not, what it expects may hold for the wrong reason: look at the
    keys of the event, its time, and those of the event that it speaks of. A comment at its line that says why allows
    it: `# allow BPO901: the dispute bars it`.

    Bad: `invoice_corrected invoice A17` in an example whose only invoice is `A71`.
    Good: a correction that names an invoice of the same example.
    """

    code: ClassVar[str] = "BPO901"
    severity: ClassVar[Severity] = Severity.NOTE

    example: str
    why: str

    def message(self) -> str:
        return f"in the test “{self.example}”, {self.why}"
