"""A comment is cut into opinions, each with its exact place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.text.languages import SUPPORTED
from app.analysis.text.mentions import split

PIECES = st.one_of(
    st.characters(),
    st.sampled_from(".,;!?\n \t-*•'’\"()😡👍。、"),
    st.sampled_from(("but ", "and the ", "aber ", "1) ", "www.a.de ", "3.5", "l'app ", "e\u0301", "لكن ", "が、")),
)
LIVELY = st.lists(PIECES, max_size=30).map("".join)


def mentions(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in split(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "second"),
    [
        ("en", "Support takes days to answer and the app keeps crashing", "and the app keeps crashing"),
        ("de", "Der Support braucht Tage und die App stürzt ständig ab", "und die App stürzt ständig ab"),
        ("it", "Il supporto impiega giorni e l'app si blocca sempre", "e l'app si blocca sempre"),
        ("ru", "Поддержка отвечает неделями и приложение постоянно вылетает", "и приложение постоянно вылетает"),
        ("sv", "Supporten svarar efter flera dagar och appen kraschar jämt", "och appen kraschar jämt"),
        ("fr", "Le support met des jours à répondre et l'appli plante souvent", "et l'appli plante souvent"),
        ("es", "El soporte tarda días en responder y la app se cierra sola", "y la app se cierra sola"),
        ("pt", "O suporte demora dias a responder e a app fecha sozinha", "e a app fecha sozinha"),
        ("nl", "De klantenservice doet er dagen over en de app crasht steeds", "en de app crasht steeds"),
        ("pl", "Obsługa odpowiada po kilku dniach i aplikacja się zawiesza", "i aplikacja się zawiesza"),
        ("da", "Supporten svarer først efter dage, og appen går ned hele tiden", "og appen går ned hele tiden"),
        ("tr", "Destek günler sonra cevap veriyor ve uygulama sürekli çöküyor", "ve uygulama sürekli çöküyor"),
    ],
)
def test_two_full_clauses_joined_by_and_are_two_mentions(language: str, text: str, second: str):
    spans = split(text, language)

    assert [text[span.start : span.end] for span in spans][1:] == [second]
    assert spans[0].start == 0
    assert spans[1].end == len(text)


def test_places_count_code_points_to_the_character():
    spans = split("Support takes days to answer and the app keeps crashing", "en")

    assert [(span.start, span.end) for span in spans] == [(0, 28), (29, 55)]


@pytest.mark.parametrize(
    "text",
    [
        "I like the design of the phone and the quality of the sound",
        "The app and the website are slow",
        "The staff is friendly and helpful",
        "Nothing but problems",
        "When I call, the support is rude",
        "Service is good and always has been",
    ],
)
def test_what_is_no_full_clause_stays_with_its_neighbour(text: str):
    assert mentions(text) == [text]


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "Nice staff but the prices are too high", ["Nice staff", "but the prices are too high"]),
        ("en", "Great app. Except for no search!", ["Great app.", "Except for no search!"]),
        ("de", "Guter Support, aber die App ist langsam", ["Guter Support", "aber die App ist langsam"]),
        ("de", "Der Preis ist aber zu hoch", ["Der Preis ist aber zu hoch"]),
        ("it", "Bella app ma troppo cara", ["Bella app", "ma troppo cara"]),
        ("ru", "Удобно, но дорого", ["Удобно", "но дорого"]),
        ("sv", "Bra app men för dyr", ["Bra app", "men för dyr"]),
        ("fr", "Bonne appli mais trop chère", ["Bonne appli", "mais trop chère"]),
        ("es", "Buena app pero muy lenta", ["Buena app", "pero muy lenta"]),
        ("pt", "Boa app mas muito lenta", ["Boa app", "mas muito lenta"]),
        ("nl", "Goede app maar te duur", ["Goede app", "maar te duur"]),
        ("nl", "Het is maar klein", ["Het is maar klein"]),
        ("pl", "Dobra aplikacja, ale za droga", ["Dobra aplikacja", "ale za droga"]),
        ("da", "God app men for dyr", ["God app", "men for dyr"]),
        ("tr", "Güzel uygulama ama çok yavaş", ["Güzel uygulama", "ama çok yavaş"]),
        ("ar", "التطبيق ممتاز ولكن الدعم بطيء", ["التطبيق ممتاز", "ولكن الدعم بطيء"]),
        ("ja", "アプリは便利ですが、値段が高いです。", ["アプリは便利ですが", "値段が高いです。"]),
        ("fi", "Palvelu on hidas. Hinta nousi!", ["Palvelu on hidas.", "Hinta nousi!"]),
    ],
)
def test_a_contrast_begins_another_mention(language: str, text: str, parts: list[str]):
    assert mentions(text, language) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n ", []),
        ("👍👍", []),
        ("Slow support", ["Slow support"]),
        ("Great app.Slow support", ["Great app.", "Slow support"]),
        ("too slow.needs more memory", ["too slow.", "needs more memory"]),
        ("Nice app... Slow support", ["Nice app...", "Slow support"]),
        ("Love it 😍 Support is slow 😡😡", ["Love it 😍", "Support is slow 😡😡"]),
        ("- slow app\n- rude staff\n\n- high price", ["slow app", "rude staff", "high price"]),
        ("1) slow app 2) rude staff", ["1) slow app", "2) rude staff"]),
        ("slow app; rude staff", ["slow app", "rude staff"]),
        ("Poor service The engineer never came", ["Poor service", "The engineer never came"]),
        ("I paid 3.50 for version 2.0 at example.com", ["I paid 3.50 for version 2.0 at example.com"]),
        ("See https://example.com/a.b?c=d! Slow", ["See https://example.com/a.b?c=d!", "Slow"]),
        ("Mr. Hill called, e.g. about a bill", ["Mr. Hill called, e.g. about a bill"]),
        ('He said "too slow." (Really rude!)', ['He said "too slow."', "(Really rude!)"]),
        ("The app is slow. Really.", ["The app is slow. Really."]),
    ],
)
def test_sentences_and_list_items_are_mentions(text: str, parts: list[str]):
    assert mentions(text) == parts


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "Slow support, crashes, too expensive", ["Slow support, crashes", "too expensive"]),
        ("en", "Slow support and high prices, rude staff", ["Slow support and high prices", "rude staff"]),
        ("en", "Very slow, rude", ["Very slow, rude"]),
        ("en", "Fast support, low price", ["Fast support, low price"]),
        ("de", "Langsamer Support, viel zu teuer", ["Langsamer Support", "viel zu teuer"]),
        ("it", "Assistenza lenta, app che si blocca", ["Assistenza lenta", "app che si blocca"]),
        ("fr", "Support lent, application qui plante", ["Support lent", "application qui plante"]),
    ],
)
def test_complaints_in_a_row_are_mentions_of_their_own(language: str, text: str, parts: list[str]):
    assert mentions(text, language) == parts


def test_german_dates_and_abbreviations_end_no_sentence():
    text = "Die Rechnung vom 3. Mai war z.B. falsch. Der Preis ist zu hoch."

    assert mentions(text, "de") == ["Die Rechnung vom 3. Mai war z.B. falsch.", "Der Preis ist zu hoch."]


@given(LIVELY, st.sampled_from((*SUPPORTED, "und", "fi")))
def test_mentions_are_ordered_disjoint_trimmed_and_cover_every_word(text: str, language: str):
    spans = split(text, language)

    edges = [edge for span in spans for edge in (span.start, span.end)]
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in spans)
    assert covered >= {place for place, char in enumerate(text) if char.isalnum()}
