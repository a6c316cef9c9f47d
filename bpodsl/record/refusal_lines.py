"""Lines that are set aside, each for one reason, for the pages that explain the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SOUND: Final = (
    '{"id": "1", "source": "northwind", "type": "ticket_opened", "time": "2026-04-07T09:00:00+01:00", '
    '"ticket": "T1", "priority": "P1"}'
)
"""What each of them was to be."""

_TIME: Final = '"2026-04-07T09:00:00+01:00"'

_SLIPS: Final[Mapping[str, tuple[str, str]]] = {
    "EVT103": ('"priority": "P1"}', '"priority": "P1"'),
    "EVT105": ('"ticket": "T1"', '"ticket": "T1", "ticket": "T2"'),
    "EVT120": ('"id": "1", ', ""),
    "EVT121": ('"type": "ticket_opened", ', ""),
    "EVT122": (f'"time": {_TIME}, ', ""),
    "EVT123": ("ticket_opened", "ticket_open"),
    "EVT124": (_TIME, '"7 April, nine"'),
    "EVT125": ("+01:00", ""),
    "EVT126": ("2026-04", "2226-04"),
    "EVT128": ('"source"', '"rev": "b", "source"'),
    "EVT129": ('"source"', '"retract": true, "source"'),
    "EVT140": (', "priority": "P1"', ""),
    "EVT141": ('"P1"}', '"P1", "urgent": "perhaps"}'),
    "EVT142": ('"P1"', '"P4"'),
    "EVT143": ('"P1"}', '"P1", "amount": "5 EUR"}'),
    "EVT150": ('"northwind"', '"meridian"'),
}
"""By code: what stands in the sound line, and what stands there instead."""

LINES: Final[Mapping[str, str]] = {
    code: SOUND.replace(right, wrong, 1) for code, (right, wrong) in _SLIPS.items()
} | {"EVT104": '["ticket_opened", "T1", "P1"]'}  # fmt: skip
"""By code: a line that is set aside for that reason."""
