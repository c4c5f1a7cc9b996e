from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import app.analysis.pain_points as pain_points

FOLDER = Path(pain_points.__file__).parent
CATALOGUE = FOLDER / "catalogue"
CORE = ("en", "it", "de", "ru", "sv", "fr", "es")
OFFERED = (*CORE, "pt", "nl", "pl", "ja", "ar", "da", "tr")
PRESENT = tuple(language for language in OFFERED if (CATALOGUE / f"{language}.toml").exists())


def _read(stem: str) -> dict[str, dict[str, Any]]:
    return _load("catalogue", stem)


def _load(folder: str, stem: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / folder / f"{stem}.toml").read_text(encoding="utf-8"))


def _repeated(words: list[str]) -> list[str]:
    return [word for word, times in Counter(word.casefold() for word in words).items() if times > 1]


def test_every_core_language_has_a_catalogue() -> None:
    missing = [language for language in CORE if language not in PRESENT]

    assert missing == []


def test_every_catalogue_file_is_in_a_language_the_survey_offers() -> None:
    stems = {path.stem for path in CATALOGUE.glob("*.toml")}

    assert stems - {"entries"} <= set(OFFERED)


def test_every_pain_point_has_a_department_that_owns_it() -> None:
    entries = _read("entries")

    without_owner = [id_ for id_, entry in entries.items() if not entry.get("department", "").strip()]

    assert len(entries) >= 20
    assert without_owner == []


@pytest.mark.parametrize("language", OFFERED)
def test_the_shelf_is_translated_whole(language: str) -> None:
    shelf, english = _load("shelf", language), _load("shelf", "en")
    names = [entry["name"] for entry in shelf.values()]
    phrases = [phrase for entry in shelf.values() for phrase in entry["phrases"]]

    assert list(shelf) == list(english)
    assert [name for name in names if not 0 < len(name.strip()) <= 40] == []
    assert _repeated(names + [entry["name"] for entry in _read(language).values()]) == []
    assert {id_: entry for id_, entry in shelf.items() if len(entry["phrases"]) < 6} == {}
    assert _repeated(phrases) == []


@pytest.mark.parametrize("language", OFFERED)
def test_every_pain_point_has_words_that_speak_for_it(language: str) -> None:
    words = {id_: text.split(",") for id_, text in _load("words", language).items()}

    assert list(words) == [*_read("entries"), *_load("shelf", "en")]
    assert {id_: said for id_, said in words.items() if len(said) < 10} == {}
    assert {id_: said for id_, said in words.items() if "" in map(str.strip, said)} == {}


@pytest.mark.parametrize("language", OFFERED)
def test_chatter_is_known_in_every_language(language: str) -> None:
    chatter, english = _load("chatter", language), _load("chatter", "en")

    assert {id_: len(said) for id_, said in chatter.items()} == {id_: len(said) for id_, said in english.items()}
    assert _repeated([phrase for said in chatter.values() for phrase in said]) == []


@pytest.mark.parametrize("language", PRESENT)
def test_a_language_names_every_pain_point_and_no_other_in_the_same_order(language: str) -> None:
    translated = _read(language)

    assert list(translated) == list(_read("entries"))


@pytest.mark.parametrize("language", PRESENT)
def test_names_are_unique_and_fit_in_forty_characters(language: str) -> None:
    names = [entry["name"] for entry in _read(language).values()]

    wrong_length = [name for name in names if not 0 < len(name.strip()) <= 40]

    assert wrong_length == []
    assert _repeated(names) == []


@pytest.mark.parametrize("language", PRESENT)
def test_every_pain_point_has_at_least_ten_seed_phrases(language: str) -> None:
    counts = {id_: len(entry["phrases"]) for id_, entry in _read(language).items()}

    assert {id_: count for id_, count in counts.items() if count < 10} == {}


@pytest.mark.parametrize("language", PRESENT)
def test_a_seed_phrase_belongs_to_one_pain_point_only(language: str) -> None:
    phrases = [phrase for entry in _read(language).values() for phrase in entry["phrases"]]

    untidy = [phrase for phrase in phrases if not phrase or phrase != phrase.strip()]

    assert untidy == []
    assert _repeated(phrases) == []
