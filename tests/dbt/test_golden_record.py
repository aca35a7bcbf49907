"""Golden records over a company of disagreeing records agree with a second reading of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from golden_records_again import company, survivors

pytestmark = pytest.mark.pipeline

ROWS, CUSTOMERS, ORGANIZATIONS = company(seed=11)
SEEN_AT = datetime.fromisoformat("2026-01-01")


@pytest.fixture(scope="module")
def golden(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(
        ROWS, CUSTOMERS, organizations=ORGANIZATIONS,
        selection=["--select", "+dim_customers", "+dim_contacts"],
    )  # fmt: skip
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def test_every_survivor_and_its_origin_are_as_the_rules_say(
    golden: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        (who, attribute): tuple(rest)
        for who, attribute, *rest in golden.execute(
            "select customer_id, attribute, surviving_value, record_type, record_id, survived_by, "
            "statement_count, value_count from marts.customer_attribute_origins "
            "where attribute <> 'account_id'"
        ).fetchall()
    }

    expected = survivors(ROWS, CUSTOMERS, SEEN_AT)
    assert found == expected
    assert {row[3] for row in expected.values()} >= {
        "only_value", "recency", "record_type", "stated", "verified", "completeness", "tie_break",
    }  # fmt: skip


def test_customers_show_what_survived_with_both_names_of_one_record(
    golden: duckdb.DuckDBPyConnection,
) -> None:
    expected = survivors(ROWS, CUSTOMERS, SEEN_AT)
    records = {
        f"{entity}:t:{row[f'{entity}_id']}": row
        for entity in ("contact", "lead")
        for row in ROWS[entity]
    }

    rows = golden.execute(
        "select customer_id, name, first_name, last_name, email, phone, country_code "
        "from marts.dim_customers"
    ).fetchall()

    assert len(rows) == len(CUSTOMERS)
    for who, name, first_name, last_name, *values in rows:
        for attribute, value in zip(("email", "phone", "country_code"), values, strict=True):
            assert value == expected.get((who, attribute), [None])[0]
        named = expected.get((who, "name"))
        record = records.get(f"{named[1]}:{named[2]}", {}) if named else {}
        parts = [
            record.get(part) or expected.get((who, part), [None])[0]
            for part in ("first_name", "last_name")
        ]
        assert [first_name, last_name] == parts
        whole = " ".join(part for part in parts if part)
        assert name == (whole or (named[0] if named else None))


def test_a_company_is_one_row_and_everything_refers_to_it(
    golden: duckdb.DuckDBPyConnection,
) -> None:
    expected = survivors(ROWS, CUSTOMERS, SEEN_AT)
    accounts = {f"account:t:{row['account_id']}": row for row in ROWS["account"]}
    oldest = {
        held.removeprefix("account:"): min(
            (accounts[one]["created_at"], one.removeprefix("account:")) for one in CUSTOMERS[who]
        )[1]
        for who in ORGANIZATIONS
        for held in CUSTOMERS[who]
    }

    rows = golden.execute(
        "select customer_id, account_id, record_count, name, industry, number_of_employees, "
        "billing_street, billing_city, annual_revenue, parent_account_id from marts.dim_accounts"
    ).fetchall()

    assert {row[0] for row in rows} == set(ORGANIZATIONS)
    assert len(rows) == len(ORGANIZATIONS)
    assert sum(row[2] for row in rows) == len(accounts)
    for who, account_id, count, name, industry, employees, *values in rows:
        street, city, revenue, parent = values
        own = sorted(
            (accounts[held]["created_at"], held.removeprefix("account:")) for held in CUSTOMERS[who]
        )
        assert (account_id, count) == (own[0][1], len(own))
        assert name == expected[who, "name"][0]
        assert industry == expected.get((who, "industry"), [None])[0]
        assert (None if employees is None else str(employees)) == expected.get(
            (who, "number_of_employees"), [None]
        )[0]
        address = expected.get((who, "billing_address"))
        record = accounts[f"account:{address[2]}"] if address else {}
        assert (street, city) == (record.get("billing_street"), record.get("billing_city"))
        stated = expected.get((who, "annual_revenue"))
        assert (None if revenue is None else str(revenue)) == (stated[0] if stated else None)
        # a company is not its own parent
        stated = expected.get((who, "parent_account_id"))
        assert parent == (oldest.get(stated[0], stated[0]) if stated else None)
    customers = golden.execute(
        "select count(*) from marts.dim_customers as c inner join marts.dim_accounts as a "
        "using (account_id) where c.customer_id = a.customer_id"
    ).fetchone()
    assert customers == (len(ORGANIZATIONS),)
