"""F11: the work of the jobs killed in the middle of a full analysis, while people read the report."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from faults.children import killed
from faults.places import KEY, WEB, Place, databases, installed
from faults.rows import Row
from faults.sizes import Sizes

COMPLAINTS = (
    "Support takes days to answer", "The app keeps crashing when I save", "It is far too expensive for small teams",
    "Reports load slowly every morning", "The export to Excel is broken again", "Nobody explains how invoices are made",
)  # fmt: skip
PAUSE = 0.05  # seconds between two looks of one reader


class Readers:
    """People who look at the report again and again, and keep what they saw."""

    def __init__(self, port: int, key: str, number: int) -> None:
        self.port, self.key = port, key
        self.seen: set[tuple[Any, ...]] = set()
        self.looks, self.bad = 0, list[str]()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._read, daemon=True) for _ in range(number)]
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        """Look no more."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _read(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)) as connection:
            while not self.over.wait(PAUSE):
                self._look(connection)

    def _look(self, connection: http.client.HTTPConnection) -> None:
        connection.request("GET", f"/api/v1/surveys/{KEY}/report", headers={"Authorization": f"Bearer {self.key}"})
        answer = connection.getresponse()
        text = answer.read()
        self.looks += 1
        if answer.status != 200:
            self.bad.append(f"status {answer.status}")
            return
        report = json.loads(text)
        points = tuple((point["id"], point["mentions"]["total"]) for point in report["pain_points"])
        self.seen.add((report["analysis"]["id"], report["comments"]["n"], report["analysis"]["pending"], points))


def killed_while_read(sizes: Sizes) -> Iterator[Row]:
    """Every report must be that of one complete analysis, and of the same answers always the same."""
    for database in databases():
        with installed(database, (WEB,)) as place:
            key = _begin(place, sizes.comments)
            place.start()
            place.wait()
            readers = Readers(place.port, key, sizes.readers)
            kills, ended = _kill(place, sizes.analysis_kills)
            readers.finish()
            complete = _complete(place)
        torn = [seen for seen in readers.seen if seen[0] not in complete or seen[1:3] != (sizes.comments, 0)]
        kinds = len({seen[3] for seen in readers.seen})
        yield Row(
            id="F11",
            what=f"an analysis of {sizes.comments} comments killed while {sizes.readers} people read, on {database}",
            kills=kills,
            found=f"{readers.looks:,} looks, torn {len(torn)}, other statuses {len(readers.bad)}, rankings {kinds}; "
            f"{ended} runs came to their end between the kills",
            target=f"≥ {sizes.analysis_kills} kills; 0 torn, one ranking",
            is_met=not torn and not readers.bad and kinds == 1 and kills >= sizes.analysis_kills,
        )


def _begin(place: Place, comments: int) -> str:
    """A survey that was analysed once; a key to read it."""
    with place.inside():
        from app.models.transaction import writing
        from app.services import analyses, keys, responses, surveys
        from app.services.responses import Answer

        survey = surveys.get(KEY)
        with writing():
            for number in range(comments):
                words = f"{COMPLAINTS[number % len(COMPLAINTS)]}, said {number} of us"
                responses.store(survey.id, Answer(f"form-{number}", number % 9, "widget", words, "en"))
        analyses.run(survey.id)
        return str(keys.create(survey, "readers"))


def _kill(place: Place, kills: int) -> tuple[int, int]:
    """Kill so many runs somewhere on their way; how many came to their end before."""
    moments, made = random.Random(11), 0
    _, whole = killed(_analyse, place.settings, None)
    ended = 1
    while made < kills:
        was_killed, _ = killed(_analyse, place.settings, moments.uniform(0, whole))
        made, ended = made + was_killed, ended + (not was_killed)
    return made, ended


def _analyse() -> None:
    from app.services import analyses, surveys

    analyses.run(surveys.get(KEY).id)


def _complete(place: Place) -> set[int]:
    with place.inside():
        from app.extensions import db
        from app.models import AnalysisRun

        return set(db.session.scalars(sa.select(AnalysisRun.id).where(AnalysisRun.state == "succeeded")))
