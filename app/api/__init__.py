"""JSON for machines: one file for each noun."""

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from app.errors import Refusal


def register(app: Flask) -> None:
    """Add the API's addresses."""


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """The one shape of an error: code, name, message, and errors by field."""
    body = {
        "code": refusal.status,
        "name": refusal.name,
        "message": refusal.message,
        "errors": refusal.errors,
    }
    return jsonify(body), refusal.status
