"""docs/statistics.md shows the numbers that the code computes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.analysis import minimums
from app.analysis.nps.change import Change, change
from app.analysis.nps.rates import share_shown, whole_per_cent
from app.analysis.nps.sample_size import answers_to_detect
from app.analysis.nps.score import format_points, nps, score_interval, shown
from app.analysis.pain_points import overlap, rank_range, trend
from app.analysis.pain_points.before_after import before_after
from app.analysis.pain_points.impact import impact, one_step_gain
from app.analysis.pain_points.rank import PAIN_Z, Ranked, Ranking, rank
from app.analysis.pain_points.rank_range import RankRange, RankRanges, rank_ranges
from app.analysis.pain_points.trend import Share, badges
from app.analysis.types import Group, GroupCounts, Interval, Voice
from app.services.report_rows import SEED

TEXT = (Path(__file__).parent.parent / "docs" / "statistics.md").read_text()
FLOWING = " ".join(TEXT.split())
GROUPS: tuple[Group, ...] = ("promoter", "passive", "detractor")
Row = list[str]


def table(first_cells: str) -> list[Row]:
    """The rows of the table whose head begins with these cells."""
    lines = TEXT.split(f"| {first_cells} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def numbers(cells: Row) -> list[int]:
    return [int(cell) for cell in cells]


PERIODS = {row[0]: GroupCounts(*numbers(row[1:4])) for row in table("period | promoters")}
RAISED = {row[0]: GroupCounts(*numbers(row[1:4])) for row in table("pain point | promoters")}
BEFORE = {row[0]: int(row[4]) for row in table("pain point | promoters")}
BASE = GroupCounts(*numbers(re.findall(r"(\d+) promoters, (\d+) passives, (\d+) detractors\. Their NPS", FLOWING)[0]))
BASE_BEFORE = int(re.findall(r"In the period before those were (\d+)", FLOWING)[0])


def people() -> Iterator[Voice]:
    """One voice for each person of the example."""
    silent = dict(zip(GROUPS, (BASE.promoters, BASE.passives, BASE.detractors), strict=True))
    for name, counts in RAISED.items():
        for group, number in zip(GROUPS, (counts.promoters, counts.passives, counts.detractors), strict=True):
            silent[group] -= number
            yield from [Voice(group, frozenset({name}))] * int(number)
    for group, number in silent.items():
        yield from [Voice(group, frozenset())] * int(number)


def ranking() -> Ranking:
    return rank(RAISED, BASE)


def rows() -> list[Ranked]:
    found = ranking()
    return [*found.ranked, *found.shared_requests, *found.too_few]


def ranges() -> RankRanges:
    return rank_ranges(people(), [row.id for row in ranking().ranked], SEED)


def the_change() -> Change:
    found = change(PERIODS["before"], PERIODS["now"])
    assert found is not None
    return found


def points(interval: Interval | None, decimals: int = 0) -> str:
    assert interval is not None
    return f"{format_points(interval.low, decimals)} to {format_points(interval.high, decimals)}"


def test_the_scores_of_the_example() -> None:
    for row in table("period | promoters"):
        counts = PERIODS[row[0]]

        assert row[4:] == [str(counts.n), shown(counts), points(score_interval(counts))]


def test_the_change_of_the_example() -> None:
    found = the_change()
    size = format_points(found.value).lstrip("+")
    p = f"{found.p:.3f}".removeprefix("0")

    assert found.verdict == "clear"
    assert f"The difference is {found.value:.1f} points. Of the adjusted counts it is {found.adjusted:.1f}" in FLOWING
    assert f"with a standard error of {found.se:.1f}, so *p* is {p} and the report says" in FLOWING
    assert f"NPS rose by {size} points since the previous 90 days: a clear change." in FLOWING


def test_the_people_of_the_example() -> None:
    assert f"{BASE.n} people wrote a comment now" in FLOWING
    assert f"Their NPS is {shown(BASE)}, and {BASE.others} of them are passives or detractors" in FLOWING
    assert len(list(people())) == BASE.n


def ranked_cells(row: Ranked, place: RankRange, badge: str) -> Row:
    low, high = whole_per_cent(row.frequency.low, 1), whole_per_cent(row.frequency.high, 1)
    holds_back = {"both": "both groups", None: "–"}.get(row.holds_back, f"mostly {row.holds_back}")
    return [
        str(row.place),
        row.id,
        f"{row.counts.others} of {BASE.others}: {share_shown(row.counts.others, BASE.others)}",
        f"{low} to {high} %",
        f"{row.overlap:.2f}",
        holds_back,
        f"{row.priority:.1f}",
        f"{place.low}–{place.high}" if place.low < place.high else str(place.low),
        ", ".join(word for word in ("costs most" if row.costs_most else "", badge) if word not in {"", "none"}),
    ]


def test_the_ranking_of_the_example() -> None:
    now = trend.shares(RAISED, BASE, RAISED)
    shown_badges = badges({name: Share(part, BASE_BEFORE) for name, part in BEFORE.items()}, now)
    places = ranges().by_id

    expected = [ranked_cells(row, places[row.id], shown_badges[row.id]) for row in ranking().ranked]

    assert table("rank | pain point") == expected


def cost_cells(row: Ranked, place: str) -> Row:
    found = row.impact
    assert found is not None
    assert row.log_odds is not None
    known = found.low is not None and found.high is not None
    return [
        row.id,
        format_points(found.value, 1),
        points(Interval(found.value, found.low, found.high), 1) if known else "–",  # type: ignore[arg-type]
        f"{row.one_step_gain:.1f}",
        format_points(row.log_odds.z, 2).lstrip("+"),
        place,
    ]


def test_the_costs_of_the_example() -> None:
    found = ranking()
    lists = {"ranked": found.ranked, "shared by promoters": found.shared_requests, "too few": found.too_few}

    expected = [cost_cells(row, name) for name, some in lists.items() for row in some]

    assert table("pain point | impact") == expected


def test_what_is_said_about_the_first_pain_point_of_the_example() -> None:
    first = ranking().ranked[0]
    assert first.impact is not None
    lower, evenness = f"{first.frequency.low:.4f}", f"{first.overlap:.4f}"
    lower, evenness = lower.removeprefix("0"), evenness.removeprefix("0")

    assert f"100 · {lower} · (1 + {evenness}) / 2 = {first.priority:.1f}" in FLOWING
    assert f"Without them the score would be {format_points(first.impact.nps_rest, 1)}" in FLOWING
    assert f"instead of {format_points(nps(BASE) or 0, 1)}" in FLOWING
    assert f"costs {abs(first.impact.value):.1f} points" in FLOWING
    assert f'shown as "costs {abs(first.impact.value):.1f}"' in FLOWING
    gain = f"up to {first.one_step_gain:.1f} points if all {first.counts.others} moved up one group"
    assert FLOWING.count(gain) == 2
    assert ranges().by_id[first.id].share == 1.0  # "It came out first in every draw."


def test_what_is_said_about_ranks_that_cannot_be_told_apart() -> None:
    said = [tuple(numbers(list(ends))) for ends in re.findall(r"Ranks (\d+)–(\d+) cannot be told apart", FLOWING)]

    assert said == list(ranges().bands)


def test_the_pain_points_of_passives_alone() -> None:
    for who, everybody, cost, gain in table("who raises it | who commented"):
        number, group = who.split()
        base = GroupCounts(*numbers(re.findall(r"\d+", everybody)))
        raised = GroupCounts(**{group: int(number)})
        found = impact(raised, base)
        assert found is not None

        assert (cost, gain) == (format_points(found.value, 1), f"{one_step_gain(raised, base):.1f}")


def after_cells(raised: GroupCounts, base: GroupCounts) -> Row:
    found = before_after(*BEFORE_A_FIX, raised, base)
    assert found is not None
    rate, costs = found.rate, found.impact
    cells = [_share(rate.adjusted), f"{_share(rate.low)} to {_share(rate.high)}", _p(rate.p), found.verdict]
    if costs is None:
        return [*cells, "–", "–", "–", "too few"]
    return [*cells, format_points(costs.after, 1), format_points(costs.value, 1), _p(costs.p), costs.verdict]


BEFORE_A_FIX = GroupCounts(6, 22, 30), GroupCounts(150, 100, 80)


def _share(value: float) -> str:
    return ("−" if value < 0 else "+") + f"{abs(value):.4f}".removeprefix("0")


def _p(value: float) -> str:
    return f"{value:.4f}".removeprefix("0")


def test_the_words_before_and_after_a_fix() -> None:
    assert "6 promoters, 22 passives and 30 detractors raised it, of 150, 100 and 80 with a comment" in FLOWING
    rows_of_fix = table("who raised it after | with a comment after")

    assert len(rows_of_fix) == 4
    for raised, base, *cells in rows_of_fix:
        counts = (GroupCounts(*numbers(text.split(","))) for text in (raised, base))
        assert cells == after_cells(*counts)


def test_how_many_answers_show_a_change() -> None:
    sentence = f"a change of 10 points reliably takes about {answers_to_detect(10):,} answers in each period"

    assert f"{sentence}, one of 20 points about {answers_to_detect(20)}." in FLOWING


def test_what_five_answers_say() -> None:
    low_to_high = points(score_interval(GroupCounts(3, 1, 1))).replace(" to ", " and ")

    assert f"{shown(GroupCounts(3, 1, 1))} from five answers can be anything between {low_to_high}." in FLOWING


@pytest.mark.parametrize(
    ("words", "minimum"),
    [
        ("answers", minimums.SCORE),
        ("answers", minimums.COMPARISON),
        ("answers in either period", minimums.COMPARISON),
        ("passives and detractors with a comment", minimums.RANKING),
        ("passives and detractors who raise it", minimums.MENTIONS_TO_RANK),
        ("promoters who raise it", minimums.PROMOTERS_TO_SHARE),
        ("people who raise it", minimums.IMPACT),
        ("people in the base of a share", minimums.PER_CENT),
    ],
)
def test_every_minimum_is_the_one_of_the_code(words: str, minimum: int) -> None:
    assert f"{minimum} {words}" in [row[0] for row in table("with fewer than | there is")]


def test_the_thresholds_in_the_text_are_those_of_the_code() -> None:
    assert f"With *z* below {PAIN_Z} **and** at least {minimums.PROMOTERS_TO_SHARE} promoters" in FLOWING
    assert f"From {overlap.HOLDS_BACK_BOTH:.1f} on".replace("0.", ".") in FLOWING
    assert f"at least {trend.MENTIONS_IF_NEW} now" in FLOWING
    assert f"at least {trend.MENTIONS_TO_MOVE} voices in the larger" in FLOWING
    assert f"(Benjamini and Hochberg, {whole_per_cent(trend.FALSE_DISCOVERIES, 1)} %)" in FLOWING
    assert f"fewer than {whole_per_cent(rank_range.SURE, 1)} % of the draws" in FLOWING


def test_the_shares_in_the_text_are_written_as_the_code_writes_them() -> None:
    assert f"9 of 40 is {share_shown(9, 40)}" in FLOWING
    assert f'"{share_shown(3, 12)}" instead of a per cent' in FLOWING
    assert f"−12.5 is shown as {shown(GroupCounts(0, 7, 1))}" in FLOWING
