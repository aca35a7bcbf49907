"""Fields of decoded records in; a frame of text columns, and of the rest as JSON, out."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from ingest.sources.gathering import storable
from ingest.sources.objects.native_object import NativeObject


def field_frame(
    positions: list[int], records: list[dict[str, Any]], native: NativeObject
) -> pl.DataFrame:
    """Return ``$position``, the fields that ``native`` reads, and ``$attributes``."""
    columns: dict[str, pl.Series] = {"$position": pl.Series(positions, dtype=pl.Int64)}
    for name in native.fields:
        if name in native.nested:
            values = [record.get(name) for record in records]
            columns[name] = pl.Series(values, dtype=native.nested[name])
        else:
            columns[name] = pl.Series(
                [field_text(record.get(name)) for record in records], dtype=pl.String
            )
    known = frozenset(native.fields)
    columns["$attributes"] = pl.Series(
        [_rest(record, known) for record in records], dtype=pl.String
    )
    return pl.DataFrame(columns)


def field_text(value: Any) -> str | None:
    """Return a value of JSON as text, stripped; blanks are null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return storable(value).strip() or None
    if isinstance(value, list | dict):
        return storable(json.dumps(value, ensure_ascii=False, sort_keys=True)) if value else None
    return str(value)


def _rest(record: dict[str, Any], known: frozenset[str]) -> str | None:
    rest = {
        name: value
        for name, value in record.items()
        if name not in known and not name.startswith("$") and value not in (None, "", [], {})
    }
    return storable(json.dumps(rest, ensure_ascii=False, sort_keys=True)) if rest else None
