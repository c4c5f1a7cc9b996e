"""A real OpenID Connect provider on loopback: it checks what it is sent, and lies only where a test asks it to."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "whyscore", "a secret: of the/client"
PAGE = "<!doctype html><title>Provider</title><h1>Provider</h1>{}"
Answer = tuple[int, dict[str, str], bytes]


def key(id_: str = "k1") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": id_, "use": "sig", "alg": "RS256"})


KEY = key()


def told(value: Any, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@dataclass
class Provider:
    """Who signs in there is `person`; `changes` bends the claims of the next ID tokens, `spells` writes them."""

    url: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "p-1", "email": "ann@example.com", "email_verified": True}
    )
    signs_with: RSAKey = field(default_factory=lambda: KEY)
    shows: list[RSAKey] = field(default_factory=lambda: [KEY])
    description: dict[str, Any] = field(default_factory=dict)
    changes: Callable[[dict[str, Any]], Any] = lambda _claims: None
    spells: Callable[[dict[str, Any]], str] | None = None
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    says_address: str = "token"
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def answer(self, path: str, query: dict[str, str], form: dict[str, str], headers: Any) -> Answer:
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]()
        pages: dict[str, Callable[[], Answer]] = {
            "/.well-known/openid-configuration": lambda: told(self._describe()),
            "/jwks": lambda: told({"keys": [one.as_dict(private=False) for one in self.shows]}),
            "/authorize": lambda: self._ask(query),
            "/agree": lambda: self._agree(query),
            "/token": lambda: self._token(form, headers),
            "/userinfo": lambda: self._about(headers),
        }
        return pages.get(path, lambda: told({}, 404))()

    def _describe(self) -> dict[str, Any]:
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            **{f"{name}_endpoint": f"{self.url}/{path}" for name, path in places.items()},
            **self.description,
        }

    def _ask(self, query: dict[str, str]) -> Answer:
        """A page for people, who agree or cancel by a link."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(query["scope"].split())
        no = {"error": "access_denied", "state": query["state"]}
        links = {f"/agree?{urlencode(query)}": "Yes, it is me", f"{query['redirect_uri']}?{urlencode(no)}": "Cancel"}
        text = "".join(f"<p><a href='{html.escape(address)}'>{words}</a></p>" for address, words in links.items())
        return 200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.format(text).encode()

    def _agree(self, query: dict[str, str]) -> Answer:
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        back = urlencode({"code": code, "state": query["state"], "iss": self.url})
        return 303, {"Location": f"{query['redirect_uri']}?{back}"}, b""

    def _token(self, form: dict[str, str], headers: Any) -> Answer:
        asked = self._codes.pop(form.get("code", ""), None)
        if not self._knows(form, headers) or asked is None:
            return told({"error": "invalid_grant"}, 400)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if challenge.rstrip("=") != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return told({"error": "invalid_grant"}, 400)
        return told({"access_token": "the-access-token", "token_type": "Bearer", "id_token": self._id_token(asked)})

    def _knows(self, form: dict[str, str], headers: Any) -> bool:
        given = headers.get("Authorization", "")
        if given.startswith("Basic "):
            client, _, secret = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")
            return (unquote(client), unquote(secret)) == (CLIENT, SECRET)
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)

    def _id_token(self, asked: dict[str, str]) -> str:
        at = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": asked["nonce"]}
        claims |= self.person if self.says_address == "token" else {"sub": self.person["sub"]}
        self.changes(claims)
        return self.spells(claims) if self.spells else self.signed(claims)

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.signs_with.kid or ""}, claims, self.signs_with)

    def _about(self, headers: Any) -> Answer:
        assert headers["Authorization"] == "Bearer the-access-token"
        return told(self.person)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider on a port of its own."""
    mine = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(first(self.rfile.read(int(self.headers["Content-Length"])).decode()))

        def _answer(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            status, headers, body = mine.answer(parts.path, first(parts.query), form, self.headers)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    mine.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield mine
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
