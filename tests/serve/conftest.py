from __future__ import annotations

import pytest

from tests.serve.served import QUIET, chromium


@pytest.fixture(scope="session")
def browser():
    """Chromium, of this machine."""
    where = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=where, args=list(QUIET))
        yield found
        found.close()
