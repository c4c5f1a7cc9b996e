"""Reading takes time in proportion to the text, whatever the text is."""

import time

import pytest

from app.analysis.text import clean, cues, language, mentions, redact, stance, tokens

BAITS = {
    "one endless word": "a",
    "brackets": "((",
    "addresses that never end": "a@",
    "domains that never end": "aa.",
    "white space": " \t",
    "line breaks": "\n",
    "dashes in a list": "\n- a",
    "negators": "not ",
    "negated praise": "not good ",
    "contrasts": "but slow ",
    "commas": "the app is, ",
    "coordination": "and the app is ",
    "emoji": "slow 😡 ",
    "accents": "a" + "\u0301" * 50,
    "elisions": "l'a'",
    "numbers of a list": "1) x 2) y ",
    "Japanese": "問題ないが、",
    "full stops": "a. ",
}


def seconds_to_read(text: str, code: str) -> float:
    """The best of three, so that a busy machine does not count as a slow program."""
    best = float("inf")
    for _ in range(3):
        cues.find.cache_clear()
        start = time.process_time()
        clean.normalise(text)
        clean.has_content(text, code)
        language.identify(text)
        mentions.split(text, code)
        stance.stance(text, code, 3)
        tokens.words(text, code)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("bait", BAITS)
@pytest.mark.parametrize("code", ["en", "fr", "ja"])
def test_four_times_the_text_takes_four_times_as_long_at_most_with_some_room(bait: str, code: str):
    unit = BAITS[bait]
    seconds_to_read(unit * 10, code)

    short, long = (seconds_to_read(unit * (size // len(unit)), code) for size in (4_000, 16_000))

    assert long <= 2.5**2 * short + 0.02


PERSONAL = {
    "addresses that never end": "a@",
    "domains that never end": "a@b.",
    "one long name before each @": "a" * 64 + "@",
    "brackets": "((((",
    "digits": "1",
    "digits of another script": "٣",
    "digits with nothing seen between them": "1\u200b",
    "single digits": "1 ",
    "telephones": "030 23125123 ",
    "telephones that are none": "00 ",
    "plus signs": "+1 ",
    "cards": "4111 1111 1111 1111 ",
    "cards that are none": "1234 ",
    "accounts that are none": "DE89 ",
    "dates": "1.2.2026-",
    "machines": "192.168.10.20.",
    "colons": "a:",
}


def seconds_to_redact(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        redact.redact(text, redact.KINDS, ("US", "GB", "DE"))
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("bait", PERSONAL)
def test_redacting_takes_time_in_proportion_and_no_second(bait: str):
    unit = PERSONAL[bait]
    seconds_to_redact("+49 30 23125123 " + unit * 10)

    short, long = (seconds_to_redact(unit * (size // len(unit))) for size in (4_000, 16_000))

    assert long <= 2.5**2 * short + 0.02
    assert short < 1
