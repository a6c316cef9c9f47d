"""The pages, by their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bpodsl.report import pictures
from bpodsl.report.review.charts import bars, trend
from bpodsl.report.review.sheets import MARKS, WEIGHTS
from bpodsl.report.templating import environment, markup
from bpodsl.serve import ledgers, nodes, sources
from bpodsl.serve.explained import explained
from bpodsl.serve.lives import lives
from bpodsl.serve.looking import CannotLook, Desk, Stand
from bpodsl.serve.supposed import supposed
from bpodsl.values import Period, TimeError, add_days, parse_day, parse_period, period_of

_HERE: Final = Path(__file__).parent
PAGES: Final = (
    ("/", "Overview"), ("/graph", "Graph"), ("/duties", "Duties"), ("/measures", "Measures"), ("/ledger", "Ledger"),
    ("/why", "Why"), ("/what-if", "What if"), ("/source", "Source"),
)  # fmt: skip
"""The pages and their names, in the order of the menu."""

Maker = Callable[[Stand, QueryParams], tuple[str, dict[str, Any]]]
"""Makes what the template of a page needs, and says which template."""

KEPT: Final = ("known",)
"""What an address says that goes on to the next page."""



def application(desk: Desk) -> Starlette:
    """The application over what is looked at."""
    site = Site(desk)
    routes: list[BaseRoute] = [Route(path, site.page(make)) for path, make in site.makers.items()]
    routes.append(Route("/now", site.now))
    routes.append(Mount("/static", StaticFiles(directory=_HERE / "static")))
    return Starlette(routes=routes, exception_handlers={CannotLook: site.cannot, HTTPException: site.wrong})


class Site:
    """Makes pages. Each maker takes the run and what the address asks, and gives what its template needs."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.templates = environment(_HERE / "pages", "html")
        self.templates.globals |= {
            "markup": markup, "picture": pictures, "MARKS": MARKS, "WEIGHTS": WEIGHTS, "SIGNS": pictures.SIGNS,
            "in_order": pictures.in_order,
        }  # fmt: skip
        self.makers: dict[str, Maker] = {
            "/": overview, "/graph": graph, "/duties": duties, "/measures": measures, "/ledger": ledger, "/why": why,
            "/what-if": what_if, "/source": self.source,
        }  # fmt: skip

    def page(self, make: Maker) -> Callable[..., Response]:
        """What answers for one page."""

        def answer(request: Request) -> Response:
            asked = request.query_params
            stand = self.stand(asked)
            name, context = make(stand, asked)
            return HTMLResponse(self.drawn(name, request.url.path, stand, asked, context))

        return answer

    def stand(self, asked: Mapping[str, str]) -> Stand:
        """The run that an address asks for."""
        day = asked.get("known", "")
        now = self.desk.stand()
        if not day:
            return now
        try:
            instant = now.show.zone.start_of(add_days(parse_day(day), 1)) - 1
        except TimeError as error:
            raise HTTPException(400, f"`{day}` is no day such as 2026-05-01.") from error
        return self.desk.stand(day, instant)

    def drawn(self, name: str, path: str, stand: Stand, asked: Mapping[str, str], context: Mapping[str, Any]) -> str:
        """A template, filled."""
        kept = {key: asked[key] for key in KEPT if asked.get(key)}

        def link(to: str, **more: object) -> str:
            query = urlencode({**kept, **{key: str(value) for key, value in more.items() if value not in ("", None)}})
            return f"{to}?{query}" if query else to

        errors = sum(each.severity.value == "error" for each in self.desk.problems)
        text: str = self.templates.get_template(f"{name}.html.jinja").render(
            stand=stand, asked=asked, path=path, pages=PAGES, link=link, kept=kept, version=self.desk.version,
            trouble=self.desk.trouble, source=self.desk.inputs.name, problems=self.desk.problems, errors=errors,
            known_until=_until(stand), span=_span(stand if not stand.known else self.desk.stand()), **context,
        )  # fmt: skip
        return text

    def source(self, stand: Stand, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        """The text of the agreement as it is now, and its problems."""
        files, troubles = sources.files(self.desk, stand)
        return "source", {"files": files, "troubles": troubles}

    def now(self, request: Request) -> Response:
        """How often what is looked at was seen to change; a page that has seen another number loads itself again."""
        return JSONResponse({"version": self.desk.look(), "trouble": self.desk.trouble})

    def cannot(self, request: Request, error: Exception) -> Response:
        """There is nothing to look at."""
        return self._plain(503, "There is nothing to look at yet", str(error))

    def wrong(self, request: Request, error: Exception) -> Response:
        """An address that leads nowhere."""
        assert isinstance(error, HTTPException)
        title = "There is no such page" if error.status_code == 404 else "This address cannot be used"
        return self._plain(error.status_code, title, "" if error.detail == "Not Found" else error.detail)

    def _plain(self, status: int, title: str, why: str) -> Response:
        text = self.templates.get_template("plain.html.jinja").render(title=title, why=why, version=self.desk.version)
        return HTMLResponse(text, status)


def _until(stand: Stand) -> tuple[str, str]:
    """How far time is known: before an instant, or through the latest event."""
    until, minute = stand.ledger.until, 60_000_000
    if until % minute == 1:
        return "known through", stand.show.instant(until - 1)
    return "known until", stand.show.instant(until)


def _span(stand: Stand) -> dict[str, Any]:
    """The days that the run spans, for the choice as of when it is told."""
    zone = stand.show.zone
    last = zone.day(stand.ledger.until)
    first = min([stand.contract.term.effective, *(zone.day(each.known) for each in stand.ledger.posted[:1])])
    return {"first": first, "last": last, "days": max((last - first).days, 1)}


# ------------------------------------------------------------------------------------ pages
def _months(stand: Stand) -> list[str]:
    """The months that have begun, the latest first."""
    month, last = period_of(_span(stand)["first"], "month"), stand.show.zone.day(max(stand.ledger.until - 1, 0))
    found = []
    while month.first <= last:
        found.append(month.label)
        month = period_of(add_days(month.last, 1), "month")
    return found[::-1]


def _month(stand: Stand, asked: Mapping[str, str]) -> Period | None:
    text = asked.get("month", "")
    if text not in _months(stand):
        return None
    try:
        return parse_period(text)
    except TimeError:
        return None


_MORE: Final = {
    "service_levels": "#levels", "charges_and_credits": "#money", "calendar": "#ahead", "escalations": "#open",
    "rights": "#open", "counters": "#open",
}  # fmt: skip
"""Where on the overview more is told of what its first lines say."""


def overview(stand: Stand, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """A month in short: levels, money, what is open and what is due."""
    review = stand.review(_month(stand, asked))
    falls = [(each, [markup(bar) for bar in bars(each.bars)]) for each in review.waterfalls]
    return "overview", {"review": review, "months": _months(stand), "falls": falls, "more": _MORE}


def graph(stand: Stand, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """What leads to what, and one box of it told."""
    return "graph", {"at": nodes.told(stand, asked.get("at", "")), "drawing": markup(stand.drawing)}


def duties(stand: Stand, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The life of each instance."""
    return "duties", {"lives": lives(stand, asked), "show": stand.show}


def measures(stand: Stand, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Service levels window by window."""
    review = stand.review(whole=True)
    return "measures", {"review": review, "trends": [(level, markup(trend(level))) for level in review.levels]}


def ledger(stand: Stand, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """What was posted."""
    return "ledger", {"found": ledgers.found(stand, asked)}


def why(stand: Stand, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Why something followed, or why not."""
    return "why", {"explained": explained(stand, asked, _month(stand, asked))}


def what_if(stand: Stand, asked: QueryParams) -> tuple[str, dict[str, Any]]:
    """What would follow otherwise."""
    months = _months(stand)
    month = asked.get("month", _last_missed(stand, months))
    month = month if month in months else ""
    given = {name.removeprefix("level."): value for name, value in asked.items() if name.startswith("level.")}
    told = supposed(stand, asked.getlist("case"), asked.getlist("answer"), given, month)
    shown = {choice.value for each in told.cases for choice in each.choices}

    def without(field: str, value: str) -> str:
        """The same address but for one supposition."""
        dropped = f"level.{field}" if field not in ("case", "answer") else field
        rest = [
            (name, text) for name, text in asked.multi_items()
            if text and not (name == dropped and (text == value or dropped.startswith("level.")))
        ]  # fmt: skip
        return f"/what-if?{urlencode(rest)}"

    return "whatif", {"told": told, "months": months, "month": month, "without": without, "shown": shown}


def _last_missed(stand: Stand, months: list[str]) -> str:
    """The last month in which a duty was missed."""
    missed = [v.decided for v in stand.timelines.verdicts if v.status == "missed" and v.decided is not None]
    day = stand.show.day(max(missed)) if missed else ""
    return next((month for month in months if day.startswith(month)), "")
