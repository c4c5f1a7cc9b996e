"""Files with answers given elsewhere. An importer turns a file into rows; what a row means is decided once, for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.analysis.metrics import NPS, Metric
from app.importers import products, sources
from app.importers.products import Product
from app.importers.rows import MEANINGS, NAMES, Row
from app.importers.sources import Source, Told

OURS = {meaning: (meaning,) for meaning in MEANINGS if meaning in NAMES}  # a plain table names its columns as we do
PLAIN = {
    key: Product(key, name, columns=OURS) for key, name in (("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON lines"))
}
NOTHING = Told()
ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xlsx"}


def formats() -> list[str]:
    """What a file may be called: what it is, or whose."""
    return [*PLAIN, *products.every()]


def read(path: Path, file_format: str | None = None) -> Iterator[Row]:
    """The rows of a file, by the format named or, without one, by what it looks like."""
    return source(path, file_format).answers()


def source(path: Path, file_format: str | None = None, told: Told = NOTHING, metric: Metric = NPS) -> Source:
    """Look at a file of scores of a metric, with what people say of it instead of what we would find."""
    named = file_format or guess(path)
    if named == "jsonl":
        return sources.lines(path, PLAIN["jsonl"], told, metric)

    def whose(names: Sequence[str]) -> Product:
        known = products.every().get(named)
        if known or file_format:
            return known or PLAIN[named]
        return products.recognise(names) or PLAIN[named]

    return sources.table(path, whose, told, metric)


def again(path: Path, found: Mapping[str, Any], metric: Metric = NPS) -> Source:
    """A file that was looked at before, by what was found then."""
    key = found["product"]
    return sources.again(path, PLAIN.get(key) or products.every()[key], found, metric)


def guess(path: Path) -> str:
    """The format that the file's ending speaks for."""
    return ENDINGS.get(path.suffix.lower(), "csv")
