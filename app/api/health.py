"""Is it alive, is it ready: for supervisors, load balancers and alarms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.services import readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers. Nothing else is asked, so a slow database does not get it restarted."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """Everything that a stored answer and its analysis need; 503 as soon as one thing is missing."""
    found = readiness.checks()
    is_ready = all(check.is_ok for check in found)
    checks = {check.name: {"ok": check.is_ok, "says": check.says} for check in found}
    return {"status": "ok" if is_ready else "failing", "checks": checks}, 200 if is_ready else 503
