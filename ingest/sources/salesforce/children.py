"""A Salesforce record with sub-queries in; the records of its children, which name it, out.

``SELECT Id, (SELECT Id, Quantity FROM OrderItems) FROM Order`` answers with pages within records. A
child does not say whose it is unless that was selected: its place does.
"""

from __future__ import annotations

from typing import Any

from ingest.sources.json_values import as_object, as_text

_PARENT_FIELDS = {
    "CaseComment": "ParentId",
    "EmailMessage": "ParentId",
}
"""Fields with another name than the parent's object."""

_ACTIVITIES = ("Task", "Event")
_PEOPLE = ("Contact", "Lead")

CUT_OFF = (
    "the answer to a sub-query is cut off (nextRecordsUrl): export the records of {name} by a "
    "query of their own"
)


def is_page(value: object) -> bool:
    """Say whether the value of a field is the answer to a sub-query."""
    if not isinstance(value, dict):
        return False
    records = value.get("records")
    return isinstance(records, list) and all(isinstance(each, dict) for each in records)


def children_of(
    record: dict[str, Any], stated: str | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the records within a record, and what is missing of them.

    Parameters
    ----------
    stated
        Object that the record is of, as far as it says.
    """
    found: list[dict[str, Any]] = []
    missing: list[str] = []
    for name, page in record.items():
        if not is_page(page):
            continue
        for child in page["records"]:
            parent = {} if stated is None else _parent(child, stated, record.get("Id"))
            found.append(
                parent | {n: v for n, v in child.items() if v is not None or n not in parent}
            )
        if page.get("done") is False or page.get("nextRecordsUrl"):
            missing.append(CUT_OFF.format(name=name))
    return found, missing


def _parent(child: dict[str, Any], parent: str, parent_id: object) -> dict[str, Any]:
    """Return the field in which a child names its parent."""
    kind = as_text(as_object(child.get("attributes")).get("type")) or ""
    if kind in _ACTIVITIES:
        field = "WhoId" if parent in _PEOPLE else "WhatId"
    else:
        field = _PARENT_FIELDS.get(kind, f"{parent}Id")
    return {field: parent_id}
