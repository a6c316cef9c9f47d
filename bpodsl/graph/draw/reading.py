"""From the graph to its reading view."""

from __future__ import annotations

from bpodsl.graph.contract_graph import ContractGraph
from bpodsl.graph.draw.arrows import arrows
from bpodsl.graph.draw.boxes import boxes, places
from bpodsl.graph.draw.view import PartyBadge, View


def read(graph: ContractGraph) -> View:
    """What a person sees of a contract."""
    contract = graph.contract
    drawn = places(contract)
    parties = tuple(PartyBadge(party.name, party.title, party.role) for party in contract.parties)
    term = contract.term
    last = f"to {term.last.isoformat()}" if term.last else "without a last day"
    between = ", ".join(f"{party.title or party.name} ({party.role})" for party in parties)
    subtitle = " · ".join(part for part in (between, f"{term.effective.isoformat()} {last}") if part)
    return View(contract.clause.shown, subtitle, parties, boxes(drawn), arrows(drawn))
