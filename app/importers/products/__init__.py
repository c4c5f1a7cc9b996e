"""What the files of other products look like: one small TOML a product, and one for what they have in common."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LAST = ("google-forms",)  # knows its files by little, so the others are asked first


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows that are no answers by what a column says; an empty cell says nothing."""

    column: str
    values: tuple[str, ...]
    reason: str  # with {0} for the value
    is_unless: bool = False  # every other value is meant
    names_metric: bool = False  # it says which question was asked, and the values are those of an NPS

    def why(self, value: str, metric: str = "nps") -> str | None:
        """Why a row with this value is left out of what is brought in for a metric, None if it is not."""
        said = value.strip()
        values = (metric,) if self.names_metric else self.values
        is_named = any(fnmatchcase(said.lower(), pattern) for pattern in values)
        return self.reason.format(said[:60]) if said and is_named != self.is_unless else None


@dataclass(frozen=True, slots=True)
class Product:
    """How the files of a product are recognised, and what their columns mean. Names of columns are in lower case."""

    key: str
    name: str
    marks: tuple[frozenset[str], ...] = ()  # the names of any one of these are there
    unmarks: frozenset[str] = frozenset()  # and none of these
    columns: Mapping[str, tuple[str, ...]] | None = None  # a meaning, and the names that may have it, the best first
    questions: tuple[str, ...] = ()  # patterns of columns named by a question, of which score and comment are told
    not_taken: tuple[str, ...] = ()  # patterns
    attributes: tuple[str, ...] = ("*",)  # patterns; what matches none is not taken either
    skips: tuple[Skip, ...] = ()
    month_first: bool | None = None
    is_utc: bool = False
    has_second_header: bool = False
    other_scales: tuple[str, ...] = ()  # metrics that it asks on another scale than ours

    def is_of(self, names: Sequence[str]) -> bool:
        """Whether a first line with these names is one of its own."""
        there = {tidy(name) for name in names}
        return any(mark <= there for mark in self.marks) and not self.unmarks & there

    def meaning(self, name: str) -> str:
        """What becomes of a column that nothing else is known of."""
        taken = matches(name, self.attributes) and not matches(name, self.not_taken)
        return "attribute" if taken else "ignored"


def tidy(name: str) -> str:
    """A name of a column, to be compared with others."""
    return " ".join(name.lower().split())


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a column is one of those that these patterns name."""
    return any(fnmatchcase(tidy(name), pattern) for pattern in patterns)


@cache
def every() -> dict[str, Product]:
    """All products by their keys, in the order in which they are asked."""
    common = _toml("common")
    keys = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "common")
    return {key: _product(key, _toml(key), common) for key in sorted(keys, key=LAST.__contains__)}


def recognise(names: Sequence[str]) -> Product | None:
    """Whose file has a first line like this, None if we do not know."""
    return next((product for product in every().values() if product.is_of(names)), None)


def _toml(key: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{key}.toml").read_text(encoding="utf-8"))


def _product(key: str, told: dict[str, Any], common: dict[str, Any]) -> Product:
    return Product(
        key,
        told["name"],
        marks=tuple(frozenset(mark) for mark in told["marks"]),
        unmarks=frozenset(told.get("unmarks", ())),
        columns={meaning: tuple(names) for meaning, names in told["columns"].items()},
        questions=tuple(told.get("questions", ())),
        not_taken=(*told.get("not_taken", ()), *common["not_taken"]),
        attributes=tuple(told.get("attributes", ("*",))),
        skips=tuple(_skip(skip) for skip in (*told.get("skips", ()), *common["skips"])),
        month_first=told.get("month_first"),
        is_utc=told.get("is_utc", False),
        has_second_header=told.get("has_second_header", False),
        other_scales=tuple(told.get("other_scales", ())),
    )


def _skip(told: dict[str, Any]) -> Skip:
    values = told.get("values") or told["unless"]
    names_metric = told.get("unless") == ["nps"]
    return Skip(told["column"], tuple(values), told["reason"], "unless" in told, names_metric)
