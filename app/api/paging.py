"""Lists a page at a time. A cursor says where the next page begins; it is signed and fits one list only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer

from app.errors import Invalid
from app.models import Survey
from app.reports.filters import Filters
from app.schemas import filters as filter_schema

LIMIT, MOST = 50, 200
NAMES = ("limit", "cursor")
NUMBER = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a program asks of a list. `after` is what `cursor` sealed, None for the first page.

    `own` are parameters of this list alone, checked by whoever asks for it.
    """

    name: str
    survey: Survey
    filters: Filters
    limit: int
    after: Any
    own: tuple[tuple[str, str], ...] = ()

    def cursor(self, position: Any) -> str | None:
        """The cursor of the page that begins after this position, None after the last one."""
        return None if position is None else _sealing().dumps([*self._which(), position])

    def _which(self) -> list[Any]:
        return [self.name, self.survey.id, self.filters.query(), *([list(map(list, self.own))] if self.own else [])]


def asked(name: str, survey: Survey) -> Listing:
    """The list that the address asks for; Invalid says by name what is wrong with it."""
    return _turned(Listing(name, survey, asked_filters(*NAMES), _limit(), None))


def asked_own(name: str, survey: Survey, own: Iterable[tuple[str, str]]) -> Listing:
    """The same of a list that has other filters than the report."""
    return _turned(Listing(name, survey, Filters(), _limit(), None, tuple(own)))


def _turned(first: Listing) -> Listing:
    """The page at which the cursor stands."""
    cursor = _single("cursor")
    return replace(first, after=_after(first, cursor)) if cursor else first


def asked_filters(*also: str) -> Filters:
    """The filters of the address, as on the page."""
    return filter_schema.parse(request.args.items(multi=True), also=also)


def _limit() -> int:
    text = _single("limit") or str(LIMIT)
    if not NUMBER.fullmatch(text) or int(text) > MOST:
        _refuse("limit", f"Give a whole number from 1 to {MOST}.")
    return int(text)


def _single(name: str) -> str | None:
    given = request.args.getlist(name)
    if len(given) > 1:
        _refuse(name, "Give it once.")
    return given[0] if given else None


def _after(listing: Listing, cursor: str) -> Any:
    try:
        *which, position = _sealing().loads(cursor)
    except (BadData, ValueError, TypeError):
        which, position = [], None
    if which != listing._which():
        _refuse("cursor", "This is not a cursor of this list with these filters: begin without one.")
    return position


def _refuse(name: str, text: str) -> None:
    raise Invalid(f"{name}: {text}", {name: [text]})


def _sealing() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(
        keys, salt="whyscore.cursor.1", signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    )
