"""The drawings say what the graph says, and people and programs can read them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from bpodsl.graph import build
from bpodsl.graph.draw import dot, mermaid, read, svg
from bpodsl.graph.draw.boxes import places
from bpodsl.graph.draw.looks import GROUPS, LOOKS
from bpodsl.graph.draw.outlines import OUTLINES
from bpodsl.terms import edges
from tests.conftest import ROOT
from tests.graph.contracts import care, circular, empty, hostile

CONTRACTS = {"care": care, "circular": circular, "empty": empty, "hostile": hostile}
every_contract = pytest.mark.parametrize("name", CONTRACTS)


# -------------------------------------------------------------------------------------- the reading view
@every_contract
def test_each_edge_between_two_boxes_is_drawn_and_no_other(name):
    contract = CONTRACTS[name]()
    drawn = places(contract)
    shown = {(arrow.start, arrow.end) for arrow in read(build(contract)).arrows}
    caps = {account.clause for account in contract.accounts}
    said = {(drawn.home(edge.start), drawn.home(edge.end)) for edge in edges(contract) if edge.clause not in caps}
    capped = {pair for pair in shown if any(drawn.kind(box) == "cap" for box in pair)}
    renewal = contract.term.renewal
    stops = {(f"event:{each.event}", "agreement") for each in renewal.unless} if renewal else set()
    assert shown - capped - stops == {(start, end) for start, end in said if start != end}


def test_arrows_speak():
    said = {(arrow.start, arrow.verb, arrow.end) for arrow in read(build(care())).arrows}
    assert said >= {
        ("event:ticket_opened", "opens", "obligation:restore_p1"),
        ("event:ticket_resolved", "performs", "obligation:restore_p1"),
        ("event:ticket_held", "stops the clock", "obligation:restore_p1"),
        ("event:ticket_resumed", "resumes the clock", "obligation:restore_p1"),
        ("state:outage", "stops the clock", "obligation:restore_p1"),
        ("state:force_majeure", "excuses", "obligation:restore_p1"),
        ("event:data_disclosed", "breaches", "obligation:confidentiality"),
        ("obligation:restore_p1", "is measured by", "measure:p1_on_time"),
        ("event:call_offered", "is counted in", "measure:calls_answered"),
        ("measure:p1_on_time", "sets the credit", "credit:p1_credit"),
        ("charge:monthly_charge", "sets the cap", "cap:credits"),
        ("cap:credits", "caps", "credit:p1_credit"),
        ("measure:p1_on_time", "fires", "trigger:chronic_failure"),
        ("trigger:chronic_failure", "escalates to", "escalation:operational"),
        ("trigger:chronic_failure", "opens the right", "termination:for_cause"),
        ("trigger:unpaid", "makes payable", "charge:interest"),
        ("event:termination_notice", "exercises", "termination:for_cause"),
        ("event:lateness_waived", "waives", "obligation:monthly_report"),
        ("event:escalation_closed", "closes", "escalation:operational"),
        ("termination:for_cause", "ends", "agreement"),
        ("event:non_renewal", "stops renewal", "agreement"),
    }


def test_a_box_says_what_its_clause_is_about():
    boxes = {box.id: box for box in read(build(care())).boxes}
    duty = boxes["obligation:restore_p1"]
    assert (duty.kind, duty.title, duty.reference, duty.parties) == (
        "obligation", "Restore P1 service", "Sch C 2.1", ("meridian",),
    )  # fmt: skip
    assert duty.details == ("within 4 h of support",)
    assert duty.tip.splitlines() == [
        "Obligation: Restore P1 service [Sch C 2.1]",
        "The Provider shall restore each Priority 1 ticket within four Support Hours.",
    ]
    assert boxes["obligation:confidentiality"].kind == "prohibition"
    assert boxes["obligation:exit_assistance"].details == ("within 60 days", "survives the end")
    assert boxes["measure:p1_on_time"].details == ("each month", "target at least 95%")
    assert boxes["cap:annual_cap"].details == ("100 000 GBP each year",)
    assert boxes["termination:for_cause"].details == ("exercised within 60 days", "notice 30 days")
    assert boxes["trigger:chronic_failure"].details == ("3 of any 6 windows",)
    assert boxes["credit:p1_credit"].details == ("each month", "meridian pays northwind")
    assert boxes["event:ticket_opened"].title == "Ticket opened"
    assert boxes["agreement"].details == ("from 2026-04-01", "to 2029-03-31", "renews for 12 months")


def test_an_escalation_is_one_box_with_its_levels_in_order():
    (ladder,) = [box for box in read(build(care())).boxes if box.kind == "escalation"]
    assert ladder.details == (
        "1. Service delivery manager (meridian), 2 working days",
        "2. Head of operations (meridian), Vendor manager (northwind), 4 working days",
        "3. Executive sponsor (northwind), Executive sponsor (meridian), 6 working days",
    )


def test_what_comes_from_an_earlier_window_is_marked():
    (carried,) = [box for box in read(build(circular())).boxes if box.title == "Carried"]
    assert "goes on from its earlier windows" in carried.details


def test_each_kind_has_a_look_of_its_own():
    assert {look.group for look in LOOKS.values()} == set(GROUPS)
    assert {look.outline for look in LOOKS.values()} == set(OUTLINES)
    assert len({look.outline for look in LOOKS.values()}) == len({look.word for look in LOOKS.values()}) == len(LOOKS)


# -------------------------------------------------------------------------------------- SVG
@every_contract
def test_svg_stands_alone(name):
    drawn = svg(build(CONTRACTS[name]()))
    root = ElementTree.fromstring(drawn)
    tags = [element.tag.split("}")[1] for element in root.iter()]
    assert tags[:3] == ["svg", "title", "desc"]
    assert not {"script", "a", "image", "use", "foreignObject"} & set(tags)
    assert not [key for element in root.iter() for key in element.attrib if "href" in key or key.startswith("on")]
    page = next(element for element in root if element.tag.endswith("rect"))
    assert page.attrib["fill"] == "#ffffff"
    assert (page.attrib["width"], page.attrib["height"]) == (root.attrib["width"], root.attrib["height"])


def test_svg_says_each_clause_and_its_reference():
    root = ElementTree.fromstring(svg(build(care())))
    texts = [element.text for element in root.iter() if element.tag.endswith("}text")]
    assert {"Pay invoices", "[Sch C 2.1]", "OBLIGATION", "stops the clock", "meridian"} <= set(texts)
    tips = [element.text for element in root.iter() if element.tag.endswith("}title")]
    assert "Ticket resolved performs: Restore P1 service" in tips
    assert any("four Support Hours" in (tip or "") for tip in tips)


def test_svg_is_the_same_under_every_hash_seed():
    code = "import sys; from tests.graph.contracts import care, circular; from bpodsl.graph import build\n"
    code += "from bpodsl.graph.draw import svg, dot, mermaid\n"
    code += "drawn = [draw(build(make())) for draw in (svg, dot, mermaid) for make in (care, circular)]\n"
    code += "sys.stdout.buffer.write(''.join(drawn).encode())"
    drawn = []
    for seed in ("1", "2", "3"):
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        drawn.append(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout)
    assert drawn[0] == drawn[1] == drawn[2]


def test_graphviz_may_arrange_it_when_asked():
    pytest.importorskip("pygraphviz")
    for contract in CONTRACTS.values():
        ElementTree.fromstring(svg(build(contract()), layout="graphviz"))


def test_an_unknown_layout_is_refused():
    with pytest.raises(ValueError, match="own or graphviz"):
        svg(build(empty()), layout="round")


# -------------------------------------------------------------------------------------- Mermaid and DOT
_LABEL = r'"(?:[^"&<>`\\;\[\](){}|#%]|#\d+;|<br/>)*"'
_MERMAID = [
    r"flowchart LR",
    r'  subgraph g\d+\["\w+"\]',
    rf"    n\d+[\[\](){{}}<>/\\]+{_LABEL}[\[\](){{}}<>/\\]+:::\w+Box",
    r"  end",
    r"  n\d+ (-->|-\.->)\|[a-z ]+\| n\d+",
    r"  classDef \w+Box fill:#\w{6},stroke:#\w{6},color:#\w{6}",
]


@every_contract
def test_mermaid_is_of_known_lines_only(name):
    graph = build(CONTRACTS[name]())
    lines = mermaid(graph).splitlines()
    strange = [line for line in lines if not any(re.fullmatch(form, line) for form in _MERMAID)]
    assert not strange
    view = read(graph)
    assert sum(":::" in line for line in lines) == len(view.boxes)
    assert sum("-->" in line or "-.->" in line for line in lines) == len(view.arrows)


@every_contract
def test_dot_quotes_all_words(name):
    for line in dot(build(CONTRACTS[name]())).splitlines():
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert re.fullmatch(r"[\w\s=,.;:{}\[\]>-]*", bare), line


@every_contract
def test_graphviz_reads_the_dot(name):
    pygraphviz = pytest.importorskip("pygraphviz")
    graph = build(CONTRACTS[name]())
    view, parsed = read(graph), pygraphviz.AGraph(string=dot(graph))
    assert len(parsed.nodes()) == len(view.boxes)
    assert len(parsed.edges()) == len(view.arrows)
