"""From the bytes of a file to its text."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.text import Problem, Source, Span


@frozen
class NotUtf8(Problem):
    """The file is not text in UTF-8.

    An agreement is kept as UTF-8, so that both parties read the same letters. Files saved by a spreadsheet or an
    old editor are often in another encoding: `Kraków` then has a byte that stands for nothing here.

    Not so: `Kraków` in a file that is saved as Windows-1250, where its ó is the one byte F3.

    But so: the same file saved as UTF-8, where it is the two bytes C3 B3.

    Next: save the file again as UTF-8, or convert it, for example with `iconv -f windows-1250 -t utf-8`.
    """

    code: ClassVar[str] = "BPO122"

    byte: int
    binary: bool = False

    def message(self) -> str:
        if self.binary:
            return "This file is not UTF-8 text: it holds bytes that no text has."
        return f"The byte {self.byte:#04x} here is not UTF-8 text."

    def hint(self) -> str | None:
        if self.binary:
            return "If it is an agreement in UTF-16, save it as UTF-8; else name the `.bpo` file that is meant."
        return "Save the file as UTF-8."


def decode(name: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, without a byte order mark; bytes that are no UTF-8 are shown as � and reported.

    What is no UTF-8 and holds bytes of value 0 (UTF-16, pictures, archives) has no text that is worth reading.
    """
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        if 0 in data:
            return "", (NotUtf8(Span(Source(name, ""), 0, 0), data[error.start], binary=True),)
        text = data.decode("utf-8-sig", errors="replace")
        at = text.find("�")
        return text, (NotUtf8(Span(Source(name, text), at, at + 1), data[error.start]),)
