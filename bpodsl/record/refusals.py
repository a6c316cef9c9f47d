"""Why a line is set aside, in the words of the people who sent it, and what they can do next."""

from __future__ import annotations

from bpodsl.lean import field, frozen
from bpodsl.record.many import many
from bpodsl.record.refusal_lines import LINES
from bpodsl.record.refusal_shown import Shown, example

Identity = tuple[str, str, int]
"""Source, id and rev."""

SHOWN = 60
"""How many characters of a value a message quotes."""


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


class _Left(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _OTHERWISE.get(name, "…")


_OTHERWISE = {
    "hint": "", "near": "", "column": "", "rev": "", "rows": "",
    "cure": "Let the first line name each column once. Another separator than a comma is named in a `reads` clause: "
    '`format csv separated by ";"`',
}  # fmt: skip
"""What stands for a value that a case does not give."""


@frozen
class Reason:
    """One kind of refusal. `says` and `step` are templates for the values of a case; `step` is the next step. `shown`:
    what its page shows, if `refusal_shown` does not have it."""

    code: str
    title: str
    says: str
    step: str
    shown: Shown | None = None

    @property
    def page(self) -> str:
        """What explains the code, for any line; with a line that is set aside so, where one line can show it."""
        says, step = (text.format_map(_Left()) for text in (self.says, self.step))
        found = self.shown or example(self.code, LINES)
        shown = ""
        if found is not None:
            where = f"Where the agreement says:\n\n{_indented(found.where)}\n\n" if found.where else ""
            shown = f"{where}Not so:\n\n{_indented(found.bad)}\n\nBut so:\n\n{_indented(found.good)}\n\n"
        return f"{self.code}: {self.title}\n\n{says}\n\n{shown}Next: {step}\n"


@many
class Refusal:
    """A line set aside: the reason, where the line stands, and the values that its message names.

    `identity` says which event it claimed to be, if that much could be read.
    """

    reason: Reason
    place: str
    values: tuple[tuple[str, str], ...] = ()
    identity: Identity | None = field(default=None, eq=False)

    @property
    def code(self) -> str:
        return self.reason.code

    def message(self) -> str:
        """One sentence: what was seen and why it will not do."""
        return self.reason.says.format_map(_Left(self.values))

    def step(self) -> str:
        """One next step."""
        return self.reason.step.format_map(_Left(self.values))


class Refused(Exception):
    """Raised on the way from a raw row to an event; `Intake` turns it into a `Refusal`."""

    def __init__(self, reason: Reason, **values: str) -> None:
        super().__init__(reason.code)
        self.reason = reason
        self.values = tuple((name, shown(value)) for name, value in values.items())

    def of(self, column: str) -> Refused:
        """The same of a named column of the file (with what introduces it, or "")."""
        self.values = (*self.values, ("column", shown(column)))
        return self

    def refusal(self, place: str, identity: Identity | None = None) -> Refusal:
        return Refusal(self.reason, place, self.values, identity)


class LimitReached(Exception):
    """The input is larger, or worse, than what can be worked on; nothing of it is used."""

    def __init__(self, reason: Reason, **values: str) -> None:
        self.reason = reason
        self.values = tuple((name, shown(value)) for name, value in values.items())
        super().__init__(f"{reason.code}: {self.refusal('').message()}")

    def refusal(self, place: str) -> Refusal:
        return Refusal(self.reason, place, self.values)


def shown(value: str) -> str:
    """A value as messages quote it: not too long, and on one line."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value[: 4 * SHOWN])
    return text if len(text) <= 4 * SHOWN - 1 else text[: 4 * SHOWN - 1] + "…"


def quoted(value: object) -> str:
    """A raw value cut short, for a message."""
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


_ONE_OBJECT = 'Write each event as one object on one line: {{"id": …, "type": …, "time": …}}.'

# ------------------------------------------------------------------------------------ lines
NOT_UTF8 = Reason(
    "EVT101", "The text is not UTF-8", "The line holds bytes that are not UTF-8 text{hint}.",
    "Save or export the file again as UTF-8; in a spreadsheet as “CSV UTF-8”.",
)  # fmt: skip
TOO_LONG = Reason(
    "EVT102", "The line is too long", "The line is longer than {limit}.",
    "Check that the file has line ends; leave out attachments and long texts.",
)  # fmt: skip
NOT_JSON = Reason("EVT103", "The line is not JSON", "The line is not one whole JSON object: {why}.", _ONE_OBJECT)
NOT_AN_OBJECT = Reason(
    "EVT104", "The line is not an object", "The line holds {found}, not an object in braces.", _ONE_OBJECT
)
KEY_TWICE = Reason(
    "EVT105", "A name occurs twice", "The line gives “{key}” twice, so it is not clear which of the two holds.",
    "Send the event again with “{key}” once.",
)  # fmt: skip
BROKEN_TEXT = Reason(
    "EVT106", "A character is broken", "The line holds half a character (a lone surrogate such as \\ud800).",
    "Correct the text, or leave the field out.",
)  # fmt: skip
NOT_A_NUMBER = Reason(
    "EVT107", "A number is none", "The line holds {found}{column}, which is not a number that can be worked with.",
    "Write numbers with digits and a point, such as 1234.50, and leave out what was not measured.",
)  # fmt: skip
TOO_DEEP = Reason(
    "EVT108", "Objects within objects without end", "The line nests objects more than {limit} deep.",
    "Send flat events: envelope, and a `data` object with the fields.",
)  # fmt: skip
CUT_OFF = Reason(
    "EVT109", "The line is cut off", "The file breaks off in this line, so what it says may be half of it.",
    "Fetch the file again; it is not complete.",
)  # fmt: skip
BAD_QUOTES = Reason(
    "EVT110", "Quotation marks do not match",
    "The row has a quotation mark that does not open or close a cell.",
    "Put cells that hold separators, line ends or quotation marks in quotation marks, and double those inside.",
)  # fmt: skip
CELL_COUNT = Reason(
    "EVT111", "Too few or too many cells", "The row has {cells} cells, but the header has {columns}.",
    "Check the row for a missing or an unquoted separator.",
)  # fmt: skip
NO_HEADER = Reason(
    "EVT112", "The header cannot be used", "The rows cannot be read because the header {why}.", "{cure}.",
)  # fmt: skip

# ------------------------------------------------------------------------------------ envelope
NO_ID = Reason(
    "EVT120", "No id", "The event has no `id`, so a repetition or correction of it could not be told.",
    "Give every event an `id` of its own, or let a `reads` clause say `id row number`.",
)  # fmt: skip
NO_TYPE = Reason(
    "EVT121", "No type", "The event has no `type`.", "Name the kind of event in `type`, or map the file with `reads`."
)
NO_TIME = Reason(
    "EVT122", "No time", "The event has no `time`{column}.", "Say in `time` when it happened."
)  # fmt: skip
UNKNOWN_TYPE = Reason(
    "EVT123", "Unknown type", "The agreement has no event named “{type}”{near}.",
    "Correct the type, declare the event, or map the file with a `reads` clause.",
)  # fmt: skip
BAD_TIME = Reason(
    "EVT124", "The time cannot be read", "In `{name}`{column}: {why}",
    "Write times like 2026-04-07T19:00:00+01:00, or let the `reads` clause say how the file writes days: "
    '`dates "dd/mm/yyyy"`, and months: `months "mm/yyyy"`.',
)
NAIVE_TIME = Reason(
    "EVT125", "The time zone is missing", "In `{name}`{column}: {why}",
    "Send times with an offset, or name the zone in the `reads` clause: `time column \"…\" in Europe/London`.",
)  # fmt: skip
TIME_RANGE = Reason(
    "EVT126", "The time lies too far away", "In `{name}`{column}: {why}", "Correct the year."
)
CLOCK_CHANGE = Reason(
    "EVT127", "The clock changes then", "In `{name}`{column}: {why}", "Send that time with its offset."
)
BAD_REV = Reason(
    "EVT128", "The revision is no number", "`rev` is “{found}”, not a whole number from 0.",
    "Number corrections 1, 2, 3 …; the first report has no `rev`, or 0.",
)  # fmt: skip
RETRACTS_NOTHING = Reason(
    "EVT129", "A withdrawal without revision", "The event withdraws itself: `retract` is set, but `rev` is 0.",
    "Withdraw an event by a line with its `id`, a higher `rev`, and `retract` true.",
)  # fmt: skip
BAD_ENVELOPE = Reason(
    "EVT130", "The envelope cannot be read", "`{name}` holds {found}, not {expected}.", "Correct `{name}`."
)
SET_ASIDE_BEFORE = Reason(
    "EVT131", "A report of a line that was set aside",
    "This is what a run wrote of a line that it set aside ({place}), not an event.",
    "Correct that line in the file that it came from, and run over that file again.",
)  # fmt: skip

# ------------------------------------------------------------------------------------ the agreement of a portfolio
NO_SUBJECT = Reason(
    "EVT133", "It names no agreement", "The line does not say in `subject` to which agreement it belongs.",
    "Give every line the name of its agreement in `subject`, or let the `reads` clauses of the file say where it "
    "stands: `subject column \"…\"`.",
)  # fmt: skip
UNKNOWN_SUBJECT = Reason(
    "EVT134", "No such agreement", "No agreement of the portfolio is called “{subject}”{near}.",
    "Correct the subject, or add the agreement to the portfolio.",
)  # fmt: skip
SEVERAL_SUBJECTS = Reason(
    "EVT135", "Of two agreements", "The line belongs to `{one}` by one column and to `{other}` by another, as they "
    "read its file.",
    "Let the `reads` clauses of both take the subject from the same column.",
)  # fmt: skip
NOT_RUN = Reason(
    "EVT136", "Its agreement was not run", "The line belongs to `{subject}`, which was not run: {why}.",
    "Correct the agreement, and run again.",
)  # fmt: skip
NOT_THERE = Reason(
    "EVT137", "Not where its agreement looks",
    "The line names `{subject}`, but in a column from which `{subject}` does not take the subject of this file.",
    "Let the `reads` clauses of all agreements that share a file take the subject from the same column.",
)  # fmt: skip

# ------------------------------------------------------------------------------------ fields
MISSING = Reason(
    "EVT140", "A field is missing", "The event `{event}` needs the field `{name}`, but it is not given{column}.",
    "Send the event again with `{name}`, or declare the field optional if it may be left out.",
)  # fmt: skip
WRONG_KIND = Reason(
    "EVT141", "A field holds something else", "`{name}`{column} is “{found}”, not {expected}.",
    "Send the event again with {expected} in `{name}`.",
)  # fmt: skip
NOT_ONE_OF = Reason(
    "EVT142", "A word that the field does not take", "`{name}`{column} is “{found}”, not one of {expected}{near}.",
    "Use one of these words, or map the raw word in the `reads` clause: `\"{found}\" as …`.",
)  # fmt: skip
OTHER_CURRENCY = Reason(
    "EVT143", "Another currency", "`{name}`{column} is in {found}, but the agreement reckons in {expected}.",
    "Send the amount in {expected}.",
)  # fmt: skip
BACKWARDS = Reason(
    "EVT144", "It ends before it begins", "`{last}` lies before `{first}`.", "Correct the two times."
)
NOT_GIVEN = Reason(
    "EVT145", "When the notice was given cannot be told",
    "By the form that it states, this notice counts from `{name}`, which it leaves out.",
    "Send the notice again with `{name}`.",
)  # fmt: skip
NO_SUCH_DAY = Reason(
    "EVT146", "There is no such working day", "No working day follows on which the notice could count as given.",
    "Check the calendar of the notice, and its date.",
)  # fmt: skip
ONLY_A_DAY = Reason(
    "EVT147", "Only a day, where hours are counted",
    "`{event}` has only a day, but `{clause}` counts hours from it, to it, or less the time that it tells of.",
    "Send it with its time of day.",
)  # fmt: skip
MAY_NOT_REPORT = Reason(
    "EVT150", "May not report this", "`{reporter}` may not report `{event}`; {may}.",
    "Have it reported by a party who may, or correct `reporter`.",
)  # fmt: skip

ANSWERED = Reason(
    "EVT151", "Answered already", "`{event}` does not count: `{question}` {why}.",
    "Correct the first answer with a higher `rev`, or let it be overruled by the role that may.",
)  # fmt: skip

CLOSED = Reason(
    "EVT152", "The records are closed", "`{event}` comes too late: the records that it belongs to closed with {last}.",
    "Agree on it by a record of a time that is open.",
)  # fmt: skip

# ------------------------------------------------------------------------------------ the whole input
CONFLICT = Reason(
    "EVT160", "Two lines contradict each other",
    "{count} lines claim to be event {event} of {source}{rev}, and differ: {places}. None of them is used "
    "from when two of them are known.",
    "Find out which is right and send it with a higher `rev`{rows}.",
)  # fmt: skip
BEYOND_HORIZON = Reason(
    "EVT161", "Too far ahead", "The event is known from {known}, more than {skew} days after {until}.",
    "Correct its time, or run until a later instant.",
)  # fmt: skip

# ------------------------------------------------------------------------------------ limits
TOO_LARGE = Reason(
    "EVT190", "The input is too large", "{file} holds more than {limit} of text.", "Split the input by time or source."
)
PACKED_TOO_TIGHT = Reason(
    "EVT191", "A packed file that swells", "{file} unpacks to more than {ratio} times its size.",
    "Unpack it yourself if it is to be trusted.",
)  # fmt: skip
TOO_MANY_REFUSED = Reason(
    "EVT192", "Hardly anything can be used", "More than {limit} lines had to be set aside.",
    "Try a small part of the file first, and correct what it reports.",
)  # fmt: skip

# ------------------------------------------------------------------------------------ what is not there
NO_ARROW = Reason(
    "EVT194", "Nothing reads Parquet here",
    "{file} is a Parquet file, and the library that reads such files (pyarrow) is not installed.",
    "Install it: `pip install 'bpodsl[arrow]'`; or write the file as CSV or as JSON lines.",
)  # fmt: skip

REASONS = (
    NOT_UTF8, TOO_LONG, NOT_JSON, NOT_AN_OBJECT, KEY_TWICE, BROKEN_TEXT, NOT_A_NUMBER, TOO_DEEP, CUT_OFF, BAD_QUOTES,
    CELL_COUNT, NO_HEADER, NO_ID, NO_TYPE, NO_TIME, UNKNOWN_TYPE, BAD_TIME, NAIVE_TIME, TIME_RANGE, CLOCK_CHANGE,
    BAD_REV, RETRACTS_NOTHING, BAD_ENVELOPE, SET_ASIDE_BEFORE, NO_SUBJECT, UNKNOWN_SUBJECT, SEVERAL_SUBJECTS, NOT_RUN,
    NOT_THERE, MISSING, WRONG_KIND, NOT_ONE_OF, OTHER_CURRENCY,
    BACKWARDS, NOT_GIVEN, NO_SUCH_DAY, ONLY_A_DAY, MAY_NOT_REPORT, ANSWERED, CLOSED, CONFLICT, BEYOND_HORIZON,
    TOO_LARGE, PACKED_TOO_TIGHT, TOO_MANY_REFUSED, NO_ARROW,
)  # fmt: skip
