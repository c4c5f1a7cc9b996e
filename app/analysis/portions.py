"""Many comments in portions: small enough to hold, large enough to be worth a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.analysis.types import Comment

COMMENTS, CHARACTERS = 500, 120_000  # of a portion at most; a longer comment is a portion of its own


def portions(comments: Iterable[Comment]) -> Iterator[list[Comment]]:
    """The comments in order; none give no portion."""
    held: list[Comment] = []
    characters = 0
    for comment in comments:
        if held and (len(held) == COMMENTS or characters + len(comment.text) > CHARACTERS):
            yield held
            held, characters = [], 0
        held.append(comment)
        characters += len(comment.text)
    if held:
        yield held
