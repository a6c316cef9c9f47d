"""Pictures that stand alone: timelines and trends on a sheet with title and legend, as SVG, and any SVG as PNG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bpodsl.report import pictures
from bpodsl.report.review.charts import HEIGHT as TREND_HEIGHT
from bpodsl.report.review.charts import WIDTH as TREND_WIDTH
from bpodsl.report.review.charts import escaped, trend
from bpodsl.report.review.extras import wanted
from bpodsl.report.review.model import Level
from bpodsl.report.show import Show
from bpodsl.report.timelines import Timeline

_WIDTH: Final = 900
_SIDE: Final = 24
_ROOM: Final = _WIDTH - 2 * _SIDE
_PER_LETTER: Final = 6.2
"""About how wide a letter of the small text is: lines are broken so that none is too long in any plain font."""
_MOST_POINTS: Final = 60_000_000

_STYLE: Final = """
text{font-family:Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif;fill:#1c2128;font-size:11px}
.name{font-size:20px;font-weight:bold}.under,.soft{fill:#56606d}.under{font-size:12px}.which{font-size:13px}
.status{font-size:11px;font-weight:bold}
.base,.day{stroke:#56606d;stroke-width:1}.hours{fill:#dfe8f3}.ran{fill:#5f8ec4}
.pause{fill:#fff;stroke:#b58a2b;stroke-width:1.5;stroke-dasharray:3 2}
.relief{fill:#d9cdea;fill-opacity:.75;stroke:#56606d;stroke-width:.6}
.opened circle,.renewed circle{fill:#1c2128}.due path{fill:none;stroke:#1c2128;stroke-width:1.6}
.due path.head{fill:#1c2128}
.performed circle{fill:#1a6b3c}.late rect{fill:#805300}.missed path,.breached rect{fill:#a4161a}
.excused circle{fill:#fff;stroke:#1c2128;stroke-width:2}.ended path{stroke:#56606d;stroke-width:2.5}
.performed path.in,.late path.in,.missed path.in{fill:none;stroke:#fff;stroke-width:1.8}
.trend text{fill:#56606d}.trend text.last{fill:#1c2128;font-weight:bold}
polyline{fill:none;stroke:#56606d;stroke-width:1.5}polyline.target{stroke:#1c2128;stroke-dasharray:6 4;stroke-width:1}
polyline.minimum{stroke:#1c2128;stroke-dasharray:1 4;stroke-width:1.4}
.met{fill:#1a6b3c}.trend .missed,.below{fill:#a4161a}.plain{fill:#fff;stroke:#56606d}
.none{stroke:#805300;stroke-width:2}
.frame{fill:none;stroke:#dcdfe4}
"""


def timelines(title: str, under: str, shown: Sequence[Timeline], show: Show) -> str:
    """Instances one below the other, each with its marks in words."""
    parts, y = [], 92
    legend, y = _legend(y)
    parts += legend
    for each in shown:
        parts.append(f'<text class="which" x="{_SIDE}" y="{y}">{escaped(f"{each.clause} {each.which}")}</text>')
        status = f'<text class="status" x="{_WIDTH - _SIDE}" y="{y}" text-anchor="end">{escaped(each.says)}</text>'
        parts.append(status)
        picture = pictures.timeline(each, show)
        placed = f'<svg class="life" x="{_SIDE}" y="{y + 2}" width="{_ROOM}"'
        parts.append(picture.replace('<svg class="life" width="100%"', placed, 1))
        y += 2 + pictures.HEIGHT + 14
        for line in _broken(_told(each, show)):
            parts.append(f'<text class="soft" x="{_SIDE}" y="{y}">{escaped(line)}</text>')
            y += 15
        y += 18
    return _sheet(title, under, parts, _WIDTH, y)


def trends(title: str, under: str, levels: Sequence[Level]) -> str:
    """Service levels in two columns."""
    legend = "● met · ▲ missed · ■ below the minimum · ○ no target · – no value · dashed: target · dotted: minimum"
    parts = [f'<text class="soft" x="{_SIDE}" y="88">{legend}</text>']
    wide, high = (_ROOM - 24) // 2, TREND_HEIGHT * ((_ROOM - 24) // 2) // TREND_WIDTH
    y = 0
    for place, level in enumerate(each for each in levels if trend(each)):
        x, y = _SIDE + place % 2 * (wide + 24), 120 + place // 2 * (high + 56)
        name = " ".join(filter(None, (level.clause.shown, level.group)))
        aim = " · ".join(filter(None, (level.aim, level.least and f"minimum {level.least}")))
        parts.append(f'<text class="which" x="{x}" y="{y}">{escaped(name)}</text>')
        parts.append(f'<text class="soft" x="{x}" y="{y + 16}">{escaped(aim)}</text>')
        placed = f'<svg class="trend" x="{x}" y="{y + 20}" width="{wide}" height="{high}"'
        parts.append(trend(level).replace('<svg class="trend"', placed, 1))
        y += high + 40
    return _sheet(title, under, parts, _WIDTH, max(y, 140))


def as_png(svg: str) -> bytes:
    """A picture of ours in points, two for each unit of the drawing (of a very large one fewer), in the fonts of the
    machine. Raises `MissingExtra` where what draws it is not installed."""
    library = wanted("typst", "png")
    page = "#set page(width: auto, height: auto, margin: 0pt, fill: white)"
    source = f'{page}\n#image(bytes(sys.inputs.svg), format: "svg")'.encode()
    width, height = (float(svg.partition(f'{side}="')[2].partition('"')[0]) for side in ("width", "height"))
    # A unit is three quarters of a typographic point, so this many to the inch are two for each.
    inch = min(192.0, 192.0 * (_MOST_POINTS / (4 * max(width * height, 1.0))) ** 0.5)
    drawn: bytes = library.compile(source, format="png", ppi=inch, sys_inputs={"svg": svg})
    return drawn


def _sheet(title: str, under: str, parts: Sequence[str], width: int, height: int) -> str:
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="bpo-title" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">',
        f'<title id="bpo-title">{escaped(title)}</title>',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text class="name" x="{_SIDE}" y="40">{escaped(title)}</text>',
        f'<text class="under" x="{_SIDE}" y="60">{escaped(under)}</text>',
        *parts,
        "</svg>\n",
    ])  # fmt: skip


def _legend(y: int) -> tuple[list[str], int]:
    """Samples with their words, in rows."""
    parts, x = [], _SIDE
    for kind, says in pictures.LEGEND + pictures.MARKS:
        wide = 38 + round(len(says) * _PER_LETTER)
        if x + wide > _WIDTH - _SIDE:
            x, y = _SIDE, y + 28
        placed = pictures.sample(kind).replace('<svg class="life sample"', f'<svg x="{x}" y="{y - 18}"', 1)
        parts.append(placed)
        parts.append(f'<text class="soft" x="{x + 34}" y="{y}">{escaped(says)}</text>')
        x += wide + 14
    return parts, y + 44


def _told(each: Timeline, show: Show) -> Iterator[str]:
    for mark in pictures.in_order(each):
        yield f"{pictures.SIGNS[mark.kind][0]} {mark.when} {mark.kind}"
    for piece in each.pieces:
        if piece.kind in ("pause", "relief"):
            how = "the clock stood" if piece.kind == "pause" else "excuses a miss"
            yield f"{show.instant(piece.start)} to {show.instant(piece.end)} {piece.says}: {how}"
    if each.calendar:
        yield f"hours of {each.calendar.replace('_', ' ')}"


def _broken(told: Iterator[str]) -> list[str]:
    """What is told, with room between, in lines that fit."""
    lines: list[str] = []
    for each in told:
        longer = f"{lines[-1]}  ·  {each}" if lines else each
        if lines and len(longer) * _PER_LETTER <= _ROOM:
            lines[-1] = longer
        else:
            lines.append(each)
    return lines
