"""A Twilio call with its legs in, one phone interaction out."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_decimal, as_number, as_text
from ingest.sources.twilio_times import moment

OUTCOMES = {
    "completed": "answered",
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "no_answer",
    "failed": "failed",
}
"""queued, ringing and in-progress are not over: they have no outcome yet."""

_NUMBER = re.compile(r"^\+?[\d\s().\-]{3,25}$")

WITHHELD = ("+266696687", "+86282452253", "+7378742833", "+2562533", "+8656696")
"""Not numbers but ANONYMOUS, UNAVAILABLE, RESTRICTED, BLOCKED and UNKNOWN typed on a keypad,
which Twilio gives for a withheld caller. As numbers they would join all of them into one
customer."""

_COLUMNS_OF = {
    "sid", "from", "to", "status", "start_time", "end_time", "duration", "price", "price_unit",
    "direction", "queue_time", "date_updated", "subresource_uris", "uri", "from_formatted",
    "to_formatted",
}  # fmt: skip


def add_call(
    gathering: Gathering, record: JsonRecord, call: dict[str, Any], legs: list[dict[str, Any]]
) -> None:
    """Add the row of ``call`` at the position of ``record``, which is it or one of its legs."""
    started_at = moment(call.get("start_time")) or moment(call.get("date_created"))
    if started_at is None:
        reason = "neither start_time nor date_created is a readable time"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    legs = sorted(legs, key=lambda leg: str(leg["sid"]))
    attributes = {k: v for k, v in call.items() if k not in _COLUMNS_OF}
    attributes["legs"] = [_leg(leg) for leg in legs]
    attributes["from"] = None if phone(call.get("from")) else as_text(call.get("from"))
    attributes["to"] = None if phone(call.get("to")) else as_text(call.get("to"))
    gathering.add("interaction", record.position, _row(call, legs, started_at), attributes)


def _row(call: dict[str, Any], legs: list[dict[str, Any]], started_at: datetime) -> dict[str, Any]:
    is_inbound = as_text(call.get("direction")) == "inbound"
    caller, called = phone(call.get("from")), phone(call.get("to"))
    status = as_text(call.get("status"))
    answered = [leg for leg in legs if as_text(leg.get("status")) == "completed"]
    talks = [as_number(leg.get("duration")) for leg in answered]
    duration = as_number(call.get("duration"))
    talked = sum(talk for talk in talks if talk is not None) if legs else duration
    queued = as_number(call.get("queue_time"))
    answers = [at for leg in answered if (at := moment(leg.get("start_time"))) is not None]
    updates = [at for part in (call, *legs) if (at := moment(part.get("date_updated"))) is not None]
    cost, currency = _cost(call, legs)
    parent = as_text(call.get("parent_call_sid"))
    return {
        "interaction_id": str(call["sid"]),
        "conversation_ref": parent or str(call["sid"]),
        "channel": "phone",
        "sub_channel": "twilio",
        "direction": "inbound" if is_inbound else "outbound",
        "interaction_type": "call",
        "from_ref": caller,
        "to_refs": [called] if called else [],
        "customer_ref": caller if is_inbound else called,
        "started_at": started_at,
        "answered_at": min(answers, default=None),
        "ended_at": moment(call.get("end_time")),
        "duration_s": _positive(duration),
        "talk_s": _positive(talked) if status == "completed" else None,
        "wait_s": None if queued is None else _positive(queued / 1000),
        "outcome": OUTCOMES.get(status or ""),
        "disposition": status,
        "is_bot": _is_machine(call),
        "cost": cost,
        "currency": currency,
        "recorded_at": max(updates, default=None),
    }


def phone(value: Any) -> str | None:
    """Return ``phone:<number>``; None for SIP addresses, clients and withheld numbers."""
    text = as_text(value)
    if text is None or text in WITHHELD or not _NUMBER.match(text):
        return None
    return f"phone:{text}"


def _positive(number: float | None) -> float | None:
    return number if number is not None and number >= 0 else None


def _is_machine(call: dict[str, Any]) -> bool | None:
    answered_by = as_text(call.get("answered_by"))
    return None if answered_by is None else answered_by.startswith(("machine", "fax"))


def _cost(call: dict[str, Any], legs: list[dict[str, Any]]) -> tuple[Decimal | None, str | None]:
    """Return what call and legs cost; Twilio gives prices as negative amounts."""
    currency = as_text(call.get("price_unit"))
    prices = [as_decimal(call.get("price"))]
    prices += [
        as_decimal(leg.get("price")) for leg in legs if as_text(leg.get("price_unit")) == currency
    ]
    known = [price for price in prices if price is not None]
    if not known:
        return None, None
    return round(-sum(known, Decimal(0)), 4), currency and currency.upper()


def _leg(leg: dict[str, Any]) -> dict[str, Any]:
    names = ("sid", "to", "status", "start_time", "end_time", "duration", "price", "price_unit")
    return {name: leg.get(name) for name in names}
