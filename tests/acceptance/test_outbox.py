"""Customers are joined and split; who has read the outbox has the tables as they are then."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
import yaml

from orchestration.home import ROOT
from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline

DECLARED = yaml.safe_load((ROOT / "orchestration" / "outbox" / "outbox.yml").read_text())["tables"]

Tables = dict[str, dict[tuple, dict]]


def in_json(value: object) -> object:
    """Return what JSON makes of a value."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def stands(warehouse: Warehouse) -> Tables:
    """Return the rows to tell of every declared table, read from the tables themselves."""
    found: Tables = {}
    willing = {
        customer
        for (customer,) in warehouse.look(
            "select customer_id from crm.channel_preference where is_marketing_allowed"
        )
    }
    for name, declared in DECLARED.items():
        columns = [column for (column, *_) in warehouse.look(f"describe crm.{name}")]
        rows = [dict(zip(columns, row, strict=True)) for row in warehouse.look(f"from crm.{name}")]
        for column, allowed in declared["only"].items():
            rows = [row for row in rows if row[column] in allowed]
        if declared["consent"] == "is_marketing_allowed":
            rows = [row for row in rows if row["customer_id"] in willing]
        keys = [tuple(in_json(row[column]) for column in declared["key"]) for row in rows]
        assert len(set(keys)) == len(keys), name
        found[name] = dict(zip(keys, rows, strict=True))
    return found


def apply(warehouse: Warehouse, after: int, onto: Tables) -> int:
    """Apply the rows after a position as a consumer does; return the last position."""
    for position, table, op, key, payload in warehouse.look(
        "select outbox_id, table_name, op, key, payload from crm.outbox "
        f"where outbox_id > {after} order by outbox_id"
    ):
        assert position == after + 1
        after = position
        named = json.loads(key)
        rows = onto.setdefault(table, {})
        if op == "delete":
            del rows[tuple(named.values())]
        else:
            rows[tuple(named.values())] = json.loads(payload)
    return after


def assert_same(told: Tables, warehouse: Warehouse) -> None:
    """Check that what was told is what stands, up to the declared noise."""
    for name, rows in stands(warehouse).items():
        declared, held = DECLARED[name], told.get(name, {})
        assert held.keys() == rows.keys(), name
        for key, row in rows.items():
            for column in declared["columns"]:
                assert held[key][column] == in_json(row[column]), (name, key, column)
            for column, noise in declared["noise"].items():
                before, now = held[key][column], in_json(row[column])
                assert (before is None) == (now is None), (name, key, column)
                assert now is None or abs(before - now) < noise, (name, key, column)  # type: ignore[operator]


def of_customer(warehouse: Warehouse, customer: str, after: int) -> set[tuple[str, str]]:
    """Return table and op of what is told of a customer after a position."""
    return {
        (table, op)
        for table, op in warehouse.look(
            "select table_name, op from crm.outbox "
            f"where outbox_id > {after} and (key->>'customer_id') = '{customer}'"
        )
    }


def test_the_outbox_follows_customers_that_are_joined_and_split(copy_of_built: Warehouse) -> None:
    warehouse = copy_of_built
    told: Tables = {}
    first = apply(warehouse, 0, told)
    assert_same(told, warehouse)
    assert first > 100
    assert {name for name, rows in told.items() if rows} == set(DECLARED)
    buyers = [
        customer
        for (customer,) in warehouse.look(
            "select customer_id from crm.customer_segments_current order by all limit 2"
        )
    ]
    # somebody known to the shop and to the CRM who has bought
    ((split, record, login),) = warehouse.query_build(
        "select customer_id, min(identifier) filter (where id_type = 'contact'), "
        "min(identifier) filter (where id_type = 'user_id') from identity.identifier_map "
        "where is_current "
        "and customer_id in (select customer_id from crm.customer_segments_current) "
        "and not list_contains(?, customer_id) group by all having count(distinct id_type) filter "
        "(where id_type in ('contact', 'user_id')) = 2 order by all limit 1",
        buyers,
    )

    warehouse.answer("identity", "join", *buyers, "--reason", "one household")
    warehouse.answer("identity", "split", record, login, "--reason", "two people")
    warehouse.run()
    second = apply(warehouse, first, told)

    assert_same(told, warehouse)
    assert second > first
    current = {
        customer for (customer,) in warehouse.look("select customer_id from marts.dim_customers")
    }
    (retired,) = set(buyers) - current
    (survivor,) = set(buyers) & current
    assert {op for _, op in of_customer(warehouse, retired, first)} == {"delete"}
    assert ("customer_segments_current", "delete") in of_customer(warehouse, retired, first)
    assert not [row for rows in told.values() for row in rows if retired in row]
    assert (survivor,) in told["customer_segments_current"]
    sides = {
        customer
        for (customer,) in warehouse.query_build(
            "select customer_id from identity.identifier_map where is_current "
            f"and identifier in ('{record}', '{login}')"
        )
    }
    assert len(sides) == 2
    (new,) = sides - {split}
    bought = {customer for customer in sides if (customer,) in told["customer_segments_current"]}
    # what was bought went with the login: the other side has nothing any more
    assert bought
    for customer in sides - bought:
        assert customer == new or (
            ("customer_segments_current", "delete") in of_customer(warehouse, customer, first)
        )
    if new in bought:
        assert ("customer_segments_current", "insert") in of_customer(warehouse, new, first)

    warehouse.answer("identity", "revoke", "d_0001", "--reason", "they are two")
    warehouse.answer("identity", "revoke", "d_0002", "--reason", "they are one")
    warehouse.run()
    third = apply(warehouse, second, told)

    assert_same(told, warehouse)
    assert third > second
    assert ("customer_segments_current", "insert") in of_customer(warehouse, retired, second)
    assert warehouse.look("select count(*) from crm.outbox") == [(third,)]


def test_what_contacts_people_is_told_of_whom_allows_it(built: Warehouse) -> None:
    for table, purpose in (("next_actions", "sales"), ("next_actions", "service")):
        (count,) = built.query(
            "select count(*) from crm.outbox as told "
            "where table_name = ? and (payload->>'purpose') = ? and exists ("
            "from crm.channel_preference as asked "
            f"where asked.customer_id = (told.payload->>'customer_id')) and not exists ("
            "from crm.channel_preference as asked "
            "where asked.customer_id = (told.payload->>'customer_id') "
            f"and asked.is_{purpose}_allowed)",
            table,
            purpose,
        )
        assert count == (0,)
    assert built.query(
        "select count(*) from crm.outbox as told join crm.triggers as stands "
        "on stands.trigger_key = (told.key->>'trigger_key') "
        "where told.table_name = 'triggers' and stands.status <> 'due'"
    ) == [(0,)]
    assert built.query(
        "select count(*) from crm.outbox where table_name = 'daily_tasks' "
        "and (key->>'action_id') not in (select action_id from crm.next_actions)"
    ) == [(0,)]
    ((members, unwilling),) = built.query(
        "select count(*), count(*) filter (where (key->>'customer_id') not in ("
        "select customer_id from crm.channel_preference where is_marketing_allowed)) "
        "from crm.outbox where table_name = 'audience_membership'"
    )
    assert members > 0
    assert unwilling == 0
    ((all_members,),) = built.query("select count(*) from crm.audience_membership where is_member")
    assert members < all_members
