"""Packs the parser's tables into the wheel, so that the first start need not make them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackTables(BuildHookInterface[Any]):
    """Called by hatchling for each wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            # A checkout's grammar changes; its tables are kept in the user's own cache.
            return
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("lalr", root / "bpodsl" / "language" / "lalr.py")
        assert spec is not None and spec.loader is not None
        lalr = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(lalr)
        grammar = "\n".join((root / "grammar" / name).read_text(encoding="utf-8") for name in lalr.FILES)
        packed = Path(self.directory) / lalr.PACKED
        packed.parent.mkdir(parents=True, exist_ok=True)
        packed.write_text(json.dumps({"key": lalr.key_of(grammar)} | lalr.make_tables(grammar)), encoding="utf-8")
        build_data["force_include"][str(packed)] = f"bpodsl/grammar/{lalr.PACKED}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        (Path(self.directory) / "tables.json").unlink(missing_ok=True)
