"""Problems with the tests that an agreement carries (BPO9xx), found when they are tried."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.text import Problem, Severity


@frozen
class ExpectationFailed(Problem):
    """An example expects something else than what follows.

    The agreement and its example disagree: one of them does not say what was meant. The message says what followed
    instead; `bpodsl explain` says why, of a run over the same events.

    Not so:

        test "four hours of support end on the next morning"
          2026-04-07T19:00  ticket_opened    ticket T1, priority P1
          2026-04-08T12:31  ticket_resolved  ticket T1
          expect restore for T1 fulfilled

    But so:

        test "four hours of support end on the next morning"
          2026-04-07T19:00  ticket_opened    ticket T1, priority P1
          2026-04-08T10:59  ticket_resolved  ticket T1
          expect restore for T1 fulfilled

    Next: correct the clause; or the example, if it does not say what the parties meant.
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

    Not so:

        test "it is resolved in time"
          2026-04-07T10:00  ticket_opened    ticket A71, priority P1
          2026-04-07T11:00  ticket_resolved  ticket A17
          expect restore for A71 open

    But so:

        test "it is resolved in time"
          2026-04-07T10:00  ticket_opened    ticket A71, priority P1
          2026-04-07T11:00  ticket_resolved  ticket A71
          expect restore for A71 fulfilled

    Next: correct the keys or the time of the event; or say with the comment why it is there.
    """

    code: ClassVar[str] = "BPO901"
    severity: ClassVar[Severity] = Severity.NOTE

    example: str
    why: str

    def message(self) -> str:
        return f"in the test “{self.example}”, {self.why}"
