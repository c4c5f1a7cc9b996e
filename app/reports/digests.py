"""A digest: the report of one period in a few sentences, the same in text and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis import minimums
from app.reports import findings, metric_words, wording
from app.reports.report import PainPoint, Report
from app.reports.translating import gettext, ngettext

TOP = 3
LONGEST_QUOTE = 300  # characters


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence, perhaps with somebody's words."""

    text: str
    quote: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with what stands under it; never without a line."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What is being done: names of pain points, and the sentences of fixes that are measured."""

    overdue: Sequence[str] = ()
    due_this_week: Sequence[str] = ()
    without_owner: Sequence[str] = ()
    fixes: Sequence[str] = ()


def parts(report: Report, rows: Sequence[PainPoint], under_way: UnderWay, *, with_comments: bool) -> tuple[Part, ...]:
    """All six parts, in their order. `rows` are the pain points of whoever reads it."""
    counts = report.score.counts
    if not counts.n:
        nothing = Part(
            gettext("Score"), (Item(gettext("No answers from %(days)s.", days=wording.days(report.period))),)
        )
        return nothing, _under_way(under_way)
    shows_comments = with_comments and not report.is_withheld
    return (
        Part(gettext("Score"), tuple(map(Item, _score(report)))),
        Part(gettext("Answers"), tuple(map(Item, _rates(report)))),
        Part(gettext("What to fix first"), _top(report, rows, shows_comments)),
        Part(gettext("New, rising, fixed"), _news(rows, under_way)),
        _under_way(under_way),
    )


def headline(report: Report) -> str:
    """The score in a few characters, for the title; how many answers where there is none."""
    counts = report.score.counts
    if minimums.reached(counts.n, minimums.SCORE):
        words = metric_words.of(report.survey.metric)
        return gettext("%(name)s %(score)s", name=words.short, score=words.write(counts, report.score.interval))
    return ngettext("%(num)s answer", "%(num)s answers", int(counts.n))


def _score(report: Report) -> list[str]:
    counts = report.score.counts
    words = metric_words.of(report.survey.metric)
    groups = gettext(
        "%(first)s %(promoters)s, %(second)s %(passives)s, %(third)s %(detractors)s.",
        first=words.label["promoter"],
        second=words.label["passive"].lower(),
        third=words.label["detractor"].lower(),
        promoters=wording.share(counts.promoters, counts.n),
        passives=wording.share(counts.passives, counts.n),
        detractors=wording.share(counts.detractors, counts.n),
    )
    if report.score.interval is None:
        return [gettext("A score needs at least 5 answers."), groups]
    score = gettext(
        "%(name)s %(score)s (95 %% sure: %(range)s), %(n)s answers.",
        name=words.short,
        score=words.write(counts, report.score.interval),
        range=words.ends(report.score.interval),
        n=wording.number(counts.n),
    )
    early = (
        [] if minimums.reached(counts.n, minimums.COMPARISON) else [gettext("Early reading: fewer than 30 answers.")]
    )
    change = findings.change(report)
    return [score, *early, *([change.text] if change else []), groups]


def _rates(report: Report) -> list[str]:
    number = ngettext("%(num)s answer", "%(num)s answers", report.asked.responses)
    rates = [findings.response_rate(report), findings.comment_rate(report)]
    return [", ".join([number, *filter(None, rates)]) + "."]


def _top(report: Report, rows: Sequence[PainPoint], with_comments: bool) -> tuple[Item, ...]:
    if not report.has_ranking:
        number = wording.number(report.comments.others)
        others = metric_words.of(report.survey.metric).others
        return (Item(gettext("Too few comments to rank: %(n)s of 30 %(others)s.", n=number, others=others)),)
    items = tuple(_point(report, row, with_comments) for row in top(rows))
    return items or (Item(gettext("No pain point is raised by 5 people or more.")),)


def top(rows: Sequence[PainPoint]) -> list[PainPoint]:
    """The pain points that are told one by one."""
    return [row for row in rows if row.numbers.place is not None][:TOP]


def _point(report: Report, row: PainPoint, with_comments: bool) -> Item:
    what = _cost(row) if findings.costs(row) else findings.gain(row)
    badge = f" ({findings.badge(row)})" if findings.badge(row) else ""
    text = f"{row.numbers.place}. {row.name}{badge}: {findings.why(row, report.comments)} {_sentence(what)}".rstrip()
    if not with_comments or not row.examples:
        return Item(text)
    quote = row.examples[0]
    return Item(text, _short(quote.text), quote.language)


def _cost(row: PainPoint) -> str:
    """What it costs, where the impact is negative."""
    return gettext(
        "costs %(points)s points", points=wording.size(row.numbers.impact.value if row.numbers.impact else 0)
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." if text else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _news(rows: Sequence[PainPoint], under_way: UnderWay) -> tuple[Item, ...]:
    items = []
    for badge, none, some in (
        ("new", gettext("No pain point is new."), gettext("New: %(names)s.")),
        ("rising", gettext("No pain point is rising."), gettext("Rising: %(names)s.")),
    ):
        names = [row.name for row in rows if row.badge == badge]
        items.append(Item(some % {"names": ", ".join(names)} if names else none))
    fixes = under_way.fixes or [gettext("No fix is measured.")]
    return (*items, *map(Item, fixes))


def _under_way(under_way: UnderWay) -> Part:
    lists = (
        (gettext("Overdue: %(names)s."), gettext("Nothing is overdue."), under_way.overdue),
        (gettext("Due this week: %(names)s."), gettext("Nothing is due this week."), under_way.due_this_week),
        (gettext("Without owner: %(names)s."), gettext("Everything ranked has an owner."), under_way.without_owner),
    )
    items = tuple(Item(some % {"names": ", ".join(names)} if names else none) for some, none, names in lists)
    return Part(gettext("Under way"), items)


def as_text(found: Sequence[Part]) -> tuple[str, ...]:
    """A paragraph for each part."""
    return tuple("\n".join([part.heading.upper(), *map(_line, part.items)]) for part in found)


def _line(item: Item) -> str:
    return f"- {item.text}\n  “{' '.join(item.quote.split())}”" if item.quote else f"- {item.text}"
