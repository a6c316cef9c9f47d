"""The lines on the pages of reasons: each is set aside for its reason, and the sound one is not."""

from __future__ import annotations

from io import BytesIO

import pytest

from bpodsl.pipeline import understand_text
from bpodsl.record.refusal_lines import LINES, SOUND
from bpodsl.record.refusals import REASONS
from bpodsl.store import Feed, read_events
from tests.conftest import ROOT

PRELUDE = (ROOT / "tests" / "language" / "resolve" / "prelude.bpo").read_text("utf-8")
CONTRACT, _ = understand_text("prelude.bpo", PRELUDE)
BY_CODE = {reason.code: reason for reason in REASONS}
LATE = 2 * 10**15


def refused(line):
    taken = read_events(CONTRACT, [Feed("-", BytesIO(line.encode()))], LATE)
    return [each.code for each in taken.quarantined]


@pytest.mark.parametrize("code", LINES)
def test_a_line_of_a_page_is_set_aside_for_its_reason(code):
    assert refused(LINES[code]) == [code]
    assert f"Not so:\n\n    {LINES[code]}\n\nBut so:\n\n    {SOUND}\n" in BY_CODE[code].page


def test_the_sound_line_is_used():
    assert refused(SOUND) == []
