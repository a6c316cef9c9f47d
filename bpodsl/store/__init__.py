"""Keeps the record."""

from bpodsl.record.account import Intaken
from bpodsl.store.blocks import Wanted
from bpodsl.store.blockwise import Blockwise
from bpodsl.store.identities import NotRising
from bpodsl.store.opening import keep_input, may_be_read_again, opened, size_of
from bpodsl.store.quarantine import write_quarantine, write_quarantine_of_all
from bpodsl.store.readers import Feed, name_of, no_sweeping, read_again, read_beside, read_events, read_rows
from bpodsl.store.spool import Rows, Spool
from bpodsl.store.steady import NotInOrder, Steady

__all__ = [
    "Blockwise", "Feed", "Intaken", "NotInOrder", "NotRising", "Rows", "Spool", "Steady", "Wanted",
    "keep_input", "may_be_read_again", "name_of", "no_sweeping", "opened", "read_again", "read_beside", "read_events",
    "read_rows", "size_of", "write_quarantine", "write_quarantine_of_all",
]  # fmt: skip
