"""The pictures of the README are there, are pictures, and are small; each is said in words too."""

from __future__ import annotations

import re
import struct

from tests.conftest import ROOT
from tests.tour import FOLDER, PICTURES, smaller

SHOWN = re.findall(r"!\[([^\]]*)\]\((docs/tour/(\w+)\.png)\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def test_every_picture_is_one_of_the_tour_and_said_in_words():
    assert {name for _, _, name in SHOWN} <= set(PICTURES) and len(SHOWN) >= 5
    assert {path.stem for path in FOLDER.glob("*.png")} == set(PICTURES)
    assert all(len(words.split()) > 5 for words, _, _ in SHOWN)


def test_pictures_have_the_size_of_their_window_and_are_small():
    for name, (_, size, _) in PICTURES.items():
        data = (FOLDER / f"{name}.png").read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == size, name
        assert len(data) < 200_000, name
        assert smaller(data) == data, "made by `python -m tests.tour`"
