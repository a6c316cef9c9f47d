"""Starting an agreement: a library of templates, filled in and put together to a text that one can go on writing."""

from bpodsl.starting.library import Parameter, Template, library
from bpodsl.starting.values import WrongValue, checked
from bpodsl.starting.writing import AGREEMENT, EVENTS, Chosen, Head, NotSound, Started, start

__all__ = [
    "AGREEMENT", "EVENTS", "Chosen", "Head", "NotSound", "Parameter", "Started", "Template", "WrongValue", "checked",
    "library", "start",
]  # fmt: skip
