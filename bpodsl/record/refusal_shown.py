"""Lines that are set aside where more than one line, or the agreement, has a say, for the pages of the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bpodsl.lean import frozen
from bpodsl.record.refusal_lines import SOUND


@frozen
class Shown:
    """Lines of a file that are set aside for one reason, and as they should be.

    `…` stands for so much more of the same that it is too much; `<EB>` for a byte that is no UTF-8. `where`: what the
    agreement says that has a say in it. `file`: the kind of file, or "commands" where it is about whole files.
    """

    bad: str
    good: str = SOUND
    where: str = ""
    file: str = "jsonl"


_READS: Final = """reads desk
  files  "desk*.csv"
  format csv
  source "northwind"
  id     column "Ticket"
  time   column "Opened" in Europe/London
  row ticket_opened
    ticket    column "Ticket"
    priority  column "Priority\""""
_ROW: Final = "Ticket,Opened,Priority\nT1,2026-04-07 09:00,P1"
_VISIT: Final = """event visit from meridian
  visit   key
  begins  instant
  ends    instant
  lasts from begins to ends"""
_VISITED: Final = (
    '{"id": "1", "source": "meridian", "type": "visit", "time": "2026-04-07T12:00:00+01:00", "visit": "V1", '
    '"begins": "2026-04-07T08:00:00+01:00", "ends": "2026-04-07T09:00:00+01:00"}'
)
_NOTICE: Final = """notice leave_notice from northwind
  method  one of letter, email
  sent    day, optional
  deemed given
    | method is letter | 5 days after sent |
    | otherwise        | when sent         |
termination leave
  by northwind at will
  exercised by leave_notice"""
_WORKING: Final = """calendar opening_day
  open  2026-04-01 09:00-17:00
notice leave_notice from northwind
  method  one of letter, email
  sent    day
  deemed given
    | method is letter | 2 working days of opening_day after sent |
    | otherwise        | when sent                                |
termination leave
  by northwind at will
  exercised by leave_notice"""
_LETTER: Final = (
    '{"id": "1", "source": "northwind", "type": "leave_notice", "time": "2026-04-07T12:00:00+01:00", '
    '"method": "letter", "sent": "2026-04-07"}'
)
_QUESTION: Final = """event judged from northwind
  id      key
  theirs  yes/no
determination fault "Whose fault it was"
  for each down
  decided by "Service board" of northwind with judged, answer theirs
  within 10 days, else deemed no
obligation make_good
  meridian must up for each down where fault
  within 3 days"""
_ASKED: Final = (
    '{"id": "1", "source": "meridian", "type": "down", "time": "2026-04-07T09:00:00+01:00", "data": {"id": "D1"}}\n'
    '{"id": "2", "source": "northwind", "type": "judged", "time": "2026-04-08T09:00:00+01:00", '
    '"data": {"id": "D1", "theirs": false}}\n'
)
_AGAIN: Final = (
    '{"id": "3", "source": "northwind", "type": "judged", "time": "2026-04-09T09:00:00+01:00", '
    '"data": {"id": "D1", "theirs": true}}'
)
_BOTH: Final = """# care.bpo says:
subject column "Contract"
# desk.bpo says of the same files:
subject column "Deal\""""
_SHARED: Final = "Ticket,Opened,Contract,Deal\nT1,2026-04-07 09:00,care,"

_OTHER: Final = SOUND.replace("P1", "P2")


def commands(bad: str, good: str) -> Shown:
    """What is shown of a reason that is about whole files."""
    return Shown(bad, good, file="commands")


