"""What may be wrong with a store, in words, and what to do next."""

from __future__ import annotations

from typing import Final

from bpodsl.record.refusal_shown import commands
from bpodsl.record.refusals import Reason, Refusal, shown

IN_USE = Reason(
    "STO101", "The store is in use", "`{store}` is in use: {by}. Nothing was changed.",
    "Run again when it is done. `ledger` and `explain` read a store while another run writes it.",
    shown=commands(
        "bpodsl run care.bpo may.jsonl --store desk.db & bpodsl run care.bpo june.jsonl --store desk.db",
        "bpodsl run care.bpo may.jsonl june.jsonl --store desk.db",
    ),
)  # fmt: skip
CANNOT_USE = Reason(
    "STO102", "The store cannot be read or written", "`{store}` cannot be used: {why}. What is in it stands as it was.",
    "Make room, or see that the folder is there and that it and the file may be written, and run again.",
    shown=commands(
        "bpodsl run care.bpo may.jsonl --store /mnt/read-only/desk.db",
        "bpodsl run care.bpo may.jsonl --store desk.db",
    ),
)  # fmt: skip
NO_STORE = Reason(
    "STO103", "It is no store", "`{store}` is no store of bpodsl: {why}. It was left as it is.",
    "Name another file; `bpodsl run AGREEMENT EVENTS… --store FILE` makes one.",
    shown=commands(
        "bpodsl ledger --store may.jsonl",
        "bpodsl run care.bpo may.jsonl --store desk.db\nbpodsl ledger --store desk.db",
    ),
)  # fmt: skip
DAMAGED = Reason(
    "STO104", "The store is damaged", "`{store}` is damaged: {why}.",
    "Bring it back from a copy, or run the agreement over its files again, into another store.",
    shown=commands(
        "bpodsl run care.bpo june.jsonl --store desk.db  # of which the disk lost a part",
        "cp backup/desk.db desk.db\nbpodsl run care.bpo june.jsonl --store desk.db",
    ),
)  # fmt: skip
OTHER_FORM = Reason(
    "STO105", "A store of a later version", "`{store}` has form {found}, and this bpodsl knows forms up to {known}.",
    "Use the bpodsl that wrote it, or a later one.",
    shown=commands(
        "bpodsl ledger --store desk.db  # which a later bpodsl wrote",
        "pip install --upgrade bpodsl\nbpodsl ledger --store desk.db",
    ),
)  # fmt: skip
OTHERWISE = Reason(
    "STO106", "What was posted does not stand",
    "In the ledger of `{agreement}`, posting {sequence} of the store is not what follows from what was read: "
    "{differs}. Nothing was changed.",
    "Keep a copy of the store, and find out who wrote to it besides bpodsl. If nobody did, please report it.",
    shown=commands(
        "sqlite3 desk.db  # and a sum in it changed by hand",
        "bpodsl ledger --store desk.db",
    ),
)  # fmt: skip
OTHER_PROGRAM = Reason(
    "STO107", "Posted by another version",
    "The ledger of `{agreement}` was posted by {then}; this is {now}, and comes to another posting {sequence}: "
    "{differs}. Nothing was changed.",
    "Use the version that posted it; or, if nothing in it was published, run over the files again, into a new store.",
    shown=commands(
        "bpodsl run care.bpo june.jsonl --store desk.db  # which another version posted",
        "bpodsl run care.bpo may.jsonl june.jsonl --store anew.db",
    ),
)  # fmt: skip
SOURCE_CHANGED = Reason(
    "STO110", "A file is not what it was",
    "`{source}` is not what it was: its first {position} bytes were read before, and now {how}. Nothing was changed.",
    "Files may grow at their end. What was reported is corrected by lines with a higher `rev`; another file goes under "
    "a name of its own.",
    shown=commands(
        "bpodsl run care.bpo may.jsonl --store desk.db  # after lines of may.jsonl were changed",
        "bpodsl run care.bpo may.jsonl corrections.jsonl --store desk.db",
    ),
)  # fmt: skip
TEXT_CHANGED = Reason(
    "STO111", "The agreement says otherwise what was posted",
    "`{agreement}` is not the text that the store has, and by it posting {sequence}, known {known}, would be another: "
    "{differs}. Nothing was changed.",
    "What the parties agreed later is written as a `change`, signed no earlier than {until}; to mend the text of what "
    "was agreed from the first, run over the files again, into a new store.",
    shown=commands(
        "bpodsl run care.bpo may.jsonl --store desk.db  # after a sum in care.bpo was changed",
        "bpodsl run care.bpo may.jsonl --store desk.db  # after care.bpo got a `change`",
    ),
)  # fmt: skip
BEFORE_PUBLISHED = Reason(
    "STO112", "It was published further", "`{agreement}` is published until {published}, and {until} lies before it.",
    "Ask for what was known then: `bpodsl ledger --store FILE --as-known-at {until}`.",
    shown=commands(
        "bpodsl run care.bpo may.jsonl --store desk.db --until 2026-05-01  # published until 2026-06-01",
        "bpodsl ledger --store desk.db --as-known-at 2026-05-01",
    ),
)  # fmt: skip
NO_AGREEMENT = Reason(
    "STO113", "Which agreement is not told", "The store has {has}{asked}.", "Name one of them: --agreement NAME.",
    shown=commands(
        "bpodsl ledger --store several.db",
        "bpodsl ledger --store several.db --agreement care",
    ),
)  # fmt: skip
NOT_UNDERSTOOD = Reason(
    "STO114", "The text in the store is not understood",
    "This bpodsl does not understand the text of `{agreement}` that the store has: {why}.",
    "Use the version that wrote it ({then}).",
    shown=commands(
        "bpodsl ledger --store desk.db  # with a bpodsl that is older than its text",
        "pip install --upgrade bpodsl\nbpodsl ledger --store desk.db",
    ),
)  # fmt: skip
NOT_PUBLISHED = Reason(
    "STO115", "It cannot be published", "`{agreement}` cannot be published: {why}. Nothing was changed.", "{step}",
    shown=commands(
        "bpodsl run care.bpo forecast.jsonl --store desk.db --publish  # with lines that lie too far ahead (EVT161)",
        "bpodsl run care.bpo may.jsonl --store desk.db --publish",
    ),
)  # fmt: skip
NOT_ASIDE = Reason(
    "STO116", "The line cannot be requeued", "`{place}` is not set aside for what is in it: {why}.",
    "Correct what was read by a line with a higher `rev`.",
    shown=commands(
        "bpodsl requeue repaired.jsonl --store desk.db  # with a line that was used",
        "bpodsl run care.bpo corrections.jsonl --store desk.db",
    ),
)  # fmt: skip
NOT_REPAIRED = Reason(
    "STO117", "It says no lines to requeue", "Line {line} of `{file}` names no line that was set aside: {why}.",
    "Take a file that `--quarantine` wrote, and correct `raw` in it (`null`: the line is no event).",
    shown=commands(
        "bpodsl requeue may.jsonl --store desk.db",
        "bpodsl run care.bpo may.jsonl --store desk.db --quarantine aside.jsonl\n"
        "bpodsl requeue aside.jsonl --store desk.db",
    ),
)  # fmt: skip

