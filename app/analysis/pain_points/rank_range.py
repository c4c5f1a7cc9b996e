"""How sure is the rank? The ranking, repeated over surveys that might as well have happened.

Respondents are drawn with replacement, all groups together. Respondents who are alike (same group, same pain points)
are drawn together as one type: the counts of the types follow the same multinomial law, at a fraction of the cost.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.analysis.normal import Z95
from app.analysis.types import Group, Voice

SURE = 0.95  # neighbours whose order holds less often cannot be told apart

_GROUPS: tuple[Group, ...] = ("promoter", "passive", "detractor")
_CELLS = 2_000_000  # types × resamples in memory at once
_PARTS = 4096  # a power of two, so that a number times it is exact
_IN_CACHE = 65_536  # random numbers at once
_WORTH_A_GUIDE = 20_000  # numbers

Kinds = Mapping[tuple[Group, frozenset[str]], int]  # who is alike: group and pain points
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RankRange:
    """Places `low`…`high` in 95 % of the resamples, and the `share` of them at the pain point's own place."""

    low: int
    high: int
    share: float


@dataclass(frozen=True, slots=True)
class RankRanges:
    """By id how sure each place is, and the runs of places (first, last) that cannot be told apart."""

    by_id: Mapping[str, RankRange]
    bands: tuple[tuple[int, int], ...]
    seed: int
    resamples: int


def rank_ranges(voices: Iterable[Voice], ranked_ids: Sequence[str], seed: int, resamples: int = 1000) -> RankRanges:
    """How often each ranked pain point keeps its place when the respondents are drawn again.

    `ranked_ids` come in the order of the ranking, and the list stays as it is. The same voices in any order, the same
    ids and the same `seed` give the same answer. Without voices or ids there is nothing. ValueError for a repeated
    id or no resamples.
    """
    return ranges_of_kinds(Counter((voice.group, voice.pain_points) for voice in voices), ranked_ids, seed, resamples)


def ranges_of_kinds(kinds: Kinds, ranked_ids: Sequence[str], seed: int, resamples: int = 1000) -> RankRanges:
    """The same of respondents who are alike, with how many they are. Costs grow with the kinds, not with the people."""
    if len(set(ranked_ids)) < len(ranked_ids) or resamples < 1:
        raise ValueError("ranked ids must be distinct, and resamples at least 1")
    types = _types(kinds, frozenset(ranked_ids))
    if not types or not ranked_ids:
        return RankRanges({}, (), seed, resamples)
    times = np.array([times for _, times in types])
    members = _membership([voice for voice, _ in types], ranked_ids).astype(_exact(times))
    draws = _draws(times, seed, resamples)
    places = np.concatenate([_places((members @ drawn).astype(float), ranked_ids) for drawn in draws], axis=1)
    by_id = {id_: _range(row, own) for own, (id_, row) in enumerate(zip(ranked_ids, places, strict=True), 1)}
    return RankRanges(by_id, _bands(places), seed, resamples)


def _types(kinds: Kinds, ids: frozenset[str]) -> list[tuple[Voice, int]]:
    """Distinct voices, as far as the ranked pain points go, with how many there are; rarest first."""
    types: Counter[tuple[Group, frozenset[str]]] = Counter()
    for (group, pain_points), times in kinds.items():
        types[group, pain_points & ids] += times
    rarest_first = sorted(types.items(), key=lambda item: (item[1], item[0][0], sorted(item[0][1])))
    return [(Voice(group, pain_points), times) for (group, pain_points), times in rarest_first]


def _membership(types: Sequence[Voice], ids: Sequence[str]) -> Floats:
    """One row for each group of the base, then three for each pain point; one column for each type."""
    wanted = ("", *ids)
    rows = np.zeros((len(wanted) * 3, len(types)))
    row_of = {(id_, group): i * 3 + g for i, id_ in enumerate(wanted) for g, group in enumerate(_GROUPS)}
    for column, voice in enumerate(types):
        rows[row_of["", voice.group], column] = 1
        for id_ in voice.pain_points:
            rows[row_of[id_, voice.group], column] = 1
    return rows


