"""Accounts: kept as hashes, let into surveys one by one."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from app.errors import Invalid, NotAllowed, NotFound
from app.extensions import db
from app.models import User
from app.models.transaction import writing
from app.security import passwords
from app.services import accounts, users
from tests import rows

pytestmark = pytest.mark.usefixtures("app")
PASSWORD, NEW = "correct horse battery", "a battery of horses"


def test_a_password_is_kept_as_a_hash_only() -> None:
    user = users.create("ann@example.com", PASSWORD)

    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert users.authenticate("ann@example.com", PASSWORD) is not None
    assert users.authenticate("ann@example.com", PASSWORD + " ") is None


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("ann", PASSWORD, "email"), ("a b@example.com", PASSWORD, "email"), ("ann@example.com", "short", "password")],
)
def test_an_account_needs_an_address_and_a_long_password(email: str, password: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        users.create(email, password)

    assert set(refused.value.errors) == {field}


def test_an_address_has_one_account() -> None:
    users.create("ann@example.com", PASSWORD)

    with pytest.raises(Invalid):
        users.create("Ann@example.com", PASSWORD)


def test_an_old_hash_is_made_anew_at_the_next_sign_in() -> None:
    user = users.create("ann@example.com", PASSWORD)
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with writing() as session:
        session.execute(sa.update(User).values(password_hash=old))
    db.session.expire_all()

    assert users.authenticate("ann@example.com", PASSWORD) is not None

    assert users.get(user.id).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")  # type: ignore[union-attr]


def test_a_hash_made_anew_never_puts_a_replaced_password_back() -> None:
    users.create("ann@example.com", PASSWORD)
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with writing() as session:
        session.execute(sa.update(User).values(password_hash=old))
    db.session.expire_all()
    slow = accounts.by_address("ann@example.com")
    db.session.expunge(slow)  # as another process has read it
    accounts.change_password(accounts.by_address("ann@example.com"), PASSWORD, NEW, NEW)

    users._keep_anew(slow, PASSWORD)

    assert users.authenticate("ann@example.com", PASSWORD) is None
    assert users.authenticate("ann@example.com", NEW) is not None


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the slow function is asked, by what for."""
    counted, real = Counter[str](), passwords._hasher

    class Counting:
        def hash(self, password: str) -> str:
            counted["hash"] += 1
            return real.hash(password)

        def verify(self, kept: str, password: str) -> bool:
            counted["verify"] += 1
            counted[kept.rpartition("$")[0].rpartition("$")[0]] += 1
            return real.verify(kept, password)

        def check_needs_rehash(self, kept: str) -> bool:
            return real.check_needs_rehash(kept)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    return counted


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.com", PASSWORD),
        ("ann@example.com", "wrong password"),
        ("ann@example.com", "x" * 100_000),
        ("nobody@example.com", PASSWORD),
        ("without@example.com", PASSWORD),
        ("", ""),
    ],
)
def test_every_sign_in_hashes_once_whether_or_not_somebody_is_known(
    hashings: Counter[str], email: str, password: str
) -> None:
    users.create("ann@example.com", PASSWORD)
    with writing():
        users.insert_account("without@example.com", passwords.unknown())
    hashings.clear()

    users.authenticate(email, password)

    assert hashings == {"verify": 1, "$argon2id$v=19$m=19456,t=2,p=1": 1}


def test_a_password_that_only_begins_like_the_right_one_is_wrong() -> None:
    longest = "x" * passwords.LONGEST
    users.create("ann@example.com", longest)

    assert users.authenticate("ann@example.com", longest) is not None
    assert users.authenticate("ann@example.com", longest + "x") is None


def test_a_member_sees_their_surveys_and_no_other() -> None:
    mine, other = rows.survey("mine", "Mine"), rows.survey("other", "Other")
    user = users.create("ann@example.com", PASSWORD)
    users.join(user, mine, "viewer")

    assert [survey.key for survey in users.surveys_of(user)] == ["mine"]
    assert users.survey_for(user, "mine").id == mine.id
    with pytest.raises(NotFound):
        users.survey_for(user, other.key)


def test_an_administrator_sees_every_survey() -> None:
    rows.survey("mine", "Mine")
    admin = users.create("root@example.com", PASSWORD, is_admin=True)

    assert users.survey_for(admin, "mine", "admin").key == "mine"


def test_a_viewer_may_not_do_what_an_editor_may() -> None:
    survey = rows.survey()
    user = users.create("ann@example.com", PASSWORD)
    users.join(user, survey, "viewer")

    with pytest.raises(NotAllowed):
        users.survey_for(user, "shop", "editor")

    users.join(user, survey, "editor")
    assert users.survey_for(user, "shop", "editor").key == "shop"
