"""Libraries that only some formats need."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class MissingExtra(Exception):
    """A library for a format is not installed; the message says what to do."""


def wanted(module: str, form: str) -> Any:
    """A library of the extra `report`. Raises `MissingExtra` if it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"`--format {form}` needs {module}, which is not installed. Install it with "
            "`pip install 'bpodsl[report]'`, or take --format json, md or csv, which need nothing more."
        ) from error
