"""A seed of dbt as a query: its CSV file read into the types that its YAML declares.

A node of the manifest in; the SQL of its rows and the parameters out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.home import ROOT
from orchestration.sql_text import quoted


def seed_query(node: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return ``select … from read_csv(…)`` for one seed, and its parameters.

    A column without a type in ``column_types`` would be guessed by dbt; here it is text.
    """
    types = node["config"]["column_types"] or {}
    columns = ", ".join(
        f"cast({quoted(name)} as {types.get(name, 'varchar')}) as {quoted(name)}"
        for name in node["columns"]
    )
    # dbt takes an empty field and the word null for no value
    return (
        f"select {columns} from read_csv($file, header = true, all_varchar = true, "  # noqa: S608
        "delim = ',', quote = '\"', escape = '\"', nullstr = ['', 'null'])",
        {"file": str(ROOT / node["original_file_path"])},
    )
