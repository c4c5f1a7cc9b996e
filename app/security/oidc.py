"""Signing in with OpenID Connect: the way to the provider and back, and what may be believed of what comes back.

The state of a sign-in that was begun stands in the signed cookie of a visitor, so that going there writes no row.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from flask import Flask, current_app, session
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jws import JWSRegistry

from app.security.oidc_provider import Provider, ProviderAwayError, ProviderRefusedError

log = logging.getLogger("whyscore.oidc")

CALLBACK = "/login/oidc/callback"
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LEEWAY = 120  # seconds that two clocks may differ
LASTS = 900  # seconds for which somebody may be at the provider
AT_ONCE = 3  # sign-ins that one browser may have begun
LONGEST_ONWARD = 600
LONGEST = 255
Reason = Literal["ended", "refused", "away", "clock", "unverified", "untrusted"]


class NotSignedInError(Exception):
    """Nobody was signed in, and why: what the page about it says."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom the provider vouches for: `subject` never changes, `email` was verified by it."""

    issuer: str
    subject: str
    email: str


def register(app: Flask) -> None:
    """Know the provider, if one is set. Nothing is asked of it yet."""
    settings = app.config
    if settings["OIDC_ISSUER"]:
        names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME")
        app.extensions["oidc"] = Provider(*(settings[name] for name in names))


def provider() -> Provider | None:
    """The provider of this installation, None where nobody signs in so."""
    found: Provider | None = current_app.extensions.get("oidc")
    return found


def begin(provider: Provider, onward: str) -> str:
    """The address at the provider where a visitor signs in; what they come back with is bound to this browser."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        description = provider.description()
    except (ProviderAwayError, ProviderRefusedError) as error:
        raise _away(error) from error
    kept = onward if len(onward) <= LONGEST_ONWARD else ""
    session["oidc"] = [*_begun(), [state, nonce, verifier, kept, int(time.time())]][-AT_ONCE:]
    address: str = prepare_grant_uri(
        description["authorization_endpoint"],
        provider.client_id,
        "code",
        redirect_uri=_redirect_uri(),
        scope="openid email",
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    return address


def take(state: str) -> tuple[str, str, str]:
    """Nonce, verifier and way onward of the sign-in that this browser began with this state, which works once."""
    found = [one for one in _begun() if hmac.compare_digest(one[0].encode(), state.encode())]
    session["oidc"] = [one for one in _begun() if one not in found]
    if not found:
        raise NotSignedInError("ended")
    _, nonce, verifier, onward, _ = found[0]
    return nonce, verifier, onward


def finish(provider: Provider, given: Mapping[str, str], nonce: str, verifier: str) -> Claims:
    """Who came back; NotSignedInError unless everything about it is as it has to be."""
    try:
        issuer = str(provider.description()["issuer"])
        if given.get("iss", issuer) != issuer:
            raise NotSignedInError("untrusted")
        if "error" in given or not given.get("code"):
            raise NotSignedInError("refused")
        tokens = provider.exchange(given["code"], verifier, _redirect_uri())
        claims = _verified(provider, issuer, tokens, nonce)
        return _claims(issuer, _with_address(provider, claims, tokens))
    except ProviderAwayError as error:
        raise _away(error) from error
    except ProviderRefusedError as error:
        log.warning("the provider takes no code of ours: %s", error)
        raise NotSignedInError("untrusted") from error
    except ExpiredTokenError as error:
        raise NotSignedInError("clock") from error
    except InvalidClaimError as error:
        log.warning("ID token refused: %s", error.claim)
        raise NotSignedInError("clock" if error.claim in {"iat", "nbf"} else "untrusted") from error
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("ID token refused: %s", type(error).__name__)
        raise NotSignedInError("untrusted") from error


def _verified(provider: Provider, issuer: str, tokens: Mapping[str, Any], nonce: str) -> CodeIDToken:
    """The claims of an ID token that the provider signed, for us, for this sign-in, and not long ago."""
    options: Any = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    about = {"nonce": nonce, "client_id": provider.client_id, "access_token": tokens.get("access_token")}
    token = _decoded(provider, str(tokens["id_token"]))
    claims = CodeIDToken(token.claims, token.header, options, about)
    claims.validate(leeway=LEEWAY)
    return claims


def _decoded(provider: Provider, text: str) -> jwt.Token:
    registry = JWSRegistry(algorithms=list(SIGNED_BY), strict_check_header=False)
    try:
        return jwt.decode(text, provider.keys(), registry=registry)
    except InvalidKeyIdError:  # it signs with a new key
        return jwt.decode(text, provider.keys(anew=True), registry=registry)


def _with_address(provider: Provider, claims: Mapping[str, Any], tokens: Mapping[str, Any]) -> Mapping[str, Any]:
    """Claims with an e-mail address: some providers tell it only to whoever asks with the access token."""
    if "email" in claims or "access_token" not in tokens:
        return claims
    said = provider.about(str(tokens["access_token"]))
    if said.get("sub") != claims["sub"]:
        raise NotSignedInError("unverified" if not said else "untrusted")
    return {**said, **claims}


def _claims(issuer: str, claims: Mapping[str, Any]) -> Claims:
    subject, email = claims["sub"], claims.get("email")
    if not subject or len(subject) > LONGEST:
        raise NotSignedInError("untrusted")
    is_address = isinstance(email, str) and email.isascii() and len(email) <= LONGEST  # no letter that only looks like
    if not is_address or claims.get("email_verified") is not True:
        raise NotSignedInError("unverified")
    return Claims(issuer, subject, str(email).strip().lower())


def _begun() -> list[list[Any]]:
    begun: list[list[Any]] = session.get("oidc", [])
    return [one for one in begun if 0 <= time.time() - one[4] + LEEWAY <= LASTS + LEEWAY]


def _redirect_uri() -> str:
    return f"{current_app.config['BASE_URL']}{CALLBACK}"


def _away(error: Exception) -> NotSignedInError:
    log.error("the provider cannot be used: %s", error)
    return NotSignedInError("away")
