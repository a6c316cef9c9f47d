"""Packs the parser's tables into the wheel, so that the first start need not make them, and makes the compiled part
where there is a compiler. A wheel without it is for every machine."""

from __future__ import annotations

import importlib.util
import json
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackTables(BuildHookInterface[Any]):
    """Called by hatchling for each wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build = _module(Path(self.root) / "bpodsl" / "native" / "build.py")
        if version == "editable":
            build.build(Path(self.root) / "bpodsl" / "native" / build.NAME)
            # A checkout's grammar changes; its tables are kept in the user's own cache.
            return
        root = Path(self.root)
        lalr = _module(root / "bpodsl" / "language" / "lalr.py")
        grammar = "\n".join((root / "grammar" / name).read_text(encoding="utf-8") for name in lalr.FILES)
        packed = Path(self.directory) / lalr.PACKED
        packed.parent.mkdir(parents=True, exist_ok=True)
        packed.write_text(json.dumps({"key": lalr.key_of(grammar)} | lalr.make_tables(grammar)), encoding="utf-8")
        build_data["force_include"][str(packed)] = f"bpodsl/grammar/{lalr.PACKED}"
        made = Path(self.directory) / build.NAME
        if build.build(made):
            build_data["force_include"][str(made)] = f"bpodsl/native/{build.NAME}"
            build_data["pure_python"] = False
            # It asks nothing of Python, so one is for each of them.
            build_data["tag"] = f"py3-none-{build.platform_of(made, sysconfig.get_platform())}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        for name in ("tables.json", "_bpodsl.so"):
            (Path(self.directory) / name).unlink(missing_ok=True)


def _module(path: Path) -> Any:
    """A module of the package, which itself is not there yet."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
