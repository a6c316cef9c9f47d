"""Questions about an event that others answer later: what a named role decides, what is claimed and accepted."""

from __future__ import annotations

from bpodsl.lean import frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.expressions import Expression
from bpodsl.terms.lengths import Length


@frozen
class Limit:
    """A time up to and including which something may be done, counted from an event.

    From the field `field` of it (an instant, day or period; "": from when it acts), but never from before it was known.
    """

    length: Length
    field: str = ""


@frozen
class Answer:
    """An event that answers. `value`: the answer it gives, or `field`: the field that holds it, as `values` says in the
    words of the question (empty: as it is). Of several answers the first of the highest `rank` stands. `by`: the
    parties who may answer; what another reports is no answer (empty: whoever may report the event).
    """

    event: str
    value: object = None
    field: str = ""
    values: tuple[tuple[object, object], ...] = ()
    rank: int = 0
    by: tuple[str, ...] = ()


@frozen
class Answering:
    """What the decisions of a norm answer to the question `name`, which an `Answered` reads.

    `acts`: what each kind of act says by which an instance is performed (`value`, or what the act has in `field`).
    `missed`: what it means that its time is over (None: nothing; then what comes late answers still).
    """

    name: str
    acts: tuple[Answer, ...] = ()
    missed: object = None


@frozen
class Question:
    """A fact about events of a kind that is not known when they are reported.

    It becomes the field `name` of the event, which is absent until then. It arises for each `event` on which `where`
    holds (of the event alone). Answers (and claims) concern the event with the same `keys`.

    With `claimed` (the kind of event by which it is claimed) there is nothing to answer before that: not claimed
    within `claim_limit` it is "lapsed"; claimed, and without any `answers`, it is "claimed". `claimants`: the parties
    who may claim; what another reports is no claim (empty: whoever may report the event).
    `limit`: the time for an answer, from the event or the claim; when it is over, the answer is `otherwise` (None: it
    stays open, and may still be answered). Where the question does not arise the field is `NotMeasured`.
    """

    name: str
    clause: Clause
    event: str
    where: Expression | None
    keys: tuple[str, ...]
    answers: tuple[Answer, ...]
    claimed: str = ""
    claim_limit: Limit | None = None
    limit: Limit | None = None
    otherwise: object = None
    claimants: tuple[str, ...] = ()
