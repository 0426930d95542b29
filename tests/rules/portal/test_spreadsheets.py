import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.spreadsheets import cell, csv_chunks

DANGEROUS = set("=+-@\t\r\n")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", '=HYPERLINK("http://x")']
)
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Caméra", "a=b", "1-2", "", 12, -3.5, True])
def test_other_values_are_left_as_they_are(value):
    assert cell(value) == value


def test_nothing_is_an_empty_cell():
    assert cell(None) == ""


@given(st.lists(st.tuples(st.text(), st.text()), max_size=20))
def test_every_cell_is_read_back_and_none_is_a_formula(rows):
    rows = [[text.replace("\x00", "") for text in row] for row in rows]
    page = b"".join(csv_chunks(("a", "b"), rows)).decode()
    read = list(csv.reader(StringIO(page, newline="")))[1:]

    assert [[text.removeprefix("'") for text in row] for row in read] == [
        [text.removeprefix("'") for text in row] for row in rows
    ]
    assert not any(text.lstrip(" ")[:1] in DANGEROUS for row in read for text in row if text.lstrip(" "))


def test_a_long_table_comes_in_pieces_and_a_mark_once():
    pieces = list(csv_chunks(("n",), ([n] for n in range(1200)), mark=True))

    assert len(pieces) == 3
    assert b"".join(pieces).decode().count("\ufeff") == 1
    assert b"".join(pieces).decode("utf-8-sig").split() == ["n", *map(str, range(1200))]
