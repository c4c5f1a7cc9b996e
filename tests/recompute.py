"""Recomputes every number of a report from the exported responses alone, in other words than the product's own.

    python -m tests.recompute REPORT.json EXPORT.jsonl [TIMEZONE]

Nothing of `app` is imported. The definitions are those of docs/statistics.md; what is solved by a formula there is
searched for here. Left out is only what rests on chance (the rank ranges) and what an export does not hold (loads,
revenue). The report has to be that of a whole survey or of a period, without other filters, and fully analysed.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

Z95, Z90 = (NormalDist().inv_cdf(p) for p in (0.975, 0.95))
GROUPS = ("promoters", "passives", "detractors")
CLOSE = 0.0005  # three decimals

Rows = Sequence[Mapping[str, Any]]
Counts = Mapping[str, int]
Pair = tuple[str, Any, Any]  # what it is called, what the report says, what comes out here


def group(score: int) -> str:
    return "promoters" if score > 8 else "passives" if score > 6 else "detractors"


def two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def search(is_left: Callable[[float], bool], low: float, high: float) -> float:
    """Where a condition that holds on the left stops to hold."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if is_left(middle) else (low, middle)
    return (low + high) / 2


def score_ends(counts: Counts) -> tuple[float, float]:
    """All differences that a score test does not reject, the most likely detractor share found by its likelihood."""
    up, middle, down = (counts[name] for name in GROUPS)
    n = up + middle + down
    seen = (up - down) / n

    def likely(delta: float) -> float:
        least, most = max(0.0, -delta), (1 - delta) / 2

        def rises(q: float) -> bool:
            gains = (up / (q + delta) if up else 0) + (down / q if down else 0)
            return gains > (2 * middle / (1 - 2 * q - delta) if middle else 0)

        return search(rises, least, most)

    def is_rejected(delta: float) -> bool:
        variance = (2 * likely(delta) + delta - delta * delta) / n
        return abs(seen - delta) > Z95 * math.sqrt(max(variance, 0.0)) + 1e-12

    low = search(is_rejected, -1, seen) if is_rejected(-1 + 1e-12) else -1.0
    high = search(lambda delta: not is_rejected(delta), seen, 1) if is_rejected(1 - 1e-12) else 1.0
    return 100 * low, 100 * high


def variance(up: float, middle: float, down: float) -> float:
    """Of answers coded +1, 0, −1."""
    n = up + middle + down
    mean = (up - down) / n
    return (up * (1 - mean) ** 2 + middle * mean**2 + down * (1 + mean) ** 2) / n


def nps(counts: Counts) -> float:
    return 100 * (counts["promoters"] - counts["detractors"]) / sum(counts[name] for name in GROUPS)


def change(before: Counts, now: Counts) -> tuple[float, float, float, float]:
    """The observed change; its interval and p on counts with ¾, 1½, ¾ more."""
    shrunken = [(one["promoters"] + 0.75, one["passives"] + 1.5, one["detractors"] + 0.75) for one in (before, now)]
    means = [100 * (up - down) / (up + middle + down) for up, middle, down in shrunken]
    error = 100 * math.sqrt(sum(variance(*one) / sum(one) for one in shrunken))
    step = means[1] - means[0]
    return nps(now) - nps(before), step - Z95 * error, step + Z95 * error, two_sided(step / error)


def wilson(k: int, n: int) -> tuple[float, float]:
    """The shares p with |k/n − p| ≤ z·√(p(1 − p)/n), found by search."""
    share = k / n

    def is_outside(p: float) -> bool:
        return abs(share - p) > Z95 * math.sqrt(p * (1 - p) / n) + 1e-15

    low = search(is_outside, 0, share) if k else 0.0
    high = search(lambda p: not is_outside(p), share, 1) if k < n else 1.0
    return low, high


def kept(ps: Mapping[str, float], q: float = 0.10) -> set[str]:
    """Benjamini and Hochberg."""
    order = sorted(ps, key=lambda id_: ps[id_])
    last = max((i for i, id_ in enumerate(order, 1) if ps[id_] <= i * q / len(ps)), default=0)
    limit = ps[order[last - 1]] if last else -1.0
    return {id_ for id_ in ps if ps[id_] <= limit}


class People:
    """Respondents with a comment: the group of the latest one, and everything they raise."""

    def __init__(self, rows: Rows) -> None:
        latest: dict[str, tuple[str, int, str]] = {}
        raised: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row["comment"] is None:
                continue
            known = row["respondent"] if row["identity"] == "verified" else None
            who = f"known {known}" if known else f"response {row['id']}"
            latest[who] = max(latest.get(who, ("", 0, "")), (row["created_at"], row["id"], group(row["score"])))
            raised[who] |= {one["id"] for one in row["pain_points"] if one["stance"] in ("complaint", "wish")}
        self.base = Counter(dict.fromkeys(GROUPS, 0))
        self.by_point: dict[str, Counter[str]] = defaultdict(lambda: Counter(dict.fromkeys(GROUPS, 0)))
        for who, (_, _, its_group) in latest.items():
            self.base[its_group] += 1
            for id_ in raised[who]:
                self.by_point[id_][its_group] += 1

    @property
    def others(self) -> int:
        return self.base["passives"] + self.base["detractors"]

    def m(self, id_: str) -> int:
        return self.by_point[id_]["passives"] + self.by_point[id_]["detractors"] if id_ in self.by_point else 0


