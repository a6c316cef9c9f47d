"""Every problem there is, by code."""

from __future__ import annotations

from bpodsl.text import Problem


def every_problem() -> list[type[Problem]]:
    """All problem classes, sorted by code. Imports the modules that define them."""
    import bpodsl.language.allowing
    import bpodsl.language.problems_of_tests
    import bpodsl.lint  # noqa: F401

    found: list[type[Problem]] = []
    waiting = list(Problem.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting.extend(each.__subclasses__())
        # A problem of somebody else's, of a test for one, is none of ours.
        if "code" in vars(each) and each.__module__.startswith("bpodsl."):
            found.append(each)
    return sorted(found, key=lambda p: p.code)
