"""What a row of a file must hold to be an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from app.analysis.metrics import NPS, Metric

LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST_ATTRIBUTE = 200
TOMORROW = timedelta(days=1)


class Score(fields.Field[int]):
    """Exactly one score of the scale, as a number or as its text."""

    scale: Mapping[str, int]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value in self.scale.values():
            return value
        if isinstance(value, str) and value.strip() in self.scale:
            return self.scale[value.strip()]
        low, *_, high = self.scale
        raise ValidationError(f"the score must be a whole number from {low} to {high}, not {_shown(value)}")


class Moment(fields.Field[datetime]):
    """A moment in ISO 8601; one without a zone stays so, for the survey's zone to be put in."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise ValidationError(f"created_at must be a time like 2026-11-22T09:30:00Z, not {_shown(value)}") from None


class Day(fields.Field[date]):
    """A day in ISO 8601."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            return date.fromisoformat(str(value).strip()[:10])
        except ValueError:
            raise ValidationError(f"customer_since must be a day like 2024-05-01, not {_shown(value)}") from None


class Language(fields.Field[str]):
    """A language code; of `pt-BR` the language counts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = str(value).strip().lower().replace("_", "-").split("-")[0]
        if not LANGUAGE.fullmatch(code):
            raise ValidationError(f"language must be a code such as de, not {_shown(value)}")
        return code


class Revenue(fields.Field[float]):
    """An amount of money a month, not negative."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        try:
            amount = float(str(value).strip())
        except ValueError:
            amount = -1.0
        if not 0 <= amount < float("inf"):
            raise ValidationError(f"monthly_revenue must be a number like 49.90, not {_shown(value)}")
        return amount


class ImportedRow(Schema):
    """The columns of an import; every other column is an attribute."""

    class Meta:
        unknown = EXCLUDE

    score = Score(required=True, error_messages={"required": "the score is missing"})
    comment = fields.Raw(load_default=None)
    created_at = Moment(load_default=None)
    language = Language(load_default=None)
    respondent = fields.String(load_default=None, validate=validate.Length(max=200, error="respondent is too long"))
    touchpoint = fields.String(load_default=None, validate=validate.Length(max=64, error="touchpoint is too long"))
    external_id = fields.String(load_default=None, validate=validate.Length(max=200, error="external_id is too long"))
    monthly_revenue = Revenue(load_default=None)
    customer_since = Day(load_default=None)

    def __init__(self, metric: Metric = NPS) -> None:
        super().__init__()
        self.load_fields["score"].scale = {str(score): score for score in metric.scores}  # type: ignore[attr-defined]

    @pre_load
    def _tidy(self, values: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Column names in any case; an empty cell says nothing; the comment keeps its spaces."""
        tidy = {}
        for name, value in values.items():
            key = name.lower() if name.lower() in self.fields else name
            if value is not None and str(value).strip():
                tidy[key] = value if key in {"comment", "score"} else _plain(value)
        return tidy

    @post_load(pass_original=True)
    def _with_attributes(self, row: dict[str, Any], original: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        row["comment"] = None if row["comment"] is None else str(row["comment"])
        row["attributes"] = {
            name: str(_plain(value)).strip()
            for name, value in sorted(original.items())
            if name.lower() not in self.fields and _is_attribute(value)
        }
        return row


def _is_attribute(value: Any) -> bool:
    text = "" if value is None else str(value).strip()
    return bool(text) and len(text) <= LONGEST_ATTRIBUTE and not isinstance(value, dict | list)


def _plain(value: Any) -> Any:
    """Truth as it is written in JSON; other values as their text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:40] + "…")
