"""Makes the library from its C files: `python bpodsl/native/build.py` does so beside them, where a compiler is there.

Imports nothing of ours, so that the package's own build may load it by its path.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).parent / "source"
NAME: Final = "_bpodsl.so"
_OPTIONS: Final = ("-O2", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden", "-shared", "-fPIC")


def digest() -> str:
    """What the library is made from: one that says otherwise of itself is of other files."""
    found = hashlib.sha256()
    for path in sorted(SOURCE.iterdir()):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def compiler() -> str | None:
    """The compiler to call: what `CC` names, or `cc`; None, where there is none, or `BPODSL_NATIVE` is `off`."""
    import shutil

    if os.environ.get("BPODSL_NATIVE") == "off" or sys.platform == "win32":
        return None
    return shutil.which(os.environ.get("CC") or "cc")


def build(target: Path, *more: str) -> bool:
    """Whether it was made. A compiler that is there and fails is no error: the package does without."""
    # Each start asks for the digest, hardly any for more.
    import subprocess

    found = compiler()
    if found is None:
        return False
    files = [str(path) for path in sorted(SOURCE.glob("*.c"))]
    made = target.with_name(f"{target.name}.{os.getpid()}")
    command = [found, *_OPTIONS, *more, f'-DDIGEST="{digest()}"', "-o", str(made), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"bpodsl: the native part was not made, so Python does its work:\n{done.stderr}", file=sys.stderr)
        made.unlink(missing_ok=True)
        return False
    made.replace(target)
    return True


if __name__ == "__main__":
    sys.exit(0 if build(SOURCE.parent / NAME) else 1)
