"""From a file to a ranking without a database: what `pain-points FILE` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from app import importers
from app.analysis import pipeline
from app.analysis.metrics import NPS, Metric
from app.analysis.pain_points import catalogue
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.text.clean import normalise
from app.analysis.types import Comment, ReadComment
from app.schemas.imports import ImportedRow

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the file with a good score; `number` counts records from 1, without the header.

    The comment has the score from 0 to 10 that it is read with.
    """

    number: int
    external_id: str | None
    score: int
    comment: Comment


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file says: its rows, what was rejected (line, reason), and the analysis of those with a comment."""

    rows: tuple[FileRow, ...]
    rejected: tuple[tuple[int, str], ...]
    comments: tuple[Comment, ...]
    analysis: pipeline.Analysis
    metric: Metric = NPS


def understand(
    path: Path, file_format: str | None = None, progress: Progress | None = None, metric: Metric = NPS
) -> Understood:
    """Read, understand and rank the comments of a file."""
    rows, rejected = _rows(path, file_format, metric)
    comments = [row.comment for row in rows if row.comment.text]
    analysis = pipeline.analyse(
        comments, catalogue.shipped(), UseEncoder(), progress=progress, cost=metric.cost, gain=metric.gain
    )
    return Understood(tuple(rows), tuple(rejected), tuple(comments), analysis, metric)


def _rows(path: Path, file_format: str | None, metric: Metric) -> tuple[list[FileRow], list[tuple[int, str]]]:
    schema, rows, rejected = ImportedRow(metric), [], []
    for number, row in enumerate(importers.read(path, file_format), start=1):
        try:
            if row.fault:
                raise ValidationError(row.fault)
            values = schema.load(row.values)
        except ValidationError as error:
            rejected.append((row.line, "; ".join(str(text) for text in _texts(error.messages))))
            continue
        text = normalise(values["comment"] or "") or ""
        comment = Comment(str(number), text, metric.reading[values["score"]], values["language"])
        rows.append(FileRow(number, values["external_id"], values["score"], comment))
    return rows, rejected


def _texts(messages: Any) -> list[Any]:
    return [text for value in messages.values() for text in value] if isinstance(messages, dict) else list(messages)


def assignments(understood: Understood) -> Iterator[dict[str, Any]]:
    """One object for each row of the file, in its order: the pain points it raises and where it says so."""
    heard = {read.id: read for read in understood.analysis.comments}
    names = {entry.id: entry.name() for entry in understood.analysis.model.entries}
    for row in understood.rows:
        read = heard.get(row.comment.id)
        yield {
            "row": row.number,
            "external_id": row.external_id,
            "score": row.score,
            "group": understood.metric.name_of(understood.metric.group_of(row.score)),
            "language": read.language if read else row.comment.language,
            "pain_points": raised(read, names) if read else [],
        }


def raised(read: ReadComment, names: dict[str, str]) -> list[dict[str, Any]]:
    """The pain points of a comment as they stand in files and exports."""
    return [
        {
            "id": mention.pain_point,
            "name": names[mention.pain_point],
            "confidence": round(mention.confidence, 3),
            "start": mention.start,
            "end": mention.end,
            "stance": mention.stance,
        }
        for mention in read.mentions
        if mention.pain_point
    ]