def impact(raised: Counts, base: Counts) -> tuple[float | None, float | None]:
    """The score minus the score without them, and its standard error by influence functions."""
    rest = {name: base[name] - raised[name] for name in GROUPS}
    n, n_t, n_rest = (sum(one[name] for name in GROUPS) for one in (base, raised, rest))
    if not n_rest:
        return None, None
    if not n_t:
        return 0.0, None
    f, gap = n_t / n, nps(raised) - nps(rest)
    error = 0.0
    for counts, here in ((raised, True), (rest, False)):
        for name, code in zip(GROUPS, (100, 0, -100), strict=True):
            own = f * (code - nps(counts)) / f if here else -f * (code - nps(counts)) / (1 - f)
            error += counts[name] * (own + (gap * (1 - f) if here else -gap * f)) ** 2
    return nps(base) - nps(rest), math.sqrt(error) / n


def pain_point(id_: str, people: People) -> dict[str, Any]:
    """Every number of one row that does not look at the period before."""
    raised, base, m = people.by_point[id_], people.base, people.m(id_)
    low, high = wilson(m, people.others)
    smooth = {name: (raised[name] + 0.5) / (base[name] + 1) for name in GROUPS[1:]}
    is_known = bool(m and base["passives"] and base["detractors"])
    evenness = min(smooth.values()) / max(smooth.values()) if is_known else None
    cost, error = impact(raised, base)
    larger = "passives" if smooth["passives"] > smooth["detractors"] else "detractors"
    found: dict[str, Any] = {
        "mentions": {**raised, "total": raised.total()},
        "frequency": {"value": m / people.others, "low": low, "high": high},
        "overlap": evenness,
        "priority": 100 * low * (1 + (evenness or 0.0)) / 2,
        "impact": {"value": cost, "se": error},
        "one_step_gain": 100 * m / base.total(),
        "holds_back": None if evenness is None else "both" if evenness >= 0.5 else larger,
        "log_odds": {"value": None, "z": None},
    }
    if base["promoters"] and people.others:
        cells = [
            m + 0.5,
            base["promoters"] - raised["promoters"] + 0.5,
            people.others - m + 0.5,
            raised["promoters"] + 0.5,
        ]
        value = math.log(cells[0]) + math.log(cells[1]) - math.log(cells[2]) - math.log(cells[3])
        found["log_odds"] = {"value": value, "z": value / math.sqrt(sum(1 / cell for cell in cells))}
    return found


def badges(now: People, before: People, ids: Iterable[str]) -> dict[str, str]:
    """New, rising or falling, over all that the page shows."""
    found: dict[str, str] = dict.fromkeys(ids, "none")
    tests: dict[str, tuple[float, float]] = {}
    for id_ in found:
        k1, n1, k2, n2 = before.m(id_), before.others, now.m(id_), now.others
        if k1 == 0 and n1 >= 30 and k2 >= 3:
            found[id_] = "new"
        elif n1 >= 30 and n2 >= 30:
            shares = [(k1 + 1) / (n1 + 2), (k2 + 1) / (n2 + 2)]
            error = math.sqrt(sum(p * (1 - p) / (n + 2) for p, n in zip(shares, (n1, n2), strict=True)))
            tests[id_] = (shares[1] - shares[0], error)
    for id_ in kept({id_: two_sided(step / error) for id_, (step, error) in tests.items()}) if tests else ():
        step, error = tests[id_]
        if abs(step) > Z90 * error and max(now.m(id_), before.m(id_)) >= 5:
            found[id_] = "rising" if step > 0 else "falling"
    return found


def between(rows: Rows, first: date, last: date, zone: ZoneInfo) -> Rows:
    """The answers of some days, both included."""
    return [row for row in rows if first <= datetime.fromisoformat(row["created_at"]).astimezone(zone).date() <= last]


def grouped(rows: Rows) -> Counter[str]:
    return Counter(dict.fromkeys(GROUPS, 0)) + Counter(group(row["score"]) for row in rows)


