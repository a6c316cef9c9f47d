"""`bpodsl graph`, `timeline` and `trend` draw what the run says, as SVG and PNG."""

from __future__ import annotations

import struct
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.graph import build
from bpodsl.graph.draw import fragment, key, read
from bpodsl.remembered import understand
from tests.conftest import ROOT

CARE = ROOT / "examples" / "customer_care"
RUN = (CARE / "customer_care.bpo", CARE / "events.jsonl", "--until", "2026-10-14")


def run(*arguments):
    return CliRunner().invoke(bpodsl, list(map(str, arguments)))


def words(svg):
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [text for each in found for text in each.itertext()]


def size(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def test_a_timeline_of_one_case():
    drawn = run("timeline", *RUN, "--of", "restore_p1", "--for", "T07901")
    assert drawn.exit_code == 0, drawn.output
    said = " ".join(words(drawn.output))
    assert "Restore P1 service [Sch C 2.1] for ticket T07901" in said and "excused, due 2026-07-21 13:15" in said
    assert "Force majeure [§17]: excuses a miss" in said and "hours of support" in said


def test_timelines_by_status_and_ladder():
    missed = run("timeline", *RUN, "--of", "restore_p1", "--status", "missed")
    assert sum("for ticket" in text for text in words(missed.output)) == 13
    levels = " ".join(words(run("timeline", *RUN, "--of", "operational").output))
    assert [levels.index(f"level {n}") for n in (1, 2, 3)] == sorted(levels.index(f"level {n}") for n in (1, 2, 3))


def test_of_very_many_timelines_the_first_are_drawn_and_the_rest_is_told():
    drawn = run("timeline", *RUN)
    assert drawn.exit_code == 0 and "146 more are left out" in drawn.stderr
    assert "the first 60 of 206" in drawn.stdout


def test_trends_of_all_measures_and_of_one():
    every = words(run("trend", *RUN).output)
    assert {"P1 tickets restored in time [Sch C 2.1]", "Customer satisfaction [Sch C 3.2]"} <= set(every)
    one = words(run("trend", *RUN, "--of", "p1_on_time").output)
    assert "at least 95 % · minimum at least 90 %" in one and "Customer satisfaction [Sch C 3.2]" not in one


@pytest.mark.parametrize("command", [("timeline", *RUN, "--for", "T07901"), ("trend", *RUN), ("graph", RUN[0])])
def test_png_is_the_svg_twice_as_large(command, tmp_path):
    svg, png = tmp_path / "picture.svg", tmp_path / "picture.png"
    assert run(*command, "--out", svg).exit_code == 0 and run(*command, "--out", png).exit_code == 0
    root = ElementTree.fromstring(svg.read_text(encoding="utf-8"))
    wide, high = (2 * float(root.get(side)) for side in ("width", "height"))
    drawn = size(png.read_bytes())
    assert drawn[0] == pytest.approx(wide, abs=3) and drawn[1] == pytest.approx(high, abs=3)


def test_pictures_are_the_same_each_time():
    for command in (("timeline", *RUN, "--of", "restore_p1"), ("trend", *RUN)):
        assert run(*command).stdout_bytes == run(*command).stdout_bytes


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("timeline", *RUN, "--of", "none"), "No duty, right or escalation is called `none`"),
        (("timeline", *RUN, "--of", "restore_p1", "--status", "none"), "there are excused, fulfilled, missed"),
        (("timeline", RUN[0]), "EVENTS"),
        (("timeline", *RUN, "--agreement", "x"), "--store"),
        (("timeline", *RUN, "--out", "x.pdf"), "Let it end in one of .svg, .png"),
        (("trend", *RUN, "--of", "none"), "No service level with a window is called `none`"),
        (("trend", *RUN[:2], "--until", "2026-04-02", "--of", "p1_on_time"), "p1_on_time"),
        (("graph", RUN[0], "--out", "x.pdf"), ".png"),
        (("graph", RUN[0], "--out", RUN[0]), ""),
    ],
)
def test_what_cannot_be_drawn_is_told(arguments, said):
    drawn = run(*arguments)
    assert drawn.exit_code == 2 and said in " ".join(drawn.output.split())


def test_a_picture_of_a_store_is_that_of_its_files(tmp_path):
    store = tmp_path / "care.db"
    assert run("run", *RUN, "--store", store).exit_code == 0
    assert run("trend", "--store", store).stdout == run("trend", *RUN).stdout
    one = ("--of", "restore_p1", "--status", "missed")
    assert run("timeline", "--store", store, *one).stdout == run("timeline", *RUN, *one).stdout


def test_as_known_at_an_instant():
    then = run("timeline", *RUN, "--as-known-at", "2026-07-21T12:00", "--for", "T07901").stdout
    assert "open, due 2026-07-21 13:15" in then


def test_without_what_draws_png_it_is_told(monkeypatch, tmp_path):
    import bpodsl.report.review.extras as extras

    def gone(name):
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", gone)
    drawn = run("trend", *RUN, "--out", tmp_path / "trend.png")
    assert drawn.exit_code == 2 and "pip install 'bpodsl[report]'" in " ".join(drawn.output.split())
    assert not (tmp_path / "trend.png").exists()


def test_hostile_words_are_words():
    lines = CARE / "events.jsonl"
    text = RUN[0].read_text(encoding="utf-8").replace("Restore P1 service", "</text><script>alert(1)</script>&")
    from bpodsl.pipeline import evaluate, understand_text
    from bpodsl.report.sheets_of_pictures import timelines
    from bpodsl.report.timelines import Timelines
    from bpodsl.store import read_events

    contract, _ = understand_text("care.bpo", text)
    taken = read_events(contract, [lines])
    told = Timelines(contract, evaluate(contract, taken.events, taken.until), {e.ref: e for e in taken.events})
    shown = [told.of(v) for v in told.verdicts if v.norm == "restore_p1"][:3]
    root = ElementTree.fromstring(timelines("<b>", "&", shown, told.words.show))
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))


# ------------------------------------------------------------------ the graph
def test_clauses_of_a_service_stand_in_a_frame_of_their_own():
    contract = understand(ROOT / "examples" / "image_processing" / "image_processing.bpo").contract
    assert {service.name: len(service.parts) for service in contract.services} == {"still_images": 3, "clips": 1}
    drawn = words(run("graph", ROOT / "examples" / "image_processing" / "image_processing.bpo").output)
    assert {"Duties · Still images", "Money · Still images", "Money · Product clips"} <= set(drawn)


def test_levels_of_an_escalation_stand_in_their_order():
    drawn = words(run("graph", RUN[0]).output)
    starts = [drawn.index(next(text for text in drawn if text.startswith(f"{n}. "))) for n in (1, 2, 3)]
    assert starts == sorted(starts)


def test_a_fragment_links_every_box_and_names_every_arrow():
    view = read(build(understand(RUN[0]).contract))
    root = ElementTree.fromstring(
        fragment(view, lambda box: f"/graph?at={box}").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )
    boxes = {each.get("data-box"): each.get("href") for each in root.iter("{http://www.w3.org/2000/svg}a")}
    assert boxes == {box.id: f"/graph?at={box.id}" for box in view.boxes}
    named = {pair for each in root.iter() for pair in (each.get("data-arrows") or "").split()}
    assert named == {f"{arrow.start}>{arrow.end}" for arrow in view.arrows}
    assert not [each for each in root.iter() if each.get("style")]
    assert ElementTree.fromstring(key(view, 600)) is not None
