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


@pytest.mark.parametrize("marks", [[(0, 4)], [(0, 2), (2, 4)], [(4, 4), (0, 9)]])
def test_a_comment_that_is_marked_as_a_whole_is_one_piece(marks: list[tuple[int, int]]) -> None:
    assert pieces("slow", marks) == [Piece("slow", is_marked=True)]
    assert pieces("slow", []) == [Piece("slow")]
    assert pieces("", marks) == []


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


TEXT = "".join(f"{n:03} " for n in range(25))  # 100 characters, a word of three every four


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (100, TEXT.replace("012", "[012]")),
        (99, TEXT.replace("012", "[012]").rstrip() + "…"),
        (97, "…001 002 003 004 005 006 007 008 009 010 011 [012] 013 014 015 016 017 018 019 020 021 022 023…"),
        (43, "…008 009 010 011 [012] 013 014 015 016 017…"),
        (41, "…008 009 010 011 [012] 013 014 015 016…"),
        (3, "…[012]…"),
        (1, "…[01]…"),
    ],
)
def test_as_much_is_shown_around_a_mention_as_there_is_room_for(room: int, expected: str) -> None:
    assert shown(excerpt(TEXT, 48, 51, [(48, 51)], room)) == expected


def test_where_the_room_ends_with_the_comment_nothing_is_left_out() -> None:
    assert shown(excerpt("a" * 50 + " slow" + "b" * 10, 51, 55, [], room=24)) == "…slowbbbbbbbbbb"


def test_of_a_mention_longer_than_the_room_twice_the_room_is_shown() -> None:
    assert shown(excerpt("word " * 50, 50, 200, [(50, 200)], room=10)) == "…[word word word word ]…"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (10, 11, f"…{'y' * 10}[MENTION]{'z' * 11}…"),
        (9, 10, f"…{'x' * 20} {'y' * 9}[MENTION]{'z' * 10} {'w' * 19}…"),
    ],
)
def test_a_word_that_begins_or_ends_within_twenty_characters_is_not_cut(left: int, right: int, expected: str) -> None:
    text = "x" * 60 + " " + "y" * left + "MENTION" + "z" * right + " " + "w" * 60

    assert shown(excerpt(text, 61 + left, 68 + left, [(61 + left, 68 + left)], room=67)) == expected


def test_an_excerpt_has_room_for_240_characters_unless_more_is_said() -> None:
    assert ELLIPSIS not in shown(excerpt("a" * 240, 0, 1, []))
    assert shown(excerpt("a" * 241, 0, 1, [])).endswith(f"a{ELLIPSIS}")


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
