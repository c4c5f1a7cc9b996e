"""Settings: read from the environment (or `.env`), checked at the start, described in `.env.example`."""

from __future__ import annotations

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env, EnvError
from marshmallow import ValidationError
from marshmallow.validate import OneOf

from app import queues
from app.logs import FORMATS
from app.notifiers import mail_server
from app.notifiers.addresses import PORTS
from app.security.oidc_provider import is_safe

ROOT = Path(__file__).resolve().parent.parent
KEY_BYTES = 32
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
NOT_A_SECRET = re.compile(r"(change.?me|secret|dev|test|example|password)", re.IGNORECASE)


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the text names it and says what it may be."""


def load() -> dict[str, Any]:
    """All settings as a Flask configuration; SettingsError names the first one that is wrong."""
    env = Env()
    env.read_env(str(ROOT / ".env"), recurse=False)
    try:
        return _settings(env)
    except EnvError as error:
        raise SettingsError(f"Wrong setting: {error}. See .env.example for what it may be.") from error


def _settings(env: Env) -> dict[str, Any]:
    base_url = _base_url(env.str("BASE_URL", "http://127.0.0.1:8000"))
    folder = Path(env.str("DATA_DIR", str(ROOT / "data"))).resolve()
    https = base_url.startswith("https://")
    return {
        "SECRET_KEY": _secret(env.str("SECRET_KEY", "")),
        "SECRET_KEY_FALLBACKS": _fallbacks(env.list("SECRET_KEY_FALLBACKS", [])),
        "BASE_URL": base_url,
        "TRUSTED_HOSTS": _hosts(env.list("TRUSTED_HOSTS", [])),
        "DATA_DIR": folder,
        "SHARED_DIR": _folder(env.str("SHARED_DIR", "")),
        "DATABASE_URL": _database_url(env.str("DATABASE_URL", ""), folder),
        "QUEUE_URL": _queue_url(env.str("QUEUE_URL", "")),
        "BACKUP_DIR": env.str("BACKUP_DIR", ""),
        "BACKUP_HOURS": env.float("BACKUP_HOURS", 0, validate=_not_negative),
        "PROXY_COUNT": env.int("PROXY_COUNT", 0, validate=_not_negative),
        "RATE_LIMITS": env.bool("RATE_LIMITS", True),
        "DAILY_CAP": env.int("DAILY_CAP", 0, validate=_not_negative),
        "LEAST_SECONDS": env.float("LEAST_SECONDS", 2.0, validate=_not_negative),
        "WEB_THREADS": env.int("WEB_THREADS", 8, validate=_at_least_three),
        "PRIVACY_CONTACT": _contact(env.str("PRIVACY_CONTACT", "")),
        "SMTP_URL": _mail_server(env.str("SMTP_URL", "")),
        "MAIL_FROM": _sender(env.str("MAIL_FROM", ""), env.str("SMTP_URL", "")),
        **_sign_in(env),
        "WEBHOOK_PORTS": env.list("WEBHOOK_PORTS", sorted(PORTS), subcast=int, validate=_ports),
        "WEBHOOK_TO_LOOPBACK": env.bool("WEBHOOK_TO_LOOPBACK", False),
        "METRICS_TOKEN": env.str("METRICS_TOKEN", ""),
        "LOG_LEVEL": env.str("LOG_LEVEL", "INFO", validate=OneOf([*LEVELS, *map(str.lower, LEVELS)])).upper(),
        "LOG_FORMAT": env.str("LOG_FORMAT", "json", validate=OneOf(FORMATS)),
        "HTTPS": https,
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_UPLOAD_MB": env.int("MAX_UPLOAD_MB", 100, validate=_at_least_one),
        "MAX_CONTENT_LENGTH": 65_536,
        "MAX_FORM_MEMORY_SIZE": 65_536,
        "MAX_FORM_PARTS": 20,
        "JSON_SORT_KEYS": False,
    }


def _fallbacks(keys: list[str]) -> list[str]:
    return [_secret(key) for key in keys]


def _secret(key: str) -> str:
    if not key:
        raise SettingsError(
            "SECRET_KEY is missing. `make setup` writes one into .env, or set it to 32 random bytes:\n"
            "  python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    is_dull = len(set(key)) < KEY_BYTES // 4 or (NOT_A_SECRET.search(key) and len(set(key)) < KEY_BYTES // 2)
    if len(key.encode()) < KEY_BYTES or is_dull:
        raise SettingsError(f"SECRET_KEY must be at least {KEY_BYTES} random bytes, not a word.")
    return key


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingsError(f"BASE_URL must look like https://nps.example, not {text!r}.")
    return f"{parts.scheme}://{parts.netloc}"


def _contact(text: str) -> str:
    if not text or re.fullmatch(r"[^@\s<>\"']+@[^@\s<>\"']+|https://[^\s<>\"']+", text):
        return text
    raise SettingsError(f"PRIVACY_CONTACT must be an e-mail address or an https address, not {text!r}.")


def _mail_server(url: str) -> str:
    try:
        if url:
            mail_server.read(url)
    except ValueError:
        text = "SMTP_URL must look like smtp://user:password@host:587, smtps://… or smtp+plain://…."
        raise SettingsError(text) from None  # without the value: it holds a password
    return url


def _sender(text: str, smtp_url: str) -> str:
    _, address = parseaddr(text)
    is_address = re.fullmatch(r"[!-?A-~]+@[A-Za-z0-9.-]+", address) and text.isprintable()
    if (text or smtp_url) and not is_address:
        raise SettingsError("MAIL_FROM must name who sends, such as Whyscore <nps@example.com>.")
    return text


def _sign_in(env: Env) -> dict[str, Any]:
    """The provider that people sign in with, if there is one."""
    issuer, client = env.str("OIDC_ISSUER", ""), env.str("OIDC_CLIENT_ID", "")
    if issuer and (not is_safe(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment):
        raise SettingsError(f"OIDC_ISSUER must look like https://login.example.com, not {issuer!r}.")
    if bool(issuer) != bool(client):
        raise SettingsError("OIDC_ISSUER and OIDC_CLIENT_ID are set together, or neither of them.")
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": client,
        "OIDC_CLIENT_SECRET": env.str("OIDC_CLIENT_SECRET", ""),
        "OIDC_NAME": env.str("OIDC_NAME", "") or urlsplit(issuer).hostname or "",
        "OIDC_DOMAINS": _domains(env.list("OIDC_DOMAINS", [])),
    }


def _domains(texts: list[str]) -> list[str]:
    return [_domain(text) for text in texts]


def _domain(text: str) -> str:
    domain = text.strip().lower().removeprefix("@")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain):
        raise SettingsError(f"OIDC_DOMAINS must name domains such as example.com, not {text!r}.")
    return domain


def _ports(ports: list[int]) -> None:
    if not ports or not all(0 < port < 65_536 for port in ports):
        raise ValidationError("must be ports such as 443,8443")


def _hosts(hosts: list[str]) -> list[str]:
    if not hosts:
        raise SettingsError("TRUSTED_HOSTS is missing: name the hosts that reach this server, comma-separated.")
    return [host.strip() for host in hosts]


def _database_url(text: str, folder: Path) -> str:
    if not text:
        return f"sqlite:///{folder / 'whyscore.db'}"
    if text.startswith("postgresql://"):
        return text.replace("postgresql://", "postgresql+psycopg://", 1)
    if text.startswith("sqlite:///") and "?" in text:
        raise SettingsError("DATABASE_URL of SQLite is sqlite:/// and the path of a file, without options.")
    if text.startswith(("sqlite:///", "postgresql+psycopg://")):
        return text
    raise SettingsError("DATABASE_URL must start with sqlite:/// or postgresql://.")


def _queue_url(text: str) -> str:
    try:
        return queues.checked(text)
    except queues.QueueUrlError as error:
        raise SettingsError(str(error)) from None


def _folder(text: str) -> str:
    return str(Path(text).resolve()) if text else ""


def _not_negative(number: float) -> None:
    if number < 0:
        raise ValidationError(f"must be 0 or more, not {number}")


def _at_least_one(number: int) -> None:
    if number < 1:
        raise ValidationError(f"must be 1 or more, not {number}")


def _at_least_three(number: int) -> None:
    if number < 3:
        raise ValidationError(f"must be 3 or more, not {number}: two threads are kept for pages while writes wait")
