"""Words keep their places, stems keep the meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.text.languages import SUPPORTED
from app.analysis.text.tokens import is_stop, stems, words


def stemmed(text: str, language: str) -> list[str]:
    return [token.stem for token in stems(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("", "en", []),
        ("It doesn’t work!", "en", ["It", "doesn’t", "work"]),
        ("user-friendly e\u0301te\u0301", "en", ["user-friendly", "e\u0301te\u0301"]),
        ("L'app dell'assistenza", "it", ["L'", "app", "dell'", "assistenza"]),
        ("qu’il n’arrive", "fr", ["qu’", "il", "n’", "arrive"]),
        ("サポートが遅い。app", "ja", ["サポートが遅い", "app"]),
        ("snake_case 3.5", "en", ["snake", "case", "3", "5"]),
    ],
)
def test_words_are_cut_as_the_language_writes_them(text: str, language: str, expected: list[str]):
    assert [token.text for token in words(text, language)] == expected


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "crashes", "crashing"), ("de", "Abstürze", "abstürzen"), ("it", "bloccata", "bloccato"),
        ("ru", "поддержка", "поддержки"), ("sv", "kraschar", "kraschade"), ("fr", "plantage", "plantages"),
        ("es", "lento", "lenta"), ("pt", "lentos", "lento"), ("nl", "storing", "storingen"),
        ("pl", "aplikacja", "aplikacji"), ("da", "kunder", "kunderne"), ("tr", "uygulamalar", "uygulamalarda"),
        ("ar", "التطبيقات", "تطبيقات"), ("fi", "laskut", "laskun"),
    ],
)  # fmt: skip
def test_forms_of_a_word_share_their_stem(language: str, one: str, other: str):
    assert stemmed(one, language) == stemmed(other, language) != []


def test_stop_words_go_and_words_that_turn_the_meaning_stay():
    assert stemmed("I have to wait, it is not working and the help never came", "en") == [
        "wait", "not", "work", "help", "never",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "not never no wait help work"), ("de", "nicht nie kein ohne wartezeit"), ("it", "non mai senza attesa"),
        ("ru", "не нет никогда ждать"), ("sv", "inte aldrig ingen utan vänta"), ("fr", "pas jamais sans rien aide"),
        ("es", "no nunca nada sin"), ("pt", "não nunca nada sem"), ("nl", "niet nooit geen zonder"),
        ("pl", "nie nigdy bez"), ("da", "ikke aldrig ingen uden"), ("tr", "değil yok hiç"), ("ar", "لا ليس بدون"),
    ],
)  # fmt: skip
def test_negators_are_no_stop_words(language: str, text: str):
    assert not [word for word in text.split() if is_stop(word, language)]


def test_scripts_without_spaces_give_pairs_of_characters_in_their_place():
    tokens = stems("返金が遅い app", "ja")

    assert [token.stem for token in tokens] == ["返金", "金が", "が遅", "遅い", "app"]
    assert [(token.start, token.end) for token in tokens][-2:] == [(3, 5), (6, 9)]


def test_an_unknown_language_keeps_english_words_whole():
    assert stemmed("waiting cancelled", "xx") == ["waiting", "cancelled"]


@given(st.text(), st.sampled_from((*SUPPORTED, "und")))
def test_a_token_stands_where_it_says(text: str, language: str):
    for token in [*words(text, language), *stems(text, language)]:
        assert text[token.start : token.end] == token.text
