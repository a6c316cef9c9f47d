"""`bpodsl run --from`: a topic of Kafka into a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bpodsl.cli import exits
from bpodsl.cli.common import instant_option
from bpodsl.cli.kept import told
from bpodsl.cli.run_kept import Shown, show_kept, shown_on

if TYPE_CHECKING:
    from bpodsl.store.kept import Text
    from bpodsl.terms import Contract


def run_topic(
    contract: Contract, text: Text, events: tuple[Path, ...], store: Path, until_text: str | None, shown: Shown,
    follow: bool, publish: bool, address: str, settings: Path | None,
) -> None:  # fmt: skip
    """Take what a topic has, after files, into a store, in one transaction with what follows, and show it; or, while
    it is followed, whenever something is new."""
    from bpodsl.keeping import Kept, reached_kept, run_kept
    from bpodsl.store.kept.topics import Records, Topic, reading_topic, settings_of

    def kept_with(records: list[Records], last: bool) -> Kept:
        sources: list[Path | Records] = [*events, *records]
        until = instant_option(until_text, contract)
        return run_kept(store, text, sources, lambda _: until, publish and last)

    code, first = exits.OK, True
    with told():
        topic = Topic.of(address)
        given = (
            settings_of(settings.read_text(encoding="utf-8", errors="replace"), str(settings))
            if settings is not None
            else {}
        )
        try:
            with reading_topic(topic, given) as reader:
                reader.begin(reached_kept(store, contract))
                for records, last in reader.batches(follow):
                    if not records and not last and not (follow and first):
                        continue
                    kept = kept_with(records, last)
                    if follow:
                        code, first = shown_on(kept, shown, first), False
        except KeyboardInterrupt:
            raise SystemExit(code if follow else exits.STOPPED) from None
    show_kept(kept, shown)
