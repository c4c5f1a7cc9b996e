"""Times as exports write them, and the order of day and month told from a column."""

from __future__ import annotations

import pytest

from app.importers import dates


@pytest.mark.parametrize(
    ("text", "month_first", "iso"),
    [
        ("2026-03-04", False, "2026-03-04T00:00:00"),
        ("2026-03-04 10:00:00 UTC", False, "2026-03-04T10:00:00+00:00"),
        ("03/04/2026", True, "2026-03-04T00:00:00"),
        ("03/04/2026", False, "2026-04-03T00:00:00"),
        ("25/12/2026 9:05", True, "2026-12-25T09:05:00"),
        ("04.03.2026 10:00", True, "2026-03-04T10:00:00"),
        ("3/4/26 12:00 AM", True, "2026-03-04T00:00:00"),
        ("3/4/2026, 12:30:05 p.m.", True, "2026-03-04T12:30:05"),
        ("2026/03/04 10:00:00 AM GMT+1", False, "2026-03-04T10:00:00+01:00"),
        ("2026/03/04 10:00:00 PM EST", False, "2026-03-04T22:00:00-05:00"),
        ("2026/03/04 10:00:00 PM AST", False, "2026-03-04T22:00:00"),
        ("2026-03-04 10:00:00 +05:30", False, "2026-03-04T10:00:00+05:30"),
        ("2026-03-04 10:00:00 -0330", False, "2026-03-04T10:00:00-03:30"),
        ("Mar 9, 2026 07:15 AM", False, "2026-03-09T07:15:00"),
        ("9th March 2026", False, "2026-03-09T00:00:00"),
        ("9-Mar-2026 07:15", False, "2026-03-09T07:15:00"),
        ("1772618400", False, "2026-03-04T10:00:00+00:00"),
        ("1772618400123", False, "2026-03-04T10:00:00.123000+00:00"),
    ],
)
def test_a_time_is_read(text: str, month_first: bool, iso: str) -> None:
    assert dates.read(text, month_first) == iso


@pytest.mark.parametrize(
    "text", ["", "yesterday", "13/45/2026", "2026-02-30", "32 March 2026", "5 Foo 2026", "1/2/2026 25:00"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        dates.read(text, month_first=False)


@pytest.mark.parametrize(
    ("column", "usual", "told", "month_first", "note"),
    [
        (["01/02/2026", "25/02/2026"], True, None, False, "written day/month/year"),
        (["01/02/2026", "02/25/2026"], False, None, True, "written month/day/year"),
        (["01/02/2026"], True, None, True, "read as month/day/year"),
        (["01/02/2026"], None, None, False, "read as day/month/year"),
        (["25/02/2026", "02/25/2026", "02/26/2026"], None, None, True, "in two ways"),
        (["01/02/2026"], True, "dmy", False, ""),
        (["2026-01-02", "", "nonsense"], None, None, False, ""),
    ],
)
def test_the_order_is_told_from_the_column_and_said(
    column: list[str], usual: bool | None, told: str | None, month_first: bool, note: str
) -> None:
    found = dates.order(column, usual, told)

    assert found.month_first == month_first
    assert note in found.note
    assert bool(note) == bool(found.note)
