"""A declared table in; the query of what stands in it for others to know, out."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.errors import Refused
from orchestration.outbox.declarations import FILE, Declarations, Declared
from orchestration.sql_text import literal, quoted

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_CONSENT = "channel_preference"


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows to tell of one table.

    Parameters
    ----------
    sql
        Gives ``key`` and ``payload`` as JSON texts, and each column with noise as a double.
    values
        What to bind in it.
    """

    sql: str
    values: dict[str, object]


def types(con: duckdb.DuckDBPyConnection, declarations: Declarations) -> dict[str, dict[str, str]]:
    """Return the type of every column of the declared tables, by table.

    Raises
    ------
    Refused
        If a declared table or column does not exist, or noise is declared for a text.
    """
    found: dict[str, dict[str, str]] = {}
    for table, column, type_ in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'crm'"
    ).fetchall():
        found.setdefault(table, {})[column] = type_
    for declared in declarations.tables:
        _require(found, declared)
    return found


def _require(found: dict[str, dict[str, str]], declared: Declared) -> None:
    remedy = f"correct {FILE} and run again"
    if declared.name not in found:
        raise Refused(f"{FILE} names crm.{declared.name}, which does not exist: {remedy}.")
    columns = found[declared.name]
    unknown = [column for column in declared.named() if column not in columns]
    if declared.asks_consent and declared.consent not in found.get(_CONSENT, {}):
        unknown.append(f"{_CONSENT}.{declared.consent}")
    if unknown:
        raise Refused(
            f"{FILE} names {', '.join(unknown)} for crm.{declared.name}, which has no such "
            f"column: {remedy}."
        )
    for column in declared.noise:
        if not columns[column].startswith(_NUMBERS):
            raise Refused(
                f"{FILE} declares noise for crm.{declared.name}.{column}, which is "
                f"{columns[column].lower()} and no number: {remedy}."
            )


def standing(declared: Declared, columns: dict[str, str]) -> Standing:
    """Return the query of the rows that ``only`` and ``consent`` let through.

    Parameters
    ----------
    columns
        Type by column.
    """
    selected = [
        f"{_json(declared.key, columns)} as key",
        f"{_json(declared.payload, columns)} as payload",
        *(
            f"cast({_value(column, columns)} as double) as {quoted(column)}"
            for column in declared.noise
        ),
    ]
    values: dict[str, object] = {}
    conditions = ["true"]
    for n, (column, allowed) in enumerate(declared.only.items()):
        values[f"only_{n}"] = allowed
        conditions.append(f"list_contains($only_{n}, {quoted(column)})")
    if declared.asks_consent:
        conditions.append(
            f"customer_id in (select customer_id from crm.{_CONSENT} "  # noqa: S608
            f"where {quoted(declared.consent)})"
        )
    return Standing(
        f"select {', '.join(selected)} from crm.{quoted(declared.name)} "  # noqa: S608
        f"where {' and '.join(conditions)}",
        values,
    )


def _json(names: tuple[str, ...], columns: dict[str, str]) -> str:
    """Return the expression of a JSON object; json_object() keeps the order of its arguments."""
    pairs = ", ".join(f"{literal(name)}, {_value(name, columns)}" for name in names)
    return f"cast(json_object({pairs}) as varchar)"


def _value(column: str, columns: dict[str, str]) -> str:
    """Return a column; NaN and infinities as null, for JSON has no word for them."""
    name = quoted(column)
    if columns[column] in ("DOUBLE", "FLOAT"):
        return f"case when isfinite({name}) then {name} end"
    return name
