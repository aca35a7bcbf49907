"""The contract of a dbt model: the columns of the built table against those its YAML declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb


class ContractBroken(Exception):
    """A table does not have the columns that its contract declares."""


def check_contract(con: duckdb.DuckDBPyConnection, node: Mapping[str, Any], relation: str) -> None:
    """Compare the columns of ``relation`` with those that the node declares.

    Raises
    ------
    ContractBroken
        If names, types or their order differ; the message names the columns and the files.
    """
    found = [(name, type_) for name, type_, *_ in con.execute(f"describe {relation}").fetchall()]
    declared = [
        (column["name"], str(duckdb.sqltype(column["data_type"])))
        for column in node["columns"].values()
    ]
    if found == declared:
        return
    missing = [" ".join(column) for column in declared if column not in found]
    unknown = [" ".join(column) for column in found if column not in declared]
    difference = (
        f"declared and not there: {', '.join(missing) or 'none'}; "
        f"there and not declared: {', '.join(unknown) or 'none'}"
        if missing or unknown
        else f"they are declared in the order {', '.join(name for name, _ in declared)}"
    )
    raise ContractBroken(
        f"the columns of {node['name']} are not those of its contract ({difference}): change "
        f"{node['original_file_path']} or {node['patch_path'].partition('://')[2]}."
    )
