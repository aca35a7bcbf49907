"""What a help desk says about a ticket alone is the requester's, and stays out of others' cards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pytest

from tests.dbt.conftest import Build

pytestmark = pytest.mark.pipeline

CUSTOMERS = {"c_eva": ["contact:t:1", "email:eva@x.com"], "c_kim": ["email:kim@x.com"]}
MORNING = datetime.fromisoformat("2026-03-10 09:00")


def said(number: int, direction: str, **more: Any) -> dict[str, Any]:
    return {
        "interaction_id": f"m{number}", "channel": "email", "interaction_type": "message",
        "direction": direction, "started_at": MORNING.replace(minute=number),
        "conversation_ref": "t:T", "turn_index": number, **more,
    }  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "ticket": [
            {"ticket_id": "T", "requester_ref": "contact:t:1", "status": "open",
             "created_at": MORNING},
        ],
        # a comment beside the conversation, after the first answer in it
        "ticket_event": [
            {"ticket_event_id": "e1", "ticket_ref": "t:T", "event_type": "comment",
             "is_public": True, "actor_type": "agent", "event_at": MORNING.replace(minute=30)},
        ],
        "interaction": [
            said(1, "inbound", from_ref="email:eva@x.com", ticket_ref="t:T"),
            said(2, "outbound", ticket_ref="t:T"),
            said(3, "internal", ticket_ref="t:T", interaction_type="note"),
            # somebody else's word on the ticket, and an address that is nobody's, stay theirs
            said(4, "inbound", from_ref="email:kim@x.com", ticket_ref="t:T"),
            said(5, "outbound", to_refs=["email:who@x.com"], ticket_ref="t:T"),
            said(6, "outbound", ticket_ref="t:unknown"),
        ],
    }  # fmt: skip


def test_answers_and_notes_belong_to_the_requester_of_their_ticket(
    build_warehouse: Build,
) -> None:
    path = build_warehouse(rows(), CUSTOMERS, selection=("--select", "+customer_timeline"))
    with duckdb.connect(str(path), read_only=True) as con:
        found = con.execute(
            "select interaction_id, customer_id from marts.fct_interactions order by 1"
        ).fetchall()
    assert found == [
        ("t:m1", "c_eva"), ("t:m2", "c_eva"), ("t:m3", "c_eva"), ("t:m4", "c_kim"),
        ("t:m5", None), ("t:m6", None),
    ]  # fmt: skip


def test_the_first_reply_is_the_first_of_messages_and_comments(build_warehouse: Build) -> None:
    path = build_warehouse(rows(), CUSTOMERS, selection=("--select", "+customer_timeline"))
    with duckdb.connect(str(path), read_only=True) as con:
        found = con.execute(
            "select first_replied_at, reply_count from marts.fct_tickets"
        ).fetchall()
    assert found == [(MORNING.replace(minute=2), 2)]


def test_what_was_done_on_a_deleted_ticket_went_with_it(build_warehouse: Build) -> None:
    later = MORNING.replace(hour=12)
    ticket = {"requester_ref": "contact:t:1", "status": "open", "created_at": MORNING}
    world = rows() | {
        "ticket": [
            {**ticket, "ticket_id": "T"},
            {**ticket, "ticket_id": "gone", "recorded_at": MORNING},
            {**ticket, "ticket_id": "gone", "recorded_at": later, "is_deleted": True},
            {**ticket, "ticket_id": "back", "recorded_at": MORNING, "is_deleted": True},
            {**ticket, "ticket_id": "back", "recorded_at": later},
        ],
        "ticket_event": [
            {"ticket_event_id": f"e-{one}", "ticket_ref": f"t:{one}", "event_type": "comment",
             "is_public": True, "actor_type": "agent", "event_at": MORNING}
            # of the last no export has the ticket: that is a fault to be told of, not to be hidden
            for one in ("T", "gone", "back", "never exported")
        ],
    }  # fmt: skip
    path = build_warehouse(world, CUSTOMERS, selection=("--select", "+customer_timeline"))
    with duckdb.connect(str(path), read_only=True) as con:
        events = con.execute(
            "select ticket_id, customer_id from marts.fct_ticket_events order by 1"
        ).fetchall()
        told = con.execute(
            "select count(*) from marts.customer_timeline where source_model = 'fct_ticket_events'"
        ).fetchall()
    assert events == [("t:T", "c_eva"), ("t:back", "c_eva"), ("t:never exported", None)]
    assert told == [(2,)]


def test_what_is_said_on_a_merged_ticket_is_its_requesters(build_warehouse: Build) -> None:
    later = MORNING.replace(hour=12)

    def merged(number: str, into: str) -> list[dict[str, Any]]:
        return [
            {"ticket_id": number, "status": "open", "created_at": MORNING, "recorded_at": MORNING},
            {"ticket_id": number, "status": "open", "created_at": MORNING, "recorded_at": later,
             "is_deleted": True, "merged_into_ref": f"t:{into}"},
        ]  # fmt: skip

    world = rows()
    # one became another that became the third; two say that they became each other
    merges = ("M1", "M2"), ("M2", "T"), ("R1", "R2"), ("R2", "R1")
    for one, into in merges:
        world["ticket"] += merged(one, into)
    world["ticket_event"] = [
        {"ticket_event_id": f"e-{one}", "ticket_ref": f"t:{one}", "event_type": "comment",
         "is_public": True, "actor_type": "agent", "event_at": MORNING}
        for one, _ in merges
    ]  # fmt: skip
    world["interaction"] = [said(1, "outbound", ticket_ref="t:M1")]
    world["survey_response"] = [
        {"survey_response_id": "s1", "survey_type": "CSAT", "responded_at": later, "score": 1,
         "ticket_ref": "t:M2"},
    ]  # fmt: skip
    selection = ("--select", "+customer_timeline", "+fct_survey_responses")
    path = build_warehouse(world, CUSTOMERS, selection=selection)
    with duckdb.connect(str(path), read_only=True) as con:
        events = con.execute(
            "select ticket_id, customer_id from marts.fct_ticket_events order by 1"
        ).fetchall()
        others = con.execute(
            "select customer_id from marts.fct_interactions where ticket_id = 't:M1' "
            "union all select customer_id from marts.fct_survey_responses"
        ).fetchall()
        tickets = con.execute("select ticket_id from marts.fct_tickets").fetchall()
    assert events == [("t:M1", "c_eva"), ("t:M2", "c_eva"), ("t:R1", None), ("t:R2", None)]
    assert others == [("c_eva",), ("c_eva",)]
    assert tickets == [("t:T",)]
