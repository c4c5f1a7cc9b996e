"""Whyscore: the score, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.processor import use_whole_width

if TYPE_CHECKING:
    from flask import Flask

use_whole_width()


def create_app(settings: Mapping[str, Any] | None = None, *, role: str = "web") -> Flask:
    """The application. `settings` replaces the environment's where given; `role` sets database timeouts.

    It imports what it joins, so that whoever needs only `app.analysis` loads nothing of the web.
    """
    from flask import Flask

    from app import addresses, api, cli, config, errors, i18n, pages
    from app.extensions import csrf, open_database
    from app.security import audit, characters, headers, login, oidc, proxy, rate_limits, uploads

    app = Flask(__name__, static_folder=None)
    app.config.from_mapping({**config.load(), **(settings or {})})
    open_database(app, role)
    addresses.register(app)
    proxy.register(app)
    headers.register(app)
    uploads.register(app)
    rate_limits.register(app)
    login.register(app)
    oidc.register(app)
    audit.register(app)
    csrf.init_app(app)
    characters.register(app)
    i18n.register(app)
    pages.register(app)
    api.register(app)
    errors.register(app, {"/": pages.refuse, "/w/": pages.widget.refuse, "/api/": api.refuse})
    cli.register(app)
    return app
