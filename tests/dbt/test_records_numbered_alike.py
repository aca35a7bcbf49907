"""Ids that two kinds of records, or two sources, share by chance mean different things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scratch_warehouse import SETTINGS, insert_customers, insert_rows

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration.dbt import prepared
from orchestration.dbt.tests import run_tests
from tests.dbt_builds import build_models

pytestmark = pytest.mark.pipeline

PEOPLE = {f"c_{name}": [f"email:{name}@x.com"] for name in ("ada", "bob")} | {
    "c_gone": ["contact:t:gone"]
}
HELD = (
    "int_touches__unioned", "int_waits", "int_threads__turns", "int_consents__unioned",
    "cart_abandonment", "int_emails__summed", "int_customers__deleted", "dim_customers",
    "fct_web_sessions",
)  # fmt: skip


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}")


def of_one_source() -> dict[str, list[dict[str, Any]]]:
    """Return records of which every kind is numbered from 1."""
    mail = {"email_id": "1", "recipient_ref": "email:bob@x.com"}
    return {
        "interaction": [
            {"interaction_id": "1", "conversation_ref": "t:1", "channel": "chat",
             "direction": "outbound", "interaction_type": "message", "started_at": on("05-01"),
             "customer_ref": "email:ada@x.com"},
            {"interaction_id": "2", "conversation_ref": "t:1", "channel": "chat",
             "direction": "inbound", "interaction_type": "message", "started_at": on("05-02"),
             "customer_ref": "email:ada@x.com", "agent_ref": "t:101:7"},
        ],
        "agent": [{"agent_id": "g", "name": "Grace", "phone": "101"}],
        "campaign": [
            {"campaign_id": one, "name": "Spring"} for one in ("2:a", "2:b")
        ],
        "web_event": [
            {"event_id": "1", "event_type": "page", "anonymous_id": "anonymous_id:t:a",
             "event_at": on("05-01"), "url": "https://x.com/", "path": "/",
             "utm_campaign": "2:b"},
        ],
        "ticket": [
            {"ticket_id": "1", "requester_ref": "email:bob@x.com", "status": "open",
             "created_at": on("05-03")},
        ],
        "ticket_event": [
            {"ticket_event_id": "2", "ticket_ref": "t:1", "event_type": "created",
             "actor_type": "requester", "event_at": on("05-03")},
            {"ticket_event_id": "3", "ticket_ref": "t:1", "event_type": "comment",
             "actor_type": "agent", "is_public": True, "event_at": on("05-04")},
        ],
        "email_event": [
            {"email_event_id": "1", "event_type": "sent", "event_at": on("05-05"), **mail},
            {"email_event_id": "2", "event_type": "unsubscribe", "event_at": on("05-06"), **mail},
            # one thing told twice
            {"email_event_id": "3", "event_type": "unsubscribe", "event_at": on("05-07"), **mail},
        ],
        "consent": [
            {"consent_id": "2", "person_ref": "email:ada@x.com", "purpose": "marketing",
             "channel": "email", "status": "granted", "captured_at": on("05-01")},
            {"consent_id": "3", "person_ref": "email:bob@x.com", "purpose": "marketing",
             "channel": "email", "status": "withdrawn", "captured_at": on("05-07")},
        ],
        "cart_event": [in_cart("email:ada@x.com", "05-01")],
        "contact": [{"contact_id": "gone", "is_deleted": True}],
    }  # fmt: skip


def in_cart(person: str, day: str) -> dict[str, Any]:
    return {
        "cart_event_id": "1",
        "cart_id": "1",
        "event_type": "added",
        "customer_ref": person,
        "event_at": on(day),
    }


def of_another() -> dict[str, list[dict[str, Any]]]:
    return {
        "email_event": [
            {"email_event_id": "1", "email_id": "1", "recipient_ref": "email:bob@x.com",
             "event_type": "sent", "event_at": on("05-08")},
        ],
        "cart_event": [in_cart("email:bob@x.com", "05-02")],
    }  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("alike")
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        create_schemas_and_tables(con)
        con.executemany(
            "insert into meta.settings values (?, ?)", [list(one) for one in SETTINGS.items()]
        )
        insert_rows(con, of_one_source())
        insert_rows(con, of_another(), namespace="u")
        insert_customers(con, PEOPLE)
    build_models(home, "--select", *(f"+{name}" for name in HELD))
    return home


@pytest.fixture
def con(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        yield con


Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def ask(con: duckdb.DuckDBPyConnection) -> Ask:
    return lambda query: con.execute(query).fetchall()


def test_no_data_test_takes_them_for_the_same(con: duckdb.DuckDBPyConnection) -> None:
    project = prepared.project()
    tests = [
        unique_id
        for unique_id, node in project.manifest["nodes"].items()
        if node["resource_type"] == "test"
        and node["config"]["severity"].lower() == "error"
        and str(node.get("attached_node")).rpartition(".")[2] in HELD
    ]

    results = run_tests(con, project.manifest, project.sql, tests)

    assert len(tests) > 20
    assert {one.check_name: one.message for one in results.values() if not one.passed} == {}


def test_a_message_and_a_mail_are_two_touches_and_two_senders_mails_too(ask: Ask) -> None:
    found = ask("select touch_id, customer_id from intermediate.int_touches__unioned order by 1")
    assert found == [
        ("email_event:t:1", "c_bob"), ("t:1", "c_ada"), ("u:1", "c_bob"),
    ]  # fmt: skip


def test_what_an_agent_answers_in_a_ticket_answers_nobody_in_a_chat(ask: Ask) -> None:
    assert ask(
        "select wait_id, thread_id, waited_since, answered_at "
        "from intermediate.int_waits order by 1"
    ) == [
        ("t:2", "t:1", on("05-02"), None),
        ("ticket_event:t:2", "ticket:t:1", on("05-03"), on("05-04")),
    ]


def test_who_leaves_by_the_link_in_a_mail_has_left_whatever_consent_has_its_number(
    ask: Ask,
) -> None:
    assert ask(
        "select decided_at, count(*) from intermediate.int_consents__unioned "
        "where customer_id = 'c_bob' and channel = 'email' group by all order by 1"
    ) == [(on("05-06"), 1), (on("05-07"), 1)]


def test_the_carts_of_two_shops_are_two(ask: Ask) -> None:
    assert ask(
        "select cart_id, customer_id, event_count from marts.cart_abandonment order by 1"
    ) == [("t:1", "c_ada", 1), ("u:1", "c_bob", 1)]


def test_an_id_with_colons_is_compared_as_a_whole(ask: Ask) -> None:
    assert ask("select campaign_id from marts.fct_web_sessions") == [("t:2:b",)]
    assert ask("select agent_id from marts.fct_interactions where interaction_id = 't:2'") == [
        ("t:101:7",)
    ]


def test_who_was_deleted_nobody_knows_when_is_deleted(ask: Ask) -> None:
    assert ask("select customer_id, deleted_at from marts.dim_customers where is_deleted") == [
        ("c_gone", None)
    ]
