"""HTML for people."""

from flask import Flask
from flask.typing import ResponseReturnValue

from app.errors import Refusal
from app.pages import widget


def register(app: Flask) -> None:
    """Add the pages' addresses."""
    app.register_blueprint(widget.blueprint)


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """A page that says what went wrong and what to do."""
    return refusal.message, refusal.status
