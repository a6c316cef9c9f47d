"""How each kind of clause looks: its word, its group, its shape and its colours, for all three drawings.

Shape and word tell kinds apart; colour only helps. All colours are dark on light, so that a black and
white print reads as well.
"""

from __future__ import annotations

from attrs import frozen


@frozen
class Look:
    """`mermaid`: the brackets around a label; `dot`: the name of the shape; `outline`: one of `shapes.OUTLINES`."""

    word: str
    group: str
    outline: str
    mermaid: tuple[str, str]
    dot: str
    fill: str
    stroke: str


GROUPS = (
    "Events", "States", "Duties", "Measures", "Money", "Triggers", "Escalation", "Rights", "End",
)  # fmt: skip
"""The boxes that clauses are drawn in, in the order in which things happen."""

LOOKS = {
    "event": Look("Event", "Events", "pill", ("([", "])"), "ellipse", "#f4f6f8", "#52606d"),
    "notice": Look("Notice", "Events", "double pill", ("([", "])"), "folder", "#f4f6f8", "#52606d"),
    "state": Look("State", "States", "soft", ("(", ")"), "box", "#fff8e6", "#9a6700"),
    "obligation": Look("Obligation", "Duties", "plain", ("[", "]"), "box", "#eaf2fc", "#1f5fa8"),
    "prohibition": Look("Prohibition", "Duties", "octagon", ("{{", "}}"), "octagon", "#fdeceb", "#b3261e"),
    "measure": Look("Measure", "Measures", "hexagon", ("[/", "/]"), "hexagon", "#e8f6f4", "#0b6e69"),
    "amount": Look("Amount", "Measures", "slanted", ("[\\", "\\]"), "parallelogram", "#e8f6f4", "#0b6e69"),
    "charge": Look("Charge", "Money", "sheet", ("[(", ")]"), "note", "#edf7ed", "#2e6b34"),
    "credit": Look("Credit", "Money", "ticket", ("[\\", "/]"), "tab", "#edf7ed", "#2e6b34"),
    "payment": Look("Payment", "Money", "slip", ("[(", ")]"), "rect", "#edf7ed", "#2e6b34"),
    "cap": Look("Cap", "Money", "lid", ("[/", "\\]"), "invtrapezium", "#edf7ed", "#2e6b34"),
    "trigger": Look("Trigger", "Triggers", "arrow", (">", "]"), "cds", "#fff0e5", "#a8480f"),
    "escalation": Look("Escalation", "Escalation", "steps", ("[[", "]]"), "component", "#f6edfa", "#7b3495"),
    "right": Look("Right", "Rights", "double", ("[[", "]]"), "box3d", "#efeffb", "#4a4aa8"),
    "termination": Look("Termination", "Rights", "double octagon", ("[[", "]]"), "doubleoctagon", "#efeffb", "#4a4aa8"),
    "end": Look("Agreement", "End", "bold", ("(((", ")))"), "tripleoctagon", "#e9ecef", "#1f2933"),
}

PARTY_FILLS = ("#cfe3fb", "#fde3b8", "#d9f0d3", "#ecd9f5", "#f8d7d4", "#d5f0ee")
"""Badges of the parties, in order of declaration; each badge also bears the party's name."""
