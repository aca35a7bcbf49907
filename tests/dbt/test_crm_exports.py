"""What several exports say about the same person, colleague, deal or decision, built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

CUSTOMERS = {
    f"c_{person}": [f"contact:t:{person}", f"email:{person}@acme.example"]
    for person in ("ana", "bo", "cy", "dee")
}

TOLD = {"attributes": '{"told_with": "opportunity"}'}


def at(month: int, day: int, hour: int = 9) -> datetime:
    """Return a moment in 2026."""
    return datetime(2026, month, day, hour)  # noqa: DTZ001 - as in the warehouse, UTC


ROLES: tuple[dict[str, Any], ...] = (
    {"opportunity_ref": "t:told", "contact_ref": "t:ana", "is_primary": True},
    {"opportunity_ref": "t:by role", "contact_ref": "t:ana", "is_primary": True},
    {"opportunity_ref": "t:by role", "contact_ref": "t:cy", "is_primary": False},
    {"opportunity_ref": "t:by role", "contact_ref": "t:bo", "is_deleted": True},
    {"opportunity_ref": "t:no primary", "contact_ref": "t:cy", "is_primary": False},
    # told of with the deal: the last version names cy alone
    {"opportunity_ref": "t:in versions", "contact_ref": "t:bo", **TOLD, "recorded_at": at(1, 2)},
    {"opportunity_ref": "t:in versions", "contact_ref": "t:cy", **TOLD, "recorded_at": at(2, 2)},
)

LINES: tuple[dict[str, Any], ...] = (
    {"product_ref": "t:chair", "product_name": "Chair, blue"},
    {"product_name": "Setup day"},
    {"product_name": "setup Day"},
    {"sku": "GIFT", "product_name": "Gift"},
    {},
)

INTERACTIONS = (
    ("call", "phone", "outbound"),
    ("note", "web", "internal"),
    ("task", "web", "internal"),
    ("draft", "email", "internal"),
    ("meeting", "in_person", "internal"),
)
"""In the order in which they happened; the meeting was called off."""


CALL = {"channel": "phone", "interaction_type": "call"}
CHAT = {"channel": "chat", "interaction_type": "chat"}
WAITS: dict[str, dict[str, Any]] = {
    "picked up": {**CALL, "outcome": "answered", "wait_s": 20.0},
    # HubSpot and Salesforce log that somebody called, not when the call was taken
    "logged": {**CALL, "outcome": "answered"},
    "logged, no outcome": CALL,
    "missed": {**CALL, "outcome": "no_answer"},
    # a whole chat waits until it is taken, as a call does, and not for a reply
    "chat taken": {**CHAT, "outcome": "answered", "answered_at": datetime(2026, 6, 7, 9, 1)},  # noqa: DTZ001
    "chat missed": {**CHAT, "outcome": "no_answer"},
    "chat with a bot": CHAT,
    "spam": {"channel": "email", "interaction_type": "message", "ticket_ref": "t:spam"},
}


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return what the loader would have written."""
    deal = {
        "name": "Deal",
        "stage_name": "Open",
        "amount": 100,
        "currency": "EUR",
        "owner_ref": "t:sales",
        "created_at": at(1, 2),
    }
    left = {"email_event_id": "leaving", "recipient_ref": "email:ana@acme.example"}
    return {
        # HubSpot tells that somebody left once, and the loader makes both of it
        "interaction": [
            {
                "interaction_id": kind,
                "conversation_ref": f"t:{kind}",
                "channel": channel,
                "direction": direction,
                "interaction_type": kind,
                "customer_ref": "email:ana@acme.example",
                "started_at": at(6, day),
            }
            for day, (kind, channel, direction) in enumerate(INTERACTIONS, start=1)
        ]
        + [
            {
                "interaction_id": name,
                "conversation_ref": f"t:{name}",
                "direction": "inbound",
                "customer_ref": "email:bo@acme.example",
                "started_at": at(6, 7),
                **said,
            }
            for name, said in WAITS.items()
        ],
        "contact": [
            {"contact_id": person, "email": f"{person}@acme.example", "created_at": at(1, 1)}
            for person in ("ana", "bo", "cy")
        ]
        # Salesforce keeps dee as an account, too
        + [
            {
                "contact_id": "dee",
                "email": "dee@acme.example",
                "account_ref": "t:person",
                "is_person_account": True,
                "created_at": at(1, 1),
            }
        ],
        "opportunity": [
            {**deal, "opportunity_id": "told", "primary_contact_ref": "t:bo"},
            {**deal, "opportunity_id": "by role"},
            {**deal, "opportunity_id": "no primary"},
            {**deal, "opportunity_id": "in versions", "recorded_at": at(1, 2)},
            {**deal, "opportunity_id": "in versions", "recorded_at": at(2, 2), "amount": 200},
            {**deal, "opportunity_id": "of a person", "account_ref": "t:person"},
        ],
        "order": [
            {
                "order_id": "of a person",
                "account_ref": "t:person",
                "status": "placed",
                "revenue": 70,
                "currency": "EUR",
                "placed_at": at(4, 1),
            }
        ],
        "product": [{"product_id": "chair", "name": "Chair", "sku": "CH-1"}],
        "opportunity_line": [
            {
                "opportunity_line_id": str(place),
                "opportunity_ref": "t:told",
                "amount": 10 + place,
                "currency": "EUR",
                **line,
            }
            for place, line in enumerate(LINES)
        ],
        "ticket": [
            {
                "ticket_id": name,
                "status": "open",
                "created_at": at(6, 1),
                "first_replied_at": at(6, 1, 11),
            }
            for name in ("stated", "answered")
        ]
        + [
            {"ticket_id": "spam", "status": "new", "created_at": at(6, 1)},
            {
                "ticket_id": "spam",
                "status": "closed",
                "created_at": at(6, 1),
                "is_deleted": True,
                "recorded_at": at(6, 8),
            },
        ],
        "ticket_event": [
            {
                "ticket_event_id": "answer",
                "ticket_ref": "t:answered",
                "event_type": "comment",
                "is_public": True,
                "actor_type": "agent",
                "event_at": at(6, 1, 10),
            }
        ],
        "opportunity_contact": [
            {"opportunity_contact_id": str(place), "created_at": at(1, 2), **role}
            for place, role in enumerate(ROLES)
        ],
        "agent": [
            {"agent_id": "sales", "name": "Rita", "email": "rita@nordlicht.example"},
        ],
        "email_event": [{**left, "event_type": "unsubscribe", "event_at": at(3, 1)}],
        "consent": [
            {
                "consent_id": "leaving",
                "person_ref": "email:ana@acme.example",
                "purpose": "marketing",
                "channel": "email",
                "status": "withdrawn",
                "captured_at": at(3, 1),
            }
        ],
    }


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the built warehouse."""
    with duckdb.connect(str(build_warehouse(rows(), CUSTOMERS)), read_only=True) as con:
        yield con


def test_a_decision_told_as_event_and_as_consent_is_one(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select customer_id, purpose, channel, is_granted, decided_at "
        "from intermediate.int_consents__unioned"
    ).fetchall() == [("c_ana", "marketing", "email", False, at(3, 1))]


def test_what_colleagues_note_and_plan_is_no_interaction_with_the_customer(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select interactions_90d, phone_interactions_90d, web_interactions_90d, "
        "email_interactions_90d, in_person_interactions_90d, last_interaction_channel, "
        "last_interaction_at, last_note_at from marts.customer_360 where customer_id = 'c_ana'"
    ).fetchall() == [(1, 1, 0, 0, 0, "phone", at(6, 1), at(6, 2))]
    assert warehouse.sql(
        "select title from marts.customer_timeline where event_type = 'interaction' "
        "and customer_id = 'c_ana' order by occurred_at"
    ).fetchall() == [("Call",), ("Note",), ("Task",), ("Draft",), ("Meeting",)]


def test_the_primary_role_is_an_opportunitys_contact_unless_it_names_one_itself(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select opportunity_id, primary_contact_id, contact_customer_id "
        "from marts.fct_opportunities order by opportunity_id"
    ).fetchall() == [
        ("t:by role", "t:ana", "c_ana"),
        ("t:in versions", None, None),
        ("t:no primary", None, None),
        ("t:of a person", None, None),
        ("t:told", "t:bo", "c_bo"),
    ]


def test_everybody_with_a_role_speaks_for_the_opportunity(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select * from intermediate.int_opportunities__customers order by all"
    ).fetchall() == [
        ("t:by role", "c_ana"),
        ("t:by role", "c_cy"),
        ("t:in versions", "c_cy"),
        ("t:no primary", "c_cy"),
        ("t:of a person", "c_dee"),
        ("t:told", "c_ana"),
        ("t:told", "c_bo"),
    ]


def test_who_refers_to_an_account_that_is_a_person_means_the_person(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select customer_id, account_id from marts.fct_opportunities "
        "where opportunity_id = 't:of a person' union all "
        "select customer_id, account_id from marts.fct_orders"
    ).fetchall() == [("c_dee", None), ("c_dee", None)]
    assert warehouse.sql(
        "select contact_id, account_id from marts.dim_contacts where customer_id = 'c_dee'"
    ).fetchall() == [("t:dee", None)]
    assert warehouse.sql("select count(*) from marts.dim_accounts").fetchall() == [(0,)]
    assert warehouse.sql(
        "select revenue_base from marts.customer_360 where customer_id = 'c_dee'"
    ).fetchall() == [(70,)]


def test_a_line_without_a_product_has_a_row_by_its_unit_or_name(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select product_id, identified_by, sku, name, open_count, open_value_base "
        "from marts.product_performance order by product_id"
    ).fetchall() == [
        ("name:setup day", "name", None, "Setup day", 1, 23),
        ("sku:gift", "sku", "GIFT", "Gift", 1, 13),
        ("t:chair", "product", "CH-1", "Chair", 1, 10),
    ]


def test_a_first_reply_is_what_the_source_states_where_no_reply_is_known(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select ticket_id, first_reply_calendar_minutes, reply_count from marts.fct_tickets "
        "order by ticket_id"
    ).fetchall() == [("t:answered", 60, 1), ("t:stated", 120, 0)]


def test_only_who_is_known_to_wait_for_an_answer_waits(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert warehouse.sql(
        "select wait_id, is_answered from marts.fct_waits where customer_id = 'c_bo' order by 1"
    ).fetchall() == [
        ("t:chat missed", False),
        ("t:chat taken", True),
        ("t:missed", False),
        ("t:picked up", True),
    ]
    assert warehouse.sql(
        "select distinct title from marts.customer_timeline where customer_id = 'c_bo' "
        "and source_id like 't:chat%'"
    ).fetchall() == [("Chat",)]
