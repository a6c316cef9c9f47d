"""`bpodsl run --from`: a topic of Kafka into a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bpodsl.cli import exits
from bpodsl.cli.common import instant_option
from bpodsl.cli.kept import told
from bpodsl.cli.run_kept import Shown, shown_on

if TYPE_CHECKING:
    from bpodsl.keeping import Kept
    from bpodsl.store.kept import Text
    from bpodsl.store.kept.topics import Records
    from bpodsl.terms import Contract

Came = TypeVar("Came")


def run_topic(
    contract: Contract, text: Text, events: tuple[Path, ...], store: Path, until_text: str | None, shown: Shown,
    follow: bool, publish: bool, address: str, settings: Path | None,
) -> None:  # fmt: skip
    """Take what a topic has, after files, into a store, in one transaction with what follows, and show it; or, while
    it is followed, whenever something is new."""
    from bpodsl.keeping import reached_kept, run_kept
    from bpodsl.kernel.warm import Warm

    warm = Warm() if follow else None

    def run(records: Sequence[Records], last: bool) -> Kept:
        sources: list[Path | Records] = [*events, *records]
        until = instant_option(until_text, contract)
        with told():
            return run_kept(store, text, sources, lambda _: until, publish and last, warm=warm)

    def show(kept: Kept, first: bool) -> int:
        return shown_on(kept, shown, first)

    raise SystemExit(over_topic(lambda: reached_kept(store, contract), run, show, follow, address, settings))


def over_topic(
    reached: Callable[[], Mapping[str, int]], run: Callable[[Sequence[Records], bool], Came],
    show: Callable[[Came, bool], int], follow: bool, address: str, settings: Path | None,
) -> int:  # fmt: skip
    """Run over what a topic has, from what a store has `reached` of it; the exit code. `run`: one run over records,
    told whether they are the last; `show`: what it came to, told whether that is the first that is shown."""
    from bpodsl.store.kept.topics import Topic, reading_topic, settings_of

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
                reader.begin(reached())
                for records, last in reader.batches(follow):
                    if not records and not last and not (follow and first):
                        continue
                    came = run(records, last)
                    if follow:
                        code, first = show(came, first), False
        except KeyboardInterrupt:
            raise SystemExit(code if follow else exits.STOPPED) from None
    return show(came, True)
