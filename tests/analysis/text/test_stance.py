"""What a mention is to the product: the score speaks first, the words second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.text.languages import SUPPORTED
from app.analysis.text.stance import evidence, polarity, stance


@pytest.mark.parametrize(
    ("text", "score", "expected"),
    [
        ("Customer service", 2, "complaint"),
        ("Customer service", 8, "complaint"),
        ("Customer service", 10, "praise"),
        ("The app crashes after every update", 10, "complaint"),
        ("but the bills are always wrong", 9, "complaint"),
        ("Your 'customer' front line are superb", 0, "praise"),
        ("the advisor was friendly", 3, "praise"),
        ("It used to be great", 3, "complaint"),
        ("good service", 7, "praise"),
        ("good service, slow website", 7, "complaint"),
    ],
)
def test_the_score_speaks_unless_the_words_say_otherwise(text: str, score: int, expected: str):
    assert stance(text, "en", score) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "not good"), ("en", "It never works"), ("en", "not a very good experience"),
        ("en", "still waiting for my refund"), ("en", "too expensive"), ("en", "lack of communication"),
        ("en", "the app doesn’t work"), ("en", "didn\ufffdt work"), ("en", "Could not be worse"),
        ("de", "funktioniert nicht"), ("de", "Das gefällt mir überhaupt nicht"), ("de", "viel zu teuer"),
        ("de", "Loginprobleme nach dem Update"), ("de", "warte seit Wochen auf Antwort"),
        ("it", "non funziona mai"), ("it", "poco affidabile"), ("it", "aspetto da settimane una risposta"),
        ("ru", "приложение не работает"), ("ru", "слишком дорого"), ("ru", "жду ответа третью неделю"),
        ("sv", "fungerar inte alls"), ("sv", "inte bra"), ("sv", "väntar fortfarande på svar"),
        ("fr", "ne fonctionne pas"), ("fr", "ça ne marche jamais"), ("fr", "toujours en attente d'une réponse"),
        ("es", "no funciona bien"), ("es", "poco fiable"), ("es", "sigo esperando una respuesta"),
        ("pt", "não funciona"), ("nl", "werkt niet goed"), ("pl", "nie działa"), ("ja", "使いにくいです"),
        ("ja", "良くないです"), ("ar", "لا يعمل"), ("da", "virker ikke"), ("tr", "çalışmıyor"), ("tr", "iyi değil"),
    ],
)  # fmt: skip
def test_a_clear_complaint_is_one_at_every_score(language: str, text: str):
    assert {stance(text, language, score) for score in (0, 7, 10)} == {"complaint"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no problems at all"), ("en", "could not be happier"), ("en", "never had any issues"),
        ("en", "not expensive"), ("en", "no bugs or crashes"), ("en", "can't complain"),
        ("en", "no software problems"), ("en", "fast and friendly support"),
        ("de", "keine Probleme"), ("de", "nichts zu meckern"), ("de", "könnte nicht besser sein"),
        ("it", "nessun problema"), ("it", "mai avuto problemi"), ("it", "assistenza veloce e gentile"),
        ("ru", "никаких проблем"), ("ru", "поддержка быстрая и вежливая"),
        ("sv", "inga problem"), ("sv", "kunde inte vara bättre"), ("sv", "snabb och trevlig support"),
        ("fr", "aucun problème"), ("fr", "sans aucun problème"), ("fr", "pas cher"), ("fr", "on ne peut pas mieux"),
        ("es", "sin problemas"), ("es", "ningún problema"), ("es", "no podría ser mejor"),
        ("pt", "sem problemas"), ("nl", "geen problemen"), ("pl", "bez problemów"), ("ja", "問題ありません"),
        ("ar", "لا توجد مشاكل"), ("da", "ingen problemer"), ("tr", "hiç sorun yok"), ("tr", "sorun yaşamadım"),
    ],
)  # fmt: skip
def test_clear_praise_is_praise_at_every_score(language: str, text: str):
    assert {stance(text, language, score) for score in (2, 8, 10)} == {"praise"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I wish it had a dark mode"), ("en", "please add a search"), ("en", "would be nice to export"),
        ("en", "I'd love a cheaper plan"), ("en", "could be cheaper"), ("en", "needs more integrations"),
        ("de", "wäre schön, wenn es eine Suche gäbe"), ("de", "ich würde mir mehr Filter wünschen"),
        ("de", "könnte günstiger sein"), ("it", "sarebbe bello avere una ricerca"), ("it", "vorrei più filtri"),
        ("ru", "хотелось бы тёмную тему"), ("ru", "добавьте поиск"), ("sv", "det vore bra om man kunde söka"),
        ("sv", "önskar fler filter"), ("fr", "ce serait bien de pouvoir exporter"), ("fr", "j'aimerais un mode sombre"),
        ("es", "estaría bien poder exportar"), ("es", "me gustaría un modo oscuro"), ("pt", "gostaria de mais filtros"),
        ("nl", "zou fijn zijn om te kunnen zoeken"), ("pl", "chciałbym więcej filtrów"),
        ("ja", "検索機能を追加してほしい"), ("ar", "أتمنى إضافة البحث"), ("da", "det ville være rart med en søgning"),
        ("tr", "arama eklense iyi olur"),
        ("en", "a shorter form would be lovely"), ("de", "eine dunkle Ansicht wäre auch schön"),
        ("de", "der Versand dürfte gerne schneller gehen"), ("it", "una lista dei desideri ci starebbe"),
        ("ru", "хочется ещё фильтров"), ("sv", "ta gärna in fler färger"), ("fr", "un filtre serait bienvenu"),
        ("es", "se agradecería un buscador"), ("pt", "dava jeito uma pesquisa"), ("nl", "er mogen meer kleuren bij"),
        ("pl", "moglibyście mieć więcej kolorów"), ("da", "der må gerne være flere farver"),
    ],
)  # fmt: skip
def test_a_wish_is_a_wish_at_every_score(language: str, text: str):
    assert {stance(text, language, score) for score in (3, 8, 10)} == {"wish"}


@pytest.mark.parametrize(
    ("text", "score", "expected"),
    [
        ("I hope you fix it soon", 4, "wish"),
        ("I hope it lasts for years", 10, "praise"),
        ("I wish I had switched earlier", 10, "praise"),
        ("I wish you all the best", 9, "praise"),
    ],
)
def test_a_kind_hope_is_no_wish(text: str, score: int, expected: str):
    assert stance(text, "en", score) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", ""), ("en", "👋"), ("en", "n/a"), ("en", "STOP"), ("en", "I am a customer since 2012"),
        ("en", "See above"),
        ("de", "Ich bin Kunde seit 2012"), ("it", "Sono cliente da dieci anni"), ("ru", "Пользуюсь уже пять лет"),
        ("sv", "Jag har varit kund i tio år"), ("fr", "Je suis client depuis 2012"), ("es", "Soy cliente desde 2012"),
        ("und", "."), ("fi", "ok"),
    ],
)  # fmt: skip
def test_talk_without_a_subject_or_about_the_writer_alone_is_neutral(language: str, text: str):
    assert {stance(text, language, score) for score in (0, 7, 10)} == {"neutral"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0.0),
        ("I bought it in May", 0.0),
        ("the hotline is friendly", 0.0),
        ("it does not sync", 0.5),
        ("please have a look", 0.5),
        ("it crashes", 1.0),
        ("although the hotline is friendly", 0.25),
        ("a search would be nice", 1.0),
        ("it doesn't bother me", 0.0),
    ],
)
def test_evidence_is_what_the_words_say_of_something_to_fix(text: str, expected: float):
    assert evidence(text, "en") == expected


def test_negation_does_not_reach_over_a_comma_or_a_verb_that_mends():
    assert stance("No, it works well", "en", 8) == "praise"
    assert stance("They will not fix this problem", "en", 3) == "complaint"


def test_a_language_without_cues_is_read_by_the_score_alone():
    assert [stance("Hidas palvelu", "fi", score) for score in (2, 8, 10)] == ["complaint", "complaint", "praise"]


def test_emoji_speak_in_every_language():
    assert polarity("Palvelu 😡", "fi") == (0, 0.5)
    assert polarity("Palvelu 😍", "fi") == (0.5, 0)


@given(st.text(), st.sampled_from((*SUPPORTED, "und")), st.integers(0, 10))
def test_every_text_has_one_stance(text: str, language: str, score: int):
    assert stance(text, language, score) in {"complaint", "wish", "praise", "neutral"}
