"""Makes the library from its C files: `python bpodsl/native/build.py` does so beside them, where a compiler is there.

Imports nothing of ours, so that the package's own build may load it by its path.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, Final

SOURCE: Final = Path(__file__).parent / "source"
NAME: Final = "_bpodsl.so"
OLDEST: Final = (2, 17)
"""The oldest C library that a wheel may be named for: that of manylinux2014."""

_OPTIONS: Final = ("-O2", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden", "-shared", "-fPIC")


def digest(sha256: Any = None) -> str:
    """What the library is made from: one that says otherwise of itself is of other files. `sha256`: what hashes, if it
    is not to be that of `hashlib`."""
    if sha256 is None:
        from hashlib import sha256
    found = sha256()
    for path in sorted(SOURCE.iterdir()):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return str(found.hexdigest())


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


def platform_of(made: Path, machine: str) -> str:
    """The platform that a wheel with such a library is for, as its name has it: this `machine`, or all of the kind on
    which what it asks of the C library has been there since glibc 2.17 (PEP 600). It asks for no other library."""
    own = re.sub(r"[^a-z0-9]", "_", machine.lower())
    data = made.read_bytes()
    asked = [(int(major), int(minor)) for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", data)]
    libraries = set(re.findall(rb"\0(lib[A-Za-z0-9_+-]+\.so[.0-9]*)(?=\0)", data))
    if not own.startswith("linux_") or not asked or max(asked) > OLDEST or libraries != {b"libc.so.6"}:
        return own
    return own.replace("linux_", f"manylinux_{OLDEST[0]}_{OLDEST[1]}_", 1)


if __name__ == "__main__":
    sys.exit(0 if build(SOURCE.parent / NAME) else 1)
