"""The chain of postings, held against digests that are put together by hand."""

from __future__ import annotations

from hashlib import sha256

from bpodsl.record.chain import Chain, Head, heads_of


def test_a_link_is_the_digest_of_the_one_before_and_the_line():
    link = sha256(b"bpodsl chain of postings 1\n5 small\n1 x\n").digest()
    chain = Chain("small", "x")
    assert chain.head == Head("x", 0, link.hex())
    for number, line in enumerate(("one\n", "two", "drei – \n"), 1):
        link = sha256(link + line.rstrip("\n").encode()).digest()
        assert chain.add(line) == link.hex()
        assert chain.head == Head("x", number, link.hex())


def test_it_goes_on_from_where_it_ended():
    whole, first = Chain("small"), Chain("small")
    whole.add("one")
    whole.add("two")
    first.add("one")
    rest = Chain.behind(first.head)
    rest.add("two")
    assert rest.head == whole.head
    assert heads_of("small", {"": ["one\n", "two\n"], "y": []}) == (whole.head, Chain("small", "y").head)


def test_names_and_bounds_cannot_be_moved():
    assert len({Chain(*names).head.head for names in (("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"))}) == 4


def test_it_is_told_in_words():
    assert [str(Head("", n, "ab")) for n in (0, 1, 2)] == [
        "Chain of 0 postings: ab", "Chain of 1 posting: ab", "Chain of 2 postings: ab"
    ]  # fmt: skip
    assert str(Head("w", 3, "ab")) == "Chain of 3 postings of world `w`: ab"
