"""Asking an OpenID Connect provider: its description, its keys, and what a code is worth.

Every wait has an end, no redirect is followed, and what is too long to be an answer is none.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.notifiers.deadlines import deadline

STEP = 5.0  # seconds for each step of a conversation
WHOLE = 10.0  # seconds for the whole of it
LONGEST = 262_144  # bytes of an answer
KEPT = 3_600.0  # seconds for which description and keys are remembered
AT_ONCE = 2  # threads of a process that may wait for the provider
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderAwayError(Exception):
    """The provider cannot be reached, or says what nobody can use."""


class ProviderRefusedError(Exception):
    """The provider did not take what it was sent: a code that was used before, or a wrong secret of ours."""


@dataclass(slots=True)
class Provider:
    """The provider that this installation trusts, and what is remembered of it."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    name: str
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    _known: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    def description(self) -> dict[str, Any]:
        """The discovery document, asked for when it is first needed; its issuer is the one that was set."""
        said = self._remembered("description", get_well_known_url(self.issuer, external=True))
        if str(said.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
            raise ProviderAwayError("it describes another issuer")
        if not all(is_safe(str(said.get(name, ""))) for name in NEEDED):
            raise ProviderAwayError("its description lacks an address, or one is without https")
        return said

    def keys(self, *, anew: bool = False) -> KeySet:
        """The public keys that it signs with; `anew` after it signed with one that is not known."""
        if anew:
            self._known.pop("keys", None)
        said = self._remembered("keys", str(self.description()["jwks_uri"]))
        try:
            return KeySet.import_key_set(said)  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            self._known.pop("keys", None)
            raise ProviderAwayError("its keys cannot be read") from error

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """What a code is worth: an ID token and an access token."""
        description = self.description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = self._identify(form, description.get("token_endpoint_auth_methods_supported"))
        return self._ask(str(description["token_endpoint"]), headers, urlencode(form))

    def about(self, access_token: str) -> dict[str, Any]:
        """What its userinfo endpoint says; nothing where it has none."""
        address = str(self.description().get("userinfo_endpoint", ""))
        if not is_safe(address):
            return {}
        return self._ask(address, {"Authorization": f"Bearer {access_token}"})

    def _identify(self, form: dict[str, str], methods: object) -> dict[str, str]:
        """Say who asks: in the form where it may stand there, for then no two programs differ about its spelling."""
        known = methods if isinstance(methods, list) else ["client_secret_basic"]
        if not self.secret or "client_secret_post" in known:
            form |= {"client_id": self.client_id, **({"client_secret": self.secret} if self.secret else {})}
            return {}
        headers: dict[str, str] = {}
        encode_client_secret_basic(_Quoted(self.client_id, self.secret), "POST", "", headers, "")
        return headers

    def _remembered(self, what: str, address: str) -> dict[str, Any]:
        at, said = self._known.get(what, (0.0, {}))
        if not said or time.monotonic() - at > KEPT:
            said = self._ask(address, {})
            self._known[what] = (time.monotonic(), said)
        return said

    def _ask(self, address: str, headers: Mapping[str, str], form: str | None = None) -> dict[str, Any]:
        with self._place():
            return _object(*_exchange(address, headers, form))

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A provider that hangs keeps few threads waiting; the others go on answering."""
        if not self._places.acquire(timeout=1.0):
            raise ProviderAwayError("others wait for it already")
        try:
            yield
        finally:
            self._places.release()


class _Quoted:
    """Id and secret as RFC 6749 wants them in a header."""

    def __init__(self, client_id: str, secret: str) -> None:
        self.client_id, self.client_secret = quote(client_id, safe=""), quote(secret, safe="")


def is_safe(address: str) -> bool:
    """Whether secrets may go there: https, or this machine itself."""
    try:
        parts = urlsplit(address)
        is_local = parts.scheme == "http" and parts.hostname in LOOPBACK
        return bool(parts.hostname) and parts.port != 0 and (parts.scheme == "https" or is_local)
    except ValueError:
        return False


def _exchange(address: str, headers: Mapping[str, str], form: str | None) -> tuple[int, bytes]:
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    given = {"User-Agent": "Whyscore", "Accept": "application/json", "Connection": "close", **headers}
    if form is not None:
        given["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.connect()
        with deadline(connection.sock, WHOLE):
            connection.request("GET" if form is None else "POST", path, form, given)
            answer = connection.getresponse()
            return answer.status, answer.read(LONGEST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ProviderAwayError(type(error).__name__) from error
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=STEP, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=STEP)


def _object(status: int, body: bytes) -> dict[str, Any]:
    """The answer as an object. 4xx is a refusal, anything else that is no object is as good as no answer."""
    if 400 <= status < 500:
        raise ProviderRefusedError(f"status {status}")
    try:
        said = json.loads(body) if status == 200 and len(body) <= LONGEST else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ProviderAwayError(f"status {status}, or not an answer in JSON")
    return said
