"""What is stored of a comment, and whether it says anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.text.clean import has_content, normalise


@pytest.mark.parametrize(
    ("received", "stored"),
    [
        ("slow\r\nsupport", "slow\nsupport"),
        ("slow\rsupport", "slow\nsupport"),
        ("a\x00b\x07c\x7fd", "abcd"),
        ("tab\tand\nline stay", "tab\tand\nline stay"),
        ("\ud800 half a sign", "\ufffd half a sign"),
        ("  spaces stay  ", "  spaces stay  "),
        ("ﬁne e\u0301", "ﬁne e\u0301"),
        ("👩‍👧 👍", "👩‍👧 👍"),
        ("", None),
        (" \n\t ", None),
        ("\u200b\ufeff\u2060", None),
        ("\x00\x01", None),
    ],
)
def test_only_what_cannot_be_stored_is_changed(received: str, stored: str | None):
    assert normalise(received) == stored


@given(st.text(st.characters()))
def test_normalising_twice_changes_nothing_more(text: str):
    once = normalise(text)

    assert once is None or normalise(once) == once


@given(st.text(st.characters(codec=None)))
def test_what_is_stored_can_be_written_as_utf8(text: str):
    stored = normalise(text)

    assert stored is None or stored.encode("utf-8").decode("utf-8") == stored


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"), (".", "en"), ("-", "en"), ("👍", "en"), ("10", "en"), ("ok", "en"), ("OK!", "en"),
        ("n/a", "en"), ("N.A.", "en"), ("none", "en"), ("nothing", "en"), ("Nothing to add", "en"),
        ("no comment", "en"), ("STOP", "en"), ("good", "en"), ("very bad", "en"), ("Great!!!", "en"),
        ("keine", "de"), ("Nichts", "de"), ("keine Angabe", "de"), ("sehr gut", "de"), ("passt", "de"),
        ("nessuno", "it"), ("niente da aggiungere", "it"), ("ottimo", "it"), ("tutto bene", "it"),
        ("нет", "ru"), ("ничего", "ru"), ("хорошо", "ru"), ("inget", "sv"), ("nej", "sv"), ("bra", "sv"),
        ("rien", "fr"), ("RAS", "fr"), ("très bien", "fr"), ("nada", "es"), ("muy bien", "es"),
        ("ninguno", "es"), ("nada a dizer", "pt"), ("bom", "pt"), ("niets", "nl"), ("goed", "nl"),
        ("brak", "pl"), ("nic", "pl"), ("特になし", "ja"), ("なし", "ja"), ("لا شيء", "ar"), ("شكرا", "ar"),
        ("ingen", "da"), ("yok", "tr"), ("iyi", "tr"), ("keine", "en"), ("niente", "und"), ("特になし", "en"),
    ],
)  # fmt: skip
def test_empty_talk_and_bare_judgements_name_no_subject(text: str, language: str):
    assert not has_content(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("price", "en"), ("too expensive", "en"), ("Slow support", "en"), ("it crashes", "en"),
        ("nothing works", "en"), ("good support", "en"), ("zu teuer", "de"), ("Wartezeit", "de"),
        ("troppo lento", "it"), ("assistenza", "it"), ("дорого", "ru"), ("поддержка", "ru"),
        ("för dyrt", "sv"), ("trop cher", "fr"), ("muy caro", "es"), ("muito caro", "pt"), ("te duur", "nl"),
        ("za drogo", "pl"), ("遅い", "ja"), ("値段が高い", "ja"), ("بطيء", "ar"), ("for dyrt", "da"),
        ("çok pahalı", "tr"), ("客服太慢", "zh"), ("liian kallis", "fi"),
    ],
)  # fmt: skip
def test_a_text_that_names_a_subject_has_content(text: str, language: str):
    assert has_content(text, language)
