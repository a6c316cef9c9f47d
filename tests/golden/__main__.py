"""Writes the page anew."""

from tests.golden import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
