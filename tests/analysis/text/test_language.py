"""The language of a comment is told from few words, and the hint helps without lying."""

import pytest

from app.analysis.text.language import identify


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Slow support", "en"), ("Too expensive", "en"), ("I love it but it keeps crashing", "en"),
        ("Zu teuer", "de"), ("Der Support antwortet nie", "de"), ("Rechnung ist falsch", "de"),
        ("Troppo caro", "it"), ("L'app si blocca sempre", "it"), ("Очень долго жду ответа", "ru"),
        ("Дорого", "ru"), ("Повільна підтримка", "uk"), ("Supporten svarar aldrig", "sv"), ("För dyrt", "sv"),
        ("Trop cher", "fr"), ("Le support ne répond jamais", "fr"), ("Demasiado caro", "es"),
        ("El soporte nunca contesta", "es"), ("Muito caro para o que oferece", "pt"),
        ("De klantenservice is te traag", "nl"), ("Za drogo i za wolno", "pl"), ("サポートが遅い", "ja"),
        ("الدعم بطيء", "ar"), ("Supporten svarer aldrig", "da"), ("Çok pahalı", "tr"), ("客服太慢", "zh"),
        ("ช้ามาก", "th"), ("고객 지원이 느려요", "ko"), ("Πολύ ακριβό", "el"), ("Liian kallis ja hidas palvelu", "fi"),
    ],
)  # fmt: skip
def test_a_short_comment_is_read_in_its_own_language(text: str, language: str):
    assert identify(text) == language


@pytest.mark.parametrize("text", ["", "👍", "10/10", "...", "5G", "ok", "Wi-Fi", "app"])
def test_without_a_telling_word_nothing_is_said_or_the_hint_answers(text: str):
    assert identify(text) == "und"
    assert identify(text, "sv") == "sv"


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Support", "de", "de"),
        ("lento", "it", "it"),
        ("lento", "es-MX", "es"),
        ("Der Support antwortet nie", "en", "de"),
        ("Поддержка не отвечает", "en", "ru"),
        ("I am still waiting for my refund", "fr", "en"),
        ("Jeg har ventet i tre uger", "sv", "da"),
        ("最悪", "ja", "ja"),
    ],
)
def test_the_hint_wins_unless_the_text_clearly_speaks_another_language(text: str, hint: str, language: str):
    assert identify(text, hint) == language


def test_an_address_does_not_make_a_comment_english():
    assert identify("https://www.example.com/the/help/page 値段が高い") == "ja"
    assert identify("www.example.com/the/help") == "und"
