"""`bpodsl report` of a folder: one page over all agreements, each leading to its own report."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from tests.conftest import ROOT

FOLDER = ROOT / "examples" / "portfolio"
STREAMS = (FOLDER / "desk.jsonl", FOLDER / "clearing.csv")
UNTIL = ("--until", "2026-07-01")
NAMES = ("brightwater_desk", "calder_invoices", "orchard_payroll")


def report(*arguments):
    return CliRunner().invoke(bpodsl, ["report", *map(str, arguments)])


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids, self.words = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("all")
    done = report(FOLDER, *STREAMS, *UNTIL, "--month", "2026-06", "--to", folder)
    assert done.exit_code == 4 and "EVT134" in done.output
    return folder


def test_every_link_leads_somewhere(written):
    page = Page((written / "index.html").read_text(encoding="utf-8"))
    assert {f"{name}/report.html" for name in NAMES} <= set(page.links)
    for link in page.links:
        assert link[1:] in page.ids if link.startswith("#") else (written / link).is_file(), link


def test_it_says_what_run_says(written):
    text = " ".join(" ".join(Page((written / "index.html").read_text(encoding="utf-8")).words).split())
    said = CliRunner().invoke(bpodsl, ["run", str(FOLDER), *map(str, STREAMS), *UNTIL, "--format", "csv"]).output
    rows = [line.split(",") for line in said.splitlines() if line.startswith(NAMES)]
    assert len(rows) == 3
    for part in ("69 360.00 GBP", "21 375.00 EUR", "5 510.00 GBP", "74 870.00 GBP", "3 of 6", "6 of 17"):
        assert part in text, part
    assert "Termination for chronic failure [§12]: Brightwater Utilities plc" in text
    assert text.index("brightwater_desk") < text.index("calder_invoices")


def test_each_report_is_that_of_the_agreement_alone(written, tmp_path):
    """But for the digests of the files, which a portfolio reads once for all."""
    rows = [line for line in STREAMS[0].read_text(encoding="utf-8").splitlines() if '"brightwater_desk"' in line]
    own = tmp_path / "own.jsonl"
    own.write_text("\n".join(rows) + "\n", encoding="utf-8")
    asked = (*UNTIL, "--month", "2026-06", "--to", tmp_path / "own.html")
    assert report(FOLDER / "brightwater_desk.bpo", own, *asked).exit_code in (0, 4)
    there = (written / "brightwater_desk" / "report.html").read_text(encoding="utf-8")
    alone = (tmp_path / "own.html").read_text(encoding="utf-8")
    parts = [re.search(r'<section id="charges_and_credits".*?</section>', each, re.S)[0] for each in (there, alone)]
    assert parts[0] == parts[1]


def test_the_same_inputs_give_the_same_bytes_in_any_number_of_processes(written, tmp_path):
    assert report(FOLDER, *STREAMS, *UNTIL, "--month", "2026-06", "--to", tmp_path, "--jobs", "2").exit_code == 4
    for path in sorted(written.rglob("*.html")):
        assert (tmp_path / path.relative_to(written)).read_bytes() == path.read_bytes(), path


def test_an_agreement_with_errors_is_named_and_the_others_are_written(tmp_path):
    folder = tmp_path / "agreements"
    folder.mkdir()
    (folder / "shared").mkdir()
    for path in FOLDER.rglob("*.bpo"):
        (folder / path.relative_to(FOLDER)).write_bytes(path.read_bytes())
    broken = folder / "calder_invoices.bpo"
    broken.write_text(broken.read_text(encoding="utf-8") + "\nobligation\n", encoding="utf-8")
    done = report(folder, *STREAMS, *UNTIL, "--to", tmp_path / "out")
    assert done.exit_code == 3
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "was not run: it has errors" in page and "brightwater_desk/report.html" in page
    assert "calder_invoices/report.html" not in page


@pytest.mark.parametrize(
    "arguments, said",
    [
        ((FOLDER, *STREAMS, *UNTIL), "let --to name a folder"),
        ((FOLDER, *STREAMS, *UNTIL, "--to", "x.html"), "let --to name a folder"),
        ((FOLDER, *UNTIL, "--to", "x"), "EVENTS"),
        ((FOLDER, *STREAMS, *UNTIL, "--to", "x", "--format", "pdf"), "--format is for one agreement"),
        ((FOLDER, *STREAMS, *UNTIL, "--to", "x", "--drafts", "y"), "--drafts is for one agreement"),
        ((FOLDER, *STREAMS, *UNTIL, "--to", "x", "--world", "y"), "--world is for one agreement"),
        ((FOLDER, *STREAMS, *UNTIL, "--to", "x", "--month", "2027-01"), "begins after what is known"),
    ],
)
def test_what_cannot_be_is_refused_with_a_next_step(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = report(*arguments)
    assert done.exit_code == 2 and said in " ".join(done.output.split())
    assert not list(tmp_path.rglob("*.html"))


def test_hostile_names_are_words(tmp_path):
    (tmp_path / "desk.bpo").write_text(
        'agreement desk "<script>alert(1)</script>"\n  client harbour "<img src=x onerror=alert(2)>"\n'
        '  provider lantern "</td>"\n  effective 2026-01-01 for 12 months\n  time zone UTC\n'
        "  currency GBP, rounded half up to 0.01\nevent asked from harbour\n  ticket key\nevent answered from lantern\n"
        "  ticket key\nobligation answer \"<b>Answer</b>\"\n  lantern must answered for each asked\n  within 1 day\n",
        encoding="utf-8",
    )  # fmt: skip
    line = '{"id": "1", "source": "harbour", "type": "asked", "time": "2026-01-05T10:00:00Z", "subject": "desk", '
    (tmp_path / "events.jsonl").write_text(line + '"ticket": "<svg onload=alert(3)>"}\n', encoding="utf-8")
    done = report(tmp_path, tmp_path / "events.jsonl", "--until", "2026-02-01", "--to", tmp_path / "out")
    assert done.exit_code == 0, done.output
    for path in (tmp_path / "out").rglob("*.html"):
        assert not Page(path.read_text(encoding="utf-8")).tags & {"script", "img", "b"}


# ------------------------------------------------------------------------------------ of a store
@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    store = tmp_path_factory.mktemp("store") / "all.db"
    asked = ["run", str(FOLDER), *map(str, STREAMS), *UNTIL, "--store", str(store)]
    assert CliRunner().invoke(bpodsl, asked).exit_code == 4
    return store


def test_of_a_store_it_is_the_same(written, kept, tmp_path):
    done = report("--store", kept, "--month", "2026-06", "--to", tmp_path)
    assert done.exit_code == 4 and done.output.count("EVT134") == 2 and "(`brightwater_desk`): EVT123" in done.output
    pages = {path.relative_to(written): path.read_bytes() for path in written.rglob("*.html")}
    assert {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.html")} == pages


def test_of_a_store_as_it_was_known(kept, tmp_path):
    asked = ("--month", "2026-03", "--as-known-at", "2026-04-01")
    assert report(FOLDER, *STREAMS, *UNTIL, *asked, "--to", tmp_path / "a").exit_code == 4
    assert report("--store", kept, *asked, "--to", tmp_path / "b").exit_code == 4
    for name in ("index.html", *(f"{name}/report.html" for name in NAMES)):
        assert (tmp_path / "b" / name).read_bytes() == (tmp_path / "a" / name).read_bytes(), name


def test_of_agreements_that_are_run_each_by_itself_there_is_a_page_over_all(tmp_path):
    store = tmp_path / "two.db"
    for name in ("brightwater_desk", "orchard_payroll"):
        rows = [line for line in STREAMS[0].read_text(encoding="utf-8").splitlines() if f'"{name}"' in line]
        own = tmp_path / f"{name}.jsonl"
        own.write_text("\n".join(rows) + "\n", encoding="utf-8")
        until = "2026-07-01" if name == "orchard_payroll" else "2026-06-01"
        asked = ["run", str(FOLDER / f"{name}.bpo"), str(own), "--store", str(store), "--until", until]
        assert CliRunner().invoke(bpodsl, asked).exit_code in (0, 4)
    to = tmp_path / "to"
    (to / "brightwater_desk").mkdir(parents=True)
    (to / "brightwater_desk" / "report.html").write_text("of an earlier month", encoding="utf-8")
    assert report("--store", store, "--month", "2026-06", "--to", to).exit_code == 4
    page = Page((to / "index.html").read_text(encoding="utf-8"))
    assert "orchard_payroll/report.html" in page.links and "brightwater_desk" in " ".join(page.words)
    # June begins where the other ends: there is no report on it, nor one of before.
    assert "brightwater_desk/report.html" not in page.links and not (to / "brightwater_desk" / "report.html").exists()
    late = report("--store", store, "--month", "2026-08", "--to", tmp_path / "late")
    assert late.exit_code == 2 and "2026-08 begins after what is known" in late.output


def test_what_is_for_one_agreement_is_refused_for_all_of_a_store(kept, tmp_path):
    for option in (("--drafts", tmp_path / "d"), ("--format", "xlsx"), ("--world", "w"), ("--until", "2026-07-01")):
        done = report("--store", kept, "--to", tmp_path, *option)
        assert done.exit_code == 2 and option[0] in done.output, done.output
    assert report("--store", kept, "--to", tmp_path / "one.html").exit_code == 2
    own = report("--store", kept, "--agreement", "calder_invoices", "--to", tmp_path / "one.html")
    assert own.exit_code == 0 and (tmp_path / "one.html").is_file()
