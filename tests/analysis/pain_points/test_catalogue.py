from pathlib import Path

import pytest

from app.analysis.pain_points.catalogue import read, shipped
from app.analysis.types import Entry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "entries.toml").write_text('[slow]\ndepartment = "Support"\n[dear]\n')
    (tmp_path / "en.toml").write_text('[slow]\nname = "Speed it up"\nphrases = ["too slow", "I waited"]\n')
    return tmp_path


def test_every_shipped_entry_has_an_english_action_of_at_most_forty_characters() -> None:
    names = [entry.name("en") for entry in shipped()]

    assert len(names) >= 20
    assert all(0 < len(name) <= 40 for name in names)
    assert len(set(names)) == len(names)


def test_every_shipped_entry_has_an_owner_and_a_dozen_english_seeds() -> None:
    for entry in shipped():
        assert entry.origin == "seed"
        assert entry.department
        assert len(entry.phrases["en"]) >= 12, entry.id


def test_the_widgets_languages_have_seeds_and_names_for_every_entry() -> None:
    for entry in shipped():
        for language in ("en", "it", "de", "ru", "sv", "fr", "es"):
            assert entry.names[language]
            assert len(entry.phrases[language]) >= 10, (entry.id, language)


def test_a_folder_is_read_in_the_order_of_its_entries(folder: Path) -> None:
    slow, dear = read(folder)

    assert slow == Entry("slow", "seed", {"en": "Speed it up"}, {"en": ("too slow", "I waited")}, "Support")
    assert dear.id == "dear"
    assert dear.phrases == {}


def test_a_language_cannot_name_an_entry_that_does_not_exist(folder: Path) -> None:
    (folder / "de.toml").write_text('[teuer]\nname = "Preise senken"\nphrases = []\n')

    with pytest.raises(ValueError, match=r"de\.toml names entries .* teuer"):
        read(folder)
