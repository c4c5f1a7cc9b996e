"""Which of the questions of a form is the one that a survey asks, and which asks why. Told from names and answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from app.analysis.metrics import NPS, Metric
from app.importers import scores

RECOMMEND = re.compile(
    r"recommend|\bnps\b|net promoter|0\s*(?:to|-|–|bis|à|a)\s*10|empfehl|recomend|recommand|consiglier|aanbevel|aanrad",
    re.IGNORECASE,
)
SATISFIED = re.compile(r"satisf|csat|zufrieden|soddisf|tevreden", re.IGNORECASE)
EASY = re.compile(
    r"\beas(?:y|ily|e|ier)\b|effort|\bces\b|einfach|\bleicht|aufwand|f[aá]cil|esfuerzo|esfor[cç]o|sforzo|makkelijk|moeite",
    re.IGNORECASE,
)
ASKS = {"nps": RECOMMEND, "csat": SATISFIED, "ces": EASY}
REASON = re.compile(
    r"reason|why|comment|feedback|improve|better|tell us|warum|grund|besser|por ?qu[eéê]|pourquoi|raison|mejor|"
    r"melhor|perch[eé]|migliorare|waarom|reden|verbeter",
    re.IGNORECASE,
)
FEW = 10  # characters, the mean of which free texts are above
HALF, MOST = 0.5, 0.8
MANY = 60  # characters, the mean of which nothing to filter by is below
Columns = Mapping[str, Sequence[str]]  # the cells of each, empty ones left out


def score(columns: Columns, metric: Metric = NPS, scale: Collection[str] = ()) -> str | None:
    """The column with the score: by its name if it holds scores at all, else the only one that does.

    `scale` are the scores that people say there are, beside those of the metric.
    """
    shares = {name: _share(cells, metric, scale) for name, cells in columns.items() if not _asks_other(name, metric)}
    named = [name for name, share in shares.items() if ASKS[metric.key].search(name) and share >= HALF]
    if named:
        return named[0]
    holding = [name for name, share in shares.items() if share >= MOST]
    return holding[0] if len(holding) == 1 else None


def _asks_other(name: str, metric: Metric) -> bool:
    """Whether a column is about what another metric asks: of CSAT and CES, whose scores look like one another's."""
    if metric.is_nps:
        return False
    found = {key for key, pattern in ASKS.items() if pattern.search(name)}
    return "nps" in found or bool(found - {metric.key} and metric.key not in found)


def _share(cells: Sequence[str], metric: Metric = NPS, scale: Collection[str] = ()) -> float:
    """How many of the cells are scores, from 0 to 1; 0 without any."""
    held = sum(cell in scale or scores.read(cell, metric.high) in metric.scores for cell in cells)
    return held / len(cells) if cells else 0.0


def comment(columns: Columns) -> str | None:
    """The column with the free text: by its name, else the one with the longest texts that differ, if there is one."""
    texts = [name for name in columns if _is_text(columns[name])]
    named = [name for name in columns if REASON.search(name) and columns[name] and _share(columns[name]) < HALF]
    return max(named or texts, key=lambda name: _mean(columns[name]), default=None)


def _is_text(cells: Sequence[str]) -> bool:
    return _mean(cells) >= FEW and len(set(cells)) >= HALF * len(cells) and _share(cells) < HALF


def _mean(cells: Sequence[str]) -> float:
    """How many characters the cells have on average; 0 without any."""
    return sum(map(len, cells)) / len(cells) if cells else 0.0


def free_texts(columns: Columns) -> list[str]:
    """The columns with texts so long that nobody would filter by them."""
    return [name for name, cells in columns.items() if _mean(cells) >= MANY]
