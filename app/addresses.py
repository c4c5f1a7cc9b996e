"""What may stand in an address: anything else is 404 before it reaches a query."""

from flask import Flask
from werkzeug.routing import BaseConverter


class Key(BaseConverter):
    """A survey's key, a nonce: lower-case letters, digits and hyphens."""

    regex = "[a-z0-9-]{1,64}"


class Sealed(BaseConverter):
    """A token made by us."""

    regex = "[A-Za-z0-9_.-]{1,512}"


def register(app: Flask) -> None:
    """Offer both to the routes: `<key:key>`, `<sealed:receipt>`."""
    app.url_map.converters.update(key=Key, sealed=Sealed)
