"""What is declared and asked for by nothing, although that may be meant so; and too many files to join."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.language.names import an
from bpodsl.lean import frozen
from bpodsl.text import Problem, Severity


@frozen
class NotAsked(Problem):
    """A field, figure, column, document or third party is declared, and no clause has anything to do with it.

    It may be kept for whoever reads the record; then nothing is wrong. But often a condition was forgotten, or an
    amount was to be charged. Keys, periods and fields that are text are not reported, nor is a
    figure that has a title, a target or a minimum, that a template brings along, or that a test expects.

    Not so:

        event ticket_opened from northwind
          ticket    key
          priority  one of P1, P2
        obligation restore
          meridian must ticket_resolved for each ticket_opened
          within 4 hours

    But so:

        event ticket_opened from northwind
          ticket    key
          priority  one of P1, P2
        obligation restore
          meridian must ticket_resolved for each ticket_opened where priority is P1
          within 4 hours

    Next: ask for it where it should count; or delete it, if nobody who reads the record needs it.
    """

    code: ClassVar[str] = "BPO214"
    severity: ClassVar[Severity] = Severity.NOTE

    name: str
    thing: str
    does: str

    def message(self) -> str:
        return f"No clause {self.does} the {self.thing} `{self.name}`."

    def hint(self) -> str | None:
        if self.thing == "document":
            return f"Cite it where it is coded (`[{self.name} 2.1]`); one that is listed for the record may stay."
        kept = f"{an(self.thing).capitalize()} that is kept for the record alone may stay."
        return f"Ask for it where it should count. {kept}"


@frozen
class TooManyFiles(Problem):
    """An agreement is joined from more than 64 files, or from more than 8 MiB.

    No agreement is that long; a folder that is holds something else. No further file is read.

    Not so:

        use "site_001.bpo"
        # and so on: a file for each of a hundred sites

    But so:

        list sites by site
          |       | fee     |
          | leeds | 200 GBP |
          | york  | 100 GBP |

    Next: join files that say the same of many, or make two agreements of it.
    """

    code: ClassVar[str] = "BPO215"

    path: str
    most: str

    def message(self) -> str:
        return f"`{self.path}` is not read: an agreement has at most {self.most}."

    def hint(self) -> str | None:
        return "Join files that say the same of many (a `list` has a row for each), or make two agreements of it."
