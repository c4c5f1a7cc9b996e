"""The catalogues: complete in twelve languages, with the same placeholders, without markup, read by a native or not."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.i18n import CATALOGUES, LOCALES

ROOT = Path(__file__).parents[1]
MARKERS = {"say": None, "say_plainly": None, "N_": None, "gettext": None}
UNREAD = "needs native reader"


def catalogue(locale: str) -> Catalog:
    return read_po(BytesIO((CATALOGUES / locale / "LC_MESSAGES" / "messages.po").read_bytes()), locale=locale)


def messages(locale: str) -> list[Message]:
    return [message for message in catalogue(locale) if message.id]


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", text))


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    """Every sentence that the widget's code, pages and snippets mark for translation."""
    code = [("widget*.py", "python"), ("snippets.py", "python")]
    found = [*extract_from_dir(ROOT / "app" / "pages", code, keywords=MARKERS)]
    found += extract_from_dir(ROOT / "app" / "services", [("scales.py", "python")], keywords=MARKERS)
    pages = extract_from_dir(ROOT / "widget" / "templates", [("**.html", "jinja2")], keywords=MARKERS)
    return {str(message) for _, _, message, _, _ in [*found, *pages]}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_of_the_widget_is_translated(sentences: set[str], locale: str) -> None:
    translated = {str(message.id) for message in messages(locale) if message.string and not message.fuzzy}

    assert len(sentences) > 40
    assert sentences - translated == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_holds_no_sentence_that_nothing_says(sentences: set[str], locale: str) -> None:
    """People word every sentence of a catalogue on a page: one that is never said would be work for nothing."""
    assert {str(message.id) for message in messages(locale)} - sentences == set()


MARKS = {
    "fr": (r"[^\u202f][?!;:](?=\s|$)", "a narrow space goes before ? ! ; :"),
    "es": (r"^[^¿]*\?|^[^¡]*!", "a question begins with ¿, a call with ¡"),
    "ja": (r"[?!.](?=\s|$)", "a sentence ends in 。 ？ or ！"),
    "ar": (r"[?;,]", "Arabic has its own ؟ ؛ ،"),
}


@pytest.mark.parametrize("locale", MARKS)
def test_a_translation_has_the_marks_of_its_language(locale: str) -> None:
    wrong, rule = MARKS[locale]
    found = [text for message in messages(locale) if re.search(wrong, text := str(message.string))]

    assert found == [], rule


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_has_the_placeholders_of_its_sentence_and_no_markup(locale: str) -> None:
    for message in messages(locale):
        assert placeholders(str(message.string)) == placeholders(str(message.id))
        assert not re.search(r"[<>&]", str(message.string))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_name_stands_alone_so_that_nothing_inflects_it(locale: str) -> None:
    glued = re.compile(r"\w\{name\}|\{name\}\w")
    joined = [text for message in messages(locale) if glued.search(text := str(message.string))]

    assert all("بـ{name}" in text for text in joined) or locale == "ja"


def test_what_no_native_reader_has_read_yet_is_listed() -> None:
    unread = {locale: sum(UNREAD in message.user_comments for message in messages(locale)) for locale in LOCALES}

    assert unread.pop("en") == 0
    assert unread == dict.fromkeys(LOCALES[1:], len(messages("en")))


TABLE = {
    "en": ("How likely are you to recommend {name} to a friend or colleague?", "Not at all likely", "Extremely likely"),
    "it": (
        "Con quale probabilità consiglierebbe {name} a un amico o a un collega?",
        "Per niente probabile",
        "Estremamente probabile",
    ),
    "de": (
        "Wie wahrscheinlich ist es, dass Sie {name} im Freundes- oder Kollegenkreis weiterempfehlen?",
        "Überhaupt nicht wahrscheinlich",
        "Äußerst wahrscheinlich",
    ),
    "ru": (
        "Насколько вероятно, что вы порекомендуете {name} друзьям или коллегам?",
        "Совершенно маловероятно",
        "Крайне вероятно",
    ),
    "sv": (
        "Hur troligt är det att du skulle rekommendera {name} till en vän eller kollega?",
        "Inte alls troligt",
        "Extremt troligt",
    ),
    "fr": (
        "Quelle est la probabilité que vous recommandiez {name} à un proche ou à un collègue\u202f?",
        "Pas du tout probable",
        "Extrêmement probable",
    ),
    "es": (
        "¿Qué probabilidad hay de que recomiende {name} a un amigo o colega?",
        "Nada probable",
        "Extremadamente probable",
    ),
    "pt": (
        "Qual é a probabilidade de você recomendar {name} a um amigo ou colega?",
        "Nada provável",
        "Extremamente provável",
    ),
    "nl": (
        "Hoe waarschijnlijk is het dat u {name} zou aanbevelen aan een vriend of collega?",
        "Helemaal niet waarschijnlijk",
        "Uiterst waarschijnlijk",
    ),
    "pl": (
        "Jak bardzo prawdopodobne jest, że polecisz {name} znajomym lub współpracownikom?",
        "Wcale nieprawdopodobne",
        "Niezwykle prawdopodobne",
    ),
    "ja": ("{name}を友人や同僚に薦める可能性はどのくらいありますか。", "まったくない", "非常に高い"),
    "ar": ("ما مدى احتمال أن توصي بـ{name} لصديق أو زميل؟", "غير محتمل إطلاقًا", "محتمل للغاية"),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_instrument_is_worded_as_agreed(locale: str) -> None:
    spoken = {str(message.id): message.string for message in messages(locale)}

    assert tuple(spoken[sentence] for sentence in TABLE["en"]) == TABLE[locale]
