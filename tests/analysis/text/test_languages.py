"""Every language brings the same kinds of knowledge, and none is English by accident."""

import tomllib
from pathlib import Path

import pytest

from app.analysis.text import languages
from app.analysis.text.languages import CUE_KINDS, SUPPORTED, code_of, listed, profile

FILES = Path(languages.__file__).parent
MAIN = ("en", "it", "de", "ru", "sv", "fr", "es")


def cue_table(code: str) -> dict[str, list[str]]:
    raw = tomllib.loads((FILES / f"{code}.toml").read_text(encoding="utf-8"))
    return {kind: listed(text) for kind, text in raw.get("cues", {}).items()}


def test_there_is_one_file_for_each_language():
    assert {path.stem for path in FILES.glob("*.toml")} == {*SUPPORTED, "und"}


@pytest.mark.parametrize("code", SUPPORTED)
def test_every_language_has_enough_cues_of_the_kinds_that_decide(code: str):
    table = cue_table(code)

    judging = sum(len(table[kind]) for kind in ("good", "bad", "praise", "complaint"))
    assert judging >= (200 if code in MAIN else 100)
    assert all(table[kind] for kind in CUE_KINDS - {"absence"})


@pytest.mark.parametrize("code", SUPPORTED)
def test_no_cue_speaks_for_two_kinds(code: str):
    known = profile(code)
    kinds: dict[str, set[str]] = {}
    for kind, phrases in cue_table(code).items():
        for phrase in phrases:
            kinds.setdefault(" ".join(map(known.fold, phrase.split())), set()).add(kind)

    assert {phrase: found for phrase, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("tag", ["xx", "fi", "und", "", None, "zh-Hant"])
def test_a_language_without_a_file_is_neutral_not_english(tag: str | None):
    known = profile(tag)

    assert known.code == "und"
    assert {**known.by_word, **known.by_prefix, **known.by_ending} == {}


@pytest.mark.parametrize(
    ("tag", "code"), [("de-AT", "de"), ("pt_BR", "pt"), ("EN", "en"), ("jp", "ja"), (None, "und"), (" ", "und")]
)
def test_a_language_tag_is_read_by_its_first_part(tag: str | None, code: str):
    assert code_of(tag) == code


def test_accents_do_not_hide_a_cue_where_people_leave_them_out():
    assert profile("es").fold("RÁPIDO") == profile("es").fold("rapido")
    assert profile("de").fold("wäre") != profile("de").fold("Ware")
    assert profile("es").fold("engaño") != profile("es").fold("engano")


def test_a_kind_of_cue_that_nobody_reads_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "und.toml").write_text('[cues]\nshout = "hey"\n', encoding="utf-8")
    monkeypatch.setattr(languages, "_HERE", tmp_path)

    with pytest.raises(ValueError, match="shout"):
        languages._load.__wrapped__("und")
