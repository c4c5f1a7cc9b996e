"""A score is a number from 0 to 10, whatever stands around it."""

from __future__ import annotations

import pytest

from app.importers import scores


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("9", 9),
        (" 10 ", 10),
        ("9.0", 9),
        ("9/10", 9),
        ("9 - Very likely", 9),
        ("10 (Extremely likely)", 10),
        ("0 = Not at all", 0),
        ("Not at all likely - 0", 0),
        ("Extremely likely – 10", 10),
        (" Quite likely (7) ", 7),
        ("Likely (9)", 9),
        ("11", None),
        ("-1", None),
        ("07", None),
        ("4.5", None),
        ("100", None),
        ("9 of 12", None),
        ("Promoter", None),
        ("", None),
    ],
)
def test_a_score_is_read_from_its_label(text: str, score: int | None) -> None:
    assert scores.read(text) == score
