"""People who answer, each until somebody thanks; the crowd remembers who was thanked for what."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import Self

from faults.browser import Answered, Browser, response_id
from faults.places import KEY
from tests.pages.reading import Page

PAUSE = 0.05  # seconds before a form is sent again
PATIENCE = 60.0  # seconds for the last forms to be thanked for


@dataclass(frozen=True)
class Thanked:
    """One acknowledged answer, as it was sent; `at` is when the thanks came, `ms` how long that took."""

    nonce: str
    response_id: int
    score: int
    at: float
    ms: float


class Crowd:
    """Sends forms from enter to exit. `thanked` is by the words, which no other form has.

    Of several ports each client keeps to one until nobody answers there. `may_say` are the statuses of
    refusals that are as they should be, if they keep the words.
    """

    def __init__(
        self, port: int | Sequence[int], clients: int, pace: float = 0.0, may_say: Collection[int] = (503,)
    ) -> None:
        self.ports = [port] if isinstance(port, int) else list(port)
        self.pace, self.may_say = pace, may_say
        self.thanked: dict[str, Thanked] = {}
        self.refused: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.cut = 0
        self.over, self.gone = threading.Event(), threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(one,), daemon=True) for one in range(clients)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.finish()

    def finish(self) -> None:
        """No new forms; those that are open are sent until they are thanked for or patience ends."""
        self.over.set()
        until = time.monotonic() + PATIENCE
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.gone.set()
        for thread in self.threads:
            thread.join()

    def wait_for_one_more(self, seconds: float = PATIENCE) -> float:
        """Until somebody is thanked anew; how long it took. TimeoutError if nobody is."""
        began, before = time.monotonic(), len(self.thanked)
        while len(self.thanked) == before:
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"nobody was thanked in {seconds:.0f} s")
            time.sleep(0.005)
        return time.monotonic() - began

    def _run(self, client: int) -> None:
        turn = client % len(self.ports)
        with closing(Browser(*self.ports[turn:], *self.ports[:turn])) as browser:
            for number in count():
                if self.over.is_set():
                    return
                self._answer(browser, f"Support took {number} days to answer client {client}", number % 11)
                self.over.wait(self.pace)

    def _answer(self, browser: Browser, words: str, score: int) -> None:
        page = next((found.page for found in self._openings(browser, score)), None)
        while page is not None and not self.gone.is_set():
            began = time.monotonic()
            answered = browser.send(page, words)
            if answered is not None and answered.status == 303:
                at = time.monotonic()
                nonce = (page.action or "").rpartition("/")[2]
                id_ = response_id(answered.location)
                self.thanked[words] = Thanked(nonce, id_, score, at, 1000 * (at - began))
                return
            page = self._asked_again(answered, page, words)
            self.gone.wait(PAUSE)

    def _openings(self, browser: Browser, score: int) -> Iterator[Answered]:
        while not self.over.is_set():
            found = browser.open(KEY, score)
            if found is not None and found.status == 200 and found.page.action:
                yield found
            if found is not None and found.status not in {200, 503}:
                self.wrong.append(f"{found.status} for a form")
            self.over.wait(PAUSE)

    def _asked_again(self, answered: Answered | None, page: Page, words: str) -> Page:
        """What to send next. Whoever is refused must be told so, with the words and a form that can be sent."""
        if answered is None:
            self.cut += 1
            return page
        self.refused[answered.status] += 1
        again = answered.page
        if answered.status not in self.may_say or again.words != words or again.chosen != page.chosen:
            self.wrong.append(f"{answered.status} without the words: {again.heading or again.said[:60]}")
            return page
        if answered.status == 503 and (again.action, again.fields["token"]) != (page.action, page.fields["token"]):
            self.wrong.append("503 with another form")
        if answered.status == 503 and not answered.retry_after:
            self.wrong.append("503 without Retry-After")
        return again
