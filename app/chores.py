"""What runners do by the clock and whenever they look, each survey by one of them at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from app.analysis.judge import judge
from app.analysis.text.tokens import stems
from app.analysis.types import Comment
from app.models import now
from app.services import analyses, leases, relapses, retention, rounds, surveys

log = logging.getLogger("whyscore.jobs")


def read_news() -> bool:
    """Follow every catalogue that people changed, then read every comment that is still to be read.

    Whether nothing was left to another runner, who may be killed at it.
    """
    unread = analyses.surveys_behind(), analyses.surveys_with_news()
    is_all = _each(unread[0], _follow, "follow")
    return _each(unread[1], _read_all, "read") and is_all


def learn_anew() -> None:
    """A full run for every survey that has outgrown its last one."""
    _each([survey.id for survey in surveys.every() if analyses.is_outgrown(survey.id)], _learn, "learn")


def tell_people() -> int:
    """A round of telling, if telling is ours; how many messages were written."""
    return rounds.tell_people() if leases.keep("tell") else 0


def reopen_all() -> None:
    """Open again, in every survey, what was fixed and rises again."""
    _each([survey.id for survey in surveys.every()], lambda survey_id: relapses.reopen(survey_id, now()))


def remove_old() -> None:
    """What each survey keeps no longer."""
    _each([survey.id for survey in surveys.every()], retention.remove_old)


def warm_up() -> None:
    """Load what reading needs before somebody waits for it: language identification, stemmers, the encoder."""
    judge(Comment("", "wärm up please", 3))
    stems("warming up", "en")
    analyses.encoder().encode(["warm up"])


# When the lease has come, another runner may have done the work already.


def _follow(survey_id: int) -> None:
    if analyses.is_behind(survey_id):
        analyses.follow(survey_id)


def _learn(survey_id: int) -> None:
    if analyses.is_outgrown(survey_id):
        analyses.run(survey_id)


def _read_all(survey_id: int) -> bool:
    if analyses.is_unlearned(survey_id):
        return _do(survey_id, analyses.run, "learn")
    while analyses.read_new(survey_id) == analyses.AT_ONCE:
        continue
    return True


def _each(survey_ids: Sequence[int], work: Callable[[int], Any], lease: str = "") -> bool:
    """Do it for every survey, of those under a lease for what no other runner is at; whether that was all.

    One that fails does not keep the others waiting, but is told about in the end.
    """
    failures, done = [], 0
    for survey_id in survey_ids:
        try:
            done += _do(survey_id, work, lease)
        except Exception as error:
            log.error("survey %s: %s", survey_id, type(error).__name__)
            failures.append(error)
    if failures:
        raise failures[0]
    return done == len(survey_ids)


def _do(survey_id: int, work: Callable[[int], Any], lease: str) -> bool:
    if not lease:
        work(survey_id)
        return True
    with leases.held(f"{lease} {survey_id}") as is_ours:
        return is_ours and work(survey_id) is not False