def _draws(times: NDArray[np.int64], seed: int, resamples: int) -> Iterator[NDArray[Any]]:
    """Resamples as columns of counts by type, in chunks that fit into memory."""
    random = np.random.default_rng(seed)
    chunk = max(1, _CELLS // len(times))
    for start in range(0, resamples, chunk):
        yield _multinomial(random, times, min(chunk, resamples - start))


def _multinomial(random: np.random.Generator, times: NDArray[np.int64], size: int) -> NDArray[Any]:
    """As many draws as respondents, `size` times over: (types, size).

    Independent Poisson counts are multinomial given their sum. So a little fewer than all are drawn at once, which
    is quick, and the rest one by one. A column that got too many is drawn anew.
    """
    n = int(times.sum())
    thinned = max(0.0, 1 - 3 / math.sqrt(n))
    drawn = np.empty((len(times), size), _exact(times))
    _poisson(random, [thinned * k for k in times.tolist()], drawn)
    missing = n - drawn.sum(axis=0, dtype=np.float64).astype(np.int64)
    for column in np.flatnonzero(missing < 0):
        drawn[:, column] = random.multinomial(n, times / n)
    columns = np.repeat(np.arange(size), np.maximum(missing, 0))
    type_of = np.repeat(np.arange(len(times)), times)
    cells = type_of[random.integers(0, n, len(columns))] * size + columns
    drawn += np.bincount(cells, minlength=drawn.size).reshape(drawn.shape)
    return drawn


def _exact(times: NDArray[np.int64]) -> type[np.floating[Any]]:
    """The smallest numbers that hold every sum of these counts exactly: half the size is half the time."""
    return np.float32 if times.sum() < 2**24 else np.float64


def _poisson(random: np.random.Generator, means: Sequence[float], drawn: NDArray[Any]) -> None:
    """Poisson counts for ascending means, by looking random numbers up in one table for each distinct mean."""
    start, rows = 0, max(1, _IN_CACHE // drawn.shape[1])
    for mean, alike in groupby(means):
        stop = start + len(list(alike))
        first, table = _poisson_table(mean)
        for some in range(start, stop, rows):
            part = drawn[some : min(some + rows, stop)]
            np.add(_looked_up(table, random.random(part.shape)), first, out=part)
        start = stop


def _looked_up(table: Floats, numbers: Floats) -> Places:
    """How many entries of the table are at most each number from 0 up to 1.

    Of many numbers most are answered by the part that they lie in, where no entry separates its two ends.
    """
    if numbers.size < _WORTH_A_GUIDE:
        return np.searchsorted(table, numbers, side="right")
    ends = np.searchsorted(table, np.arange(_PARTS + 1) / _PARTS, side="right")
    part = (numbers * _PARTS).astype(np.intp)
    found = ends[part]
    unsure = np.flatnonzero((ends[1:] != ends[:-1])[part])
    found.flat[unsure] = np.searchsorted(table, numbers.flat[unsure], side="right")
    return found


@lru_cache(4096)
def _poisson_table(mean: float) -> tuple[int, Floats]:
    """The chances of at most k, for all k within twelve standard deviations; and the first such k."""
    reach = 12 * math.sqrt(mean) + 40
    first, last = max(0, int(mean - reach)), int(mean + reach)
    if mean == 0:
        return 0, np.empty(0)
    k = np.arange(first, last + 1)
    steps = np.concatenate(([0.0], np.log(mean / k[1:])))
    table = np.cumsum(np.exp(first * math.log(mean) - mean - math.lgamma(first + 1) + np.cumsum(steps)))
    table /= table[-1]
    return first, table[table < 1]  # no random number reaches 1


def _places(counts: Floats, ids: Sequence[str]) -> Places:
    """Places from 1 of each pain point (row) in each resample (column), with the tie rule of the ranking."""
    by_group = counts.reshape(len(ids) + 1, 3, -1)
    base, raised = by_group[0], by_group[1:]
    alphabetic = np.argsort(np.argsort(np.array(ids, dtype=object)))[:, None]
    first = -np.round(_priorities(raised, base), 9)
    order = np.lexsort((np.broadcast_to(alphabetic, first.shape), _impacts(raised, base), first), axis=0)
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, len(ids) + 1)[:, None], axis=0)
    return places


def _priorities(raised: Floats, base: Floats) -> Floats:
    """The priority of every pain point; 0 in a resample without passives and detractors."""
    m, n = raised[:, 1:].sum(axis=1), base[1:].sum(axis=0)
    n_or_1 = np.maximum(n, 1)
    reach = m + Z95**2 / 2 + Z95 * np.sqrt(m * ((n - m) / n_or_1) + Z95**2 / 4)
    smoothed = (raised[:, 1:] + 0.5) * (base[:0:-1] + 1)
    evenness = smoothed.min(axis=1) / smoothed.max(axis=1)
    evenness[:, (base[1:] == 0).any(axis=0)] = 0
    priorities: Floats = 100 * (m * (m / n_or_1) / reach) * (1 + evenness) / 2
    return priorities


def _impacts(raised: Floats, base: Floats) -> Floats:
    """The impact of every pain point, infinite where there is none so that it comes last."""
    n_t, n_c = raised.sum(axis=1), base.sum(axis=0)
    lead_t, lead_c = raised[:, 0] - raised[:, 2], base[0] - base[2]
    rest = n_c - n_t
    points = 100 * (lead_t * n_c - lead_c * n_t) / (n_c * np.maximum(rest, 1))
    return np.where(rest > 0, np.round(points, 9), np.inf)


def _range(places: Places, own: int) -> RankRange:
    low, high = np.quantile(places, [0.025, 0.975], method="inverted_cdf")
    return RankRange(int(low), int(high), float(np.mean(places == own)))


def _bands(places: Places) -> tuple[tuple[int, int], ...]:
    """Runs of neighbours whose order holds too rarely."""
    unsure = np.mean(places[:-1] < places[1:], axis=1) < SURE
    bands: list[tuple[int, int]] = []
    for place in (np.flatnonzero(unsure) + 1).tolist():
        first = bands.pop()[0] if bands and bands[-1][1] == place else place
        bands.append((first, place + 1))
    return tuple(bands)
