"""The report as a file: CSV of the pain points, and plain text for the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.analysis.metrics import METRICS
from app.analysis.nps.rates import share_shown
from app.analysis.types import GroupCounts
from app.reports import cells, findings, metric_words, wording
from app.reports.report import PainPoint, Report

COLUMNS = (
    "rank", "id", "name", "list", "promoters", "passives", "detractors", "mentions",
    "frequency", "frequency_low", "frequency_high", "overlap", "holds_back", "priority",
    "impact", "impact_low", "impact_high", "one_step_gain", "value_at_risk", "value_known", "value_at_risk_people",
    "log_odds", "log_odds_z",
    "previous_frequency", "badge", "rank_low", "rank_high", "department", "owner", "status", "due_on",
    "pinned", "example",
)  # fmt: skip


GROUPS = ("promoters", "passives", "detractors")


def columns(report: Report) -> tuple[str, ...]:
    """The names of the columns, the groups by the names that they have in files."""
    named = dict(zip(GROUPS, report.metric.counts_of(GroupCounts()), strict=True))
    return tuple(named.get(column, column) for column in COLUMNS)


def as_csv(report: Report) -> str:
    """One line for each pain point; numbers unrounded, cells empty where there is nothing to compute from."""
    return cells.as_csv(columns(report), rows(report))


def rows(report: Report) -> Iterator[Sequence[object]]:
    """The pain points as rows of `COLUMNS`: numbers as numbers, None where there is nothing to compute from."""
    lists = {"ranked": report.ranked, "shared request": report.shared_requests, "too few": report.too_few}
    for name, listed in lists.items():
        yield from (_cells(row, name) for row in listed)


def _cells(row: PainPoint, name: str) -> Sequence[object]:
    numbers, impact, odds = row.numbers, row.numbers.impact, row.numbers.log_odds
    counts, risk = numbers.counts, row.value_at_risk
    return (
        numbers.place, row.id, row.name, name,
        counts.promoters, counts.passives, counts.detractors, counts.n,
        numbers.frequency.value, numbers.frequency.low, numbers.frequency.high,
        numbers.overlap, holds_back(row), numbers.priority,
        impact.value if impact else None, impact.low if impact else None, impact.high if impact else None,
        numbers.one_step_gain, risk.amount if risk else None, risk.known if risk else None,
        risk.at_risk if risk else None, odds.value if odds else None, odds.z if odds else None,
        row.previous, row.badge,
        row.rank_range.low if row.rank_range else None, row.rank_range.high if row.rank_range else None,
        row.department, row.owner or "", row.status, row.due_on,
        "yes" if row.is_pinned else "no",
        row.examples[0].text if row.examples else "",
    )  # fmt: skip


def holds_back(row: PainPoint) -> str | None:
    """Whom it holds back, by the names that the groups have in files."""
    words = METRICS[row.metric].words
    named = {"both": "both", "passives": words["passive"][1], "detractors": words["detractor"][1]}
    return named[row.numbers.holds_back] if row.numbers.holds_back else None


def as_text(report: Report) -> str:
    """The report for a terminal."""
    return "\n".join(line.rstrip() for line in _lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    score, words = report.score, metric_words.of(report.survey.metric)
    yield f"{_plain(report.survey.name)}, {wording.days(report.period)}"
    yield f"{words.short} {words.write(score.counts, score.interval)} ({words.ends(score.interval)}), {_groups(report)}"
    if score.other:
        yield f"{words.other_name}: {words.write_other(score.other)}"
    if found := findings.change(report):
        yield f"{found.arrow} {found.text}".strip()
    yield f"Comments {wording.number(report.comments.n)}, not yet analysed {wording.number(report.analysis.pending)}"
    if said := ", ".join(filter(None, (findings.response_rate(report), findings.comment_rate(report)))):
        yield said
    if not report.has_ranking:
        yield f"Too few comments of {words.others} for a ranking: 30 are needed."
    yield ""
    for row in report.ranked:
        yield from _ranked(row, report)
    shared = f"Requests that {words.many['promoter']} share"
    for title, rows in ((shared, report.shared_requests), ("Too few to rank", report.too_few)):
        if rows:
            yield f"{title}: " + ", ".join(f"{row.name} ({wording.number(row.numbers.counts.others)})" for row in rows)
    yield f"Not assigned to a pain point: {wording.number(report.unassigned)}"
    if report.quarantined:
        yield f"Waiting in quarantine, not counted: {wording.number(report.quarantined)}"


def _groups(report: Report) -> str:
    counts = report.score.counts
    named = report.metric.counts_of(counts)
    return f"n {wording.number(counts.n)}: " + ", ".join(
        f"{name} {wording.number(size)}" for name, size in named.items()
    )


def _ranked(row: PainPoint, report: Report) -> Iterator[str]:
    badge = f"  {findings.badge(row)}" if findings.badge(row) else ""
    yield f"{row.numbers.place or '':>3}  {_plain(row.name)}{badge}"
    share = share_shown(row.numbers.counts.others, report.comments.others)
    cost = findings.costs(row) or findings.gain(row)
    others = metric_words.of(row.metric).others
    yield f"     {', '.join(filter(None, (f'{share} of {others}', findings.holds_back(row), cost)))}"
    yield f"     {findings.rank(row)}"
    if done := _plain(findings.acting(row)):
        yield f"     {done}"
    for quote in row.examples[:1]:
        yield f"     “{_plain(quote.text[quote.start : quote.end])}” score {quote.score}, {quote.language}"


def _plain(text: str) -> str:
    """One line without control characters, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