def pairs(report: Mapping[str, Any], rows: Rows, zone: ZoneInfo) -> Iterator[Pair]:
    """Everything the report says beside what comes out here."""
    days = {name: date.fromisoformat(day) for name, day in report["period"].items()}
    length = days["to"] - days["from"] + timedelta(days=1)
    now = between(rows, days["from"], days["to"], zone)
    before = between(rows, days["from"] - length, days["from"] - timedelta(days=1), zone)
    yield from _score(report, now, before)
    for place, step in enumerate(report["trend"]):
        some = between(rows, date.fromisoformat(step["from"]), date.fromisoformat(step["to"]), zone)
        yield from _interval(f"trend {place}", {**step, "value": step["nps"]}, grouped(some))
        yield f"trend {place} n", step["n"], len(some)
    people, earlier = People(now), People(before)
    yield from _dict("comments", report["comments"], {**people.base, "n": people.base.total()})
    yield from _points(report, people, earlier)
    painful = [[one for one in row["mentions"] if one["stance"] in ("complaint", "wish")] for row in now]
    alone = sum(bool(some) and not any(one["pain_point"] for one in some) for some in painful)
    yield "unassigned", report["unassigned"], alone


def _score(report: Mapping[str, Any], now: Rows, before: Rows) -> Iterator[Pair]:
    told, counts, earlier = report["nps"], grouped(now), grouped(before)
    times = Counter(row["score"] for row in now)
    yield "distribution", report["distribution"], [times[score] for score in range(11)]
    yield from _dict("nps", {name: told[name] for name in (*GROUPS, "n")}, {**_full(counts), "n": len(now)})
    yield from _interval("nps", told, counts)
    found = report["nps"]["change"]
    if found["value"] is None:
        enough = len(now) >= 5 and len(before) >= 5
        yield "change", None, "a change" if enough and found["verdict"] is not None else None
        return
    value, low, high, p = change(_full(earlier), _full(counts))
    few = len(now) < 30 or len(before) < 30
    verdict = "suppressed" if few else "clear" if p < 0.05 else "leaning" if p < 0.20 else "none"
    yield from _dict("change", found, {"value": value, "low": low, "high": high, "p": p, "verdict": verdict})


def _full(counts: Counts) -> dict[str, int]:
    return {name: counts[name] for name in GROUPS}


def _interval(name: str, told: Mapping[str, Any], counts: Counter[str]) -> Iterator[Pair]:
    ends: tuple[float | None, ...] = (None, None, None)
    if counts.total() >= 5:
        ends = (nps(counts), *score_ends(counts))
    for key, end in zip(("value", "low", "high"), ends, strict=True):
        yield f"{name} {key}", told[key], end


def _points(report: Mapping[str, Any], people: People, earlier: People) -> Iterator[Pair]:
    lists = ("pain_points", "shared_requests", "too_few")
    told = {row["id"]: (name, row) for name in lists for row in report[name]}
    found = {id_: pain_point(id_, people) for id_ in told} if people.others else {}
    badge = badges(people, earlier, told)
    for id_, (name, row) in told.items():
        numbers = found[id_]
        yield from _dict(id_, {key: row[key] for key in numbers}, numbers)
        previous = earlier.m(id_) / earlier.others if earlier.others else None
        yield f"{id_} previous", row["trend"]["previous"], previous
        yield f"{id_} badge", row["trend"]["badge"], badge[id_] if earlier.base.total() else "none"
        yield f"{id_} list", name, _list(people.m(id_), numbers)
    ranked = [id_ for id_, (name, _) in told.items() if name == "pain_points"]
    order = sorted(ranked, key=lambda id_: (-round(found[id_]["priority"], 9), _cost(found[id_]), id_))
    yield "order", ranked, order
    yield "ranks", [told[id_][1]["rank"] for id_ in ranked], list(range(1, len(ranked) + 1))


def _cost(numbers: Mapping[str, Any]) -> float:
    value = numbers["impact"]["value"]
    return math.inf if value is None else round(value, 9)


def _list(m: int, numbers: Mapping[str, Any]) -> str:
    z = numbers["log_odds"]["z"]
    if m < 5:
        return "too_few"
    is_shared = numbers["mentions"]["promoters"] >= 5 and z is not None and z < 1.645
    return "shared_requests" if is_shared else "pain_points"


def _dict(name: str, told: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Pair]:
    for key in told.keys() | found.keys():
        one, other = told.get(key), found.get(key)
        if isinstance(one, dict) and isinstance(other, Mapping):
            yield from _dict(f"{name} {key}", one, other)
        else:
            yield f"{name} {key}", one, other


def agree(one: Any, other: Any) -> bool:
    """Alike to three decimals."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < CLOSE
    return bool(one == other)


def recompute(report: Mapping[str, Any], lines: Iterable[str], timezone: str = "UTC") -> tuple[int, list[Pair]]:
    """How many values were compared, and those that differ."""
    rows = [row for row in map(json.loads, lines) if row["counts"]]
    compared = list(pairs(report, rows, ZoneInfo(timezone)))
    return len(compared), [pair for pair in compared if not agree(pair[1], pair[2])]


def main(report: str, export: str, timezone: str = "UTC") -> int:
    with Path(export).open(encoding="utf-8") as lines:
        number, different = recompute(json.loads(Path(report).read_text("utf-8")), lines, timezone)
    for name, told, found in different:
        sys.stdout.write(f"{name}: the report says {told}, recomputed {found}\n")
    sys.stdout.write(f"{number - len(different)} of {number} values agree to three decimals\n")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
