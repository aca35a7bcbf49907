"""A small company written out: one row of every kind that a mart has to get right."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

CUSTOMERS = {
    "c_ada": ["contact:t:1", "lead:t:1", "email:ada@x.com", "user_id:shop:17", "anonymous_id:w:a1"],
    "c_org": ["account:t:A", "account:t:Z"],
    "c_bob": ["email:bob@y.com", "phone:+4930123"],
}

TYPED_IN = "mail=eve%40z.example&mail=eve@z.example"
"""What a visitor typed into a form, as it stands in the addresses of pages."""


def at(day: int, hour: int = 0, minute: int = 0, month: int = 3) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02} {hour:02}:{minute:02}:00")


def rows() -> dict[str, list[dict[str, Any]]]:
    page = {"event_type": "page", "anonymous_id": "anonymous_id:w:a1"}
    return {
        "agent": [
            {
                "agent_id": "g1",
                "name": "Gil",
                "team": "North",
                "email": "gil@n.example",
                "phone": "+49203",
            },
            {"agent_id": "chat-7", "name": "Gil (chat)", "email": "gil@n.example"},
        ],
        "account": [
            {"account_id": "A", "name": "Acme", "owner_ref": "t:g1"},
            # the CRM has merged it away, and the contact still names it
            {"account_id": "Z", "name": "Acme AG", "is_deleted": True, "merged_into_ref": "t:A"},
        ],
        "contact": [
            {
                "contact_id": "1",
                "first_name": "Ada",
                "email": "ada@old.com",
                "title": "Head of IT",
                "account_ref": "t:A",
                "created_at": at(1),
                "recorded_at": at(1),
                "lead_source": "Fair",
            },
            {
                "contact_id": "1",
                "first_name": "Ada",
                "email": "ada@x.com",
                "title": None,
                "account_ref": "t:Z",
                "created_at": at(1),
                "recorded_at": at(2),
                "lead_source": "Fair",
            },
        ],
        "lead": [
            {
                "lead_id": "1",
                "last_name": "Byron",
                "email": "ada@lead.com",
                "status": "Closed - Not Converted",
                "title": "CTO",
                "created_at": at(1, month=2),
                "recorded_at": at(1, month=2),
                "lead_source": "Web",
            },
        ],
        "fx_rate": [
            {
                "rate_date": date(2026, 3, 1),
                "from_currency": "USD",
                "to_currency": "EUR",
                "rate": 0.9,
            },
        ],
        "product": [
            {"product_id": "p1", "sku": "P-1", "cost": Decimal("3.50"), "currency": "USD"},
        ],
        "order": [
            {
                "order_id": "1",
                "customer_ref": "user_id:shop:17",
                "placed_at": at(5),
                "currency": "USD",
                "status": "completed",
                "shipping": Decimal("5"),
            },
            {
                "order_id": "2",
                "account_ref": "t:A",
                "placed_at": at(20),
                "currency": "USD",
                "status": "Cancelled",
                "total": Decimal("10"),
            },
            {
                "order_id": "3",
                "placed_at": at(6),
                "currency": "EUR",
                "total": Decimal("7.1234"),
                "status": "returned",
            },
        ],
        "order_line": [
            {
                "order_line_id": "1-1",
                "order_ref": "t:1",
                "product_ref": "t:p1",
                "quantity": 3,
                "unit_price": Decimal("10"),
                "discount": Decimal("2"),
                "placed_at": at(5),
            },
            {
                "order_line_id": "1-2",
                "order_ref": "t:1",
                "quantity": 1,
                "unit_price": Decimal("4.5"),
                "placed_at": at(5),
            },
        ],
        "campaign": [
            {
                "campaign_id": "spring",
                "name": "Spring",
                "type": "paid_search",
                "utm_campaign": "spring26",
                "currency": "EUR",
                "actual_cost": Decimal("100"),
                "start_date": date(2026, 3, 1),
            },
        ],
        "campaign_touch": [
            {
                "touch_id": "1",
                "campaign_ref": "t:spring",
                "person_ref": "email:ada@x.com",
                "touch_type": "click",
                "touched_at": at(3, 9),
                "click_id": "gclid:Z",
                "cost": Decimal("1"),
                "currency": "USD",
            },
        ],
        "email_event": [
            {
                "email_event_id": "1",
                "campaign_ref": "t:spring",
                "recipient_ref": "email:bob@y.com",
                "event_type": "click",
                "event_at": at(4),
            },
            {
                "email_event_id": "2",
                "campaign_ref": "t:spring",
                "recipient_ref": "email:bob@y.com",
                "event_type": "sent",
                "event_at": at(4),
            },
        ],
        "web_event": [
            {
                **page,
                "event_id": "1",
                "event_at": at(3, 9, 0),
                "path": f"/?{TYPED_IN}",
                "url": f"https://n.example/?{TYPED_IN}",
                "utm_campaign": "spring26",
                "click_id": "gclid:Z",
                "referrer": f"https://typed:in@www.google.com/search?{TYPED_IN}#{TYPED_IN}",
            },
            {
                **page,
                "event_id": "2",
                "event_at": at(3, 9, 10),
                "path": "/pricing/team",
                "url": "https://n.example/pricing/team",
                "referrer": "https://n.example/",
            },
            {
                **page,
                "event_id": "3",
                "event_at": at(3, 12),
                "path": "/",
                "url": "https://n.example/",
                "utm_campaign": "Spring26",
                "utm_medium": "email",
            },
            {
                "event_type": "page",
                "event_id": "4",
                "event_at": at(3, 13),
                # an address alone, without a path of its own
                "url": f"https://typed:in@n.example/about#{TYPED_IN}",
                "user_id": "user_id:shop:17",
                "anonymous_id": "anonymous_id:w:unknown",
            },
            {
                "event_type": "request",
                "method": "GET",
                "event_id": "5",
                "event_at": at(3, 13),
                "path": "/",
                "ip": "10.0.0.1",
                "user_agent": "bot",
                "is_bot": True,
            },
        ],
        "interaction": [
            {
                "interaction_id": "m1",
                "conversation_ref": "t:c1",
                "channel": "email",
                "direction": "inbound",
                "interaction_type": "message",
                "from_ref": "email:bob@y.com",
                "started_at": at(7),
                "ticket_ref": "t:T2",
            },
            {
                "interaction_id": "m2",
                "conversation_ref": "t:c1",
                "channel": "email",
                "direction": "outbound",
                "interaction_type": "message",
                "customer_ref": "email:bob@y.com",
                "agent_ref": "t:g1",
                "started_at": at(7, 2),
                "ticket_ref": "t:T2",
            },
            {
                "interaction_id": "m3",
                "conversation_ref": "t:c2",
                "channel": "phone",
                "direction": "inbound",
                "interaction_type": "call",
                "agent_ref": "pbx:203",
                "customer_ref": "phone:+4930123",
                "started_at": at(9),
            },
            {
                "interaction_id": "m4",
                "conversation_ref": "t:c3",
                "channel": "email",
                "direction": "outbound",
                "interaction_type": "message",
                "from_ref": "email:gil@n.example",
                "to_refs": ["email:bob@y.com"],
                "started_at": at(10),
            },
            {
                "interaction_id": "m5",
                "conversation_ref": "t:c4",
                "channel": "chat",
                "direction": "outbound",
                "interaction_type": "message",
                "agent_ref": "t:chat-7",
                "customer_ref": "email:bob@y.com",
                "started_at": at(10),
            },
        ],
        "ticket": [
            {
                "ticket_id": "T1",
                "requester_ref": "email:ada@x.com",
                "status": "closed",
                "created_at": at(8),
                "assignee_ref": "t:g1",
            },
            {
                "ticket_id": "T2",
                "requester_ref": "email:bob@y.com",
                "status": "open",
                "created_at": at(7),
            },
        ],
        "ticket_event": [
            {"ticket_event_id": str(i), "ticket_ref": "t:T1", "event_at": when, **event}
            for i, (when, event) in enumerate(
                [
                    (
                        at(8, 0, 10),
                        {"event_type": "note", "actor_type": "agent", "is_public": False},
                    ),
                    (at(8, 1), {"event_type": "comment", "actor_type": "agent", "is_public": True}),
                    (
                        at(8, 2),
                        {"event_type": "status", "previous_value": "open", "value": "solved"},
                    ),
                    (
                        at(8, 3),
                        {"event_type": "status", "previous_value": "solved", "value": "open"},
                    ),
                    (
                        at(8, 5),
                        {"event_type": "status", "previous_value": "open", "value": "solved"},
                    ),
                    (
                        at(9),
                        {"event_type": "status", "previous_value": "solved", "value": "closed"},
                    ),
                ]
            )
        ],
        "survey_response": [
            {
                "survey_response_id": "1",
                "survey_type": "CSAT",
                "score": 4,
                "scale_min": 1,
                "scale_max": 5,
                "ticket_ref": "t:T1",
                "responded_at": at(9),
            },
            {
                "survey_response_id": "2",
                "survey_type": "NPS",
                "score": 8,
                "responded_at": at(9),
                "person_ref": "phone:+4930123",
            },
            {"survey_response_id": "3", "survey_type": "CSAT", "person_ref": "email:bob@y.com"},
        ],
        "pipeline_stage": [
            {"pipeline": "default", "stage_id": "Pitch", "display_order": 2, "probability": 0.4},
        ],
        "opportunity": [
            {
                "opportunity_id": "o1",
                "account_ref": "t:A",
                "stage_name": "Pitch",
                "created_at": at(1),
                "amount": Decimal("50"),
                "currency": "USD",
                "primary_contact_ref": "t:1",
            },
            {
                "opportunity_id": "o2",
                "stage_name": "Closed Won",
                "created_at": at(1),
                "closed_at": at(11),
                "amount": Decimal("50"),
                "currency": "EUR",
            },
        ],
        "opportunity_history": [
            {
                "opportunity_ref": "t:o1",
                "field": "stage",
                "old_value": "New",
                "new_value": "Pitch",
                "changed_at": at(11),
            },
        ],
    }
