"""A key is shown once, opens one survey, and ends at once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import ApiKey
from app.services import keys
from tests import rows

pytestmark = pytest.mark.usefixtures("app")


def test_a_key_opens_its_survey_and_is_kept_as_a_hash_only() -> None:
    survey = rows.survey()

    text = keys.create(survey, "shop backend")

    found = keys.authenticate(text)
    assert found is not None
    assert (found.survey_id, found.scopes, found.name) == (
        survey.id,
        ["responses:write", "read", "catalogue:write"],
        "shop backend",
    )
    kept = db.session.execute(sa.select(ApiKey.__table__)).mappings().one()
    assert text[20:] not in str(kept)
    assert text.startswith(kept["prefix"])


def test_a_revoked_key_opens_nothing_from_then_on() -> None:
    survey = rows.survey()
    text = keys.create(survey, "old")
    keys.create(survey, "new")

    keys.revoke(survey, text[: keys.PREFIX])

    assert keys.authenticate(text) is None
    assert [key.revoked_at is None for key in keys.of(survey)] == [False, True]


def test_a_survey_can_only_revoke_its_own_keys() -> None:
    mine, other = rows.survey("mine"), rows.survey("other")
    text = keys.create(mine, "mine")

    with pytest.raises(NotFound):
        keys.revoke(other, text[: keys.PREFIX])

    assert keys.authenticate(text) is not None


def test_a_key_that_differs_anywhere_opens_nothing() -> None:
    text = keys.create(rows.survey(), "shop backend")

    spoiled = [text[:place] + ("x" if one != "x" else "y") + text[place + 1 :] for place, one in enumerate(text)]
    cut = [text[:length] for length in range(len(text))]

    assert [one for one in [*spoiled, *cut, text + "x", text.upper()] if keys.authenticate(one)] == []


@pytest.mark.parametrize("text", ["", "wak_", "wak_\x00", "wak_" + "a" * 100_000, "wak_ä", "Bearer", "' OR 1=1 --"])
def test_what_cannot_be_a_key_is_none(text: str) -> None:
    assert keys.authenticate(text) is None


@pytest.mark.parametrize(
    ("name", "scopes", "field"),
    [("", ["read"], "name"), ("a" * 101, ["read"], "name"), ("x", [], "scopes"), ("x", ["admin"], "scopes")],
)
def test_a_key_needs_a_name_and_scopes_that_exist(name: str, scopes: list[str], field: str) -> None:
    survey = rows.survey()

    with pytest.raises(Invalid) as refusal:
        keys.create(survey, name, scopes)

    errors: dict[str, Any] = refusal.value.errors
    assert list(errors) == [field]