OTHER_SORT = Reason(
    "STO118", "A store of another sort", "`{store}` is the store {sort}. Nothing was changed.", "{step}",
    shown=commands(
        "bpodsl run care.bpo may.jsonl --store folder.db  # in which a folder of agreements is kept",
        "bpodsl run agreements may.jsonl --store folder.db",
    ),
)  # fmt: skip
LAID_OTHERWISE = Reason(
    "STO119", "A file would be read otherwise",
    "`{source}` was read {then}, and the `reads` of the agreements take it now {now}. Nothing was changed.",
    "Give the `reads` the layout that it had; a file with another layout goes under a name of its own.",
    shown=commands(
        "bpodsl run agreements may.txt --store folder.db  # after `separator \";\"` came into a `reads`",
        "bpodsl run agreements may.txt june.txt --store folder.db  # with a `reads` for june.txt alone",
    ),
)  # fmt: skip
ALTERED = Reason(
    "STO120", "An agreement was changed while it was read",
    "`{file}` was changed while it was read. Nothing was changed in the store.", "Run again.",
    shown=commands(
        "bpodsl run agreements may.jsonl --store folder.db  # while somebody saves one of them",
        "bpodsl run agreements may.jsonl --store folder.db  # afterwards",
    ),
)  # fmt: skip
CANNOT_CUT = Reason(
    "STO121", "Lines of others cannot be left out",
    "A bundle of `{agreement}` cannot be made: it shares {sources} with others, and without their lines its own would "
    "be read otherwise.",
    "Give rows an id of their own (`id column`, not `id row number`), and the file a `reads` with its `format`.",
    shown=commands(
        "bpodsl bundle folder.db --agreement care --out care.zip  # of a file whose rows are known by their number",
        "bpodsl bundle care.bpo care.csv --out care.zip  # over a file that has its rows alone",
    ),
)  # fmt: skip

