"""Contracts and bookkeeping tables in; the text of ``docs/data_dictionary.md`` out."""

from __future__ import annotations

from ingest.contracts import CONTRACTS, DUCKDB_TYPES, LINEAGE, Column, Contract
from ingest.tables import TABLES, Table

HEADER = """# Data dictionary

Written by `ingest.from_contracts.data_dictionary` from `ingest/contracts` and
`ingest/tables`; a test compares
the two. Times are UTC without zone; money is exact to four decimals, in the row's `currency`.

"""


def render_data_dictionary() -> str:
    """Return the dictionary of every table that dbt does not build, as Markdown."""
    parts = [HEADER, "## Raw entities\n"]
    parts += [_entity(CONTRACTS[name]) for name in sorted(CONTRACTS)]
    parts.append("### Lineage\n\nEvery raw table has these columns after its own.\n")
    parts.append(_columns(LINEAGE))
    parts.append("## Bookkeeping and identity\n")
    parts += [_table(table) for table in TABLES]
    return "\n".join(parts)


def _entity(contract: Contract) -> str:
    key = ", ".join(f"`{column.name}`" for column in contract.key)
    kind = f"{contract.kind}, revised by its source" if contract.is_revised else contract.kind
    return (
        f"### raw.{contract.name}\n\nGrain: {contract.grain}. Kind: {kind}. "
        f"Key: {key}.\n\n{_columns(contract.columns)}"
    )


def _columns(columns: tuple[Column, ...]) -> str:
    lines = ["| Column | Type | Sensitivity | Meaning |", "|---|---|---|---|"]
    for column in columns:
        promises = []
        if column.required:
            promises.append("required")
        if column.ref is not None:
            promises.append(f"refers to {column.ref}")
        if column.identifier is not None:
            promises.append(f"identifier of type {column.identifier}")
        if column.allowed:
            promises.append("one of " + ", ".join(column.allowed))
        if column.describes:
            promises.append("null where it cannot be read, then in attributes")
        meaning = column.description + (f" ({'; '.join(promises)})" if promises else "")
        type_ = DUCKDB_TYPES[column.type]
        lines.append(f"| `{column.name}` | {type_} | {column.sensitivity} | {_cell(meaning)} |")
    return "\n".join(lines) + "\n"


def _table(table: Table) -> str:
    lines = ["| Column | Type | Meaning |", "|---|---|---|"]
    for name, type_, description in table.columns:
        lines.append(f"| `{name}` | {type_.split(' not ')[0]} | {_cell(description)} |")
    body = "\n".join(lines)
    return f"### {table.schema}.{table.name}\n\n{table.comment}\n\n{body}\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
