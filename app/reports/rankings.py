"""A ranking without a survey around it: what `pain-points FILE` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from app.analysis.metrics import NPS, Metric
from app.analysis.nps.groups import count_groups
from app.analysis.nps.score import format_points
from app.analysis.pain_points.rank import Ranked
from app.analysis.pipeline import Analysis
from app.analysis.types import Comment, Entry
from app.reports import metric_words
from app.reports.metric_words import Words
from app.reports.report_json import figures

QUOTES = 3


def as_json(analysis: Analysis, comments: Sequence[Comment], metric: Metric = NPS) -> str:
    """The ranking for programs, with the keys of the report."""
    ranking, entries = analysis.ranking, _entries(analysis)
    lists = {"pain_points": ranking.ranked, "shared_requests": ranking.shared_requests, "too_few": ranking.too_few}
    base = count_groups(comment.score for comment in comments)
    content: dict[str, Any] = {
        "method": analysis.model.method,
        "comments": {"n": base.n, **metric.counts_of(base)},
        **{name: [_row(row, entries[row.id], metric) for row in rows] for name, rows in lists.items()},
        "unassigned": sum(not _raises(read) for read in analysis.comments),
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_text(analysis: Analysis, comments: Sequence[Comment], metric: Metric = NPS) -> str:
    """The ranking for people: a line for each pain point, with quotes below."""
    ranking, entries, words = analysis.ranking, _entries(analysis), metric_words.of(metric.key)
    if not ranking.enough:
        return f"Too few comments of {words.others} to rank: at least 30 are needed."
    texts = {comment.id: comment.text for comment in comments}
    lines = [line for row in ranking.ranked for line in _lines(row, entries[row.id], analysis, texts, words)]
    for title, rows in (
        ("Requests that promoters share", ranking.shared_requests),
        ("Too few to rank", ranking.too_few),
    ):
        if rows:
            lines.append(
                f"{title}: " + ", ".join(f"{entries[row.id].name()} ({row.counts.others:.0f})" for row in rows)
            )
    return "\n".join(lines)


def _entries(analysis: Analysis) -> dict[str, Entry]:
    return {entry.id: entry for entry in analysis.model.entries}


def _row(row: Ranked, entry: Entry, metric: Metric) -> dict[str, Any]:
    head = {"rank": row.place, "id": row.id, "name": entry.name(), "origin": entry.origin}
    return {**head, **figures(row, metric=metric), "holds_back": row.holds_back, "terms": list(entry.terms)}


def _lines(row: Ranked, entry: Entry, analysis: Analysis, texts: dict[str, str], words: Words) -> list[str]:
    low, high = (round(100 * end) for end in (row.frequency.low, row.frequency.high))
    impact = format_points(row.impact.value, 1) if row.impact else "–"
    counts, many = row.counts, words.many
    cost = f"   impact {impact}" if words.has_impact else ""
    return [
        f"{row.place:>3}. {entry.name():<42}{counts.others:>6.0f} of {words.others} ({low}–{high} %)   "
        f"{counts.passives:.0f} {many['passive']}, {counts.detractors:.0f} {many['detractor']}{cost}",
        *(f"       “{quote}”" for quote in _quotes(row.id, analysis, texts)),
    ]


def _quotes(id_: str, analysis: Analysis, texts: dict[str, str]) -> list[str]:
    """The surest mentions, each from another comment."""
    found = [
        (-mention.confidence, texts[read.id][mention.start : mention.end])
        for read in analysis.comments
        for mention in read.mentions
        if mention.pain_point == id_
    ]
    return [" ".join(text.split()) for _, text in sorted(set(found))[:QUOTES]]


def _raises(read: Any) -> bool:
    return any(mention.pain_point for mention in read.mentions)
