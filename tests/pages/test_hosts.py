"""Under which names the server answers."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

from app.services import surveys


@pytest.mark.parametrize("path", ["/w/shop", "/surveys", "/api/v1/surveys/shop/report"])
def test_an_unknown_host_is_refused_and_the_log_says_which_setting_names_it(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    surveys.create("shop", "Shop")

    with caplog.at_level(logging.WARNING):
        answer = client.get(path, headers={"Host": "feedback.example"})

    assert answer.status_code == 400
    assert "feedback.example" in caplog.text
    assert "TRUSTED_HOSTS" in caplog.text
