"""Problems with lists and changes (BPO36x)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms.expressions import Literal
from bpodsl.text import Problem, Severity
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


def _shown(literal: Literal) -> str:
    value, kind = literal.value, literal.kind
    if kind.base == "length":
        return show_length(int(value))  # type: ignore[call-overload]
    if kind.base == "share":
        return f"{show_plain(value * 100)}%"  # type: ignore[operator]
    return " ".join((show_plain(value), *kind.detail[:1]))  # type: ignore[arg-type]
