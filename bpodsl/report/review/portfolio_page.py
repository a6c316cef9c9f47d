"""One page over all agreements of a portfolio, what asks to be looked at first on top, each leading to its report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from bpodsl.record.account import standing_told
from bpodsl.report.portfolio_text import moneys, noted_until
from bpodsl.report.standings import Item, Portfolio, Standing
from bpodsl.report.templating import environment, markup

LISTS: Final = (
    ("rights", "Rights open", "No right is open."),
    ("escalations", "Escalations open", "No escalation is open."),
    ("levels_missed", "Service levels missed", "No service level was missed."),
    ("missed", "Duties missed", "No duty was missed."),
    ("due", "Duties due", "No duty is due."),
)  # fmt: skip


@frozen
class Row:
    """A line of the table; `href` leads to the report of the agreement, "" where there is none."""

    name: str
    title: str
    href: str
    parties: str
    levels: str
    counts: tuple[int, ...]
    nets: tuple[str, ...]
    how: str


@frozen
class Listed:
    """Something of an agreement in a sentence."""

    agreement: str
    href: str
    says: str


def portfolio_page(portfolio: Portfolio, pages: Mapping[tuple[str, str], str], month: str) -> str:
    """The page. `pages`: where the report of each agreement (and world) lies, beside this page; `month`: of which they
    tell. Raises `MissingExtra` where the template engine is not installed."""
    folder = Path(__file__).parent
    template = environment(folder, "html").get_template("portfolio.html.jinja")
    ordered = sorted(portfolio.standings, key=lambda each: (*each.calm, each.agreement, each.world))
    lists = []
    for attribute, title, empty in LISTS:
        found = [(each, item) for each in ordered for item in _items(each, attribute)]
        if attribute == "due":
            found.sort(key=lambda pair: (pair[1].at, pair[0].agreement, pair[1].says))
        total = {"missed": sum(each.duties_missed for each in ordered), "due": sum(each.duties_due for each in ordered),
                 "levels_missed": sum(each.windows_missed for each in ordered)}.get(attribute, len(found))  # fmt: skip
        shown = tuple(Listed(_name(each), pages.get((each.agreement, each.world), ""), i.says) for each, i in found)
        lists.append((attribute, title, empty, shown, total - len(shown)))
    counted = portfolio.counted
    total_row = Row(
        "in total", f"without {', '.join(portfolio.worlds)}, whose worlds exclude each other" * bool(portfolio.worlds),
        "", "", _of(sum(e.windows_missed for e in counted), sum(e.windows for e in counted)),
        tuple(sum(_counts(each)[n] for each in counted) for n in range(4)), tuple(moneys(portfolio.nets())), "",
    )  # fmt: skip
    text: str = template.render(
        portfolio=portfolio, rows=[_row(each, pages) for each in ordered], total=total_row, lists=lists,
        known=noted_until(portfolio.standings), month=month, parties=portfolio.parties(), moneys=moneys,
        account=[(standing_told(name, count, portfolio.beyond), count) for name, count in portfolio.account],
        style=markup((folder / "page.css").read_text(encoding="utf-8")),
    )  # fmt: skip
    return text


def _row(each: Standing, pages: Mapping[tuple[str, str], str]) -> Row:
    how = "bad" if each.rights or each.escalations else "watch" if each.windows_missed or each.duties_missed else "good"
    parties = " · ".join(party for _, party in each.parties)
    return Row(
        _name(each), each.title, pages.get((each.agreement, each.world), ""), parties,
        _of(each.windows_missed, each.windows), _counts(each), tuple(moneys(each.nets)), how,
    )  # fmt: skip


def _name(each: Standing) -> str:
    return f"{each.agreement}, world {each.world}" if each.world else each.agreement


def _counts(each: Standing) -> tuple[int, int, int, int]:
    return each.duties_missed, each.duties_due, len(each.escalations), len(each.rights)


def _items(each: Standing, attribute: str) -> tuple[Item, ...]:
    found: tuple[Item, ...] = getattr(each, attribute)
    return found


def _of(missed: int, windows: int) -> str:
    return f"{missed} of {windows}" if windows else ""
