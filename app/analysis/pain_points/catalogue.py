"""The shipped pain points, read from the data files beside this module.

The catalogue is what every survey starts with. The shelf holds subjects of single trades (batteries, breakfast,
homework); one of them joins a survey's pain points once enough of its comments are about it. `words` holds, for
both, the single words that speak for an entry; `chatter` is talk that names nothing to fix.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from app.analysis.types import Entry

FOLDER = files("app.analysis.pain_points") / "catalogue"
SHELF = files("app.analysis.pain_points") / "shelf"
CHATTER = files("app.analysis.pain_points") / "chatter"
WORDS = files("app.analysis.pain_points") / "words"


@cache
def shipped() -> tuple[Entry, ...]:
    """The entries of `entries.toml` in their order, with name and seed phrases in every language there is."""
    return _with_words(read(FOLDER))


@cache
def shelf() -> tuple[Entry, ...]:
    """The subjects that wait for a survey they matter to; as entries of the catalogue they count as discovered."""
    languages = _languages(SHELF)
    entries = tuple(_entry(id_, table, languages) for id_, table in languages["en"].items())
    return _with_words(tuple(replace(entry, origin="discovered") for entry in entries))


@cache
def chatter() -> tuple[Entry, ...]:
    """Talk that names nothing to fix; what is nearest to it raises no pain point. Ids begin with "~"."""
    languages = _languages(CHATTER)
    return tuple(
        Entry(f"~{id_}", "discovered", {}, {code: tuple(said[id_]) for code, said in languages.items() if id_ in said})
        for id_ in languages["en"]
    )


def _with_words(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    spoken = _words()
    return tuple(
        replace(entry, words={code: words[entry.id] for code, words in spoken.items() if entry.id in words})
        for entry in entries
    )


@cache
def _words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The words of each entry, by language and id."""
    return {
        code: {id_: tuple(word.strip() for word in text.split(",")) for id_, text in table.items()}
        for code, table in _languages(WORDS).items()
    }


def read(folder: Traversable) -> tuple[Entry, ...]:
    """A catalogue folder: `entries.toml` and one `<language>.toml` each. A name is at most 40 characters.

    Raises ValueError for a language file that names an id `entries.toml` does not have.
    """
    tables = _load(folder / "entries.toml")
    languages = _languages(folder)
    for language, entries in languages.items():
        if unknown := sorted(set(entries) - set(tables)):
            raise ValueError(f"{language}.toml names entries that are not in entries.toml: {', '.join(unknown)}")
    return tuple(_entry(id_, table, languages) for id_, table in tables.items())


def _languages(folder: Traversable) -> dict[str, dict[str, Any]]:
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return {name[:-5]: _load(folder / name) for name in names if name != "entries.toml"}


def _load(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _entry(id_: str, table: Mapping[str, Any], languages: Mapping[str, Mapping[str, Any]]) -> Entry:
    known = {code: entries[id_] for code, entries in languages.items() if id_ in entries}
    return Entry(
        id=id_,
        origin="seed",
        names={code: said["name"] for code, said in known.items()},
        phrases={code: tuple(said["phrases"]) for code, said in known.items()},
        department=table.get("department", ""),
    )
