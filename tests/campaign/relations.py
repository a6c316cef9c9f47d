"""Random events that relate to other events, and questions about events: what is resolved before an evaluator runs."""

from __future__ import annotations

from attrs import evolve

from bpodsl.terms import Answer, Clause, EventField, EventKind, Kind, Limit, Question, Relation
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, TEXT, YES_NO, one_of
from tests.campaign import settings
from tests.campaign.world import World

RELATED = ("ticket_opened", "ticket_resolved", "order_placed", "order_paid", "reading", "leak_reported", "relief")
ASKED = ("ticket_opened", "ticket_opened", "ticket_resolved", "order_placed", "order_shipped", "reading")
ABOUT = "about"
"""The field that holds the id of another event."""
CLAIMED = one_of("claimed", "accepted", "rejected", "lapsed")
VERDICTS = one_of("upheld", "set aside")


def relating(world: World) -> None:
    """A kind of event that corrects or withdraws another, or counts with it."""
    draw = world.draw
    others = [name for name, kind in world.kinds.items() if kind.relates is not None]
    of = world.kind(draw.pick(others) if others and draw.chance(0.15) else draw.pick(RELATED))
    how = draw.weighted({"corrects": 4, "withdraws": 2, "counts with": 3})
    keys = tuple(f for f in of.fields if f.key and not f.optional)
    if keys and draw.chance(0.75):
        names, fields = tuple((f.name, f.name) for f in keys), keys
    else:
        names, fields = ((ABOUT, ""),), (EventField(ABOUT, TEXT),)
    gives: tuple[str, ...] = ()
    if how == "corrects":
        free = [f for f in of.fields if not (f.key or f.ruled or f.name == ABOUT)]
        if not free:
            how = "withdraws"
        given = draw.some(free, 1, 3)
        gives = tuple(f.name for f in given)
        fields += tuple(EventField(f.name, f.kind, optional=True) for f in given)
    elif how == "counts with":
        own = EventField("units", NUMBER), EventField("flag", YES_NO, optional=draw.chance(0.3))
        fields += own[: draw.between(1, 2)]
    name = world.name({"corrects": "correction", "withdraws": "withdrawal", "counts with": "item"}[how])
    world.kinds[name] = EventKind(name, Clause(name, "event"), fields, relates=Relation(how, of.name, names, gives))


def question(world: World) -> None:
    """A fact about events of a kind that others decide, or that is claimed and answered."""
    draw = world.draw
    of = world.kind(draw.pick(ASKED))
    keys = tuple(f for f in of.fields if f.key and not f.optional)
    if not keys:
        return
    name = world.name("ruling")
    claimed = ""
    kind = draw.pick([YES_NO, YES_NO, VERDICTS])
    if draw.chance(0.35):
        kind, claimed = CLAIMED, _kind(world, "claim", keys)
    answers: list[Answer] = []
    if not claimed or draw.chance(0.75):
        answers = _answers(world, keys, kind)
    limit = _limit(world, of, bool(claimed)) if answers and draw.chance(0.75) else None
    world.questions.append(
        Question(
            name, Clause(name, "claim" if claimed else "determination"), of.name, _where(world, of),
            tuple(f.name for f in keys), tuple(answers), claimed,
            _limit(world, of, False) if claimed and draw.chance(0.8) else None, limit,
            _verdict(world, kind) if limit is not None and draw.chance(0.7) else None,
        )
    )  # fmt: skip
    asked = EventField(name, kind, optional=True, ruled=True)
    world.kinds[of.name] = evolve(of, fields=(*of.fields, asked))


def _kind(world: World, stem: str, fields: tuple[EventField, ...]) -> str:
    name = world.name(stem)
    world.kinds[name] = EventKind(name, Clause(name, "event"), fields)
    return name


def _answers(world: World, keys: tuple[EventField, ...], kind: Kind) -> list[Answer]:
    """What decides it: one kind of event with the answer in a field, or one for each answer; and who overrules it."""
    draw, found = world.draw, list[Answer]()
    for rank in range(draw.weighted({1: 3, 2: 1})):
        if draw.chance(0.6):
            field = EventField("verdict", YES_NO if kind == CLAIMED else kind)
            words = ((True, "accepted"), (False, "rejected")) if kind == CLAIMED else ()
            found.append(Answer(_kind(world, "decision", (*keys, field)), None, "verdict", words, rank))
        else:
            found += [
                Answer(_kind(world, "decision", keys), _verdict(world, kind), rank=rank)
                for _ in range(draw.between(1, 2))
            ]
    return found


def _verdict(world: World, kind: Kind) -> object:
    draw = world.draw
    if kind == YES_NO:
        return draw.chance(0.6)
    return draw.pick(["accepted", "rejected"] if kind == CLAIMED else list(kind.detail))


def _limit(world: World, of: EventKind, plain: bool) -> Limit:
    """A time for an answer; counted from a field now and then, though not where it runs from a claim."""
    draw = world.draw
    length = settings.length(draw, world.calendars, 0.5)
    bases = ("instant",) if length.by_clock else ("instant", "day", "period")
    fields = [f.name for f in of.fields if f.kind.base in bases and not f.ruled]
    return Limit(length, draw.pick(fields) if fields and not plain and draw.chance(0.25) else "")


def _where(world: World, of: EventKind) -> ex.Expression | None:
    """Of which events it is asked."""
    fields = [f for f in of.fields if f.kind.base in ("one_of", "yes_no") and not f.ruled]
    if not fields or world.draw.chance(0.6):
        return None
    found = world.draw.pick(fields)
    if found.kind.base == "yes_no":
        return ex.FieldOf(found.name)
    value = world.draw.pick(list(found.kind.detail))
    return ex.Compare(world.draw.pick(["=", "!="]), ex.FieldOf(found.name), ex.Literal(value, found.kind))
