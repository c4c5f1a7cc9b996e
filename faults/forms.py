"""F3: every form is sent one to five times at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from faults.browser import Browser, response_id
from faults.clients import Thanked
from faults.judge import judge
from faults.kills import CLEAN
from faults.places import KEY, databases, installed
from faults.rows import Row
from faults.sizes import Sizes

MOST = 5  # presses of one person
PEOPLE = 6  # at once


class Presser:
    """Somebody who presses Send with several fingers; what every press led to is counted."""

    def __init__(self, port: int, seed: int) -> None:
        self.browsers, self.fingers = [Browser(port) for _ in range(MOST)], ThreadPoolExecutor(MOST)
        self.moments = random.Random(seed)
        self.thanked: dict[str, Thanked] = {}
        self.counts: Counter[str] = Counter()

    def answer(self, number: int) -> None:
        """Open a form and send it one to five times at the same moment."""
        words, score, presses = f"The invoice {number} was wrong", number % 11, self.moments.randint(1, MOST)
        opened = self.browsers[0].open(KEY, score)
        if opened is None or opened.page.action is None:
            self.counts["unopened"] += 1
            return
        page, together = opened.page, Barrier(presses)

        def press(browser: Browser) -> str:
            together.wait()
            answered = browser.send(page, words)
            return answered.location if answered is not None and answered.status == 303 else ""

        where = list(self.fingers.map(press, self.browsers[:presses]))
        ids = {response_id(location) for location in where if location}
        self.counts.update(presses=presses, unthanked=where.count(""), torn=len(ids) > 1)
        for id_ in ids:
            self.thanked[words] = Thanked((page.action or "").rpartition("/")[2], id_, score, 0, 0)


def sent_often(sizes: Sizes) -> Iterator[Row]:
    """Rows must equal forms, and every press of one form must lead to the same response."""
    for database in databases():
        with installed(database) as place:
            place.start()
            place.wait()
            people = [Presser(place.port, seed) for seed in range(PEOPLE)]
            with ThreadPoolExecutor(PEOPLE) as crowd:
                list(crowd.map(_share, people, range(PEOPLE), [sizes.forms] * PEOPLE))
            place.kill()
            verdict = judge(place, {words: one for person in people for words, one in person.thanked.items()})
        counts = sum((person.counts for person in people), Counter[str]())
        bad = {name: counts[name] for name in ("unopened", "unthanked", "torn")}
        yield Row(
            id="F3",
            what=f"{sizes.forms:,} forms sent 1 to {MOST} times at once on {database}",
            acknowledged=verdict.acknowledged,
            lost=verdict.lost,
            doubled=verdict.doubled,
            found=f"{counts['presses']:,} presses; {verdict}; " + ", ".join(f"{name} {n}" for name, n in bad.items()),
            target=f"{sizes.forms:,} responses; {CLEAN}",
            is_met=verdict.is_clean and not any(bad.values()) and verdict.acknowledged == sizes.forms,
        )


def _share(person: Presser, number: int, forms: int) -> None:
    for form in range(number, forms, PEOPLE):
        person.answer(form)
