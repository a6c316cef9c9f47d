"""The events of an example, as both evaluators take them."""

from __future__ import annotations

from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
from bpodsl.trials import until_of


def made(contract, example):
    """The events of an example, related to each other, and until when they are told."""
    events, refused = example_events(contract, example)
    assert not refused
    until = until_of(contract, example, events)
    return relate(contract, (event for event in events if event.known < until), until).events, until
