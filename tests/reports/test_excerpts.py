"""A comment on a page: whole where it is short, cut around its mention where it is long, marked by places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.excerpts import ELLIPSIS, Piece, excerpt, pieces


def shown(found: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in found)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], "so slow today"),
        ([(3, 7)], "so [slow] today"),
        ([(0, 2), (3, 7)], "[so] [slow] today"),
        ([(3, 7), (0, 5)], "[so slow] today"),
        ([(0, 2), (2, 7)], "[so slow] today"),
        ([(0, 99)], "[so slow today]"),
        ([(-3, 2), (20, 30), (7, 7), (6, 3)], "[so] slow today"),
    ],
)
def test_marks_are_places_in_the_text(marks: list[tuple[int, int]], expected: str) -> None:
    assert shown(pieces("so slow today", marks)) == expected


def test_places_are_code_points_not_bytes() -> None:
    assert shown(pieces("😀 zu träge", [(2, 4), (5, 10)])) == "😀 [zu] [träge]"


def test_a_long_comment_is_cut_between_words_around_its_mention() -> None:
    text = "before " * 60 + "support is slow" + " after" * 60
    start = text.index("support")

    found = shown(excerpt(text, start, start + 15, [(start, start + 7)], room=60))

    assert found.startswith(f"{ELLIPSIS}before ")
    assert "[support] is slow" in found
    assert found.endswith(f"after{ELLIPSIS}")
    assert len(found) < 80


def test_a_mention_at_the_beginning_or_the_end_is_shown_with_it() -> None:
    text = "slow " + "word " * 100 + "dear"

    assert shown(excerpt(text, 0, 4, [(0, 4)], room=40)).startswith("[slow] word")
    assert shown(excerpt(text, len(text) - 4, len(text), [], room=40)).endswith("word dear")


def test_text_without_spaces_is_cut_where_it_must_be() -> None:
    text = "遅い" * 400

    found = shown(excerpt(text, 300, 310, [(300, 302)], room=60))

    assert "[遅い]" in found
    assert len(found) < 80


@given(st.text(max_size=900), st.integers(0, 900), st.integers(0, 900), st.integers(1, 300))
def test_an_excerpt_is_always_part_of_the_comment(text: str, a: int, b: int, room: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))

    found = "".join(piece.text for piece in excerpt(text, start, end, [(start, end)], room))

    assert found.removeprefix(ELLIPSIS).removesuffix(ELLIPSIS) in text or found in text


@given(st.text(max_size=200), st.lists(st.tuples(st.integers(-5, 250), st.integers(-5, 250)), max_size=6))
def test_no_mark_loses_or_doubles_a_letter(text: str, marks: list[tuple[int, int]]) -> None:
    assert "".join(piece.text for piece in pieces(text, marks)) == text
