import numpy as np

from app.analysis.pain_points.evidence import MOST, Nearness, mark, own_stems
from app.analysis.pain_points.space import Matrix
from app.analysis.types import Entry

SUPPORT = Entry(
    "support", "seed", {"en": "Speed up support"}, {"en": ("waited for an answer",), "de": ("lange Wartezeit",)}
)


def near(text: str, **words: float) -> dict[tuple[str, str], Matrix]:
    return {(word.lower(), "en"): np.array([words.get(word.lower(), 0.0)]) for word in text.split()}


def marked(text: str, **words: float) -> list[str]:
    return [text[span.start : span.end] for span in mark(text, "en", 0, near(text, **words), own_stems(SUPPORT))]


def test_the_words_of_the_seeds_are_marked_in_the_order_of_the_text() -> None:
    assert marked("waiting yesterday evening for answers") == ["waiting", "answers"]


def test_words_near_in_meaning_are_marked_too() -> None:
    assert marked("the hotline yesterday", hotline=0.5) == ["hotline"]


def test_at_least_the_most_telling_word_is_marked() -> None:
    assert marked("hotline yesterday", hotline=0.1, yesterday=0.0) == ["hotline"]


def test_not_everything_is_marked() -> None:
    text = "hotline agents desk phones queue tickets"

    assert len(marked(text, **dict.fromkeys(text.split(), 0.9))) == MOST


def test_an_entry_owns_its_words_in_each_language() -> None:
    assert {("en", "wait"), ("en", "answer"), ("de", "wartezeit"), ("en", "support")} <= own_stems(SUPPORT)


def test_every_word_is_compared_once() -> None:
    asked: list[str] = []

    def place(words: list[str], languages: list[str]) -> Matrix:
        asked.extend(words)
        return np.ones((len(words), 2))

    nearness = Nearness(place, np.eye(2))
    table = nearness.of(["Slow hotline", "slow page"], ["en", "en"])

    assert asked == ["hotline", "page", "slow"]
    assert table["page", "en"].tolist() == [1.0, 1.0]
    assert nearness.of(["a slow answer"], ["en"])["answer", "en"].tolist() == [1.0, 1.0]
    assert asked == ["hotline", "page", "slow", "answer"]
