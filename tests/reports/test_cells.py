"""Text in spreadsheets is text: no comment becomes a formula, and none is lost."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.cells import as_csv, line, safe

DANGEROUS = "=+-@\t\r\n\0'＝＋－＠"


@pytest.mark.parametrize(
    "text",
    [
        *(f"{sign}1+1" for sign in DANGEROUS),
        " =1+1",
        "   @SUM(A1)",
        "\u3000＝1",
        "\u00a0-1",
        "'=1",
        "'",
        "-13.3",
        "=\u03381",
        "\u2a751",
    ],
)
def test_what_a_spreadsheet_would_calculate_is_quoted(text: str) -> None:
    assert safe(text) == "'" + text


@pytest.mark.parametrize("text", ["", " ", "slow", "1+1", ";=1", "a=b", 'say "hi"', "two\nlines", "–", "−13.3", "😀"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_file_is_read_as_unicode_and_holds_numbers_as_they_are_and_nothing_where_there_is_nothing() -> None:
    table = [["=1+1", -13.5, None, 0, True], ['say "hi"', "two\nlines", "", "ü", "a,b"]]

    assert as_csv(["text", "n", "empty", "zero", "yes"], table) == (
        '\ufeff"text","n","empty","zero","yes"\r\n'
        '"\'=1+1","-13.5","","0","True"\r\n'
        '"say ""hi""","two\nlines","","ü","a,b"\r\n'
    )
    assert line(["-1", -1]) == '"\'-1","-1"\r\n'


@given(st.text())
def test_removing_one_quote_always_gives_back_what_was_stored(text: str) -> None:
    cell = safe(text)

    assert cell == text or cell.removeprefix("'") == text
    assert not cell.startswith("'") or cell.removeprefix("'") == text


@given(st.text(alphabet=st.sampled_from(DANGEROUS + ' ,;"ab\u3000')))
def test_no_cell_of_a_file_begins_like_a_formula(text: str) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([safe(text)])

    [[cell]] = csv.reader(io.StringIO(out.getvalue(), newline=""))

    first = unicodedata.normalize("NFKC", cell.lstrip(" \u00a0\u3000")[:1])
    assert first not in set("=+-@\t\r\n\0") or not first
