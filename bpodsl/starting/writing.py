"""From answers to an agreement: its head, the clauses of the templates chosen, their tests, and events to run it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from attrs import frozen

from bpodsl import pipeline
from bpodsl.language import filled_in
from bpodsl.language.formatting import format_text
from bpodsl.starting.library import CHARGES, CREDIT_CAP, Template, in_currency, library
from bpodsl.terms import Contract, EventField
from bpodsl.text import Problem, Source
from bpodsl.trials import try_examples
from bpodsl.values import CURRENCIES, Zone, parse_instant, show_instant

AGREEMENT: Final = "agreement.bpo"
EVENTS: Final = "events.jsonl"
HOURS: Final = "office"
# The tests of the library are written for an agreement in euros whose first whole month is this one.
_MONTH: Final = (2027, 1)
_NEVER_CUTS: Final = "BPO405"


@frozen
class Head:
    """What the agreement itself says. `client` and `provider`: short name and full name; `holidays` that close the
    office: a code of `values.known_codes`, or ""."""

    name: str
    title: str
    client: tuple[str, str]
    provider: tuple[str, str]
    effective: date
    months: int
    zone: str
    currency: str
    holidays: str = ""


@frozen
class Chosen:
    """A template that is wanted, the values of its parameters by their words, and what its names end with (or "")."""

    template: Template
    values: Mapping[str, str]
    suffix: str = ""


@frozen
class Started:
    """What was written: the text of the agreement, the lines of its events, and until when they are known.

    `tests`: how many worked examples it has. `left_out`: those of the library that do not hold with these values.
    """

    text: str
    events: tuple[str, ...]
    until: date
    tests: int
    left_out: tuple[str, ...] = ()


@frozen
class NotSound:
    """The values do not go together: the text that they make, and what is wrong with it."""

    text: str
    problems: tuple[Problem, ...]


def start(head: Head, wanted: Sequence[Chosen]) -> Started | NotSound:
    """Write an agreement. One that does not check clean is not given out; tests that do not hold are left out."""
    chosen = [*_added(head, wanted), *wanted]
    text, contract, problems = _understood(_text(head, chosen))
    if any(problem.code == _NEVER_CUTS for problem in problems):
        # A limit that nobody asked for is left out where the credits cannot come to it.
        chosen = [each for each in chosen if each.template.name != CREDIT_CAP or each in wanted]
        text, contract, problems = _understood(_text(head, chosen))
    if contract is None or problems:
        return NotSound(text, problems)
    failing = tuple(trial.example.name for trial in try_examples(contract) if trial.failures)
    if failing:
        text, contract, problems = _understood(_text(head, chosen, failing))
        assert contract is not None and not problems
    months = 12 * _first_month(head)[0] + _first_month(head)[1] + 1
    until = date((months - 1) // 12, (months - 1) % 12 + 1, 10)
    events = tuple(_events(contract, _stories(chosen)))
    return Started(text, events, until, len(contract.examples), failing)


def _understood(written: str) -> tuple[str, Contract | None, tuple[Problem, ...]]:
    """The text in its one form, what it means, and what is wrong with it."""
    text, problems = format_text(Source(AGREEMENT, written))
    contract, found = pipeline.understand_text(AGREEMENT, text)
    return text, contract, (*problems, *found)


def default_values(template: Template, currency: str) -> dict[str, str]:
    """The defaults of a template in a currency, by its words."""
    return {each.word: in_currency(each.default, currency) for each in template.parameters}


def _added(head: Head, wanted: Sequence[Chosen]) -> list[Chosen]:
    """The charge that credits are a share of, and their limit, where they are needed and were not asked for."""
    asked = {each.template.name for each in wanted}
    need = [CHARGES] if any("monthly_charge" in each.template.words for each in wanted) else []
    need += [CREDIT_CAP] if list(_credits(wanted)) else []
    return [
        Chosen(library()[name], default_values(library()[name], head.currency)) for name in need if name not in asked
    ]


def needed(names: Iterable[str]) -> list[str]:
    """The templates that are added by themselves to these."""
    templates = [library()[name] for name in names]
    have = {template.name for template in templates}
    need = [CHARGES] if any("monthly_charge" in each.words for each in templates) else []
    need += [CREDIT_CAP] if any(re.search(r"^credit ", each.body, re.M) for each in templates) else []
    return [name for name in need if name not in have]


# ------------------------------------------------------------------------------------ text
def _text(head: Head, chosen: Sequence[Chosen], without: Sequence[str] = ()) -> str:
    clauses, tests = [], []
    # The limit on credits stands behind the credits, the way out at the end.
    rank = {CHARGES: 0, CREDIT_CAP: 2, "exit": 3}
    for each in sorted(chosen, key=lambda each: rank.get(each.template.name, 1)):
        if each.template.name == CREDIT_CAP and not list(_credits(chosen)):
            continue
        written, examples = _parted(_filled(head, each, chosen))
        clauses.append(written)
        tests += [test for test in examples if test.split('"')[1] not in without]
    parts = [_top(head, chosen), *clauses, _RULE.format("worked examples"), *tests]
    body = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    return body + "\n"


_RULE: Final = "# ------------------------------------------------------------------ {}"


def _filled(head: Head, each: Chosen, chosen: Sequence[Chosen]) -> str:
    given = {
        "the_client": head.client[0], "the_provider": head.provider[0], "the_hours": HOURS,
        "the_credits": ", ".join(_credits(chosen)),
    }  # fmt: skip
    text = filled_in(each.template.body, given | dict(each.values), each.suffix)
    if each.suffix:
        text = re.sub(r'(?m)^(test "[^"\n]*)"', rf'\1 ({each.suffix})"', text)
    return _moved(in_currency(text, head.currency), head)


def _credits(chosen: Iterable[Chosen]) -> Iterator[str]:
    """The names of all credits, in their order."""
    for each in chosen:
        for name in re.findall(r"(?m)^credit (\w+)", each.template.body):
            yield f"{name}_{each.suffix}" if each.suffix else name


def _parted(text: str) -> tuple[str, list[str]]:
    """The clauses, and apart from them the tests."""
    clauses: list[str] = []
    tests: list[str] = []
    for block in re.split(r"\n(?=\S)", text):
        if block.startswith("test "):
            tests.append(block.rstrip("\n"))
        else:
            clauses.append(block)
    return "\n".join(clauses), tests


def _moved(text: str, head: Head) -> str:
    """The text with the months of its tests moved to the first whole month of the agreement on."""
    year, month = _first_month(head)
    shift = 12 * (year - _MONTH[0]) + month - _MONTH[1]

    def later(match: re.Match[str]) -> str:
        months = 12 * int(match[1]) + int(match[2]) - 1 + shift
        return f"{months // 12:04}-{months % 12 + 1:02}"

    return "\n".join(
        re.sub(r"\b(20\d\d)-(\d\d)(?=-|\b)", later, block) if block.startswith("test ") else block
        for block in re.split(r"\n(?=\S)", text)
    )


def _first_month(head: Head) -> tuple[int, int]:
    """The first month all of whose days are days of the agreement."""
    day = head.effective
    if day.day == 1:
        return day.year, day.month
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def _top(head: Head, chosen: Sequence[Chosen]) -> str:
    """The head of the agreement, and what its clauses rest on."""
    digits = CURRENCIES[head.currency]
    step = f"0.{'0' * (digits - 1)}1" if digits else "1"
    lines = [
        f"# {_plain(head.title)}, between {_plain(head.client[1])} and {_plain(head.provider[1])}.",
        "#",
        "# What stands behind a `#` is for the reader. Where it says `Decide`, the parties have to: change the clause,",
        "# then the sentence. References to the paper agreement go to the end of a line, such as `[Sch C 2.1]`.",
        "# `bpodsl check` says what is wrong, `bpodsl test` plays the worked examples at the end.",
        "",
        f'agreement {head.name} "{_plain(head.title)}"',
        f'  client {head.client[0]} "{_plain(head.client[1])}"',
        f'  provider {head.provider[0]} "{_plain(head.provider[1])}"',
        f"  effective {head.effective} for {head.months} months",
        f"  time zone {head.zone}",
        f"  currency {head.currency}, rounded half up to {step}",
    ]
    if any("the_hours" in each.template.words for each in chosen):
        lines += [
            "",
            "# The hours in which time counts, and the days that are working days.",
            "# Decide: which hours, and which days are closed besides, such as",
            "# `closed 2027-12-24 from 14:00 \"early closing\"`, or `closed holidays of GB-ENG`.",
            f"calendar {HOURS}",
            "  mon-fri 09:00-17:30",
            *([f"  closed holidays of {head.holidays}"] if head.holidays else []),
        ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Words in quotes have no quotes in them, and no line ends."""
    return " ".join(text.replace('"', "'").split())


