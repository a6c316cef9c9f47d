"""The pictures of the guided tour, made anew from the examples: `python -m tests.tour` (it needs Chromium).

They show `bpodsl serve` over the customer care example, as the README shows it, and the page of its report.
"""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bpodsl.report.review.as_html import as_html
from bpodsl.serve.looking import Desk, Files
from bpodsl.values import parse_period
from tests.conftest import ROOT
from tests.serve.served import PLAIN, QUIET, chromium, running, until

FOLDER: Final = ROOT / "docs" / "tour"
WIDE, NARROW = (1180, 740), (390, 740)
JUNE: Final = "month=2026-06"

PICTURES: Final = {
    "overview": ("/?" + JUNE, WIDE, "light"),
    "graph": ("/graph?at=measure:p1_on_time", WIDE, "light"),
    "duties": ("/duties?norm=restore_p1&status=missed", WIDE, "light"),
    "why": ("/why?of=help_desk_credit&in=2026-06", WIDE, "light"),
    "whatif": (f"/what-if?{JUNE}&case=on_time+restore_p1+northwind/00258&case=on_time+restore_p1+northwind/00293", WIDE,
               "light"),
    "dark": ("/measures", WIDE, "dark"),
    "phone": ("/?" + JUNE, NARROW, "dark"),
    "report": ("#sums", WIDE, "light"),
}  # fmt: skip
"""By name: the address (of the page of the report: which part of it), the size of the window, and light or dark."""


def main(folder: Path) -> None:
    """Write every picture into a folder."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    inputs = Files(*PLAIN, until("2026-10-14"))
    with running(inputs) as address, sync_playwright() as playwright, TemporaryDirectory() as made:
        page_of_report = Path(made) / "report.html"
        review = Desk(inputs).stand().review(parse_period("2026-06"))
        page_of_report.write_text(as_html(review), encoding="utf-8")
        report = page_of_report.as_uri()
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        page.goto(address)
        base = address.partition("/?")[0]
        for name, (path, (width, height), scheme) in PICTURES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.goto(report + path if path.startswith("#") else base + path)
            if path.startswith("#"):
                page.locator("details.steps", has_text="Speed of answer credit").locator("summary").click()
                page.locator("#sums").evaluate("each => window.scrollTo(0, each.offsetTop - 16)")
            page.wait_for_load_state("networkidle")
            (folder / f"{name}.png").write_bytes(smaller(page.screenshot()))
        browser.close()


def smaller(png: bytes) -> bytes:
    """The same picture without its transparency (there is none), packed as tightly as can be."""
    parts, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        parts.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    data = zlib.compress(zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT")), 9)
    head = next(body for kind, body in parts if kind == b"IHDR")
    out = png[:8]
    for kind, body in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b"")):
        out += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return out


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
