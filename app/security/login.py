"""Signing in: server-side sessions, passwords."""

from flask import Flask


def register(app: Flask) -> None:
    """Use sessions kept on the server."""
