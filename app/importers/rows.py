"""Rows of files as they come: the line they stand on, and their columns as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

MEANINGS = (
    "score", "comment", "created_at", "respondent", "external_id", "language", "touchpoint", "account",
    "monthly_revenue", "customer_since", "attribute", "ignored",
)  # fmt: skip
MOST_COLUMNS = 1_000  # of a table
NAMES = frozenset(MEANINGS) - {"attribute", "ignored"}  # of our own columns
_HALF = re.compile("[\ud800-\udfff]")  # of a character: what cutting an emoji in two leaves


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the text says why and what would do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table before anybody asked what its cells mean. `fault` says why it could not be split."""

    line: int  # of the file, counting from 1, where the record begins
    cells: list[str] = field(default_factory=list)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `fault` says why it is no answer; `said` is what stands in the file, if `values` is put otherwise.

    `identity` is what tells the row from others, where that is not `said`: it must never change between two versions.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None
    said: dict[str, str] | None = None
    identity: dict[str, Any] | None = None


def storable(text: str) -> str:
    """The text without what no database takes: a half character becomes U+FFFD, a NUL nothing."""
    return _HALF.sub("\ufffd", text.replace("\0", ""))
