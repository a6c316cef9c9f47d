"""One agreement as a machine that is fed, moved on in time, frozen to bytes and thawed, wherever it runs."""

from bpodsl.kernel.frozen import NotThawed
from bpodsl.kernel.kernel import Closed, Kernel, Said
from bpodsl.kernel.rows import PackedRows

__all__ = ["Closed", "Kernel", "NotThawed", "PackedRows", "Said"]
