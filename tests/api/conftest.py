"""A shop with a survey and a program that holds a key to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Survey
from app.services import keys
from tests import rows
from tests.rows import NOON


@dataclass(slots=True)
class Program:
    """A host's own program: it sends its key with every request."""

    client: FlaskClient
    survey: Survey
    key: str
    base: str = field(init=False)

    def __post_init__(self) -> None:
        self.base = f"/api/v1/surveys/{self.survey.key}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def send(self, body: Any, **headers: str) -> TestResponse:
        """POST an answer; `Idempotency_Key="…"` becomes a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"{self.base}/responses", json=body, headers={**self.bearer, **named})

    def send_bytes(self, body: bytes, content_type: str = "application/json", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"{self.base}/responses", data=body, content_type=content_type, headers={**self.bearer, **named}
        )

    def get(self, noun: str = "responses", query: str = "") -> TestResponse:
        return self.client.get(f"{self.base}/{noun}{query}", headers=self.bearer)


@pytest.fixture(autouse=True)
def an_hour_after_noon() -> Iterator[None]:
    """The day on which all these stories happen."""
    with time_machine.travel(NOON + timedelta(hours=1)):
        yield


@pytest.fixture
def program(client: FlaskClient) -> Program:
    survey = rows.survey()
    return Program(client, survey, keys.create(survey, "shop backend"))


@pytest.fixture
def stranger(client: FlaskClient) -> Program:
    """Somebody else's program, with a key to somebody else's survey."""
    survey = rows.survey("elsewhere", "Elsewhere")
    return Program(client, survey, keys.create(survey, "their backend"))
