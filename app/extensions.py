"""The Flask extensions, made once and bound to the app in `create_app`."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.models import engines
from app.models.base import Base
from app.models.transaction import TwoWaySession

db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"class_": TwoWaySession, "expire_on_commit": False},
)
migrate = Migrate(render_as_batch=True, compare_type=True)
babel = Babel()
csrf = CSRFProtect()


def open_database(app: Flask, role: str) -> None:
    """Bind the database with the settings that its promises need."""
    url = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engines.engine_options(url, role)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        engines.prepare(db.engine)