NO_ADDRESS = Reason(
    "STO130", "It is no address of a topic", "`{address}` is no address of a topic.",
    "Write `kafka://HOST:PORT/TOPIC`, several servers with commas between; who may read it stands in --settings FILE.",
    shown=commands(
        "bpodsl run care.bpo --from broker:9092/tickets --store desk.db",
        "bpodsl run care.bpo --from kafka://broker:9092/tickets --store desk.db",
    ),
)  # fmt: skip
NO_LIBRARY = Reason(
    "STO131", "The library for Kafka is missing", "Topics are read by a library that is not installed.",
    "Install it: `pip install 'bpodsl[kafka]'`.",
    shown=commands(
        "bpodsl run care.bpo --from kafka://broker:9092/tickets --store desk.db",
        "pip install 'bpodsl[kafka]'\nbpodsl run care.bpo --from kafka://broker:9092/tickets --store desk.db",
    ),
)  # fmt: skip
BAD_SETTINGS = Reason(
    "STO132", "A setting cannot be used", "The settings at {file} cannot be used: {why}.",
    "Write settings of librdkafka, `name=value`, one a line. What they may be stands in its CONFIGURATION.md.",
    shown=commands(
        "bootstrap server = broker",
        "client.id=bpodsl",
    ),
)  # fmt: skip
NO_TOPIC = Reason(
    "STO133", "There is no such topic", "`{topic}` cannot be read: {why}. Nothing was changed.",
    "See how the topic is spelt, and whether you may read it.",
    shown=commands(
        "bpodsl run care.bpo --from kafka://broker:9092/tikets --store desk.db",
        "bpodsl run care.bpo --from kafka://broker:9092/tickets --store desk.db",
    ),
)  # fmt: skip
UNREACHABLE = Reason(
    "STO134", "A topic cannot be reached", "`{topic}` cannot be read on: {why}. What was taken into the store stands.",
    "Run again; it goes on from there.",
    shown=commands(
        "bpodsl run care.bpo --from kafka://nowhere:9092/tickets --store desk.db",
        "bpodsl run care.bpo --from kafka://broker:9092/tickets --store desk.db",
    ),
)  # fmt: skip
RECORDS_GONE = Reason(
    "STO135", "Records of a topic are gone",
    "The store has partition {partition} of `{topic}` up to offset {offset}, and it {how}. Nothing was changed.",
    "Records that were removed before they were read are missing in the ledger: bring them from a copy, as a file, "
    "and read the topic into a new store.",
    shown=commands(
        "bpodsl run care.bpo --from kafka://broker:9092/tickets --store desk.db  # after old records were deleted",
        "bpodsl run care.bpo kept.jsonl --store anew.db\n"
        "bpodsl run care.bpo --from kafka://broker:9092/tickets --store anew.db",
    ),
)  # fmt: skip

TROUBLES: Final = (
    IN_USE, CANNOT_USE, NO_STORE, DAMAGED, OTHER_FORM, OTHERWISE, OTHER_PROGRAM, SOURCE_CHANGED, TEXT_CHANGED,
    BEFORE_PUBLISHED, NO_AGREEMENT, NOT_UNDERSTOOD, NOT_PUBLISHED, NOT_ASIDE, NOT_REPAIRED, OTHER_SORT,
    LAID_OTHERWISE, ALTERED, CANNOT_CUT, NO_ADDRESS, NO_LIBRARY, BAD_SETTINGS, NO_TOPIC, UNREACHABLE, RECORDS_GONE,
)  # fmt: skip


class StoreTrouble(Exception):
    """A store cannot be used, or not so; what was in it stands as it was."""

    def __init__(self, reason: Reason, **values: str) -> None:
        self.reason = reason
        self.told = Refusal(reason, "", tuple((name, shown(value)) for name, value in values.items()))
        super().__init__(f"{reason.code}: {self.told.message()}")

    @property
    def step(self) -> str:
        """What to do next."""
        return self.told.step()
