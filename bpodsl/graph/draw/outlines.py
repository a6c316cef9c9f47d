"""Outlines of the boxes, as SVG paths."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen


@frozen
class Path:
    """`d` of an SVG path. `role`: "body", "dashed", "thick" are filled, a "line" is not, a "bar" all of one colour."""

    d: str
    role: str = "body"


def number(value: float) -> str:
    """With one decimal at most, and none where it is whole."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def polygon(*corners: tuple[float, float]) -> str:
    return "M" + " L".join(f"{number(x)} {number(y)}" for x, y in corners) + " Z"


def rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    r = min(r, w / 2, h / 2)
    flat, tall, p = number(w - 2 * r), number(h - 2 * r), number(r)
    sides = (f"h{flat}", f"v{tall}", f"h-{flat}", f"v-{tall}")
    turns = ((p, p), (f"-{p}", p), (f"-{p}", f"-{p}"), (p, f"-{p}"))
    around = (f"{side} a{p} {p} 0 0 1 {dx} {dy}" for side, (dx, dy) in zip(sides, turns, strict=True))
    return f"M{number(x + r)} {number(y)} {' '.join(around)} Z"


def _octagon(x: float, y: float, w: float, h: float, c: float = 9) -> str:
    return polygon((x + c, y), (x + w - c, y), (x + w, y + c), (x + w, y + h - c), (x + w - c, y + h), (x + c, y + h),
                   (x, y + h - c), (x, y + c))  # fmt: skip


def _hexagon(x: float, y: float, w: float, h: float) -> tuple[Path, ...]:
    middle = y + h / 2
    corners = ((x + 8, y), (x + w - 8, y), (x + w, middle), (x + w - 8, y + h), (x + 8, y + h), (x, middle))
    return (Path(polygon(*corners)),)


def _ticket(x: float, y: float, w: float, h: float) -> tuple[Path, ...]:
    flat, tall = number(w - 12), number(h - 12)
    bites = ("a6 6 0 0 0 6 6", "a6 6 0 0 0 -6 6", "a6 6 0 0 0 -6 -6", "a6 6 0 0 0 6 -6")
    sides = (f"h{flat}", f"v{tall}", f"h-{flat}", f"v-{tall}")
    around = " ".join(f"{side} {bite}" for side, bite in zip(sides, bites, strict=True))
    return (Path(f"M{number(x + 6)} {number(y)} {around} Z"),)


def _sheet(x: float, y: float, w: float, h: float) -> tuple[Path, ...]:
    fold = 12
    body = polygon((x, y), (x + w - fold, y), (x + w, y + fold), (x + w, y + h), (x, y + h))
    return Path(body), Path(polygon((x + w - fold, y), (x + w, y + fold), (x + w - fold, y + fold)), "line")


def _steps(x: float, y: float, w: float, h: float) -> tuple[Path, ...]:
    return (Path(polygon((x, y), (x + w - 18, y), (x + w - 18, y + 7), (x + w - 9, y + 7), (x + w - 9, y + 14),
                         (x + w, y + 14), (x + w, y + h), (x, y + h))),)  # fmt: skip


def _lid(x: float, y: float, w: float, h: float) -> tuple[Path, ...]:
    return Path(rounded(x, y, w, h, 1)), Path(rounded(x - 3, y - 2, w + 6, 5, 1), "bar")


def _arrow(x: float, y: float, w: float, h: float) -> tuple[Path, ...]:
    return (Path(polygon((x, y), (x + w - 11, y), (x + w, y + h / 2), (x + w - 11, y + h), (x, y + h))),)


def _pill_radius(h: float) -> float:
    return min(15.0, h / 2)


OUTLINES: dict[str, Callable[[float, float, float, float], tuple[Path, ...]]] = {
    "pill": lambda x, y, w, h: (Path(rounded(x, y, w, h, _pill_radius(h))),),
    "double pill": lambda x, y, w, h: (
        Path(rounded(x, y, w, h, _pill_radius(h))),
        Path(rounded(x + 3, y + 3, w - 6, h - 6, _pill_radius(h) - 3), "line"),
    ),
    "soft": lambda x, y, w, h: (Path(rounded(x, y, w, h, 8), "dashed"),),
    "plain": lambda x, y, w, h: (Path(rounded(x, y, w, h, 1)), Path(rounded(x, y, 5, h, 1), "bar")),
    "octagon": lambda x, y, w, h: (Path(_octagon(x, y, w, h)),),
    "double octagon": lambda x, y, w, h: (
        Path(_octagon(x, y, w, h)),
        Path(_octagon(x + 3, y + 3, w - 6, h - 6, 8), "line"),
    ),
    "hexagon": _hexagon,
    "slanted": lambda x, y, w, h: (Path(polygon((x + 9, y), (x + w, y), (x + w - 9, y + h), (x, y + h))),),
    "sheet": _sheet,
    "ticket": _ticket,
    "slip": lambda x, y, w, h: (
        Path(rounded(x, y, w, h, 1)),
        Path(polygon((x + w - 7, y + 1), (x + w - 7, y + h - 1)), "line"),
    ),
    "lid": _lid,
    "arrow": _arrow,
    "steps": _steps,
    "double": lambda x, y, w, h: (
        Path(rounded(x, y, w, h, 2)),
        Path(rounded(x + 3, y + 3, w - 6, h - 6, 1), "line"),
    ),
    "bold": lambda x, y, w, h: (Path(rounded(x, y, w, h, 10), "thick"),),
}  # fmt: skip


def left_edge(outline: str, height: float, dy: float) -> float:
    """How far inside its left side an outline begins, `dy` below its top."""
    if outline == "hexagon" and height:
        return 8 * abs(dy - height / 2) / (height / 2)
    return 9 * (1 - dy / height) if outline == "slanted" and height else 0.0


def right_edge(outline: str) -> float:
    """How far inside its right side an outline ends at half height."""
    return 4.5 if outline == "slanted" else 0.0
