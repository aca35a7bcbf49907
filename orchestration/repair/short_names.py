"""Two records in, which first name is short for the other's out, both as they were stated."""

from __future__ import annotations

from itertools import product

import duckdb

from ingest.from_contracts.schema import raw_table
from models_ml.identity.nicknames import short_for

_NAMED = ("contact", "lead")
"""Entities whose records state a first name that is compared."""


def short_name(con: duckdb.DuckDBPyConnection, one: str, other: str) -> str | None:
    """Return in words which name is short for which: ``Bob is short for Robert``.

    Of several versions of a record every name counts; None if no two of them are such.

    Parameters
    ----------
    one, other
        Identifiers of two records, such as ``contact:crm:1``.
    """
    for names in product(*(_first_names(con, record) for record in (one, other))):
        if found := short_for(*names):
            return "{} is short for {}".format(*found)
    return None


def _first_names(con: duckdb.DuckDBPyConnection, record: str) -> list[str]:
    entity, _, key = record.partition(":")
    if entity not in _NAMED:
        return []
    rows = con.execute(
        f"select distinct first_name from {raw_table(entity)} "  # noqa: S608
        "where record_key = ? and first_name is not null order by all",
        [key],
    ).fetchall()
    return [name for (name,) in rows]
