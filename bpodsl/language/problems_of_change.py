"""Problems with lists and changes (BPO36x)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms.expressions import Literal
from bpodsl.text import Problem, Related, Severity, Span
from bpodsl.values import show_length, show_plain


@frozen
class DoesNotAddUp(Problem):
    """A column of a list does not add up to what the list says it does.

    Weights that make 95% of the whole are a slip, and money hangs on it. The sum is taken over all members (not
    over `otherwise`), anew for each day from which a row holds.

    Not so:

        list sites by site
          weight adds up to 100%
          |       | weight |
          | leeds | 60%    |
          | york  | 35%    |

    But so:

        list sites by site
          weight adds up to 100%
          |       | weight |
          | leeds | 60%    |
          | york  | 40%    |

    Next: correct the values, or delete the line.
    """

    code: ClassVar[str] = "BPO360"

    column: str
    found: Literal
    wanted: Literal
    since: date | None = None

    def message(self) -> str:
        when = "" if self.since is None else f" from {self.since.isoformat()}"
        return f"`{self.column}` adds up to {_shown(self.found)}{when}, not to {_shown(self.wanted)}."

    def hint(self) -> str | None:
        return "Correct a value of the column, or delete the line that says what it adds up to."


@frozen
class ChangeInWindow(Problem):
    """A change takes effect in the middle of a window, which keeps its old terms until its end.

    A window has the terms of its first day. That may be what the parties mean; often they forget it.

    Not so:

        change more effective 2026-07-15
          fee: northwind pays meridian 1 200 GBP

    But so:

        change more effective 2026-07-15
          fee: northwind pays meridian 1 200 GBP
          running windows are prorated

    Next: let it take effect with a window, or write `running windows are prorated`.
    """

    code: ClassVar[str] = "BPO361"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    effective: date
    last: date
    windows: str
    grows: bool = True

    def message(self) -> str:
        return (
            f"`{self.name}` has a value {self.windows}: the window in which {self.effective.isoformat()} lies keeps "
            f"the old terms until it ends on {self.last.isoformat()}."
        )

    def hint(self) -> str | None:
        if self.grows:
            return "Let the change take effect with a window; a sum may say `running windows are prorated`."
        return (
            "Let the change take effect with a window; to measure each part by itself, write a measure for each "
            "(LANGUAGE.md, “From paper to file”)."
        )


@frozen
class TwoChanges(Problem):
    """Two changes of one day, signed on one day, put different terms in one place.

    Nothing says which of them holds: the order in which they stand means nothing.

    Not so:

        change cr_1 effective 2026-07-01
          fee: northwind pays meridian 1 200 GBP
        change cr_2 effective 2026-07-01
          fee: northwind pays meridian 1 300 GBP

    But so:

        change cr_1 effective 2026-07-01
          fee: northwind pays meridian 1 200 GBP
        change cr_2 effective 2026-10-01
          fee: northwind pays meridian 1 300 GBP

    Next: delete the line that does not hold, or give one of the changes another day. If one was agreed after the other,
    say so: `signed` with its day; the later one then holds.
    """

    code: ClassVar[str] = "BPO362"

    name: str
    first: str
    second: str
    other: Span

    def message(self) -> str:
        return (
            f"`{self.first}` and `{self.second}` give `{self.name}` different terms from the same day on, and nothing "
            "says which of them hold."
        )

    def hint(self) -> str | None:
        return "Delete the line that does not hold; or say when each change was signed: the later one then holds."

    def related(self) -> tuple[Related, ...]:
        return (Related(self.other, f"`{self.first}` says this"),)


@frozen
class ReplacedAtOnce(Problem):
    """A change that another one, signed later, replaces on the very day on which it takes effect.

    What was signed last holds. What the other change says of the clause holds only in what was reckoned before the
    later one was signed, or never.

    Not so:

        change cr_1 effective 2026-07-01 signed 2026-05-04
          fee: northwind pays meridian 1 200 GBP
        change cr_2 effective 2026-07-01 signed 2026-06-01
          fee: northwind pays meridian 1 300 GBP

    But so:

        change cr_2 effective 2026-07-01 signed 2026-06-01
          fee: northwind pays meridian 1 300 GBP

    Next: delete the line of the earlier change, or allow it with the reason why it stands.
    """

    code: ClassVar[str] = "BPO363"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    first: str
    second: str
    other: Span

    def message(self) -> str:
        return (
            f"What `{self.first}` says of `{self.name}` is replaced on the day on which it takes effect, by "
            f"`{self.second}`, which was signed later."
        )

    def hint(self) -> str | None:
        return f"Delete this line, if `{self.second}` holds in its place; or give one of them another day."

    def related(self) -> tuple[Related, ...]:
        return (Related(self.other, f"`{self.second}` says this"),)


def _shown(literal: Literal) -> str:
    value, kind = literal.value, literal.kind
    if kind.base == "length":
        return show_length(int(value))  # type: ignore[call-overload]
    if kind.base == "share":
        return f"{show_plain(value * 100)}%"  # type: ignore[operator]
    return " ".join((show_plain(value), *kind.detail[:1]))  # type: ignore[arg-type]
