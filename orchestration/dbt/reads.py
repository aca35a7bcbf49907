"""What a query reads, told by the names in its text.

SQL in; relations out, and the settings it asks for by name. The text is searched and not parsed:
whatever looks like ``schema.table`` and is one counts as read, so that a name which a test wrote by
hand, and dbt therefore does not know of, is not forgotten. Too much read costs a build, too little
a wrong table.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from itertools import pairwise

Relation = tuple[str, str]
"""Schema and name in lower case."""

SETTINGS: Relation = ("meta", "settings")
"""The one table of which a query is known to read some rows only."""

_PART = r'(?:"[^"]+"|\w+)'
_DOTTED = re.compile(rf"{_PART}(?:\s*\.\s*{_PART})+")
_WORD = re.compile(r"\w+")

_OF_SETTINGS = r'from\s+(?:"?\w+"?\s*\.\s*)?"?meta"?\s*\.\s*"?settings"?\s+where\s+'
# as the macro `setting` writes it, and as the engine tells the text of a view
_ONE_SETTING = re.compile(
    rf"{_OF_SETTINGS}(?:name\s*=\s*'([^']*)'|\(\"?name\"?\s*=\s*'([^']*)'\))\s*\)", re.IGNORECASE
)
_ANY_SETTING = re.compile(r'"?meta"?\s*\.\s*"?settings"?', re.IGNORECASE)

IMPURE_FUNCTIONS = frozenset(
    {
        "current_connection_id", "current_database", "current_query", "current_query_id",
        "current_schema", "current_schemas", "current_setting", "current_transaction_id",
        "currval", "gen_random_uuid", "get_current_time", "get_current_timestamp", "getenv",
        "getvariable", "glob", "in_search_path", "nextval", "now", "parquet_scan", "query",
        "query_table", "random", "read_blob", "read_csv", "read_csv_auto", "read_json",
        "read_json_auto", "read_json_objects", "read_json_objects_auto", "read_ndjson",
        "read_ndjson_auto", "read_ndjson_objects", "read_parquet", "read_text", "setseed",
        "sleep_ms", "sniff_csv", "stats", "today", "transaction_timestamp", "txid_current",
        "uuid", "uuidv4", "uuidv7", "write_log",
    }
)  # fmt: skip
"""Functions whose value is not made of their arguments alone; ``error`` has none. What needs no
parenthesis stands in the expression below."""

_IMPURE = re.compile(
    rf"\b(?:(?:{'|'.join(sorted(IMPURE_FUNCTIONS))}|duckdb_\w+|pragma_\w+)\s*\(|"
    r"current_date\b|current_time\b|current_timestamp\b|localtime\b|localtimestamp\b|"
    r"information_schema\b|pg_catalog\b|sqlite_master\b|tablesample\b|using\s+sample\b)",
    re.IGNORECASE,
)


@cache
def named(sql: str) -> frozenset[Relation]:
    """Return every pair of neighbours in names with dots; relations are among them."""
    found: set[Relation] = set()
    for dotted in _DOTTED.findall(sql):
        parts = [part.strip('" ').lower() for part in re.findall(_PART, dotted)]
        found.update(pairwise(parts))
    return frozenset(found)


@cache
def words(sql: str) -> frozenset[str]:
    """Return every word of a query in lower case: a table without a schema is among them."""
    return frozenset(_WORD.findall(sql.lower()))


def reads(sql: str, there: Collection[Relation]) -> set[Relation]:
    """Return which of the relations that are there a query reads, or more.

    Parameters
    ----------
    there
        Those of the schema ``main`` are found without it.
    """
    unnamed = {one for one in there if one[0] == "main" and one[1] in words(sql)}
    return unnamed.union(named(sql).intersection(there))


@cache
def settings_asked(sql: str) -> frozenset[str] | None:
    """Return the settings that a query reads; None if it may read any of them."""
    found = [one or other for one, other in _ONE_SETTING.findall(sql)]
    if len(found) != len(_ANY_SETTING.findall(sql)):
        return None
    return frozenset(found)


@cache
def is_pure(sql: str) -> bool:
    """Say whether the rows of a query are made of the rows it reads and of nothing else."""
    return _IMPURE.search(sql) is None
