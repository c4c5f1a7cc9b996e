"""Numbers for Prometheus, and the clock that measures every request."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import time

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST

from app.errors import NotFound
from app.services import metrics

log = logging.getLogger("whyscore.web")
blueprint = Blueprint("metrics", __name__)
PROXIED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def measure(app: Flask) -> None:
    """Time every request, by the pattern of its route and never by its address."""
    app.before_request(_begin)
    app.after_request(_end)


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """The numbers, for this machine and for whoever holds METRICS_TOKEN; others find nothing here."""
    if not (_has_token() or _is_local()):
        raise NotFound("There is no such page.")
    return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _has_token() -> bool:
    token = current_app.config.get("METRICS_TOKEN") or ""
    sent = request.authorization
    is_bearer = sent is not None and sent.type == "bearer"
    return bool(token) and is_bearer and hmac.compare_digest((sent.token or "").encode(), token.encode())  # type: ignore[union-attr]


def _is_local() -> bool:
    """From this machine and not handed on: a proxy beside us makes every visitor look local."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return address.is_loopback and not any(name in request.headers for name in PROXIED)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    pattern = request.url_rule.rule if request.url_rule else None
    began = g.pop("began", None)
    if began is not None:
        seconds = time.perf_counter() - began
        metrics.observe(request.method, pattern, response.status_code, seconds)
        _log(metrics.method(request.method), pattern or "none", response.status_code, seconds)
    return response


def _log(method: str, route: str, status: int, seconds: float) -> None:
    """One line for each request: the pattern of its route, for the path and the query name people."""
    told = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
    log.info("%s %s %s %.1f ms", *told.values(), extra=told)
