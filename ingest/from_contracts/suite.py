"""A contract in; what its raw table must fulfil out, as plain data for any checking tool."""

from __future__ import annotations

from typing import Any

from ingest.contracts import Column, Contract
from ingest.from_contracts.schema import raw_columns

EMAIL_PATTERN = r"^[^\s]+@[a-z0-9_.\-\[\]:]+$"
PHONE_PATTERN = r"^\+[0-9]{6,15}$"
KEY_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*:(.|\n)+$"


def expectations(contract: Contract) -> list[dict[str, Any]]:
    """Return the expectations of ``raw.<entity>``.

    Returns
    -------
    Dicts of ``kind`` and ``column``; ``in_set`` has ``values``, ``between`` has ``minimum`` and
    ``maximum`` (None: no bound), ``regex`` has ``pattern``, ``unique`` has ``columns`` instead
    of ``column``. All but ``not_null`` are about the values that are not null.
    """
    found: list[dict[str, Any]] = []
    for column in raw_columns(contract):
        found += _of_column(column)
    key = ["record_key", "record_hash"]
    if contract.has_versions:
        # a record may return to what it was: then the versions differ in where they came from
        key += ["recorded_at", "file", "position", "source"]
    found.append({"kind": "unique", "columns": key})
    return found


def _of_column(column: Column) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if column.required:
        found.append({"kind": "not_null", "column": column.name})
    if column.allowed:
        values = list(column.allowed)
        found.append({"kind": "in_set", "column": column.name, "values": values})
    if column.minimum is not None or column.maximum is not None:
        found.append(
            {
                "kind": "between",
                "column": column.name,
                "minimum": column.minimum,
                "maximum": column.maximum,
            }
        )
    pattern = _pattern(column)
    if pattern is not None:
        found.append({"kind": "regex", "column": column.name, "pattern": pattern})
    return found


def _pattern(column: Column) -> str | None:
    if column.identifier == "email":
        return EMAIL_PATTERN
    if column.identifier == "phone":
        return PHONE_PATTERN
    if column.identifier is not None:
        return f"^{column.identifier}:.+"
    is_reference = column.ref is not None and column.ref != "person"
    if (is_reference and column.type == "text") or column.name == "record_key":
        return KEY_PATTERN
    return None
