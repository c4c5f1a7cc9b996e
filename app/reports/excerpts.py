"""A comment on a page: cut around a mention where it is long, in pieces of which some are marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ELLIPSIS = "…"
NEARBY = 20  # characters within which a word may begin or end


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a comment as plain text; the template escapes it and sets marked ones off."""

    text: str
    is_marked: bool = False


def pieces(text: str, marks: Iterable[tuple[int, int]]) -> list[Piece]:
    """The whole text in order, cut at the marks. Marks may touch or overlap; places outside of the text are ignored."""
    found: list[Piece] = []
    at = 0
    for start, end in _merged(marks, len(text)):
        if at < start:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start:end], is_marked=True))
        at = end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def excerpt(text: str, start: int, end: int, marks: Iterable[tuple[int, int]], room: int = 240) -> list[Piece]:
    """The mention `start`…`end` with some of what stands around it, and an ellipsis where text is left out.

    A comment that fits into `room` characters is shown whole. Cuts fall between words where there are some.
    """
    if len(text) <= room:
        return pieces(text, marks)
    end = min(end, start + 2 * room)
    spare = max(0, room - (end - start)) // 2
    first, last = _word_start(text, start - spare, start), _word_end(text, end + spare, end)
    inside = [(max(a, first) - first, min(b, last) - first) for a, b in marks]
    before, after = [Piece(ELLIPSIS)] if first else [], [Piece(ELLIPSIS)] if last < len(text) else []
    return before + pieces(text[first:last], inside) + after


def _word_start(text: str, at: int, latest: int) -> int:
    """The beginning of the next word from `at` on, or `at` itself if none begins nearby."""
    if at <= 0:
        return 0
    return next((i + 1 for i in range(at, min(at + NEARBY, latest)) if text[i].isspace()), at)


def _word_end(text: str, at: int, earliest: int) -> int:
    """The end of the last word before `at`, or `at` itself if none ends nearby."""
    if at >= len(text):
        return len(text)
    return next((i for i in range(at, max(at - NEARBY, earliest), -1) if text[i].isspace()), at)


def _merged(marks: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Marks inside of the text, in order, overlapping ones as one."""
    current: tuple[int, int] | None = None
    for start, end in sorted((max(0, a), min(b, length)) for a, b in marks):
        if start >= end:
            continue
        if current and start <= current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current