# ------------------------------------------------------------------------------------ events
def _stories(chosen: Iterable[Chosen]) -> set[str]:
    """The first test of each template: a month as it may go."""
    found = set()
    for each in chosen:
        title = re.search(r'(?m)^test "([^"\n]*)"', each.template.body)
        if title is not None:
            found.add(f"{title[1]} ({each.suffix})" if each.suffix else title[1])
    return found


def _events(contract: Contract, stories: set[str]) -> Iterator[str]:
    """The events of some tests as lines of JSON, in order of time."""
    zone = Zone.load(contract.zone)
    kinds = {kind.name: kind for kind in contract.events}

    def told(field: EventField | None, text: str) -> str:
        # In a test times are those of the agreement's zone; in a file they say which.
        instant = field is not None and field.kind.base == "instant"
        return show_instant(parse_instant(text, zone).instant, zone) if instant else text

    events = [event for example in contract.examples if example.name in stories for event in example.events]
    for number, event in enumerate(sorted(events, key=lambda each: each.at), start=1):
        kind = kinds[event.event]
        source = (*kind.reporters, contract.parties[-1].name)[0]
        line = {"id": f"{number:05}", "source": source, "type": event.event, "time": show_instant(event.at, zone)}
        data = {name: told(kind.field(name), text) for name, text in event.fields}
        yield json.dumps(line | ({"data": data} if data else {}), ensure_ascii=False)

