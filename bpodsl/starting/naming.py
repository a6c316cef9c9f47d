"""Short names for an agreement and its parties, from their full names in any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Final

_CYRILLIC: Final = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ"
_ITS_SOUNDS: Final = (
    "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch . y . e yu ya i i e g u d j l n c dz"
)
_GREEK: Final = "αβγδεζηθικλμνξοπρσςτυφχψω"
_ITS_LETTERS: Final = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
_LATIN: Final = {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_LETTERS: Final = str.maketrans(
    {letter: sound.strip(".") for letter, sound in zip(_CYRILLIC, _ITS_SOUNDS.split(), strict=True)}
    | dict(zip(_GREEK, _ITS_LETTERS.split(), strict=True))
    | _LATIN
)
_FORMS: Final = frozenset(("ooo", "oao", "pao", "zao", "ao", "tov", "ae", "the", "a", "an"))
"""Words before a name that tell nothing of it: legal forms, and articles."""


def short_name(text: str, otherwise: str, reserved: Container[str], taken: Container[str] = ()) -> str:
    """A name for a party or an agreement: the first word that tells something, in the letters a to z; `otherwise`
    where no word is left in them. What is `reserved` or `taken` gets its next word, or `otherwise`, behind it."""
    words = _words(text)
    while len(words) > 1 and words[0] in _FORMS:
        words = words[1:]
    first = words[0] if words else otherwise
    tried = [first, *(f"{first}_{word}" for word in words[1:3]), f"{first}_{otherwise}"]
    return next((name for name in tried if name not in reserved and name not in taken), f"{first}_2")


def _words(text: str) -> list[str]:
    """The words of a text in small letters without marks, as far as they can be written in a to z."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("й", "i").replace("ё", "e"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"[a-z][a-z0-9]*", bare.translate(_LETTERS))
