"""What may follow."""

from __future__ import annotations

from datetime import date

from bpodsl.lean import frozen
from bpodsl.terms.expressions import Expression
from bpodsl.terms.lengths import Length
from bpodsl.values import Grid


@frozen
class Impose:
    """Open an instance of a norm, with the keys of what caused it."""

    norm: str


@frozen
class Lapse:
    """Close the instances of a right that are open, of the keys of what caused it."""

    norm: str


@frozen
class Accrue:
    """Post an amount on a line."""

    line: str
    amount: Expression


@frozen
class Raise:
    """State that something is the case, for people to act on."""

    words: str


@frozen
class Terminate:
    """End the agreement: `notice` after the act (None: at once), at the end of its last day if counted in days.

    Of a notice in days or longer: not before the day `earliest`, nor the day that the act by which it is given has in
    its field `named`, and with the cell of `to` in which that day lies.
    """

    notice: Length | None = None
    to: Grid | None = None
    earliest: date | None = None
    named: str | None = None


@frozen
class Begin:
    """Begin a state for the keys of what caused it, at the end of the instant (place 11).

    With `notice` (of a service that ends) it begins after it, when an agreement that ends with such a notice does.
    """

    state: str
    notice: Length | None = None
    to: Grid | None = None
    earliest: date | None = None
    named: str | None = None


@frozen
class Finish:
    """End a state for the keys of what caused it, at the end of the instant (place 11)."""

    state: str


Effect = Impose | Lapse | Accrue | Raise | Terminate | Begin | Finish
