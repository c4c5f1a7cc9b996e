"""Which of the questions of a form is the one about recommending, and which asks why. Told from names and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.importers import scores

RECOMMEND = re.compile(
    r"recommend|\bnps\b|net promoter|0\s*(?:to|-|–|bis|à|a)\s*10|empfehl|recomend|recommand|consiglier|aanbevel|aanrad",
    re.IGNORECASE,
)
REASON = re.compile(
    r"reason|why|comment|feedback|improve|better|tell us|warum|grund|besser|por ?qu[eéê]|pourquoi|raison|mejor|"
    r"melhor|perch[eé]|migliorare|waarom|reden|verbeter",
    re.IGNORECASE,
)
FEW = 10  # characters, the mean of which free texts are above
HALF, MOST = 0.5, 0.8
MANY = 60  # characters, the mean of which nothing to filter by is below
Columns = Mapping[str, Sequence[str]]  # the cells of each, empty ones left out


def score(columns: Columns) -> str | None:
    """The column with the score: by its name if it holds scores at all, else the only one that does."""
    holding = [name for name, cells in columns.items() if _share(cells) >= MOST]
    named = [name for name in columns if RECOMMEND.search(name) and _share(columns[name]) >= HALF]
    if named:
        return named[0]
    return holding[0] if len(holding) == 1 else None


def _share(cells: Sequence[str]) -> float:
    """How many of the cells are scores, from 0 to 1; 0 without any."""
    return sum(scores.read(cell) is not None for cell in cells) / len(cells) if cells else 0.0


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
