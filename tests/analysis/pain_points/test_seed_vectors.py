"""The vectors that are shipped are those of the phrases that are shipped, byte for byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.analysis.pain_points import catalogue, seed_vectors
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.pain_points.gloss import gloss

EVERY = 100  # one phrase in so many is encoded afresh


def phrases() -> list[str]:
    entries = [*catalogue.shipped(), *catalogue.shelf(), *catalogue.chatter()]
    return sorted({gloss(text, code) for entry in entries for code, texts in entry.phrases.items() for text in texts})


def test_every_shipped_phrase_has_its_vector_and_no_other_text_has_one() -> None:
    known = seed_vectors.shipped()

    assert {seed_vectors.digest(text) for text in phrases()} == set(known), "run `make seed-vectors`"


def test_a_shipped_vector_is_what_the_encoder_says() -> None:
    some = phrases()[::EVERY]

    fresh = dict(UseEncoder(processes=1)._encode_new(some))

    for text in some:
        assert np.array_equal(fresh[text], seed_vectors.shipped()[seed_vectors.digest(text)]), text


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    texts, rows = ["b", "a"], np.array([[1, -2], [3, 4]], np.int8)

    seed_vectors.save(tmp_path / "some.npz", texts, rows)

    loaded = seed_vectors.load(tmp_path / "some.npz")
    assert {key: row.tolist() for key, row in loaded.items()} == {
        seed_vectors.digest("b"): [1, -2],
        seed_vectors.digest("a"): [3, 4],
    }
