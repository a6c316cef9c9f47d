"""A store: one SQLite file that keeps what was read, and the ledgers that were made of it.

Sources are kept as the bytes that were read of them, and a ledger is a function of the agreement's text and these
bytes. So nothing that is kept besides can go out of step with them: which lines repeat each other, which are set aside
and what follows is found anew from the bytes, held against the ledger that stands, and what is new is written, together
with the bytes that it rests on, in one transaction.
"""

from sqlite3 import Connection

from bpodsl.store.kept.again import rows_behind, rows_with, since, since_of, source_rows
from bpodsl.store.kept.agreements import (
    Agreement,
    Text,
    agreement_named,
    agreement_of,
    names,
    text_of,
    updated,
    with_text,
)
from bpodsl.store.kept.carried import Carried, Held, Mended, Read, Version, bytes_of, carried, put
from bpodsl.store.kept.checkpoints import checkpoints, keep_checkpoint
from bpodsl.store.kept.database import VERSION, reading, scratch, writing
from bpodsl.store.kept.offsets import offsets, take
from bpodsl.store.kept.postings import (
    Posting,
    Written,
    account,
    compared,
    difference,
    heads,
    link_of,
    post,
    post_behind,
    read_aside,
    stored,
    write_aside,
)  # fmt: skip
from bpodsl.store.kept.requeued import Place, held, hold, mended, requeue
from bpodsl.store.kept.routed import (
    give,
    joined,
    laid,
    lay,
    must_be_alone,
    owners,
    portfolio,
    requeue_shared,
    since_by_place,
    take_back,
)  # fmt: skip
from bpodsl.store.kept.sources import Fed, Source, feed, sources
from bpodsl.store.kept.stood import keep_stood, stood
from bpodsl.store.kept.troubles import TROUBLES, StoreTrouble

__all__ = [
    "TROUBLES", "VERSION", "Agreement", "Carried", "Connection", "Fed", "Held", "Mended", "Place", "Posting",
    "Read", "Source", "StoreTrouble", "Text", "Version", "Written", "account", "agreement_named", "agreement_of",
    "bytes_of",
    "carried", "checkpoints", "compared", "difference", "feed", "give", "heads", "held", "hold", "joined",
    "keep_checkpoint", "keep_stood", "laid", "lay", "link_of", "mended", "must_be_alone", "names", "offsets",
    "owners", "portfolio", "post", "post_behind", "put", "read_aside", "reading", "requeue", "requeue_shared",
    "rows_behind", "rows_with", "scratch", "since", "since_by_place", "since_of", "source_rows", "sources", "stood",
    "stored", "take", "take_back", "text_of", "updated", "with_text", "write_aside", "writing",
]  # fmt: skip
