"""The contracts of the dbt project in; two pages about what is published out.

    python -m orchestration.dbt.published_pages     writes them into docs

The tables and columns come from the YAML beside the models, the edges of the diagram from their
relationships tests: what dbt enforces and tests is what the pages say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.tables import TABLES, Table
from orchestration.dbt.documents import read_document
from orchestration.home import ROOT

MODELS = ROOT / "dbt_project" / "models"
SEEDS = ROOT / "dbt_project" / "seeds"
TABLES_PAGE = ROOT / "docs" / "published_tables.md"
DIAGRAM_PAGE = ROOT / "docs" / "entity_diagram.md"
SCHEMAS = ("marts", "crm", "meta")

TABLES_HEADER = """# Published tables

Written by `orchestration.dbt.published_pages` from the contracts of the dbt project; a test
compares the two. Tables of bookkeeping that no model makes are in `docs/data_dictionary.md`,
the metrics in `docs/metrics.md`. Times are UTC without zone; `…_base` is in the company's base
currency, any other amount in the row's `currency`.

"""
DIAGRAM_HEADER = """# Entity diagram

Written by `orchestration.dbt.published_pages` from the relationships tests of the published models;
a test compares the two. An arrow leads from the table that refers to the table that is referred to.

```mermaid
erDiagram
"""


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One table that readers see, as its contract describes it."""

    schema: str
    name: str
    description: str
    columns: tuple[Mapping[str, Any], ...]

    def references(self) -> Iterator[tuple[str, str]]:
        """Return (column, table referred to) of every relationships test."""
        for column in self.columns:
            for test in column.get("data_tests", []):
                if isinstance(test, dict) and "relationships" in test:
                    target = test["relationships"]["arguments"]["to"]
                    yield column["name"], target.split("'")[1]


def published_tables() -> list[PublishedTable]:
    """Return the tables that dbt makes or knows in the published schemas, by schema and name."""
    found: list[PublishedTable] = []
    for folder in (MODELS, SEEDS):
        for file in sorted(folder.rglob("*.yml")):
            document = read_document(file)
            layer = file.relative_to(folder).parts[0]
            if layer in SCHEMAS:
                found.extend(_table(layer, model) for model in document.get("models") or [])
            for seed in document.get("seeds") or []:
                schema = seed.get("config", {}).get("schema")
                if schema in SCHEMAS:
                    found.append(_table(schema, seed))
            for source in document.get("sources") or []:
                if source.get("schema", source["name"]) == "crm":
                    found.extend(_table("crm", table) for table in source["tables"])
    # bookkeeping of meta is in the data dictionary; what systems read is here
    found.extend(_own(table) for table in TABLES if table.schema == "crm")
    return sorted(found, key=lambda table: (SCHEMAS.index(table.schema), table.name))


def _table(schema: str, model: Mapping[str, Any]) -> PublishedTable:
    return PublishedTable(
        schema, model["name"], _line(model["description"]), tuple(model.get("columns", []))
    )


def _own(table: Table) -> PublishedTable:
    return PublishedTable(
        table.schema,
        table.name,
        table.comment,
        tuple(
            {"name": name, "data_type": type_.removesuffix(" not null"), "description": text}
            for name, type_, text in table.columns
        ),
    )


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def render_tables(tables: list[PublishedTable]) -> str:
    """Return ``docs/published_tables.md``."""
    parts = [TABLES_HEADER.rstrip() + "\n"]
    for table in tables:
        parts.append(f"## {table.schema}.{table.name}\n\n{table.description}\n")
        parts.append("| Column | Type | Meaning |\n|---|---|---|")
        for column in table.columns:
            type_ = column.get("data_type", "varchar")
            parts.append(f"| `{column['name']}` | {type_} | {_line(column['description'])} |")
        parts.append("")
    return "\n".join(parts)


def render_diagram(tables: list[PublishedTable]) -> str:
    """Return ``docs/entity_diagram.md``."""
    names = {table.name for table in tables}
    edges = sorted(
        {
            f'    {table.name} }}o--o| {target} : "{column}"'
            for table in tables
            for column, target in table.references()
            if target in names
        }
    )
    return DIAGRAM_HEADER + "\n".join(edges) + "\n```\n"


def main() -> None:
    """Write both pages."""
    tables = published_tables()
    TABLES_PAGE.write_text(render_tables(tables), encoding="utf-8")
    DIAGRAM_PAGE.write_text(render_diagram(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
