"""The one check of schemathesis that is ours: what a valid request may be refused for, which no schema can say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

DAYS = frozenset(("from", "to"))  # of 1970 to 2200, the first before the last
LIST = DAYS | {"cursor"}  # signed, and of this list only
SIDES = frozenset(("by", "first", "second", "from2", "to2"))  # of what there is among the answers
KNOWN = frozenset(("department", "owner", "language"))  # of those there are, and short on one line
NAME = frozenset(("name", "phrases"))  # short on one line, and nobody else's

BEYOND_SCHEMAS: Mapping[str, frozenset[str]] = {
    "list_analyses": LIST,
    "list_cases": LIST | KNOWN | {"assignee"},
    "list_catalogue_changes": LIST,
    "list_customers": LIST,
    "list_pain_points": LIST,
    "list_quarantine": LIST,
    "list_responses": LIST,
    "show_report": DAYS,
    "show_segments": DAYS | SIDES,
    "compare": DAYS | SIDES,
    "create_pain_point": NAME | KNOWN,
    "edit_pain_point": NAME | KNOWN,
    "edit_acting": KNOWN | {"status", "due_on", "fixed_on", "ticket", "note", "_schema"},
    "change_case": KNOWN | {"reason", "assignee", "due_on", "note"},
    "split_pain_point": NAME | {"quotes", "quote"},
    "merge_pain_point": frozenset(("into",)),
    "create_correction": frozenset(("quote", "pain_point")),
    "decide_on_quarantine": frozenset(("ids",)),  # of answers that wait, or a reason instead
    "undo_catalogue_change": frozenset(("nothing", "name")),  # undone already, others rest on it, its name is taken
    "create_response": frozenset(("created_at", "language", "Idempotency-Key")),
}


@schemathesis.check
def refuses_only_what_no_schema_can_say(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> bool | None:
    """As `positive_data_acceptance`, but for those fields; and 9.0 is a whole number to a schema, though not to us."""
    operation = case.operation.definition.raw["operationId"]
    if response.status_code == 422 and (
        _refused(response) <= BEYOND_SCHEMAS.get(operation, frozenset()) or _has_a_point(case.body)
    ):
        return None
    accepted: bool | None = positive_data_acceptance(ctx, response, case)
    return accepted


def _has_a_point(value: Any) -> bool:
    """Whether a number such as 9.0 is among what is sent."""
    if isinstance(value, Mapping):
        return any(_has_a_point(one) for one in value.values())
    if isinstance(value, list):
        return any(_has_a_point(one) for one in value)
    return isinstance(value, float) and value.is_integer()


def _refused(response: schemathesis.Response) -> set[str]:
    return set(json.loads(response.content)["errors"]) or {"nothing"}
