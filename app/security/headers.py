"""The headers of every answer, by kind of page."""

from flask import Flask


def register(app: Flask) -> None:
    """Set the headers after each request."""
