"""One survey, with a key that opens it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import quote, urlencode
from urllib.request import Request

from whyscore_client.sending import Sender
from whyscore_client.shapes import PainPoint, ReadResponse, Report, StoredResponse

Filter = str | int | date | list[str]


class Whyscore:
    """A survey. Filters are those of docs/api.md, of which `from_` is `from` and `attributes` are `attr.NAME`."""

    def __init__(self, url: str, survey: str, key: str, sender: Sender | None = None) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError("The address of Whyscore begins with https://.")
        self._base = f"{url.rstrip('/')}/api/v1/surveys/{quote(survey, safe='')}"
        self._key = key
        self._sender = sender or Sender()

    def __repr__(self) -> str:
        return f"<Whyscore {self._base}>"

    def send(
        self,
        score: int,
        *,
        comment: str | None = None,
        language: str | None = None,
        respondent: str | None = None,
        touchpoint: str | None = None,
        attributes: Mapping[str, str | int | bool] | None = None,
        created_at: datetime | str | None = None,
        external_id: str | None = None,
        monthly_revenue: float | None = None,
        customer_since: date | str | None = None,
        idempotency_key: str | None = None,
    ) -> StoredResponse:
        """Store an answer. It may be tried several times, and is stored once: every call has an Idempotency-Key."""
        given = {
            "score": score,
            "comment": comment,
            "language": language,
            "respondent": respondent,
            "touchpoint": touchpoint,
            "attributes": dict(attributes) if attributes is not None else None,
            "created_at": created_at.isoformat() if isinstance(created_at, datetime) else created_at,
            "external_id": external_id,
            "monthly_revenue": monthly_revenue,
            "customer_since": customer_since.isoformat() if isinstance(customer_since, date) else customer_since,
        }
        body = json.dumps({name: value for name, value in given.items() if value is not None}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        request = Request(f"{self._base}/responses", body, {**headers, **self._headers()}, method="POST")  # noqa: S310
        return cast(StoredResponse, self._sender.ask(request))

    def report(self, *, attributes: Mapping[str, str] | None = None, **filters: Filter) -> Report:
        """The report. Without days it is about the last 90."""
        return cast(Report, self._get("report", _query(filters, attributes)))

    def responses(
        self, *, attributes: Mapping[str, str] | None = None, limit: int = 200, **filters: Filter
    ) -> Iterator[ReadResponse]:
        """Every answer, the newest first, fetched page by page."""
        return cast(Iterator[ReadResponse], self._each("responses", "responses", _query(filters, attributes), limit))

    def pain_points(
        self, *, attributes: Mapping[str, str] | None = None, limit: int = 200, **filters: Filter
    ) -> Iterator[PainPoint]:
        """Every pain point that is ranked, the one to fix first at the top."""
        return cast(Iterator[PainPoint], self._each("pain-points", "pain_points", _query(filters, attributes), limit))

    def _each(self, path: str, name: str, query: list[tuple[str, str]], limit: int) -> Iterator[Any]:
        cursor: str | None = ""
        while cursor is not None:
            turned = [("cursor", cursor)] if cursor else []
            page = self._get(path, [*query, ("limit", str(limit)), *turned])
            yield from page[name]
            cursor = page["next"]

    def _get(self, path: str, query: list[tuple[str, str]]) -> Any:
        asked = f"?{urlencode(query)}" if query else ""
        return self._sender.ask(Request(f"{self._base}/{path}{asked}", headers=self._headers()))  # noqa: S310

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._key}",
            "Accept": "application/json",
            "User-Agent": "whyscore-client/0.1",
        }


def _query(filters: Mapping[str, Filter], attributes: Mapping[str, str] | None) -> list[tuple[str, str]]:
    named = {name.removesuffix("_"): value for name, value in filters.items()}
    named |= {f"attr.{name}": value for name, value in (attributes or {}).items()}
    return [
        (name, one.isoformat() if isinstance(one, date) else str(one))
        for name, value in named.items()
        for one in (value if isinstance(value, list) else [value])
    ]
