"""The first screen of a portfolio: what asks to be looked at first, on a terminal or in a plain file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from attrs import frozen
from rich.console import Console
from rich.text import Text

from bpodsl.report.screen import Table, fits, print_table, put, table_of
from bpodsl.report.show import shortest
from bpodsl.report.standings import Amount, Item, Portfolio, Standing
from bpodsl.values import show_utc

MOST_AGREEMENTS = 25
MOST_PARTIES = 10
MOST_ROWS = 5


def print_portfolio(portfolio: Portfolio, console: Console, whole: bool = False) -> None:
    """Print the whole first screen. `whole`: every agreement and party, not only those to look at first."""
    _Screen(portfolio, console, whole).print()


@frozen
class _Screen:
    portfolio: Portfolio
    console: Console
    whole: bool

    def print(self) -> None:
        self._head()
        self._agreements()
        self._money()
        self._some("Rights open", _all(self.portfolio, "rights"))
        self._some("Escalations open", _all(self.portfolio, "escalations"))
        windows = sum(s.windows_missed for s in self._standings)
        self._some("Service levels missed", _all(self.portfolio, "levels_missed"), windows)
        self._some("Duties missed", _all(self.portfolio, "missed"), sum(s.duties_missed for s in self._standings))
        due = sorted(_all(self.portfolio, "due"), key=lambda found: (found[1].at, found[0], found[1].says))
        self._some("Duties due", due, sum(s.duties_due for s in self._standings))
        self._ended()
        self._not_run()

    @property
    def _standings(self) -> tuple[Standing, ...]:
        return self.portfolio.standings

    def _line(self, text: str | Text = "") -> None:
        put(self.console, text)

    def _entry(self, text: str) -> None:
        width = self.console.options.max_width
        for line in wrap(text, width, initial_indent="  ", subsequent_indent="    ", break_long_words=False,
                         break_on_hyphens=False):  # fmt: skip
            self._line(line)

    def _title(self, text: str) -> None:
        self._line()
        self._line(Text(text, style="bold"))

    def _head(self) -> None:
        count = self.portfolio.agreements
        self._line(Text(f"Portfolio of {count} agreement{'s' * (count != 1)}", style="bold"))
        if known := noted_until(self._standings):
            self._line(known)

    # ------------------------------------------------------------------ tables
    def _agreements(self) -> None:
        ordered = sorted(self._standings, key=lambda each: (*each.calm, each.agreement, each.world))
        shown = len(ordered) if self.whole else min(len(ordered), MOST_AGREEMENTS)
        if not ordered:
            return
        self._line()
        table = table_of("")
        for title in ("levels\nmissed", "duties\nmissed", "duties\ndue", "escalations\nopen", "rights\nopen",
                      "the client\nowes, net"):  # fmt: skip
            table.add_column(title, justify="right")
        for each in ordered[:shown]:
            self._row(table, each)
        self._total(table)
        fits(self.console, table)
        print_table(self.console, table)
        if shown < len(ordered):
            self._line(f"({shown} of {len(ordered)}, those to look at first; all with --out DIR or --format csv)")
        waiting = [each for each in self.portfolio.counted if each.waiting]
        if waiting:
            many = sum(each.waiting for each in waiting)
            names = ", ".join(dict.fromkeys(each.agreement for each in waiting))
            self._line()
            self._entry(f"Without {many} sum{'s' * (many > 1)} that wait{'s' * (many == 1)}, of {names}.")

    def _row(self, table: Table, each: Standing) -> None:
        name = Text(each.agreement)
        if each.world:
            name.append(f", world {each.world}")
        counts = (each.duties_missed, each.duties_due, len(each.escalations), len(each.rights))
        levels = _of(each.windows_missed, each.windows)
        table.add_row(name, levels, *map(_count, counts), _moneys(each.nets))

    def _total(self, table: Table) -> None:
        table.add_section()
        counted = self.portfolio.counted
        levels = _of(sum(each.windows_missed for each in counted), sum(each.windows for each in counted))
        counts = (
            sum(each.duties_missed for each in counted), sum(each.duties_due for each in counted),
            sum(len(each.escalations) for each in counted), sum(len(each.rights) for each in counted),
        )  # fmt: skip
        name = Text("in total", style="bold")
        if self.portfolio.worlds:
            name.append(f", without {', '.join(self.portfolio.worlds)}, whose worlds exclude each other")
        table.add_row(name, levels, *map(_count, counts), _moneys(self.portfolio.nets()))

    def _money(self) -> None:
        self._title("Money")
        by_size = [(each.currency, -max(each.net, -each.net), each) for each in self.portfolio.parties()]
        parties = [each for *_, each in sorted(by_size, key=lambda found: found[:2])]
        if not parties:
            self._line("  nothing is owed")
            return
        shown = len(parties) if self.whole else min(len(parties), MOST_PARTIES)
        table = table_of("")
        for title in ("owes", "is owed", "net to pay", "net to receive"):
            table.add_column(title, justify="right")
        for each in parties[:shown]:
            table.add_row(
                Text(each.party), _money(each.owes, each.currency), _money(each.is_owed, each.currency),
                _money(-each.net, each.currency) if each.net < 0 else "",
                _money(each.net, each.currency) if each.net > 0 else "",
            )  # fmt: skip
        fits(self.console, table)
        print_table(self.console, table)
        if shown < len(parties):
            self._line(f"({shown} of {len(parties)} parties, the greatest sums; all of them with --out DIR)")

    # ------------------------------------------------------------------ lists
    def _some(self, title: str, found: list[tuple[str, Item]], count: int | None = None) -> None:
        if not found:
            return
        count = len(found) if count is None else count
        self._title(f"{title} ({count})")
        for agreement, item in found[:MOST_ROWS]:
            self._entry(f"{agreement}: {item.says}")
        if count > MOST_ROWS:
            self._line(f"  … and {count - MOST_ROWS} more; --out DIR has them, by agreement")

    def _ended(self) -> None:
        ended = [each for each in self._standings if each.ended]
        if ended:
            self._title(f"Ended ({len(ended)})")
            for each in ended:
                self._entry(f"{each.agreement}: {each.ended}")

    def _not_run(self) -> None:
        if self.portfolio.not_run:
            self._title(f"Not run ({len(self.portfolio.not_run)})")
            for name, why in self.portfolio.not_run:
                self._entry(f"{name}: {why}")


def _all(portfolio: Portfolio, what: str) -> list[tuple[str, Item]]:
    """The items of all agreements, the latest first."""
    found = [
        (each.agreement + (f", world {each.world}" if each.world else ""), item)
        for each in portfolio.standings
        for item in getattr(each, what)
    ]
    return sorted(found, key=lambda pair: (-pair[1].at, pair[0], pair[1].says))


def _count(count: int) -> str:
    return str(count) if count else "–"


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "–"


def _money(amount: Amount, currency: str) -> str:
    return f"{shortest(amount, 2, 6)} {currency}"


def _moneys(sums: dict[str, Amount]) -> str:
    return "\n".join(moneys(sums)) or "–"


def moneys(sums: Mapping[str, Amount]) -> list[str]:
    """Sums of several currencies, in the order of these."""
    return [_money(amount, currency) for currency, amount in sorted(sums.items())]


def noted_until(standings: Sequence[Standing]) -> str:
    """Until when all of them are known, where one sentence says it; else ""."""
    local = {f"{each.until_shown} ({each.zone})" for each in standings}
    if len(local) == 1:
        return f"Known until {local.pop()}, exclusive."
    if len(shown := {each.until_shown for each in standings}) == 1:
        return f"Known until {shown.pop()}, exclusive, in the zone of each."
    utc = {each.until for each in standings}
    return f"Known until {show_utc(utc.pop())}, exclusive." if len(utc) == 1 else ""
