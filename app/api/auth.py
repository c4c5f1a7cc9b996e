"""Who a program is: the key in `Authorization: Bearer`, which opens one survey."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import g, request

from app.api import limits, openapi
from app.errors import NotAllowed, NotFound, NotSignedIn
from app.models import ApiKey, Survey
from app.services import keys

Endpoint = Callable[..., Any]
REFUSALS = {status.value: status.name for status in map(HTTPStatus, (401, 403, 404, 422, 429))}


def needs(scope: str) -> Callable[[Endpoint], Endpoint]:
    """Let only keys of the survey in the address through that have this scope; the endpoint is given the survey."""

    def decorator(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        def wrapper(*arguments: Any, key: str, **more: Any) -> Any:
            return endpoint(_survey(key, scope), *arguments, **more)

        described = {"operationId": endpoint.__name__, "security": [{"bearer": []}], "responses": REFUSALS}
        documented: Endpoint = openapi.Blueprint.doc(**described)(wrapper)
        return documented

    return decorator


def _survey(key: str, scope: str) -> Survey:
    """Another survey looks like none at all, so a key tells nothing about surveys that are not its own."""
    api_key = _bearer()
    limits.spend(api_key)
    if api_key.survey.key != key:
        raise NotFound("There is no such survey.")
    if scope not in api_key.scopes:
        raise NotAllowed(f"This key may not do that: it needs the scope {scope}.")
    g.caller, g.caller_id = api_key.name, api_key.id
    return api_key.survey


def caller() -> str:
    """The name of the key that was let through, for what is written down."""
    name: str = g.caller
    return name


def _bearer() -> ApiKey:
    sent = request.authorization
    key = keys.authenticate(sent.token) if sent and sent.type == "bearer" and sent.token else None
    if key is None:
        raise NotSignedIn("Send a valid key of this survey as `Authorization: Bearer KEY`.")
    return key
