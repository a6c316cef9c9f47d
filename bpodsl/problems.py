"""Every problem there is, by code."""

from __future__ import annotations

from bpodsl.text import Problem


def every_problem() -> list[type[Problem]]:
    """All problem classes, sorted by code. Imports the modules that define them."""
    import bpodsl.language
    import bpodsl.trials  # noqa: F401

    found: list[type[Problem]] = []
    waiting = list(Problem.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting.extend(each.__subclasses__())
        if "code" in vars(each):
            found.append(each)
    return sorted(found, key=lambda p: p.code)
