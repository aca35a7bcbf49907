"""The pages about the published tables say what the contracts say."""

from __future__ import annotations

import pytest

from orchestration.dbt.published_pages import (
    DIAGRAM_PAGE,
    TABLES_PAGE,
    PublishedTable,
    published_tables,
    render_diagram,
    render_tables,
)

TABLES = published_tables()


def test_the_page_of_tables_is_fresh() -> None:
    assert TABLES_PAGE.read_text() == render_tables(TABLES), (
        "run python -m orchestration.dbt.published_pages"
    )


def test_the_diagram_is_fresh() -> None:
    assert DIAGRAM_PAGE.read_text() == render_diagram(TABLES), (
        "run python -m orchestration.dbt.published_pages"
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.schema}.{table.name}")
def test_a_published_table_and_its_columns_are_described(table: PublishedTable) -> None:
    assert table.description
    assert table.columns
    assert [
        one["name"] for one in table.columns if not str(one.get("description", "")).strip()
    ] == []


def test_facts_hang_together_in_the_diagram() -> None:
    lines = render_diagram(TABLES).splitlines()
    assert '    fct_tickets }o--o| dim_customers : "customer_id"' in lines
    assert len(lines) > 50
