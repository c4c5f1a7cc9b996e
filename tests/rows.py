"""Rows written straight into the tables: surveys with answers that are already read, without the work of reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any

import sqlalchemy as sa

from app.analysis.types import Group
from app.models import AnalysisRun, CurrentRun, MentionRow, PainPoint, Reading, Respondent, Response, Survey, unread
from app.models.transaction import writing
from app.services import surveys

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCORE_OF: dict[Group, int] = {"promoter": 10, "passive": 7, "detractor": 3}


@dataclass(frozen=True, slots=True)
class Raised:
    """A mention of a pain point: the part of the comment it is, its stance and how sure it is."""

    point: str | None
    part: str
    stance: str = "complaint"
    confidence: float = 0.8
    words: tuple[str, ...] = ()

    def row(self, comment: str) -> dict[str, Any]:
        """Its place in the comment, and that of its words."""
        start = comment.index(self.part)
        places = [comment.index(word, start) for word in self.words]
        return {
            "start": start,
            "end": start + len(self.part),
            "stance": self.stance,
            "confidence": self.confidence,
            "terms": [[place, place + len(word)] for place, word in zip(places, self.words, strict=True)],
        }


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. `is_read` is whether the analysis has read the comment as it stands."""

    score: int
    comment: str | None = None
    raised: Sequence[Raised] = ()
    at: datetime = NOON
    language: str | None = "en"
    person: str | None = None
    is_read: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)


NAMES = {
    "support": "Speed up support responses",
    "pricing": "Lower or clarify pricing",
    "crashes": "Fix crashes and errors",
    "onboarding": "Simplify onboarding",
    "integrations": "Add missing integrations",
    "mobile": "Improve mobile app",
}
V5: dict[str, tuple[int, int, int]] = {
    "support": (6, 22, 30),
    "pricing": (9, 30, 10),
    "crashes": (2, 3, 26),
    "onboarding": (5, 9, 7),
    "integrations": (24, 18, 4),
    "mobile": (1, 0, 4),
}
V5_BASE = (150, 100, 80)
WORDS = {
    "support": "Support took four days to answer",
    "pricing": "the price went up without a word",
    "crashes": "it crashes when I save",
    "onboarding": "setting it up took a whole week",
    "integrations": "it does not talk to our calendar",
    "mobile": "the mobile app is a toy",
}


def survey(key: str = "shop", name: str = "Shop", **more: Any) -> Survey:
    """An open survey."""
    return surveys.create(key, name, **more)


def v5(at: datetime = NOON) -> list[Said]:
    """The data set V5: 330 people with a comment, and who of them raises what."""
    people: list[Said] = []
    for place, (group, size) in enumerate(zip(SCORE_OF, V5_BASE, strict=True)):
        raised: list[list[str]] = [[] for _ in range(size)]
        seats = cycle(range(size))
        for point, counts in V5.items():
            for _ in range(counts[place]):
                raised[next(seats)].append(point)
        people += [_person(SCORE_OF[group], points, at) for points in raised]
    return people


def now_at_noon() -> datetime:
    """Noon of yesterday, for readers who live in the present."""
    return datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


def at(said: Said, moment: datetime) -> Said:
    """The same answer, given at another moment."""
    return replace(said, at=moment)


def _person(score: int, points: Sequence[str], at: datetime) -> Said:
    comment = ", and ".join(WORDS[point] for point in points) or "It does what it should"
    return Said(score, comment, [Raised(point, WORDS[point]) for point in points], at)


def store(into: Survey, answers: Iterable[Said], *, names: Mapping[str, str] = NAMES, run: bool = True) -> int | None:
    """Write the answers, the catalogue and one finished analysis of them; returns the id of the run."""
    with writing() as session:
        # No event tells of these rows, so all facts that are kept are fetched anew.
        session.execute(sa.update(Survey).where(Survey.id == into.id).values(erasures=Survey.erasures + 1))
        points = _catalogue(session, into, names)
        run_id = _run(session, into) if run else None
        people = _people(session, into)
        for place, said in zip(count(_answers(session)), answers, strict=False):
            response = _response(into, said, place, people)
            session.add(response)
            session.flush()
            if run_id and said.comment and said.is_read:
                _reading(session, run_id, response, said, points)
            else:
                unread.mark(response)
    return run_id


def _answers(session: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Response)) or 0


def _catalogue(session: Any, into: Survey, names: Mapping[str, str]) -> dict[str, int]:
    known = {point.key: point.id for point in session.scalars(sa.select(PainPoint).filter_by(survey_id=into.id))}
    for key, name in names.items():
        if key not in known:
            point = PainPoint(survey_id=into.id, key=key, origin="seed", names={"en": name}, terms=[key])
            session.add(point)
            session.flush()
            known[key] = point.id
    return known


def _run(session: Any, into: Survey) -> int:
    current = session.get(CurrentRun, into.id)
    if current:
        return int(current.run_id)
    run = AnalysisRun(survey_id=into.id, state="succeeded", method="1", started_at=NOON, finished_at=NOON)
    session.add(run)
    session.flush()
    session.add(CurrentRun(survey_id=into.id, run_id=run.id))
    return run.id


def _people(session: Any, into: Survey) -> dict[str, int]:
    rows = session.scalars(sa.select(Respondent).filter_by(survey_id=into.id))
    people = _Met(session, into)
    people.update({row.subject: row.id for row in rows})
    return people


class _Met(dict[str, int]):
    """Respondents by their name, added when first met."""

    def __init__(self, session: Any, into: Survey) -> None:
        super().__init__()
        self.session, self.into = session, into

    def __missing__(self, subject: str) -> int:
        person = Respondent(survey_id=self.into.id, subject=subject)
        self.session.add(person)
        self.session.flush()
        self[subject] = person.id
        return person.id


def _response(into: Survey, said: Said, place: int, people: Mapping[str, int]) -> Response:
    values = {
        "survey_id": into.id,
        "nonce": f"row-{place}",
        "score": said.score,
        "comment": said.comment,
        "language": said.language,
        "respondent_id": people[said.person] if said.person else None,
        "source": "import",
        "created_at": said.at + timedelta(microseconds=place),
    }
    return Response(**{"attributes": {}, **values, **said.more})


def _reading(session: Any, run_id: int, response: Response, said: Said, points: Mapping[str, int]) -> None:
    language = said.language or "und"
    session.add(Reading(run_id=run_id, response_id=response.id, revision=response.revision, language=language))
    for one in said.raised:
        point_id = points[one.point] if one.point else None
        found = one.row(said.comment or "")
        session.add(MentionRow(run_id=run_id, response_id=response.id, pain_point_id=point_id, **found))
