"""Rules about answers: a score that dropped, detractors who arrived, a survey that fell silent."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.analysis import alerts
from app.analysis.metrics import NPS
from app.analysis.types import GroupCounts
from app.extensions import db
from app.models import Alert, MentionRow, PainPoint, Response, askings, queries
from app.models.merging import shown_as
from app.reports import alerts as words
from app.reports.filters import Period, last_days
from app.reports.translating import gettext, ngettext
from app.services.alert_news import Found, Look, News
from app.services.case_opening import LIVE, WEBHOOK

DAY = timedelta(days=1)
IS_LIVE = Response.source.in_(LIVE) | Response.source.startswith(WEBHOOK)  # what a file brings was there for longer
AT_ONCE = 500


def dropped(look: Look) -> Found:
    """Whether the NPS of the last 28 days lies below that of the 28 before; another metric has none."""
    if not look.survey.measures.is_nps:
        return Found(gettext("this survey does not ask for an NPS"))
    period = last_days(look.today - DAY, alerts.DROP_WINDOW)
    windows = [one.moments(look.survey.timezone) for one in (period.before(), period)]
    before, now = (NPS.groups(counts) for counts in queries.scores(look.scope(), windows))
    drop = alerts.nps_drop(before, now, look.today, look.told_on(), look.rule.cooldown_days)
    facts = {
        "before": _counts(before),
        "now": _counts(now),
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
    }
    news = (News(look.today.isoformat(), facts),) if drop.fires else ()
    return Found(words.why_drop(drop), news)


def _counts(counts: GroupCounts) -> list[float]:
    return [counts.promoters, counts.passives, counts.detractors]


def silent(look: Look) -> Found:
    """Whether nobody answered for a week, though many did before. A closed survey is silent on purpose."""
    if not look.survey.is_open:
        return Found(gettext("the survey is closed"))
    since = look.today - alerts.SILENT_DAYS * DAY
    recent, earlier = Period(since, look.today), last_days(since - DAY, alerts.SILENCE_BASE)
    counted = queries.scores(look.scope(), [one.moments(look.survey.timezone) for one in (recent, earlier)])
    answers, before = map(sum, counted)
    why = alerts.silence(answers, before)
    if why != "fires":
        return Found(words.why_silent(why, answers, before))
    last = _last(look)
    once = f"since {last.isoformat() if last else ''}"
    if look.has_told(once):
        return Found(gettext("no answer for 7 days, but it was told"))
    loads = askings.loads(look.survey.id, (since, look.today), look.filters.touchpoint)
    facts = {"before": before, "loads": loads, "from": earlier.first.isoformat(), "to": look.today.isoformat()}
    return Found(words.why_silent(why, answers, before), (News(once, facts),))


def _last(look: Look) -> datetime | None:
    """When the last answer came: silence is known by it."""
    return db.session.scalar(sa.select(sa.func.max(Response.created_at)).where(*look.scope().conditions()))


def arrived(look: Look) -> Found:
    """Detractors of the last 24 hours who were not told yet and are to be told now."""
    waiting = [one for one in _untold(look) if _is_ripe(look, one)]
    if not waiting:
        return Found(words.why_nobody(_detractors(look), look.survey.metric))
    why = ngettext("%(num)s answer waits", "%(num)s answers wait", len(waiting))
    return Found(why, tuple(map(_news, waiting)))


def _is_ripe(look: Look, response: Response) -> bool:
    has_comment = response.comment is not None
    return alerts.is_ripe(response.score, look.rule.threshold, has_comment, response.created_at, look.at)


def _news(response: Response) -> News:
    facts = {
        "score": response.score,
        "touchpoint": response.touchpoint,
        "language": response.language,
        "has_comment": response.comment is not None,
        "at": response.created_at.isoformat(),
    }
    return News(f"response {response.id}", facts, str(response.id), response.id)


def _untold(look: Look) -> list[Response]:
    told = sa.exists().where(Alert.rule_id == look.rule.id, Alert.response_id == Response.id)
    query = sa.select(Response).where(*_recent(look), ~told).order_by(Response.created_at, Response.id)
    return list(db.session.scalars(query.limit(AT_ONCE)))


def _detractors(look: Look) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Response).where(*_recent(look))) or 0


def _recent(look: Look) -> list[sa.ColumnElement[bool]]:
    """Detractors since yesterday and since the rule is there; with a department those who raise one of its own."""
    since = max(look.rule.created_at, look.at - DAY)
    found = [*look.scope().conditions(), Response.score <= look.rule.threshold, IS_LIVE]
    found += [Response.created_at >= since, Response.created_at <= look.at]
    return found + ([_raises_theirs(look)] if look.rule.department else [])


def _raises_theirs(look: Look) -> sa.ColumnElement[bool]:
    theirs = sa.select(PainPoint.id).where(
        PainPoint.survey_id == look.survey.id, PainPoint.department == look.rule.department
    )
    raising = (MentionRow.response_id == Response.id) & sa.and_(*queries.raises(look.scope().run_id))
    return sa.exists().where(raising, shown_as(look.survey.id).in_(theirs))
