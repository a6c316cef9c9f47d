"""Programs that tests start."""

from __future__ import annotations

import signal


def heeds_ctrl_c() -> None:
    """What a shell starts in the background is told to ignore Ctrl-C, and so would be what the tests start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
