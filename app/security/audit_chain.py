"""The seals of the audit log: every entry is bound to the one before it by a key that is not in the database."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence

from flask import current_app

from app.models import AuditEntry, AuditHead


def link(entry: AuditEntry, before: str, key: bytes | None = None) -> str:
    """What binds an entry to the link of the one before it; "" stands before the first."""
    at = entry.at.isoformat()
    said = [entry.id, at, entry.actor, entry.actor_id, entry.action, entry.survey_id, entry.thing, entry.mark, before]
    return _sealed("entry", said, key)


def seal(entry_id: int, link: str, key: bytes | None = None) -> str:
    """What says that this entry is the newest."""
    return _sealed("head", [entry_id, link], key)


def is_linked(entry: AuditEntry, before: str) -> bool:
    """Whether an entry is as it was written, behind the same one."""
    return any(hmac.compare_digest(entry.link, link(entry, before, key)) for key in all_keys())


def is_sealed(head: AuditHead) -> bool:
    """Whether the head was written by this installation."""
    return any(hmac.compare_digest(head.seal, seal(head.entry_id, head.link, key)) for key in all_keys())


def mark(subject: str, key: bytes | None = None) -> str:
    """What stands in an entry for the id of a respondent or customer, who can be asked for but not read from it."""
    return _sealed("subject", [subject], key)


def all_keys() -> Sequence[bytes]:
    """The key that seals, and those that did before it."""
    config = current_app.config
    secrets = (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])
    return [hmac.digest(secret.encode(), b"whyscore.audit.1", hashlib.sha256) for secret in secrets]


def _sealed(kind: str, said: list[object], key: bytes | None) -> str:
    text = json.dumps([kind, *said], ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key or all_keys()[0], text.encode(), hashlib.sha256).hexdigest()
