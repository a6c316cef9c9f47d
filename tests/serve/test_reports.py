"""The pages that `bpodsl report` writes, of one agreement and of a portfolio, in a real browser; and its PDF."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from tests.conftest import ROOT
from tests.serve.served import PLAIN

PORTFOLIO = ROOT / "examples" / "portfolio"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the pages, the PDF and the portfolio."""
    folder = tmp_path_factory.mktemp("reports")
    run = [str(PLAIN[0]), str(PLAIN[1][0]), "--until", "2026-10-14", "--month", "2026-06"]
    for name in ("care.html", "care.pdf"):
        assert CliRunner().invoke(bpodsl, ["report", *run, "--to", str(folder / name)]).exit_code == 0
    streams = [str(PORTFOLIO / name) for name in ("desk.jsonl", "clearing.csv")]
    done = CliRunner().invoke(
        bpodsl, ["report", str(PORTFOLIO), *streams, "--until", "2026-07-01", "--to", str(folder / "all")]
    )
    assert done.exit_code == 4, done.output
    return folder


@pytest.fixture
def page(browser):
    context = browser.new_context()
    found = context.new_page()
    found.wrong = []
    found.on("console", lambda said: found.wrong.append(said.text) if said.type == "error" else None)
    found.on("request", lambda sent: found.wrong.append(sent.url) if not sent.url.startswith("file:") else None)
    yield found
    context.close()
    # The checker adds a style of its own, which the policy of the page refuses.
    assert not [each for each in found.wrong if "style" not in each and "script" not in each]


PAGES = ("care.html", "all/index.html", "all/brightwater_desk/report.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_stands_in_the_way_of_anyone(page, written, name, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"file://{written / name}")
    for each in page.query_selector_all("details"):
        each.evaluate("each => each.open = true")
    found = Axe().run(page).response["violations"]
    assert not [(each["id"], each["impact"], [node["html"][:200] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(page, written, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"file://{written / name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_portfolio_leads_to_each_report_and_a_number_to_its_calculation(page, written):
    page.goto(f"file://{written / 'all/index.html'}")
    page.click("table.portfolio a >> text=brightwater_desk")
    assert "Help desk services agreement" in page.inner_text("h1")
    page.click("#service_levels a >> nth=0")
    assert page.query_selector("details.calc[open] div:target") is not None


def test_the_pdf_has_ink_on_every_page(written, tmp_path):
    if shutil.which("pdftoppm") is None:
        if os.environ.get("BPODSL_PDF") == "required":
            pytest.fail("pdftoppm (poppler-utils) is required but missing")
        pytest.skip("there is no pdftoppm here")
    subprocess.run(["pdftoppm", "-r", "20", "-gray", written / "care.pdf", tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.pgm"))
    assert len(pages) >= 3
    for each in pages:
        head, pixels = each.read_bytes().split(b"\n255\n", 1)
        assert head.startswith(b"P5")
        assert min(pixels) < 200 and pixels.count(255) > len(pixels) // 2, each.name
