"""An address says what a report looks at; one that cannot be meant is refused by name."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl

import pytest

from app.errors import Invalid
from app.reports.filters import Filters
from app.schemas.filters import parse


def read(query: str, **more: object) -> Filters:
    return parse(parse_qsl(query, keep_blank_values=True), **more)  # type: ignore[arg-type]


def test_no_parameters_mean_everything_in_the_default_period() -> None:
    assert read("") == Filters()


def test_every_filter_has_its_name_in_the_address() -> None:
    query = "from=2026-01-01&to=2026-03-31&compare=none&language=de&touchpoint=checkout&group=passive&attr.plan=team"

    filters = read(query + "&sort=impact")

    assert filters == Filters(
        from_day=date(2026, 1, 1),
        to_day=date(2026, 3, 31),
        compare="none",
        language="de",
        touchpoint="checkout",
        group="passive",
        attributes=(("plan", "team"),),
        sort="impact",
    )


def test_an_attribute_may_have_several_values_and_a_name_with_spaces() -> None:
    filters = read("attr.plan=team&attr.plan=free&attr.last+touch=mail")

    assert filters.attributes == (("last touch", "mail"), ("plan", "free"), ("plan", "team"))


def test_fields_of_a_form_left_empty_are_no_filters() -> None:
    assert read("from=&to=&language=&sort=") == Filters()


def test_a_page_may_have_parameters_of_its_own() -> None:
    assert read("page=2&language=de", also=("page",)) == Filters(language="de")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=2026-02-30", "from"),
        ("from=yesterday", "from"),
        ("from=0001-01-01", "from"),
        ("to=9999-12-31", "to"),
        ("from=2026-03-01&to=2026-02-01", "from"),
        ("compare=last", "compare"),
        ("group=neutral", "group"),
        ("group=passive&group=detractor", "group"),
        ("sort=password", "sort"),
        ("sort=priority%3Bdrop", "sort"),
        ("language=%00", "language"),
        ("language=" + "x" * 201, "language"),
        ("attr.plan=%00", "attr.plan"),
        ("attr.%22=1", 'attr."'),
        ("attr.=1", "attr."),
        ("attributes=1", "attributes"),
        ("from_day=2026-01-01", "from_day"),
        ("tz=../../etc/passwd", "tz"),
        ("per_page=1000000000", "per_page"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_name(query: str, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(query)

    assert set(refused.value.errors) == {name}
    assert refused.value.status == 422
