"""A client that a public generator makes from our document, used against the real thing."""

from __future__ import annotations

import importlib
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.client.conftest import SLOW, Shop
from tests.journeys.site import Site

PACKAGE = "whyscore_api_client"


@pytest.fixture(scope="module")
def generated(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package, and what the generator had to say about the document."""
    folder = tmp_path_factory.mktemp("generated")
    with urllib.request.urlopen(f"{site.url}/api/v1/openapi.json") as answer:
        (folder / "openapi.json").write_bytes(answer.read())
    (folder / "config.yml").write_text("post_hooks: []\n")
    words = ["generate", "--path", "openapi.json", "--meta", "none", "--config", "config.yml", "--fail-on-warning"]
    done = subprocess.run(
        [str(Path(sys.executable).parent / "openapi-python-client"), *words, "--output-path", PACKAGE],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")
    sys.path.remove(str(folder))


def test_a_generated_client_sends_answers_and_pages_through_them(generated: Any, shop: Shop) -> None:
    client = generated("client").AuthenticatedClient(shop.url, shop.key)
    create, listing = generated("api.responses.create_response"), generated("api.responses.list_responses")
    models = generated("models")
    body = models.NewResponse.from_dict({"score": 3, "comment": SLOW, "attributes": {"plan": "pro"}})

    with client as asking:
        first = create.sync_detailed(shop.survey, client=asking, body=body, idempotency_key="order-1")
        again = create.sync_detailed(shop.survey, client=asking, body=body, idempotency_key="order-1")
        page = listing.sync(shop.survey, client=asking, limit=10)
        seen = [one.id for one in page.responses]
        while page.next_:
            page = listing.sync(shop.survey, client=asking, limit=10, cursor=page.next_)
            seen += [one.id for one in page.responses]

    assert (first.status_code, again.parsed.id, first.parsed.group) == (
        201,
        first.parsed.id,
        models.ResponseGroup.DETRACTOR,
    )
    assert len(seen) == len(set(seen)) == 32


def test_a_generated_client_reads_the_report_and_filters_it(generated: Any, shop: Shop) -> None:
    models, report = generated("models"), generated("api.report.show_report")

    with generated("client").AuthenticatedClient(shop.url, shop.key) as asking:
        whole = report.sync(shop.survey, client=asking)
        later = report.sync(shop.survey, client=asking, from_=date(2026, 11, 23))
        plan = models.ShowReportAttributes.from_dict({"attr.plan": "none has it"})
        nobody = report.sync(shop.survey, client=asking, attributes=plan)

    assert (whole.nps.n, whole.pain_points[0].name) == (31, "Speed up support responses")
    assert (later.nps.n, nobody.nps.n, nobody.nps.value) == (0, 0, None)


def test_a_generated_client_is_told_why_not(generated: Any, shop: Shop) -> None:
    models, create = generated("models"), generated("api.responses.create_response")
    body = models.NewResponse.from_dict({"score": 11})

    with generated("client").AuthenticatedClient(shop.url, shop.key) as asking:
        refused = create.sync(shop.survey, client=asking, body=body)

    assert isinstance(refused, models.Error)
    assert refused.errors["score"] == ["Choose a number from 0 to 10."]
