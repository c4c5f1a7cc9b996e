"""HTML for people."""

from flask import Flask
from flask.typing import ResponseReturnValue

from app.errors import Refusal
from app.extensions import csrf
from app.pages import widget


def register(app: Flask) -> None:
    """Add the pages' addresses."""
    app.register_blueprint(widget.blueprint)
    csrf.exempt(widget.blueprint)  # it has no cookie; its sealed form token decides


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """A page that says what went wrong and what to do."""
    return refusal.message, refusal.status
