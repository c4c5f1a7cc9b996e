"""Files with answers given elsewhere. An importer turns a file into rows; what a row means is decided once, for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.analysis.metrics import NPS, Metric
from app.importers import products, sources
from app.importers.products import Product
from app.importers.rows import MEANINGS, NAMES, Row
from app.importers.sources import Source

OURS = {meaning: (meaning,) for meaning in MEANINGS if meaning in NAMES}  # a plain table names its columns as we do
PLAIN = {
    key: Product(key, name, columns=OURS) for key, name in (("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON lines"))
}
ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xlsx"}


def formats() -> list[str]:
    """What a file may be called: what it is, or whose."""
    return [*PLAIN, *products.every()]


def read(path: Path, file_format: str | None = None) -> Iterator[Row]:
    """The rows of a file, by the format named or, without one, by what it looks like."""
    return source(path, file_format).answers()


def source(
    path: Path,
    file_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    dates: str = "",
    metric: Metric = NPS,
) -> Source:
    """Look at a file of scores of a metric. `columns` and `dates` are what people say its columns mean."""
    named = file_format or guess(path)
    if named == "jsonl":
        return Source(path, PLAIN["jsonl"], has_columns=False, metric=metric)

    def whose(names: Sequence[str]) -> Product:
        known = products.every().get(named)
        if known or file_format:
            return known or PLAIN[named]
        return products.recognise(names) or PLAIN[named]

    return replace(sources.table(path, whose, columns or {}, dates), metric=metric)


def guess(path: Path) -> str:
    """The format that the file's ending speaks for."""
    return ENDINGS.get(path.suffix.lower(), "csv")
