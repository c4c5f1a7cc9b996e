"""The sender: looks once a second which channels wait, and gives each a thread of its own for as long as it does.

Its truth is the tables. A channel whose receiver hangs keeps one thread waiting and nobody else, and a sender that is
killed leaves leases that end by themselves.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from app.services import deliveries, letters, sending

log = logging.getLogger("whyscore.sender")

LOOK_EVERY = 1.0  # seconds
AT_ONCE = 8  # channels
LETTERS = 0  # in the place of a channel's id, which no channel has
LAST_WAIT = 5.0  # seconds for what is being sent when the sender stops


class Sender(threading.Thread):
    """Sends until told to stop."""

    def __init__(self, app: Flask, over: threading.Event) -> None:
        super().__init__(name="sender", daemon=True)
        self.app = app
        self.over = over
        self.busy: dict[int, threading.Thread] = {}

    def run(self) -> None:
        """Look, and look again after whatever fault."""
        while not self.over.wait(LOOK_EVERY):
            try:
                self.look()
            except Exception as error:
                log.error("look: %s", type(error).__name__)
        for thread in self.busy.values():
            thread.join(LAST_WAIT)

    def look(self) -> None:
        """Start a thread for each channel that waits, as many as there is room for, and one for letters."""
        self.busy = {id_: thread for id_, thread in self.busy.items() if thread.is_alive()}
        with self.app.app_context():
            waiting = deliveries.waiting(2 * AT_ONCE)
            has_letters = letters.are_waiting()
        room = max(0, AT_ONCE - len(self.busy.keys() - {LETTERS}))
        for channel_id in [id_ for id_ in waiting if id_ not in self.busy][:room]:
            self._start(channel_id, f"channel {channel_id}", sending.drain, channel_id)
        if has_letters and LETTERS not in self.busy:
            self._start(LETTERS, "letters", letters.drain)

    def _start(self, id_: int, name: str, drain: Callable[..., int], *arguments: Any) -> None:
        self.busy[id_] = threading.Thread(target=self._drain, args=(name, drain, *arguments), name=name, daemon=True)
        self.busy[id_].start()

    def _drain(self, name: str, drain: Callable[..., int], *arguments: Any) -> None:
        try:
            with self.app.app_context():
                drain(*arguments)
        except Exception as error:
            log.error("%s: %s", name, type(error).__name__)
