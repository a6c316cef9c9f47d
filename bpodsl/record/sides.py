"""Between whom: the parties of an instance or a sum, where an assignment may have replaced one of them."""

from __future__ import annotations

from datetime import date

from bpodsl.record.entry import Number
from bpodsl.terms import Assignment, Contract, Line, Norm


def sides(contract: Contract, norm: Norm, opened: date, day: date) -> tuple[Number, ...]:
    """`bearer` and `counterparty` on a day of an instance that opened on a day; none that no assignment concerns."""
    if not contract.assignments:
        return ()
    return tuple(
        Number(name, "text", ", ".join(contract.holders(parties, opened, day)))
        for name, parties in (("bearer", norm.bearer), ("counterparty", norm.counterparty))
        if contract.assigned(parties)
    )


def roles(contract: Contract, norm: Norm, day: date) -> str:
    """Who is called at a level of an escalation: `head of desk of mer`, joined by commas."""
    return ", ".join(f"{role} of {contract.holder(party, day, day)}" for role, party in norm.roles)


def owing(contract: Contract, line: Line, opened: date, day: date) -> tuple[Number, Number]:
    """`payer` and `payee` of a sum that falls due on a day, from what arose on the day `opened`."""
    return (
        Number("payer", "text", contract.holder(line.payer, opened, day)),
        Number("payee", "text", contract.holder(line.payee, opened, day)),
    )


def effect(assignment: Assignment) -> tuple[Number, ...]:
    """What the entry Amended of an assignment says: from when on, who, and by whom."""
    return (
        Number("effective", "day", assignment.day), Number("from", "text", assignment.old),
        Number("to", "text", assignment.new),
    )  # fmt: skip
