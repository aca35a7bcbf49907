"""Whoever kept a customer id finds the customer in the published tables, whatever became of it."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from ingest.from_contracts.schema import create_schemas_and_tables
from tests.dbt_builds import build_models

pytestmark = pytest.mark.pipeline

FIRST, SECOND = (datetime(2026, 1, day, tzinfo=UTC).replace(tzinfo=None) for day in (1, 2))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    """Return the mart of a ledger in which ids were merged, split, retired and restored."""
    home = tmp_path_factory.mktemp("ids")
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        create_schemas_and_tables(con)
        for customer, status, into in (
            ("c_anna", "active", None),
            ("c_otto", "active", None),
            ("c_merged", "merged", "c_anna"),
            ("c_split", "merged", "c_otto"),
            ("c_colleague", "retired", None),
            ("c_restored", "merged", "c_anna"),
        ):
            con.execute(
                "insert into identity.customers by name select ? as customer_id, "
                "'person' as customer_type, ? as founder_identifier, 1 as identifier_count, "
                "? as status, ? as merged_into_customer_id",
                [customer, f"email:{customer}", status, into],
            )
        for identifier, customer, is_current in (
            ("email:a", "c_merged", False),
            ("email:a", "c_anna", True),
            ("phone:1", "c_merged", False),
            ("phone:1", "c_anna", True),
            ("email:b", "c_split", False),
            ("email:b", "c_otto", True),
            ("phone:2", "c_split", False),
            ("phone:2", "c_anna", True),
            ("email:agent", "c_colleague", False),
            ("email:c", "c_otto", True),
        ):
            con.execute(
                "insert into identity.identifier_map by name select ? as identifier, "
                "'email' as id_type, ? as customer_id, ? as valid_from, ? as valid_to, "
                "? as is_current",
                [identifier, customer, FIRST, None if is_current else SECOND, is_current],
            )
    build_models(home, "--select", "customer_id_history")
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(
            "select retired_customer_id, customer_id, status, is_successor, identifier_count, "
            "retired_at from marts.customer_id_history order by all"
        ).fetchall()


def test_every_id_that_is_no_longer_in_use_leads_to_who_has_what_it_was(rows: list[tuple]) -> None:
    assert rows == [
        ("c_colleague", None, "retired", False, 0, SECOND),
        ("c_merged", "c_anna", "merged", True, 2, SECOND),
        ("c_restored", "c_anna", "merged", True, 0, None),
        ("c_split", "c_anna", "merged", False, 1, SECOND),
        ("c_split", "c_otto", "merged", True, 1, SECOND),
    ]
