"""What complains is told from what only tells, in every language and for every survey alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.analysis.pain_points import tone
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.pain_points.gloss import gloss


@pytest.fixture(scope="module")
def encoder() -> UseEncoder:
    return UseEncoder(processes=1)


def complains(said: list[tuple[str, str]], encoder: UseEncoder) -> list[float]:
    vectors = encoder.encode([gloss(text, code) for text, code in said])
    return tone.shipped().of(vectors, [code for _, code in said]).tolist()


@pytest.mark.parametrize(
    ("language", "complaint", "statement"),
    [
        ("en", "two of the four cups were chipped", "we bought four cups for the office"),
        ("de", "zwei der vier Tassen hatten einen Sprung", "wir haben vier Tassen fürs Büro gekauft"),
        ("fr", "deux des quatre tasses étaient ébréchées", "nous avons acheté quatre tasses pour le bureau"),
        ("es", "dos de las cuatro tazas estaban rotas", "compramos cuatro tazas para la oficina"),
        ("ru", "две из четырёх чашек были с трещиной", "мы купили четыре чашки для офиса"),
        ("sv", "två av fyra koppar var trasiga", "vi köpte fyra koppar till kontoret"),
    ],
)
def test_a_complaint_complains_more_than_a_statement_about_the_same_thing(
    language: str, complaint: str, statement: str, encoder: UseEncoder
) -> None:
    first, second = complains([(complaint, language), (statement, language)], encoder)

    assert first > second + 0.2


def test_cues_and_tone_speak_together_and_neither_is_needed() -> None:
    cues, heard = np.array([0.0, 1.0, 0.0, 1.0]), np.array([-0.6, -0.6, 0.6, 0.6])

    found = tone.heard(cues, heard)

    assert found[0] == 0.0
    assert found[3] == 1.0
    assert 0.0 <= found[1] < found[2] <= 1.0


def test_no_mentions_have_no_tone() -> None:
    assert tone.shipped().of(np.zeros((0, 512), np.float32), []).tolist() == []


def test_the_shipped_tone_is_the_one_learned_from_the_shipped_phrases(encoder: UseEncoder) -> None:
    learned, shipped = tone.learn(encoder), tone.shipped()

    assert learned.means.keys() == shipped.means.keys(), "run `make seed-vectors`"
    assert np.abs(learned.direction - shipped.direction).max() < 1e-3, "run `make seed-vectors`"


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    some = tone.Tone({"": np.array([0.0, 0.5]), "en": np.array([1.0, 2.0])}, np.array([0.25, -0.25]))

    tone.save(tmp_path / "some.npz", some)

    loaded = tone.load(tmp_path / "some.npz")
    assert {code: mean.tolist() for code, mean in loaded.means.items()} == {"": [0.0, 0.5], "en": [1.0, 2.0]}
    assert loaded.direction.tolist() == [0.25, -0.25]
