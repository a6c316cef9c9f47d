"""Problems with series and with the events of a case (BPO34x)."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.language.names import listed
from bpodsl.lean import frozen
from bpodsl.text import Problem


@frozen
class PointMisfit(Problem):
    """A row of a series does not have what the series asks for.

    Not so:

        series cpi
          number each month
          | 2026-01-01 | 131.4 |

    But so:

        series cpi
          number each month
          | 2026-01 | 131.4 |

    Next: write the period (or the day), then the keys, then the value; `published` and a day may follow.
    """

    code: ClassVar[str] = "BPO340"

    name: str
    wanted: str

    def message(self) -> str:
        seen = "This" if self.span is None else f"`{self.span.text.strip('| ')}`"
        wanted = f"{self.wanted}; then, if need be, `published` and a day"
        return f"{seen} does not fit here: a row of `{self.name}` has {wanted}."

    def hint(self) -> str | None:
        return "Write its cells in that order, parted by bars: `| … | … |`."


@frozen
class WhichEvent(Problem):
    """A field is not one of this event, and several other events of the case have it.

    A later event sees the fields of earlier ones with the same key. Where two kinds of events give a field of one
    name, it must be said which is meant.

    Not so:

        event ticket_opened from northwind
          ticket  key
          site    text
        event ticket_moved from meridian
          ticket  key
          site    text
        event ticket_resolved from meridian
          ticket  key
        amount resolved_in_leeds
          each month
          count of ticket_resolved where site is "Leeds"

    But so:

        amount resolved_in_leeds
          each month
          count of ticket_resolved where (last site over ticket_opened so far with the same ticket) is "Leeds"

    Next: ask for the field of one of the events.
    """

    code: ClassVar[str] = "BPO341"

    field: str
    events: tuple[str, ...]

    def message(self) -> str:
        events = listed(f"`{each}`" for each in self.events)
        return f"`{self.field}` is a field of {events}: which is meant is not said."

    def hint(self) -> str | None:
        return f"Write `last {self.field} over {self.events[0]} so far with the same KEY`."
