"""The headers of every answer, by kind of page. The reason for each stands in docs/embed.md."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, current_app, g, request

CONTENT = "default-src 'none'; style-src {0}; img-src {0}; form-action {0}; base-uri 'none'; frame-ancestors {1}"

WIDGET = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
}
STYLESHEET = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
API = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
PAGE = {
    "Content-Security-Policy": CONTENT.format("'self'", "'none'"),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SHOWS = {"Content-Security-Policy": CONTENT.format("'self'", "'none'") + "; frame-src 'self'"}
FORM = "private, no-cache"  # never no-store: Back would fetch a new token, and sending again would be a second response


def register(app: Flask) -> None:
    """Set the headers after each request, refusals included."""
    app.before_request(_forget)
    app.after_request(_complete)


def allow_frames(origins: Sequence[str]) -> None:
    """Name the sites that may show this answer in a frame; without a call nobody may."""
    g.frame_ancestors = " ".join(origins) or "'none'"


def show_own_frames() -> None:
    """Let this page for people show a frame of our own, such as a preview; every other page shows none."""
    g.own_frames = "shows"


def stand_in_own_frame() -> None:
    """Let this page for people stand in a frame of our own pages, and in nobody else's."""
    g.own_frames = "stands"


def keep_for_back(response: Response) -> Response:
    """Mark a page that contains a form: the browser keeps it for Back, and nobody else does."""
    response.headers["Cache-Control"] = FORM
    return response


def _forget() -> None:
    allow_frames(())
    g.own_frames = ""


def _complete(response: Response) -> Response:
    response.headers.update(_by_kind(response))
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "application/json":
        response.content_type = "application/json; charset=utf-8"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _by_kind(response: Response) -> dict[str, str]:
    if response.mimetype == "text/css" and response.status_code == 200:
        return STYLESHEET if request.path.startswith("/w/") else STYLESHEET | _own_site()
    if request.path.startswith("/w/"):
        return WIDGET | _of_the_frame(response)
    if request.path.startswith("/api/") and response.mimetype != "text/html":
        response.vary.add("Authorization")
        return API
    response.vary.add("Cookie")
    return PAGE | _own_frames()


def _own_site() -> dict[str, str]:
    return {"Cross-Origin-Resource-Policy": "same-origin"}


def _own_frames() -> dict[str, str]:
    """What differs for a page with a preview, and for the preview in it."""
    kind = g.get("own_frames", "")
    if kind != "stands":
        return SHOWS if kind == "shows" else {}
    return {"Content-Security-Policy": CONTENT.format(_ours(), "'self'"), "X-Frame-Options": "SAMEORIGIN"}


def _ours() -> str:
    """Our own address. To WebKit nothing is 'self' in a sandboxed frame, neither style nor form: it needs the name."""
    return f"'self' {current_app.config['BASE_URL']}"


def _of_the_frame(response: Response) -> dict[str, str]:
    """Who may frame it; and a form is kept for Back, everything else is not stored."""
    caching = response.headers.get("Cache-Control")
    return {
        "Content-Security-Policy": CONTENT.format(_ours(), g.get("frame_ancestors", "'none'")),
        "Cache-Control": FORM if caching == FORM else "no-store",
    }
