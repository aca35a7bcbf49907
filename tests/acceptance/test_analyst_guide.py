"""Every question of the analyst's guide has an answer in the simulated company."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "analyst_guide.md"
QUESTIONS = re.findall(
    r"^### \d+\. ([^\n]+)\n(?:(?!^###).)*?^```sql\n(.*?)^```",
    GUIDE.read_text(),
    flags=re.MULTILINE | re.DOTALL,
)


def test_there_are_twenty() -> None:
    assert len(QUESTIONS) >= 20
    assert len(QUESTIONS) == GUIDE.read_text().count("\n### ")


@pytest.mark.parametrize(("question", "query"), QUESTIONS, ids=[one[0] for one in QUESTIONS])
def test_a_question_has_an_answer(built: Warehouse, question: str, query: str) -> None:
    said = built.answer("sql", query, "--format", "csv")

    assert len(said.stdout.splitlines()) > 1, question


def test_every_published_table_and_column_says_what_it_is(built: Warehouse) -> None:
    silent = built.query(
        """
        select schema_name, table_name, null as column_name
        from duckdb_tables() where database_name = 'published' and comment is null
        union all
        select schema_name, table_name, column_name
        from duckdb_columns() where database_name = 'published' and comment is null
        order by all
        """
    )
    assert silent == []
