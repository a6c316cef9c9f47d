"""Fields that an event does not report, but that follow from those that it does."""

from __future__ import annotations

from collections.abc import Mapping

from bpodsl.record.conditions import EventScope, evaluate
from bpodsl.terms import EventKind, NotMeasured
from bpodsl.values import Calendar, Zone


def work_out(kind: EventKind, fields: dict[str, object], zone: Zone, calendars: Mapping[str, Calendar]) -> None:
    """Put in the fields that are worked out from others, in order of declaration; what is not measured is absent."""
    for each in kind.fields:
        if each.worked is not None:
            found = evaluate(each.worked, EventScope(fields, 0, zone, calendars))
            fields.pop(each.name, None)
            if not isinstance(found, NotMeasured):
                fields[each.name] = found
