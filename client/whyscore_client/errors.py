"""What can go wrong, in the words of the server where it has any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class WhyscoreError(Exception):
    """Whatever this package raises by itself."""


class Refused(WhyscoreError):  # noqa: N818 - it is what happened
    """The server said no. `errors` says by field what is wrong with it."""

    def __init__(self, status: int, name: str, message: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.status, self.name, self.message = status, name, message
        self.errors: Mapping[str, Sequence[str]] = errors or {}


class Unreachable(WhyscoreError):  # noqa: N818 - it is what happened
    """No answer came, however often it was tried. Whether an answer was stored is not known: sending again is safe."""


class Unverified(WhyscoreError):  # noqa: N818 - it is what happened
    """This webhook is not from whom it says it is, or too old."""
