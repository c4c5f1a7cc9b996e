"""A file that was looked at: whose it is, what each of its columns means, and its rows in our words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from app.analysis.metrics import NPS, Metric
from app.importers import dates, guessing, jsonl
from app.importers.products import Product, matches, tidy
from app.importers.reading import Manner, records_of, row
from app.importers.rows import MEANINGS, MOST_COLUMNS, Record, Row, UnreadableFileError, storable

SEVERAL = ("comment", "attribute", "ignored")  # columns may have these meanings
LOOKED_AT = 500  # rows that tell which question is the score
DATES = 50_000  # rows that tell the day from the month: a page looks at a file while somebody waits
Find = Callable[[guessing.Columns], str | None]  # which column it is
NAMELESS = "(column {0})"
NO_SCORE = "The file has no column named score. The first line must name the columns."


@dataclass(frozen=True, slots=True)
class Told:
    """What people say of a file, instead of what we would find."""

    columns: Mapping[str, str] = field(default_factory=dict)  # name → meaning
    dates: str = ""  # "dmy" or "mdy"
    scale: Mapping[str, int] = field(default_factory=dict)  # a score of theirs → ours

    def __bool__(self) -> bool:
        return bool(self.columns or self.dates or self.scale)


@dataclass(frozen=True, slots=True)
class Source:
    """A table, or JSON lines, which have no columns of their own and name their fields themselves."""

    path: Path
    product: Product
    columns: Mapping[str, str] = field(default_factory=dict)  # name → meaning, in their order
    order: dates.Order = field(default_factory=lambda: dates.Order(month_first=False))
    header_lines: int = 1
    has_columns: bool = True
    scale: Mapping[str, int] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    metric: Metric = NPS

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know before they bring it in."""
        return (self.order.note,) if self.order.note else ()

    @property
    def has_score(self) -> bool:
        """Whether it can be brought in at all."""
        return not self.has_columns or "score" in self.columns.values()

    def answers(self) -> Iterator[Row]:
        """Every record in order; UnreadableFileError if no column is the score."""
        if not self.has_score:
            raise UnreadableFileError(NO_SCORE)
        return self.rows()

    def rows(self) -> Iterator[Row]:
        """Every record in order, whatever it may be."""
        manner = Manner(self.product, self.columns, self.order, self.scale, self.header, self.metric)
        if not self.has_columns:
            yield from jsonl.read(self.path, manner)
            return
        for record in islice(records_of(self.path), self.header_lines, None):
            yield row(record, manner)

    def found(self) -> dict[str, Any]:
        """What looking at the file found, to be kept, so that nobody has to look again."""
        return {
            "product": self.product.key,
            "columns": [list(column) for column in self.columns.items()],
            "month_first": self.order.month_first,
            "note": self.order.note,
            "header_lines": self.header_lines,
            "has_columns": self.has_columns,
            "scale": dict(self.scale),
            "header": list(self.header),
        }


def again(path: Path, product: Product, found: Mapping[str, Any], metric: Metric) -> Source:
    """The source of which `found()` was kept."""
    order = dates.Order(found["month_first"], found["note"])
    rest = {name: found[name] for name in ("header_lines", "has_columns", "scale")}
    return Source(path, product, dict(found["columns"]), order, header=tuple(found["header"]), metric=metric, **rest)


def lines(path: Path, product: Product, told: Told, metric: Metric) -> Source:
    """JSON lines, of which people may say what the fields mean; a field inside another is `outer.inner`."""
    _unequal(told.columns)
    month_first = told.dates == dates.MONTH_FIRST
    order = dates.Order(month_first)
    return Source(path, product, dict(told.columns), order, has_columns=False, scale=told.scale, metric=metric)


def table(path: Path, product: Callable[[Sequence[str]], Product], told: Told, metric: Metric) -> Source:
    """Look at a table: whose it is and what its columns mean, unless people said so."""
    first = list(islice(records_of(path), 2))
    if not first or not any(name.strip() for name in first[0].cells):
        raise UnreadableFileError(NO_SCORE)
    if len(first[0].cells) > MOST_COLUMNS:
        raise UnreadableFileError(
            f"The first line names more than {MOST_COLUMNS:,} columns. Leave out what is not needed."
        )
    its = product(first[0].cells)
    names, header_lines = _names(first, its)
    asked = partial(guessing.score, metric=metric, scale=told.scale)
    meanings = _meanings(its, names, path, header_lines, asked)
    _change(meanings, _known(names, told.columns), its)
    order = _order(path, its, meanings, header_lines, told.dates)
    header = () if its.marks else tuple(storable(name).strip() for name in first[0].cells)
    return Source(path, its, meanings, order, header_lines, scale=told.scale, header=header, metric=metric)


