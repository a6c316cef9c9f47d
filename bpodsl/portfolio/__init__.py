"""Many agreements, one stream of events, some processes."""

from bpodsl.portfolio.members import Found, Member, find, unpacked
from bpodsl.portfolio.processes import ProcessLost, Stopped, Workers
from bpodsl.portfolio.stream import LayoutsDiffer, Parted, layouts_in, part

__all__ = [
    "Found", "LayoutsDiffer", "Member", "Parted", "ProcessLost", "Stopped", "Workers", "find", "layouts_in", "part",
    "unpacked",
]  # fmt: skip
