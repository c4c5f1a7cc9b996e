"""Many comments are read a portion at a time in several processes, with the answers of one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from app.analysis import bulk, parallel, pipeline, portions
from app.analysis.model import Model
from app.analysis.pain_points.catalogue import shipped
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.types import Comment

SAID = [
    ("Support takes {} days to answer my emails, and the app keeps crashing", "en"),
    ("Der Kundendienst braucht {} Tage, aber die App ist schön", "de"),
    ("L'assistenza impiega {} giorni per rispondere", None),
    ("Kundtjänst tar {} dagar på sig att svara", "sv"),
    ("アプリが{}回落ちました。高すぎます。", "ja"),
    ("{} times too expensive! I wish it were cheaper...", None),
]


@pytest.fixture(scope="module")
def comments() -> list[Comment]:
    return [
        Comment(str(n), text.format(n + 2), (n * 7) % 11, code)
        for n, (text, code) in enumerate(SAID[n % len(SAID)] for n in range(90))
    ]


@pytest.fixture(scope="module")
def encoder() -> UseEncoder:
    return UseEncoder(processes=1)


@pytest.fixture(scope="module")
def model(comments: list[Comment], encoder: UseEncoder) -> Model:
    return pipeline.fit(comments, shipped(), encoder)


def test_two_processes_and_any_order_read_byte_for_byte_like_one(
    comments: list[Comment], model: Model, encoder: UseEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "COMMENTS", 7)
    shuffled = [comments[i] for i in np.random.default_rng(5).permutation(len(comments))]

    alone = pipeline.read(comments, model, encoder)
    together = {read.id: read for part in bulk.read(shuffled, model, encoder, processes=2) for read in part}

    assert [repr(together[read.id]) for read in alone] == [repr(read) for read in alone]


def test_a_stream_is_read_like_a_list_and_only_a_little_of_it_is_held(
    comments: list[Comment], model: Model, encoder: UseEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "COMMENTS", 5)
    monkeypatch.setattr(pipeline, "BULK", 10)
    monkeypatch.setattr(pipeline, "processors", lambda: 1)
    taken: list[str] = []

    def coming() -> Iterator[Comment]:
        for comment in comments:
            taken.append(comment.id)
            yield comment

    parts = pipeline.read_parts(coming(), model, encoder)
    first = next(parts)

    assert len(taken) <= 11
    assert first + [read for part in parts for read in part] == pipeline.read(comments, model, encoder)


def test_a_fit_learns_the_same_from_a_stream(comments: list[Comment], model: Model, encoder: UseEncoder) -> None:
    assert pipeline.fit(iter(comments), shipped(), encoder).to_bytes() == model.to_bytes()


def test_work_is_taken_ahead_by_a_few_pieces_only() -> None:
    taken: list[str] = []

    def coming() -> Iterator[str]:
        for n in range(50):
            taken.append("")
            yield "x" * n

    results = parallel.spread(len, coming(), 1)

    assert next(results) == 0
    assert len(taken) <= 2 * parallel.AHEAD + 1
    results.close()


def test_a_process_that_works_too_keeps_the_order() -> None:
    words = ["x" * n for n in range(40)]

    assert list(parallel.spread(len, iter(words), 2, here=len)) == list(range(40))


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [([], []), ([3], [1]), ([1] * 5, [2, 2, 1]), ([60, 60, 10], [1, 2]), ([300, 1], [1, 1])],
)
def test_a_portion_ends_with_its_comments_or_its_characters(
    lengths: list[int], sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "COMMENTS", 2)
    monkeypatch.setattr(portions, "CHARACTERS", 100)
    said = [Comment(str(n), "x" * length, 3) for n, length in enumerate(lengths)]

    found = list(portions.portions(iter(said)))

    assert [len(part) for part in found] == sizes
    assert [comment for part in found for comment in part] == said
