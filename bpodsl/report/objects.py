"""Names and texts as JSON objects, where that is asked for by the million."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bpodsl.record import Number

quoted = json.encoder.encode_basestring
"""A text as JSON has it; whatever is no ASCII stays as it is."""


def object_of(texts: Sequence[tuple[str, str]]) -> str:
    """Names and texts as a JSON object."""
    if len(texts) < 2:
        return f"{{{quoted(texts[0][0])}:{quoted(texts[0][1])}}}" if texts else "{}"
    # Of two of one name the last counts.
    return "{" + ",".join([f"{quoted(name)}:{quoted(text)}" for name, text in dict(texts).items()]) + "}"


def numbers_object(numbers: Sequence[Number]) -> str:
    """The numbers of an entry, in text, as a JSON object."""
    return object_of([(n.name, n.text) for n in numbers]) if numbers else "{}"
