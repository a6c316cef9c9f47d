"""Contracts to relate and draw: a help desk, one in circles, one that means harm, an empty one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from attrs import evolve

from bpodsl.terms import (
    Accrue,
    Clause,
    Clock,
    Contract,
    Impose,
    OnLasting,
    OnOutcome,
    OnSettled,
    Party,
    Recurrence,
    Renewal,
    Terminate,
    Waiver,
    kinds,
)
from bpodsl.terms import expressions as ex
from tests.reference import build as b

CLIENT, PROVIDER = "northwind", "meridian"


def of(term: Any, word: str, title: str = "", reference: str = "", **others: Any) -> Any:
    """The term as its clause has it; `others` are further fields to change."""
    prose = others.pop("prose", "")
    return evolve(term, clause=Clause(term.name, word, title, reference, prose), **others)


def percent(n: int) -> ex.Literal:
    return b.share(Fraction(n, 100))


def care() -> Contract:
    """A help desk with levels, credits, caps, an escalation, and rights to step in and to terminate."""
    made = b.contract(
        name="customer_care", effective="2026-04-01", last="2029-03-31", events=_events(), states=_states(),
        norms=[*_duties(), *_levels(), *_rights()], ladders=[b.ladder("operational", *_levels())],
        figures=_figures(), lines=_lines(), accounts=_accounts(), rules=_rules(),
        renewal=Renewal(b.months(12), (b.on("non_renewal"),), b.days(90)),
    )  # fmt: skip
    parties = (
        Party(CLIENT, "Northwind Retail plc", "client"),
        Party(PROVIDER, "Meridian Contact Services Ltd", "provider"),
        Party("telephony", "Harbour Telephony GmbH", "other"),
    )
    clause = Clause("customer_care", "agreement", "Customer care outsourcing agreement", "MSA 1")
    ladder = of(made.ladders[0], "escalation", "Operational escalation", "Sch G")
    return evolve(made, parties=parties, clause=clause, ladders=(ladder,))


def _events() -> list[Any]:
    said = {
        CLIENT: "ticket_opened payment_made escalation_closed plan_agreed lateness_waived",
        PROVIDER: "ticket_held ticket_resumed ticket_resolved outage_started outage_ended report_delivered "
        "invoice_received data_disclosed exit_plan_delivered",
        "telephony": "call_offered call_answered",
    }
    events = [of(b.kind(n, "ticket"), "event", reporters=(who,)) for who, names in said.items() for n in names.split()]
    both = ("force_majeure_declared", "force_majeure_over")
    events += [of(b.kind(name), "event", reporters=(CLIENT, PROVIDER)) for name in both]
    notices = ("termination_notice", "step_in_notice", "non_renewal")
    return events + [of(b.kind(name), "notice", reporters=(CLIENT,)) for name in notices]


def _states() -> list[Any]:
    held = b.state("restore_p1_held", "ticket_held", "ticket_resumed", ("ticket",))
    return [
        of(b.state("outage", "outage_started", "outage_ended"), "state", "Outage", "Sch B 1"),
        of(b.state("force_majeure", "force_majeure_declared", "force_majeure_over"), "state", "", "§18"),
        evolve(held, clause=_duties()[0].clause),
    ]


def _duties() -> list[Any]:
    p1 = b.norm(
        "restore_p1", opening="ticket_opened", acts="ticket_resolved", due=b.within(b.hours(4, "support")),
        by=("ticket",), excused_during=("force_majeure",), clock=Clock("support", "", ("restore_p1_held", "outage")),
        after=(("missed", Impose("operational_1")), ("breached", Impose("for_cause"))),
    )  # fmt: skip
    report = b.norm(
        "monthly_report", opening=b.MONTH, acts="report_delivered", due=b.within(b.days(5), anchor="period end")
    )
    pay = b.norm("pay_invoice", opening="invoice_received", acts="payment_made", due=b.within(b.days(30)))
    plan = b.norm("improvement_plan", opening=b.IMPOSED, acts="plan_agreed", due=b.within(b.days(20)))
    exit_plan = b.norm("exit_assistance", opening=b.IMPOSED, acts="exit_plan_delivered", due=b.within(b.days(60)))
    secrets = b.prohibition(
        "confidentiality", "data_disclosed", survives=True, after=(("missed", Impose("for_cause")),)
    )
    prose = "The Provider shall restore each Priority 1 ticket within four Support Hours."
    return [
        of(p1, "obligation", "Restore P1 service", "Sch C 2.1", prose=prose, bearer=(PROVIDER,)),
        of(
            report, "obligation", "Monthly service report", "Sch F 1", bearer=(PROVIDER,),
            waivers=(Waiver(b.on("lateness_waived")),),
        ),
        of(pay, "obligation", "Pay invoices", "§9.3", bearer=(CLIENT,)),
        of(plan, "obligation", "Agree an improvement plan", "§14.1", bearer=(PROVIDER,)),
        of(exit_plan, "obligation", "Exit plan and assistance", "Sch H", bearer=(PROVIDER,), survives=True),
        of(secrets, "obligation", "Confidentiality", "§21", bearer=(PROVIDER,)),
    ]


def _levels() -> list[Any]:
    clause = Clause("operational", "escalation", "Operational escalation", "Sch G")
    roles = {
        1: (("Service delivery manager", PROVIDER),),
        2: (("Head of operations", PROVIDER), ("Vendor manager", CLIENT)),
        3: (("Executive sponsor", CLIENT), ("Executive sponsor", PROVIDER)),
    }
    levels = []
    for n, people in roles.items():
        after = (("missed", Impose(f"operational_{n + 1}")),) if n < 3 else ()
        due = b.within(b.working(2 * n, "support"))
        level = b.level("operational", n, acts="escalation_closed", due=due, roles=people, after=after)
        levels.append(evolve(level, clause=clause))
    return levels


def _rights() -> list[Any]:
    ends = (("fulfilled", Terminate(b.days(30))), ("fulfilled", Impose("exit_assistance")))
    cause = b.right("for_cause", acts="termination_notice", due=b.within(b.days(60)), after=ends)
    later = (("fulfilled", Terminate(b.months(6))),)
    convenience = b.right("for_convenience", opening=b.ONCE, acts="termination_notice", after=later)
    step_in = b.right("step_in", acts="step_in_notice", due=b.within(b.days(60)))
    return [
        of(cause, "termination", "Termination for cause", "§14.2", bearer=(CLIENT,)),
        of(convenience, "termination", "Termination for convenience", "§14.3", bearer=(CLIENT,)),
        of(step_in, "right", "Step-in", "§20", bearer=(CLIENT,)),
    ]


def _figures() -> list[Any]:
    up = ex.LengthOf(ex.LessTimes(ex.CalendarTimes("support"), ex.StateTimes("outage")))
    uptime = ex.Arithmetic("/", up, ex.LengthOf(ex.CalendarTimes("support")))
    calls = ex.Arithmetic("/", b.count(b.events("call_answered")), b.count(b.events("call_offered")))
    change = ex.Arithmetic("-", b.same("p1_on_time"), b.back("p1_on_time", b.share(1)))

    def measure(name: str, value: Any, least: int, *clause: str) -> Any:
        return of(b.figure(name, value, of=kinds.SHARE, target=b.target(">=", percent(least))), "measure", *clause)

    def money(name: str, purpose: str, value: Any, *clause: str) -> Any:
        return of(b.figure(name, value, of=kinds.money("GBP"), purpose=purpose), purpose, *clause)

    def times(figure: str, other: Any) -> Any:
        return ex.Arithmetic("*", b.same(figure), other)

    charge = b.same("monthly_charge")
    return [
        measure("p1_on_time", b.share_of("restore_p1"), 95, "P1 tickets restored in time", "Sch C 2.1"),
        measure("uptime", uptime, 99, "Availability of the desk", "Sch C 3"),
        measure("calls_answered", calls, 80, "Calls answered", "Sch C 3.2"),
        of(b.figure("volume", b.count(b.events("ticket_opened")), purpose="amount"), "amount", "Tickets", "Sch D 2"),
        of(b.figure("trend", change, of=kinds.SHARE, purpose="amount"), "amount", "Change against the month before"),
        money("monthly_charge", "charge", b.money(250_000), "Base charge", "Sch D 1"),
        money("handling", "charge", times("volume", b.money(1)), "Handling by volume band", "Sch D 2"),
        money("p1_credit", "credit", times("p1_on_time", charge), "Credit for late P1 restoration", "Sch C 4"),
        money("uptime_credit", "credit", times("uptime", charge), "Availability credit", "Sch C 4"),
        money("calls_credit", "credit", times("calls_answered", charge), "Answering credit", "Sch C 4"),
    ]


def _lines() -> list[Any]:
    paid = [figure for figure in _figures() if figure.purpose in ("charge", "credit")]
    lines = []
    for figure in paid:
        payer, payee = (CLIENT, PROVIDER) if figure.purpose == "charge" else (PROVIDER, CLIENT)
        lines.append(evolve(b.line(figure.name, figure.name, payer=payer, payee=payee), clause=figure.clause))
    interest = b.line("interest", payer=CLIENT, payee=PROVIDER)
    return [*lines, of(interest, "charge", "Interest on late payment", "§9.5")]


def _accounts() -> list[Any]:
    limit = ex.Arithmetic("*", percent(12), b.same("monthly_charge"))
    monthly = b.account("credits", limit, "p1_credit uptime_credit calls_credit")
    yearly = b.account("annual_cap", b.money(100_000), "p1_credit uptime_credit", b.YEAR)
    return [
        of(monthly, "cap", "Monthly cap on credits", "Sch C 5"),
        of(yearly, "cap", "Annual cap", "Sch C 6"),
    ]


def _rules() -> list[Any]:
    grave = (Impose("operational_1"), Impose("for_cause"), Impose("step_in"))
    below, missed = b.is_("below minimum", "p1_on_time"), b.is_("missed", "uptime")
    often, twice = Recurrence(3, 6), Recurrence(2)
    unpaid = Recurrence(2, None, b.days(90))
    chronic = b.rule("chronic_failure", OnSettled("p1_on_time"), *grave, when=below, recurrence=often)
    two = b.rule("two_misses", OnSettled("uptime"), Impose("improvement_plan"), when=missed, recurrence=twice)
    long = b.rule("long_force_majeure", OnLasting("force_majeure", b.days(60), "at least"), Impose("for_cause"))
    late = b.rule("unpaid", OnOutcome("pay_invoice", "missed"), Accrue("interest", b.money(100)), recurrence=unpaid)
    return [
        of(chronic, "trigger", "Chronic failure", "§14.2(c)"),
        of(two, "trigger", "Availability missed twice", "§14.1"),
        of(long, "trigger", "Prolonged force majeure", "§18.4"),
        of(late, "trigger", "Invoices unpaid", "§9.5"),
    ]


def circular() -> Contract:
    """Two figures that read each other, two duties that open each other, and one that reads itself of old."""
    figures = [
        b.figure("north", b.same("south")), b.figure("south", b.same("north")),
        b.figure("carried", b.back("carried", b.number(0))), b.figure("lone", b.same("lone")),
    ]  # fmt: skip
    norms = [
        b.norm("first", opening="start", acts="done", after=(("missed", Impose("second")),)),
        b.norm("second", opening=b.IMPOSED, acts="done", after=(("missed", Impose("first")),)),
    ]
    return b.contract(events=[b.kind("start"), b.kind("done")], figures=figures, norms=norms)


HOSTILE = '"] end --> x; <script>&#34;alert(1)</script> ]]> \\N \\" `|` %% {{}} \x00\x1b[31m \u202e \ud800 \ufffe 漢字'


def hostile() -> Contract:
    """The help desk with titles, references and party names that mean harm."""
    made = care()

    def spoilt(term: Any) -> Any:
        return evolve(term, clause=evolve(term.clause, title=HOSTILE, reference=HOSTILE, prose=HOSTILE + "\n--\n"))

    tables = ("events", "states", "norms", "ladders", "figures", "lines", "accounts", "rules")
    changed = {table: tuple(spoilt(term) for term in getattr(made, table)) for table in tables}
    parties = tuple(evolve(party, title=HOSTILE) for party in made.parties)
    return evolve(made, clause=evolve(made.clause, title=HOSTILE), parties=parties, **changed)


def empty() -> Contract:
    """An agreement that says nothing, between nobody."""
    return evolve(b.contract(last=None), parties=())
