"""What each measure of an agreement rests on, and what hangs on it: for people, and as JSON."""

from __future__ import annotations

from typing import Any

from bpodsl.bounds.measuring import Followers, elements
from bpodsl.terms import Contract, Figure


def measures_text(contract: Contract) -> str:
    """A paragraph for each measure: its elements, those marked that no clause states, and what hangs on it."""
    said = [contract.clause.shown]
    followers = Followers(contract)
    for figure in _measures(contract):
        reference = f" [{figure.clause.reference}]" if figure.clause.reference else ""
        said += ["", f"{figure.clause.shown}{reference}  {figure.name}"]
        for each in elements(contract, figure):
            said.append(f"  {each.name:15}{each.told}{'' if each.stated else '  (not stated)'}")
        hangs = followers.hanging(figure.name)
        said.append(f"  {'money':15}{', '.join(hangs.money) or 'none'}")
        said.append(f"  {'rights':15}{', '.join(hangs.rights) or 'none'}")
    if len(said) == 1:
        said += ["", "There are no measures."]
    return "\n".join(said) + "\n"


def measures_json(contract: Contract) -> list[dict[str, Any]]:
    """A list of `{"agreement": …, "measure": …, "elements": {name: {"told": …, "stated": bool}}, "money": […], …}`."""
    found = []
    followers = Followers(contract)
    for figure in _measures(contract):
        hangs = followers.hanging(figure.name)
        found.append({
            "agreement": contract.name,
            "measure": figure.name,
            "title": figure.clause.shown,
            "reference": figure.clause.reference,
            "elements": {
                each.name: {"told": each.told, "stated": each.stated} for each in elements(contract, figure)
            },
            "money": list(hangs.money),
            "rights": list(hangs.rights),
        })  # fmt: skip
    return found


def _measures(contract: Contract) -> list[Figure]:
    return [figure for figure in contract.figures if figure.clause.word == "measure"]