def _known(names: Sequence[str], columns: Mapping[str, str]) -> Mapping[str, str]:
    """What people say, if the file has these columns and no two of them are the same thing."""
    there = set(names)
    strange = next((name for name in columns if name not in there), None)
    if strange is not None:
        raise UnreadableFileError(f"The file has no column {strange}.")
    _unequal(columns)
    return columns


def _unequal(columns: Mapping[str, str]) -> None:
    times = Counter(columns.values())
    for meaning in columns.values():
        if meaning not in MEANINGS:
            raise UnreadableFileError(f"A column cannot be {meaning}: choose one of {', '.join(MEANINGS)}.")
        if meaning not in SEVERAL and times[meaning] > 1:
            raise UnreadableFileError(f"Two columns cannot both be {meaning}.")


def _change(meanings: dict[str, str], columns: Mapping[str, str], product: Product) -> None:
    """Put what people say in the place of what we found; a column that loses its meaning is one of the rest."""
    for name, meaning in meanings.items():
        if name not in columns and meaning not in SEVERAL and meaning in columns.values():
            meanings[name] = product.meaning(name)
    meanings.update(columns)


def _names(first: Sequence[Record], product: Product) -> tuple[list[str], int]:
    names = [storable(" ".join(name.split())) for name in first[0].cells]
    if product.marks:
        below = first[1].cells if len(first) > 1 and _is_header(product, names, first[1].cells) else []
        return _apart(_joined(names, below) if below else names), 2 if below else 1
    return _apart(_once(names)), 1


def _is_header(product: Product, names: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether the second line goes on naming: there the columns that every record fills are empty."""
    ids = (product.columns or {}).get("external_id", ())
    places = [place for place, name in enumerate(names) if tidy(name) in ids]
    return (
        product.has_second_header
        and bool(places)
        and not any(cells[place].strip() for place in places if place < len(cells))
    )


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Questions with their parts; a question stands above its first part only."""
    names, question = [], ""
    for place in range(max(len(above), len(below))):
        question = (above[place] if place < len(above) else "") or question
        part = " ".join(below[place].split()) if place < len(below) else ""
        plain = not part or part.lower() in {"response", "open-ended response"}
        names.append(question if plain else f"{question}: {part}")
    return names


def _apart(names: Sequence[str]) -> list[str]:
    """Every name once; a column without a name gets one that says so."""
    seen: dict[str, int] = {}
    apart = []
    for place, name in enumerate(names, start=1):
        seen[name] = seen.get(name, 0) + 1
        apart.append((f"{name} ({seen[name]})" if seen[name] > 1 else name) if name else NAMELESS.format(place))
    return apart


def _once(names: Sequence[str]) -> list[str]:
    times = Counter(name.lower() for name in names if name)
    twice = sorted(name for name, number in times.items() if number > 1)
    if twice:
        raise UnreadableFileError(f"The column {twice[0]} is there twice.")
    return list(names)


def _meanings(product: Product, names: Sequence[str], path: Path, lines: int, score: Find) -> dict[str, str]:
    meanings = {name: "ignored" if name.startswith("(column ") else product.meaning(name) for name in names}
    for meaning, its in (product.columns or {}).items():
        found = next((name for mine in its for name in names if tidy(name) == mine), None)
        if found is not None and meanings[found] in {"attribute", "ignored"}:
            meanings[found] = meaning
    if product.questions:
        _guess(meanings, product, path, lines, score)
    return meanings


def _guess(meanings: dict[str, str], product: Product, path: Path, lines: int, score: Find) -> None:
    open_ = [
        name
        for name, meaning in meanings.items()
        if meaning == "attribute" or (meaning == "ignored" and not matches(name, product.not_taken))
    ]
    cells: dict[str, list[str]] = {name: [] for name in open_ if name and matches(name, product.questions)}
    places = {name: place for place, name in enumerate(meanings)}
    for record in islice(records_of(path), lines, lines + LOOKED_AT):
        for name, its in cells.items():
            if places[name] < len(record.cells) and record.cells[places[name]].strip():
                its.append(record.cells[places[name]].strip())
    for meaning, find in (("score", score), ("comment", guessing.comment)):
        if meaning not in meanings.values() and (found := find(cells)):
            meanings[found] = meaning
            del cells[found]
    for name in guessing.free_texts(cells):  # nothing to filter by; people may make them a part of the comment
        meanings[name] = "ignored"


def _order(path: Path, product: Product, meanings: Mapping[str, str], lines: int, told: str) -> dates.Order:
    place = next((place for place, meaning in enumerate(meanings.values()) if meaning == "created_at"), None)
    if place is None:
        return dates.Order(month_first=False)
    column = (
        record.cells[place] for record in islice(records_of(path), lines, lines + DATES) if place < len(record.cells)
    )
    return dates.order(column, product.month_first, told or None)
