"""Keeps the record."""

from bpodsl.record.account import Intaken
from bpodsl.store.blocks import Wanted
from bpodsl.store.quarantine import write_quarantine
from bpodsl.store.readers import Feed, read_again, read_beside, read_events, read_rows

__all__ = ["Feed", "Intaken", "Wanted", "read_again", "read_beside", "read_events", "read_rows", "write_quarantine"]