SHOWN: Final[Mapping[str, Shown]] = {
    "EVT101": Shown(SOUND.replace("T1", "Zo<EB>"), SOUND.replace("T1", "Zoë")),
    "EVT102": Shown(SOUND.replace("T1", "T1 and so on …")),
    "EVT106": Shown(SOUND.replace("T1", "T1 \\ud83d")),
    "EVT107": Shown(SOUND.replace('"P1"}', '"P1", "amount": NaN}')),
    "EVT108": Shown(SOUND.replace('"T1"', '{"of": {"of": … "T1"}}')),
    "EVT109": Shown(SOUND[:70], file="jsonl.gz"),
    "EVT110": Shown(_ROW.replace("T1", '"T1" urgent'), _ROW.replace("T1", '"T1 ""urgent"""'), _READS, "csv"),
    "EVT111": Shown(_ROW.removesuffix(",P1"), _ROW, _READS, "csv"),
    "EVT112": Shown(_ROW.replace("Opened", "Ticket"), _ROW, _READS, "csv"),
    "EVT127": Shown(
        _ROW.replace("2026-04-07 09:00", "2027-03-28 01:30"),
        _ROW.replace("2026-04-07 09:00", "2027-03-28T02:30:00+01:00"), _READS, "csv",
    ),
    "EVT130": Shown(SOUND.replace('"id": "1"', '"id": {"number": 1}')),
    "EVT131": Shown('{"place": "tickets.jsonl:12", "code": "EVT142", "raw": "…"}'),
    "EVT133": Shown(SOUND, SOUND.replace('"source"', '"subject": "care", "source"'), file="portfolio"),
    "EVT134": Shown(
        SOUND.replace('"source"', '"subject": "car", "source"'),
        SOUND.replace('"source"', '"subject": "care", "source"'), file="portfolio",
    ),
    "EVT135": Shown(_SHARED + "desk", _SHARED, _BOTH, "portfolio.csv"),
    "EVT136": Shown(
        "bpodsl run portfolio/ tickets.jsonl  # though portfolio/care.bpo has errors",
        "bpodsl check portfolio/\nbpodsl run portfolio/ tickets.jsonl", file="commands",
    ),
    "EVT137": Shown(_SHARED.replace("care,", ",care"), _SHARED, _BOTH, "portfolio.csv"),
    "EVT144": Shown(_VISITED.replace("T08:", "T11:"), _VISITED, _VISIT),
    "EVT145": Shown(_LETTER.replace(', "sent": "2026-04-07"', ""), _LETTER, _NOTICE),
    "EVT146": Shown(_LETTER, _LETTER.replace("letter", "email"), _WORKING),
    "EVT147": Shown(SOUND.replace("T09:00:00+01:00", "")),
    "EVT151": Shown(
        _ASKED + _AGAIN, _ASKED + _AGAIN.replace('"id": "3"', '"id": "2", "rev": 1', 1), _QUESTION
    ),
    "EVT152": Shown(
        SOUND.replace('"ticket"', '"recordedtime": "2026-06-15T09:00:00+01:00", "ticket"'),
        SOUND.replace('"ticket"', '"recordedtime": "2026-05-09T09:00:00+01:00", "ticket"'),
        "records close 10 days after the end of the month",
    ),
    "EVT160": Shown(SOUND + "\n" + _OTHER, SOUND + "\n" + _OTHER.replace('"source"', '"rev": 1, "source"')),
    "EVT161": Shown(SOUND.replace("2026-04", "2028-04")),
    "EVT190": Shown(
        "bpodsl run care.bpo events-of-ten-years.jsonl", "bpodsl run care.bpo events-of-2026.jsonl", file="commands"
    ),
    "EVT191": Shown(
        "bpodsl run care.bpo sent-by-somebody.jsonl.gz",
        "gunzip -k sent-by-somebody.jsonl.gz\nbpodsl run care.bpo sent-by-somebody.jsonl", file="commands",
    ),
    "EVT192": Shown(
        "bpodsl run care.bpo export.jsonl --quarantine aside.jsonl",
        "head -n 1000 export.jsonl > part.jsonl\nbpodsl run care.bpo part.jsonl --quarantine aside.jsonl",
        file="commands",
    ),
    "EVT194": Shown(
        "bpodsl run care.bpo tickets.parquet",
        "pip install 'bpodsl[arrow]'\nbpodsl run care.bpo tickets.parquet", file="commands",
    ),
}  # fmt: skip
"""By code, as `refusal_lines.LINES` has those that one line shows."""


def example(code: str, lines: Mapping[str, str]) -> Shown | None:
    """What is shown on the page of a code."""
    return Shown(lines[code]) if code in lines else SHOWN.get(code)
