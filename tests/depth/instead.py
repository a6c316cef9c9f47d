"""`python -m tests.depth.instead MODULE MUTANT TESTS SECONDS`: run tests with another text instead of a module's."""

from __future__ import annotations

import resource
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest


def main() -> int:
    path, mutant, tests, limit = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 5))
    source_of = SourceFileLoader.get_code

    def code_of(self: SourceFileLoader, name: str) -> object:
        if Path(self.path) == Path(path):
            return compile(Path(mutant).read_text(encoding="utf-8"), path, "exec", dont_inherit=True)
        return source_of(self, name)

    SourceFileLoader.get_code = code_of  # type: ignore[assignment,method-assign]
    return int(pytest.main(["-q", "-x", "-rfE", "--tb=no", "-p", "no:cacheprovider", f"@{tests}"]))


if __name__ == "__main__":
    sys.exit(main())
