"""What may be wrong with a bundle, a checkpoint or a key, in words, and what to do next."""

from __future__ import annotations

from typing import Final

from bpodsl.record.refusal_shown import commands
from bpodsl.record.refusals import Reason, Refusal, shown

NO_BUNDLE = Reason(
    "PRF101", "It is no bundle", "`{bundle}` is no bundle of bpodsl, or not as it was written: {why}.",
    "Ask whoever made it for another copy; `bpodsl bundle` makes one.",
    shown=commands(
        "bpodsl verify ledger.zip  # zipped by hand",
        "bpodsl bundle care.bpo may.jsonl --out may.zip\nbpodsl verify may.zip",
    ),
)  # fmt: skip
LATER_FORM = Reason(
    "PRF102", "A bundle of a later version", "`{bundle}` has form {found}, and this bpodsl knows forms up to {known}.",
    "Use the bpodsl that made it, or a later one.",
    shown=commands(
        "bpodsl verify may.zip  # which a later bpodsl made",
        "pip install --upgrade bpodsl\nbpodsl verify may.zip",
    ),
)  # fmt: skip
NO_KEY = Reason(
    "PRF103", "The key cannot be used", "`{file}` is no {kind} key that can be used here: {why}.",
    "Make a pair with `openssl genpkey -algorithm ed25519 -out KEY.pem` and `openssl pkey -in KEY.pem -pubout -out "
    "KEY.pub`, or with `ssh-keygen -t ed25519 -N ''`.",
    shown=commands(
        "bpodsl bundle care.bpo may.jsonl --out may.zip --key rsa-key.pem",
        "openssl genpkey -algorithm ed25519 -out key.pem\n"
        "bpodsl bundle care.bpo may.jsonl --out may.zip --key key.pem",
    ),
)  # fmt: skip
NO_LIBRARY = Reason(
    "PRF104", "A library is missing", "{what} needs the package `cryptography`, which is not installed.",
    "Install it: pip install 'bpodsl[sign]'.",
    shown=commands(
        "bpodsl bundle care.bpo may.jsonl --out may.zip --key key.pem",
        "pip install 'bpodsl[sign]'\nbpodsl bundle care.bpo may.jsonl --out may.zip --key key.pem",
    ),
)  # fmt: skip
NOTHING_STANDS = Reason(
    "PRF105", "There is nothing to sign",
    "Nothing of `{agreement}` is published, so it may still come out otherwise, and nothing is signed.",
    "Publish first: `bpodsl run AGREEMENT --store FILE --publish`.",
    shown=commands(
        "bpodsl checkpoint desk.db --key key.pem",
        "bpodsl run care.bpo may.jsonl --store desk.db --publish\nbpodsl checkpoint desk.db --key key.pem",
    ),
)  # fmt: skip
NO_CHECKPOINT = Reason(
    "PRF106", "It is no checkpoint", "Line {line} of `{file}` is no checkpoint: {why}.",
    "Take what `bpodsl checkpoint` wrote.",
    shown=commands(
        "echo signed in May > points.jsonl",
        "bpodsl checkpoint desk.db --key key.pem > points.jsonl",
    ),
)  # fmt: skip
NOT_RUN = Reason(
    "PRF107", "There is nothing to hand over", "`{agreement}` has not been run in this store, so it has no ledger.",
    "Run it first: `bpodsl run AGREEMENT EVENTS… --store FILE`.",
    shown=commands(
        "bpodsl bundle desk.db --out may.zip  # of a store without a run",
        "bpodsl run care.bpo may.jsonl --store desk.db\nbpodsl bundle desk.db --out may.zip",
    ),
)  # fmt: skip
TOO_LARGE_A_BUNDLE = Reason(
    "PRF108", "The bundle is too large", "`{bundle}` would hold, or holds, more than {limit}.",
    "Bundle the events of a shorter time, or fewer agreements' at once.",
    shown=commands(
        "bpodsl bundle care.bpo ten-years.jsonl --out all.zip",
        "bpodsl bundle care.bpo year-2026.jsonl --out year-2026.zip",
    ),
)  # fmt: skip

TROUBLES: Final = (
    NO_BUNDLE, LATER_FORM, NO_KEY, NO_LIBRARY, NOTHING_STANDS, NO_CHECKPOINT, NOT_RUN, TOO_LARGE_A_BUNDLE
)  # fmt: skip


class ProofTrouble(Exception):
    """A bundle, checkpoint or key cannot be used, or not so."""

    def __init__(self, reason: Reason, **values: str) -> None:
        self.reason = reason
        self.told = Refusal(reason, "", tuple((name, shown(value)) for name, value in values.items()))
        super().__init__(f"{reason.code}: {self.told.message()}")

    @property
    def step(self) -> str:
        """What to do next."""
        return self.told.step()
