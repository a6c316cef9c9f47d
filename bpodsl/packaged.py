"""Files that come with the package: the grammar, the examples and the library of templates."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """The folder `grammar`, `examples` or `templates`: inside the package, else at the top of the checkout."""
    here = Path(__file__).parent
    inside = here / name
    return inside if inside.is_dir() else here.parent / name
