"""How wide a text is, near enough to wrap it, without asking any font: the same answer on every machine."""

from __future__ import annotations

_WIDTHS = {
    "!,./:;I[\\]ft| ": 278, "'": 191, "ijl": 222, '"': 355, "()-`r": 333, "*": 389, "^": 469, "{}": 334,
    "#$?L_abdeghnopqu0123456789": 556, "Jcksvxyz": 500, "+<=>~": 584, "%": 889, "&ABEKPSVXY": 667,
    "CDHNRUw": 722, "FTZ": 611, "GOQ": 778, "Mm": 833, "W": 944, "@": 1015,
}  # fmt: skip
_WIDTH = {char: width for chars, width in _WIDTHS.items() for char in chars}
_WIDE = ((0x1100, 0x115F), (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFF60), (0x1F300, 0x3FFFF))
_SLACK = 1.08


def width(text: str, size: float, bold: bool = False) -> float:
    """Its width in the units of `size`, in a plain sans serif; a little more rather than less."""
    thousandths = sum(_char(char) for char in text)
    return thousandths * size * _SLACK * (1.07 if bold else 1.0) / 1000


def _char(char: str) -> int:
    if char in _WIDTH:
        return _WIDTH[char]
    return 1000 if any(low <= ord(char) <= high for low, high in _WIDE) else 650


def wrap(text: str, size: float, room: float, lines: int, bold: bool = False) -> tuple[str, ...]:
    """Its words in at most so many lines no wider than `room`; what does not fit ends in an ellipsis."""
    words = [piece for word in text.split() for piece in _pieces(word, size, room, bold)]
    wrapped: list[str] = []
    for place, word in enumerate(words):
        longer = f"{wrapped[-1]} {word}" if wrapped else word
        if wrapped and width(longer, size, bold) <= room:
            wrapped[-1] = longer
        elif len(wrapped) < lines:
            wrapped.append(word)
        else:
            wrapped[-1] = _cut(" ".join([wrapped[-1], *words[place:]]), size, room, bold)
            break
    return tuple(wrapped)


def _pieces(word: str, size: float, room: float, bold: bool) -> list[str]:
    """A word wider than the room, in pieces that fit."""
    pieces = [""]
    for char in word:
        if pieces[-1] and width(pieces[-1] + char, size, bold) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _cut(text: str, size: float, room: float, bold: bool) -> str:
    end, at = "…", 0
    taken = width(end, size, bold)
    while at < len(text) and taken + width(text[at], size, bold) <= room:
        taken += width(text[at], size, bold)
        at += 1
    return text[:at].rstrip() + end


def clean(text: str) -> str:
    """One line without characters that XML, DOT or a terminal cannot bear."""
    return " ".join("".join(char if _shown(char) else " " for char in text).split())


def _shown(char: str) -> bool:
    code = ord(char)
    hidden = code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE
    return not hidden and not 0x202A <= code <= 0x202E and not 0x2066 <= code <= 0x2069 and not 0xFDD0 <= code <= 0xFDEF
