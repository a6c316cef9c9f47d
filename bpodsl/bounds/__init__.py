"""Between what a value must lie, whatever is reported."""

from bpodsl.bounds.expressions import Bounds
from bpodsl.bounds.money import Owed, Side, before_caps, of_outcome, owed, sides
from bpodsl.bounds.ranges import NOTHING, Range, exactly

__all__ = ["NOTHING", "Bounds", "Owed", "Range", "Side", "before_caps", "exactly", "of_outcome", "owed", "sides"]
