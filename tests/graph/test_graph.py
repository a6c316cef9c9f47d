"""The graph says what the terms say, and answers what follows from it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from attrs import evolve

from bpodsl.graph import build
from bpodsl.graph.contract_graph import levels_of
from bpodsl.terms import Impose, OnOutcome, edges, nodes
from tests.graph.contracts import care, circular, empty, hostile
from tests.reference import build as b


@pytest.mark.parametrize(
    "contract", [care(), circular(), empty(), hostile()], ids=["care", "circular", "empty", "hostile"]
)
def test_nodes_and_edges_are_those_of_the_terms(contract):
    graph = build(contract)
    assert {n: d["clause"] for n, d in graph.evaluation.nodes(data=True)} == nodes(contract)
    assert Counter(data["edge"] for *_, data in graph.evaluation.edges(data=True)) == Counter(edges(contract))


def test_a_node_knows_its_term_and_an_edge_its_clause():
    graph = build(care()).graph
    node = graph.nodes["decision:restore_p1"]
    assert (node["kind"], node["name"], node["label"]) == ("decision", "restore_p1", "Restore P1 service")
    assert node["clause"].reference == "Sch C 2.1"
    found = [edge for _, _, edge in graph.out_edges("figure:p1_on_time", data=True)]
    assert {(edge["kind"], edge["clause"].reference) for edge in found} >= {("trigger", "§14.2(c)"), ("delay", "")}
    assert all(edge["span"] == edge["clause"].span for edge in found)


def test_parties_stand_apart_from_evaluation():
    graph = build(care())
    kinds = {(s, e): d["kind"] for s, e, d in graph.graph.edges(data=True) if d["layer"] == "parties"}
    assert kinds["party:meridian", "decision:restore_p1"] == "bearer"
    assert kinds["party:northwind", "line:monthly_charge"] == "payer"
    assert kinds["line:monthly_charge", "party:meridian"] == "payee"
    assert kinds["party:telephony", "event:call_offered"] == "reporter"
    assert not [node for node in graph.evaluation if node.startswith("party:")]


@pytest.mark.parametrize("contract", [care(), empty()], ids=["care", "empty"])
def test_levels_are_those_of_the_graph(contract):
    graph = build(contract)
    assert dict(graph.levels) == levels_of(graph.graph)


def test_a_run_does_not_import_networkx():
    code = "import sys; from tests.graph.contracts import care; from bpodsl.graph import build\n"
    code += "from bpodsl.engine import plan; plan(build(care())); assert 'networkx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_order_follows_levels_then_names():
    graph = build(care())
    places = {node: place for place, node in enumerate(graph.order)}
    assert set(places) == set(graph.levels)
    for edge in edges(graph.contract):
        assert edge.kind == "delay" or places[edge.start] < places[edge.end]
    same = [node for node in graph.order if graph.levels[node] == 0 and node.startswith("event:")]
    assert same == sorted(same)


def test_an_agreement_without_circles_has_none():
    assert build(care()).cycles() == []


def test_circles_are_found_hop_by_hop_and_earlier_windows_close_none():
    found = build(circular()).cycles()
    assert [[(hop.start, hop.end) for hop in circle] for circle in found] == [
        [("decision:first", "opening:second"), ("opening:second", "decision:second"),
         ("decision:second", "opening:first"), ("opening:first", "decision:first")],
        [("figure:lone", "figure:lone")],
        [("figure:north", "figure:south"), ("figure:south", "figure:north")],
    ]  # fmt: skip
    assert found[0][0].clause.name == "first"
    assert all(hop.kind != "delay" for circle in found for hop in circle)


def test_nodes_of_a_circle_share_a_level():
    held = build(circular()).levels
    assert held["figure:north"] == held["figure:south"]
    assert held["decision:first"] == held["opening:second"] == 1


def test_what_events_bear_on():
    reached = build(care()).reachable_from_events()
    assert {"event:ticket_opened", "rule:chronic_failure", "line:p1_credit", "agreement"} <= reached
    assert not {"figure:monthly_charge", "line:monthly_charge"} & reached


def test_what_can_happen():
    contract = care()
    everything = set(build(contract).levels)
    assert build(contract).can_happen() == everything
    # Nobody opens this duty: performing it is possible, being in breach of it is not.
    idle = b.norm("idle", opening=b.IMPOSED, acts="ticket_resolved")
    rule = b.rule("never", OnOutcome("idle", "missed"), Impose("step_in"))
    more = evolve(contract, norms=(*contract.norms, idle), rules=(*contract.rules, rule))
    assert set(build(more).levels) - build(more).can_happen() == {"opening:idle", "decision:idle", "rule:never"}


def test_an_edge_to_an_unknown_term_is_left_out():
    rule = b.rule("lost", OnOutcome("nowhere", "missed"), Impose("elsewhere"))
    graph = build(b.contract(rules=[rule]))
    assert not list(graph.evaluation.edges)
    assert dict(graph.levels) == {"agreement": 0, "rule:lost": 0}
