"""A company of which much becomes known late, and what should have fired all the same."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

PEOPLE = ("tia", "una", "vic", "wes", "xan")
CUSTOMERS = {
    f"c_{name}": [f"{kind}:{name}{end}" for kind, end in
                  (("email", "@x.com"), ("contact:t", ""), ("user_id:shop", ""), ("lead:t", ""))]
    for name in PEOPLE
}  # fmt: skip
Row = dict[str, Any]


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime.fromisoformat(f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:00")


def order(order_id: str, name: str, placed_at: datetime, **more: Any) -> Row:
    return {
        "order_id": order_id, "customer_ref": f"user_id:shop:{name}", "placed_at": placed_at,
        "recorded_at": placed_at, "status": "placed", "currency": "EUR", "total": Decimal(10),
        "revenue": Decimal(10),
    } | more  # fmt: skip


def invoice(invoice_id: str, due: date, recorded_at: datetime, **more: Any) -> Row:
    return {
        "invoice_id": invoice_id, "customer_ref": "user_id:shop:una", "amount": Decimal(100),
        "currency": "EUR", "issued_at": at(4, 1), "due_date": due, "status": "open",
        "recorded_at": recorded_at,
    } | more  # fmt: skip


def cart(i: int, cart_id: str, name: str, when: datetime, kind: str = "added") -> Row:
    return {
        "cart_event_id": f"x{i}", "cart_id": cart_id, "event_type": kind, "event_at": when,
        "customer_ref": f"user_id:shop:{name}", "price": Decimal(5), "currency": "EUR",
        "quantity": 1, "recorded_at": when,
    }  # fmt: skip


def talk(i: str, name: str, kind: str, channel: str, when: datetime, **more: Any) -> Row:
    return {
        "interaction_id": i, "conversation_ref": f"t:{i}", "channel": channel,
        "interaction_type": kind, "direction": "outbound", "customer_ref": f"email:{name}@x.com",
        "started_at": when, "recorded_at": when,
    } | more  # fmt: skip


def consent(i: int, name: str, status: str, when: datetime, **more: Any) -> Row:
    return {
        "consent_id": f"k{i}", "person_ref": f"email:{name}@x.com", "purpose": "marketing",
        "status": status, "captured_at": when, "recorded_at": when,
    } | more  # fmt: skip


def solved(i: int, when: datetime, before: str, after: str, ticket: str = "T") -> Row:
    return {
        "ticket_event_id": f"s{i}", "ticket_ref": f"t:{ticket}", "event_type": "status",
        "previous_value": before, "value": after, "event_at": when, "recorded_at": when,
    }  # fmt: skip


def rows() -> dict[str, list[Row]]:
    return {
        "agent": [{"agent_id": "g1", "name": "Gil", "role": "sales"}],
        "contact": [
            {"contact_id": name, "email": f"{name}@x.com", "created_at": at(1, 1, year=2025),
             "recorded_at": at(1, 1, year=2025), "has_opted_out_of_email": name == "wes"}
            for name in PEOPLE
        ],
        "consent": [
            consent(1, "tia", "granted", at(1, 1, year=2025)),
            consent(2, "vic", "granted", at(1, 1), channel="email"),
            # the paper form of February reaches us in June, after the no of May
            consent(3, "vic", "withdrawn", at(5, 15)),
            consent(4, "vic", "granted", at(2, 1), recorded_at=at(6, 1)),
            consent(5, "wes", "granted", at(1, 1, year=2025)),
            consent(6, "xan", "granted", at(1, 1), expires_at=at(5, 1)),
        ],
        "order": [
            order("o1", "tia", at(11, 1, year=2025)),
            # placed before o1 counts as lapsed, known after
            order("o2", "tia", at(3, 1), recorded_at=at(5, 10)),
            order("o3", "wes", at(5, 1), status="placed"),
            order("o3", "wes", at(5, 1), status="shipped", recorded_at=at(5, 4)),
            order("o4", "xan", at(5, 10)),
            order("o4", "xan", at(5, 10), status="cancelled", recorded_at=at(5, 12)),
            order("o5", "xan", at(5, 18)),
            order("o5", "xan", at(5, 18), recorded_at=at(5, 20), is_deleted=True),
            *(order(f"r{i}", "tia", when) for i, when in enumerate(
                (at(1, 1, 12, year=2025), at(2, 1, 12, year=2025), at(3, 3, 12, year=2025),
                 at(4, 20, 12, year=2025)))),
            # the purchase between the second and the third is known when that habit has fired
            order("r9", "tia", at(2, 15, 12, year=2025), recorded_at=at(5, 1, year=2025)),
        ],
        "order_line": [
            {"order_line_id": f"{name}-1", "order_ref": f"t:{name}", "product_ref": "t:p",
             "quantity": 1, "unit_price": Decimal(10), "recorded_at": when}
            for name, when in (("r0", at(1, 1, 12, year=2025)), ("r1", at(2, 1, 12, year=2025)),
                               ("r2", at(3, 3, 12, year=2025)), ("r3", at(4, 20, 12, year=2025)),
                               ("r9", at(5, 1, year=2025)))
        ],
        "product": [{"product_id": "p", "sku": "P"}],
        "invoice": [
            invoice("i1", date(2026, 5, 1), at(4, 1)),
            invoice("i1", date(2026, 6, 1), at(5, 3)),
            invoice("i1", date(2026, 6, 1), at(6, 20), status="paid", paid_at=at(6, 20)),
            invoice("i2", date(2026, 5, 1), at(4, 1)),
            invoice("i3", date(2026, 5, 1), at(4, 1)),
            # paid in time, as the bank tells us nine days later
            invoice("i3", date(2026, 5, 1), at(5, 12), status="paid", paid_at=at(5, 3)),
            invoice("i4", date(2026, 6, 20), at(4, 1)),
            # known when all there is to do about it is over
            invoice("i5", date(2026, 4, 1), at(6, 1)),
        ],
        "payment": [
            {"payment_id": "p1", "invoice_ref": "t:i2", "amount": Decimal(100), "currency": "EUR",
             "paid_at": at(5, 4), "status": "succeeded"},
        ],
        "cart_event": [
            cart(1, "a", "vic", at(5, 10, 8)),
            cart(2, "a", "vic", at(5, 10, 10)),
            cart(3, "a", "vic", at(5, 13, 10)),
            cart(4, "b", "vic", at(5, 20, 10)),
            cart(5, "c", "una", at(5, 10, 8)),
            cart(6, "d", "wes", at(5, 10, 8)),
            cart(7, "e", "tia", at(6, 1, 8)),
            cart(8, "e", "tia", at(6, 1, 9), "removed"),
            cart(9, "f", "tia", at(6, 25, 8)),
            cart(10, "g", "xan", at(6, 25, 8)),
        ],
        "interaction": [
            talk("call1", "una", "call", "phone", at(6, 10, 9), outcome="answered", talk_s=300,
                 ended_at=at(6, 10, 9, 5)),
            talk("call2", "una", "call", "phone", at(6, 20, 9), outcome="answered", talk_s=300,
                 ended_at=at(6, 20, 9, 5)),
            talk("mail2", "una", "message", "email", at(6, 20, 9, 30), agent_ref="t:g1"),
            talk("call3", "una", "call", "phone", at(6, 22, 9), outcome="answered", talk_s=20),
            talk("call4", "una", "call", "phone", at(6, 23, 9), outcome="no_answer"),
            talk("meet1", "xan", "meeting", "in_person", at(6, 10, 10), recorded_at=at(6, 1)),
            talk("meet2", "xan", "meeting", "in_person", at(6, 11, 10), recorded_at=at(6, 12)),
            talk("meet3", "xan", "meeting", "in_person", at(7, 1, 18), recorded_at=at(6, 12)),
        ],
        "lead": [
            {"lead_id": "tia", "status": "qualified", "created_at": at(5, 1),
             "recorded_at": at(5, 1), "qualified_at": at(5, 2)},
            {"lead_id": "vic", "status": "qualified", "created_at": at(4, 1),
             "recorded_at": at(4, 1), "qualified_at": at(4, 2)},
            {"lead_id": "vic", "status": "converted", "created_at": at(4, 1),
             "recorded_at": at(4, 4), "qualified_at": at(4, 2), "converted_at": at(4, 4)},
        ],
        "ticket": [
            {"ticket_id": "T", "requester_ref": "email:una@x.com", "status": "solved",
             "created_at": at(6, 1), "recorded_at": at(6, 1)},
            {"ticket_id": "U", "requester_ref": "email:xan@x.com", "status": "solved",
             "created_at": at(6, 1), "recorded_at": at(6, 1)},
        ],
        "ticket_event": [
            solved(1, at(6, 2), "open", "solved"),
            solved(2, at(6, 2, 12), "solved", "open"),
            solved(3, at(6, 5), "open", "solved"),
            solved(4, at(6, 15), "solved", "closed"),
            solved(5, at(6, 6), "open", "solved", "U"),
        ],
        "survey_response": [
            {"survey_response_id": "1", "survey_type": "CSAT", "ticket_ref": "t:U",
             "sent_at": at(6, 6, 1), "recorded_at": at(6, 6, 1)},
        ],
    }  # fmt: skip


FIRED = {
    ("order_confirmation", "t:o1"): (at(11, 1, year=2025), "expired"),
    ("order_confirmation", "t:o3"): (at(5, 1), "expired"),
    ("order_confirmation", "t:o4"): (at(5, 10), "ended"),
    **{
        ("order_confirmation", f"t:r{i}"): (when, "expired")
        for i, when in enumerate(
            (
                at(1, 1, 12, year=2025),
                at(2, 1, 12, year=2025),
                at(3, 3, 12, year=2025),
                at(4, 20, 12, year=2025),
            )
        )
    },
    ("shipping_note", "t:o3"): (at(5, 4), "expired"),
    # by telephone, 14 days on; the check after r1 is within 30 days of the one after r0
    ("purchase_check", "t:r0"): (at(1, 15, 12, year=2025), "expired"),
    ("purchase_check", "t:r1"): (at(2, 15, 12, year=2025), "expired"),
    ("purchase_check", "t:r2"): (at(3, 17, 12, year=2025), "expired"),
    ("purchase_check", "t:r3"): (at(5, 4, 12, year=2025), "expired"),
    ("purchase_check", "t:o1"): (at(11, 15, year=2025), "expired"),
    ("purchase_check", "t:o3"): (at(5, 15), "expired"),
    # 180 days after r3, and after o1, of which o2 was not known to follow
    ("customer_lapsed", "t:r3"): (at(10, 17, 12, year=2025), "ended"),
    ("customer_lapsed", "t:o1"): (at(4, 30), "ended"),
    # gaps of 31 and 30 days, then of 48 too; r9 is known too late to be part of either habit
    ("replenish", "t:r2-1"): (at(3, 31, year=2025), "ended"),
    ("replenish", "t:r3-1"): (at(5, 18, 12, year=2025), "expired"),
    ("payment_reminder", "t:i1"): (at(6, 5), "ended"),
    ("payment_second_reminder", "t:i1"): (at(6, 16), "ended"),
    ("payment_reminder", "t:i3"): (at(5, 5), "ended"),
    ("payment_reminder", "t:i4"): (at(6, 24), "due"),
    # two hours of pause are none, three days are too soon, and in May he says no
    ("cart_left", "t:x2"): (at(5, 10, 14), "ended"),
    ("cart_left", "t:x9"): (at(6, 25, 12), "expired"),
    ("price_list_after_call", "t:call1"): (at(6, 10, 10, 5), "ended"),
    ("meeting_tomorrow", "t:meet1"): (at(6, 9, 10), "expired"),
    ("meeting_tomorrow", "t:meet3"): (at(6, 30, 18), "due"),
    ("nurture_qualified", "t:tia"): (at(5, 5), "expired"),
    ("ticket_feedback", "t:s3"): (at(6, 6), "expired"),
}
"""What fires when, and its status at the end of June, worked out by hand."""
