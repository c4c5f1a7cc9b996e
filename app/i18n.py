"""Which language a page speaks."""

from flask import Flask

from app.extensions import babel


def register(app: Flask) -> None:
    """Choose a locale for each request."""
    babel.init_app(app)
