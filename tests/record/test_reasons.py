"""The page of a reason: what it says where nothing shows it, and what it shows."""

from __future__ import annotations

from bpodsl.record.refusal_shown import Shown, commands
from bpodsl.record.refusals import Reason


def test_a_reason_that_nothing_shows_says_what_it_says() -> None:
    reason = Reason("XXX999", "A title", "It says {what}.", "Do {so}.")
    assert reason.page == "XXX999: A title\n\nIt says ….\n\nNext: Do ….\n"


def test_a_reason_that_commands_show() -> None:
    reason = Reason("XXX999", "A title", "It says.", "Do.", commands("this", "that"))
    assert reason.page == "XXX999: A title\n\nIt says.\n\nNot so:\n\n    this\n\nBut so:\n\n    that\n\nNext: Do.\n"


def test_where_it_stands_comes_first() -> None:
    reason = Reason("XXX999", "A title", "It says.", "Do.", Shown("this", "that", "there"))
    assert "\n\nWhere the agreement says:\n\n    there\n\nNot so:" in reason.page
