"""Strategies for files that somebody broke: bytes and lines of sound ones changed, with what is known to hurt."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from hypothesis import strategies as st

HURTS: Sequence[bytes] = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n\n\n", b"\t", b"\x1b[31m", b"\x85", b"\xe2\x80\xae",
    b"\xe2\x81\xa6", b"\xed\xa0\x80", b"\\ud800", b"\xf4\x90\x80\x80", b"\xc0\x80", "é".encode(), "e\u0301".encode(),
    "٣".encode(), b"9" * 40, b"9" * 5000, b"1e999", b"1e-999999999", b"NaN", b"-0", b"0x10", b"1_000",
    b"1.000000000000000001", b"(" * 70, b"(" * 5000, b"[" * 70, b"[" * 100_000, b"{" * 3000, b'"', b"'", b"\\",
    b'"' * 99,    b"a" * 2000, b"not " * 300, b" + 1" * 500, b"9999-12-31", b"1969-12-31T23:59:59Z", b"2026-02-30",
    b"2026-01-01T24:00:00Z", b"2026-01-01T00:00:60Z", b"0000-00-00", b"+25:00", b"every 1 second", b"for 100 years",
    b"within 0 hours", b'use "../../etc/passwd"', b"#", b"|", b"=cmd()", b"<script>", b"{0}", b"%s", b"$(x)", b"../",
    b'{"a":1,"a":2}', b'"id":', b'"time":null', b'"data":[]', b'"rev":-1', b'"rev":1e3', b'"retract":true',
    b'"recordedtime":"x"', b'"id":""', b'"source":1',
)  # fmt: skip
"""What is known to hurt programs that read."""


@frozen
class Change:
    """Something done at a place, told as a share of a million of the whole: `how`, with these bytes, so far."""

    how: str
    at: int
    data: bytes
    length: int

    def done(self, data: bytes) -> bytes:
        """The bytes after it."""
        at = len(data) * self.at // 1_000_000
        end = min(len(data), at + self.length)
        if self.how == "flip" and at < len(data):
            return data[:at] + bytes([data[at] ^ (1 << self.length % 8)]) + data[at + 1 :]
        if self.how == "insert":
            return data[:at] + self.data + data[at:]
        if self.how == "replace":
            return data[:at] + self.data + data[end:]
        if self.how == "delete":
            return data[:at] + data[end:]
        if self.how == "double":
            return data[:end] + data[at:end] + data[end:]
        if self.how == "move":
            return data[:at] + data[end:] + data[at:end]
        if self.how == "cut":
            return data[:at]
        lines = data.split(b"\n")
        line = len(lines) * self.at // 1_000_000
        if self.how == "line" and line < len(lines):
            lines[line : line + self.length % 4] = [self.data] if self.length % 2 else []
        if self.how == "word" and line < len(lines):
            words = lines[line].split(b" ")
            words[self.length % len(words)] = self.data
            lines[line] = b" ".join(words)
        return b"\n".join(lines)


WAYS = ("flip", "insert", "replace", "delete", "double", "move", "cut", "line", "word", "word", "insert")

changes = st.lists(
    st.builds(
        Change, st.sampled_from(WAYS), st.integers(0, 1_000_000),
        st.one_of(st.sampled_from(HURTS), st.binary(max_size=12), st.text(max_size=6).map(str.encode)),
        st.integers(0, 200),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def changed(data: bytes, every: Sequence[Change]) -> bytes:
    """The bytes after all of these."""
    for each in every:
        data = each.done(data)
    return data
