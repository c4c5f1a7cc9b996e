"""Settings: a wrong one stops the start, and the sentence names it."""

from __future__ import annotations

import pytest

from app.config import SettingsError, load

WRONG = [
    ("SECRET_KEY", "short"),
    ("BASE_URL", "nps.example"),
    ("TRUSTED_HOSTS", ""),
    ("DATABASE_URL", "mysql://here"),
    ("DATABASE_URL", "sqlite:////tmp/whyscore.db?timeout=30"),
    ("QUEUE_URL", "amqp://here"),
    ("QUEUE_URL", "redis://here:port/0"),
    ("QUEUE_URL", "redis://here/first"),
    ("QUEUE_URL", "postgresql://here:port/name?what=ever"),
    ("BACKUP_HOURS", "-1"),
    ("PROXY_COUNT", "-1"),
    ("RATE_LIMITS", "perhaps"),
    ("DAILY_CAP", "many"),
    ("LEAST_SECONDS", "-2"),
    ("WEB_THREADS", "2"),
    ("MAX_UPLOAD_MB", "0"),
    ("PRIVACY_CONTACT", "the office"),
    ("SMTP_URL", "mail.example"),
    ("MAIL_FROM", "nobody"),
    ("WEBHOOK_PORTS", "70000"),
    ("WEBHOOK_TO_LOOPBACK", "perhaps"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_stops_the_start_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        load()
