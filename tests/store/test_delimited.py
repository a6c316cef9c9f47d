"""CSV, strictly."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpodsl.record.rows import BadLine, Layout, RawRow
from bpodsl.store import delimited
from tests.store.files import rows, shape


def cells(*lines: bytes, separator: str = ",", split: bool = True) -> list[object]:
    return shape(rows(*lines, name="a.csv", layout=Layout("csv", separator), split=split))


def test_rows_and_places() -> None:
    raw = b'\xef\xbb\xbfid;note\r\n1;a\r\n\r\n2;"b;\r\n""c"""\r\n3;\n'
    found = rows(raw, name="a.csv", layout=Layout("csv", ";"), split=False)
    assert [(each.line, each.number, each.values) for each in found] == [
        (2, 1, {"id": "1", "note": "a"}), (4, 2, {"id": "2", "note": 'b;\n"c"'}), (6, 3, {"id": "3", "note": ""}),
    ]  # fmt: skip
    assert [each.raw for each in found] == [b"1;a", b'2;"b;\n""c"""', b"3;"]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (b"1,2", ["1", "2"]),
        (b",", ["", ""]),
        (b'"1","2"', ["1", "2"]),
        (b'"1,x","2"', ["1,x", "2"]),
        (b'"1",2', ["1", "2"]),
        (b'1,"2"', ["1", "2"]),
        (b'"",""', ["", ""]),
        (b'"a""b",""""', ['a"b', '"']),
        (b'","",",x', [',",', "x"]),
        (b" 1 , 2 ", [" 1 ", " 2 "]),
        ("é,\u2028".encode(), ["é", "\u2028"]),
        (b"a\rb,c", ["a\rb", "c"]),
    ],
)
def test_cells(line: bytes, values: list[str]) -> None:
    assert cells(b"a,b", line) == [dict(zip("ab", values, strict=True))]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"1", "EVT111"),
        (b"1,2,3", "EVT111"),
        (b'"1,2', "EVT110"),
        (b'1,2"', "EVT110"),
        (b'5" pipe,2', "EVT110"),
        (b'"a"b,2', "EVT110"),
        (b'"a" ,2', "EVT110"),
        (b' "a",2', "EVT110"),
        (b'a"b"c,2', "EVT110"),
        (b"\xff,2", "EVT101"),
        (b'"\xff",2', "EVT101"),
        (b'"\xff,2', "EVT101"),
    ],
)
def test_a_bad_row_takes_nothing_along(line: bytes, code: str) -> None:
    found = cells(b"a,b", b"1,2", line, b"3,4", b'5,"6"')
    assert found[0] == {"a": "1", "b": "2"} and found[-2:] == [{"a": "3", "b": "4"}, {"a": "5", "b": "6"}]
    assert found[1:-2] == [code]


def test_a_mark_that_never_closes() -> None:
    many = [b"%d,x" % n for n in range(3 * delimited.ROW_LINES)]
    found = cells(b"a,b", b'0,"oh', *many)
    assert found[0] == "EVT110" and found[1:] == [{"a": str(n), "b": "x"} for n in range(len(many))]
    assert cells(b"a,b", b'0,"oh', b"1,x", split=True) == ["EVT110", {"a": "1", "b": "x"}]


def test_no_file_makes_it_read_lines_over_and_over() -> None:
    hostile = [b'a","'] * 20_000
    assert cells(b"a,b", *hostile) == ["EVT110"] * 20_000


def test_a_quoted_cell_may_be_long_but_not_endless() -> None:
    block = b"x" * 1000
    assert len(cells(b"a,b", b'"' + b"\n".join([block] * 900) + b'",2')) == 1
    found = cells(b"a", b'"' + b"\n".join([block] * 1100) + b'"')
    assert found[0] == "EVT110" and len(found) == 1100


@pytest.mark.parametrize(
    ("header", "why", "cure"),
    [
        (b"a,b,a", "names the column “a” twice", "name each column once"),
        (b"\xff,b", "cannot be read (the text is not utf-8)", "“CSV UTF-8”"),
        ("Länge,b".encode("latin-1"), "cannot be read (the text is not utf-8)", "“CSV UTF-8”"),
        (b'a,"b', "cannot be read (quotation marks do not match)", "in quotation marks"),
        (b"a;b", "is one cell; its columns seem to be separated by “;”", "name each column once"),
        (b"a\tb", "is one cell; its columns seem to be separated by “tab”", "name each column once"),
    ],
)
def test_a_header_that_cannot_be_used(header: bytes, why: str, cure: str) -> None:
    found = rows(header, b"1,2", b"3,4", name="a.csv")
    assert [each.refusal.code for each in found] == ["EVT112"] * 2
    for each in found:
        assert why in each.refusal.message()
        assert cure in each.refusal.step()
        assert ("separated by" in each.refusal.step()) == ("column" in cure)


def test_columns_without_a_name() -> None:
    assert cells(b"a,,", b"1,2,3") == [{"a": "1", "": "3"}]


def test_only_carriage_returns() -> None:
    assert cells(b"a,b\r1,2\r3,4", split=False) == ["its lines end in carriage returns, so that it has only one"]


def test_separators() -> None:
    assert cells(b"a\tb", b"1\t2", b'"x\ty"\t', separator="\t") == [{"a": "1", "b": "2"}, {"a": "x\ty", "b": ""}]
    assert cells(b"a||b", b"1||2", b'"x||y"||z|', separator="||") == [{"a": "1", "b": "2"}, {"a": "x||y", "b": "z|"}]
    assert cells(b"a^b", b'"1"^2', separator="^") == cells(b"a]b", b'"1"]2', separator="]") == [{"a": "1", "b": "2"}]
    assert cells(b"a.b", b'"1".2', separator=".") == [{"a": "1", "b": "2"}]


def test_a_line_too_long_between_rows() -> None:
    assert cells(b"a,b", b"1,2", b"x" * (1 << 21), b"3,4") == [{"a": "1", "b": "2"}, "EVT102", {"a": "3", "b": "4"}]
    found = cells(b"a,b", b'1,"2', b"x" * (1 << 21), b'",')
    assert found == ["EVT110", "EVT102", "EVT110"]


TEXT = st.text(st.sampled_from('ab",; \né'), max_size=5)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=5), st.sampled_from([",", ";"]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_was_written_is_read(table: list[list[str]], separator: str, all_quoted: bool) -> None:
    file = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    csv.writer(file, delimiter=separator, quoting=quoting, lineterminator="\n").writerows([["a", "b"], *table])
    expected = [dict(zip("ab", row, strict=True)) for row in table]
    written = file.getvalue().encode()
    assert cells(written, separator=separator, split=False) == expected
    assert cells(written.replace(b"\n", b"\r\n"), separator=separator, split=False) == expected


@given(st.lists(st.binary(max_size=12) | st.text(st.sampled_from('a",'), max_size=6).map(str.encode), max_size=8))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_rows_or_bad_lines(lines: list[bytes]) -> None:
    found = rows(b"a,b", *lines, name="a.csv")
    assert all(isinstance(each, RawRow | BadLine) for each in found)
    assert [each.line for each in found] == sorted({each.line for each in found})
    # No line is lost: those that start no row are blank, or lie inside a quoted cell.
    raw = b"\n".join(each.raw for each in found)
    for line in b"\n".join(lines).split(b"\n"):
        assert line.removesuffix(b"\r").isspace() or line.removesuffix(b"\r") in raw
