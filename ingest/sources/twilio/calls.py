"""A Twilio call with its legs and recordings in, one phone interaction out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ingest.sources.gathering import Gathering
from ingest.sources.json_records import JsonRecord
from ingest.sources.json_values import as_decimal, as_number, as_text
from ingest.sources.twilio.objects import media_url, transcribed
from ingest.sources.twilio.sides import phone, sides_of
from ingest.sources.twilio.times import moment

OUTCOMES = {
    "completed": "answered",
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "no_answer",
    "failed": "failed",
}
"""queued, ringing and in-progress are not over: they have no outcome yet."""

_COLUMNS_OF = {
    "sid", "from", "to", "status", "start_time", "end_time", "duration", "price", "price_unit",
    "direction", "date_updated", "subresource_uris", "uri", "from_formatted", "to_formatted",
}  # fmt: skip

MAX_TRANSCRIPT_CHARACTERS = 1_000_000


@dataclass(slots=True)
class Family:
    """What belongs to one call: the legs that were dialled for it, recordings, their texts."""

    legs: list[dict[str, Any]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    transcriptions: list[dict[str, Any]] = field(default_factory=list)


def add_call(
    gathering: Gathering,
    record: JsonRecord,
    call: dict[str, Any],
    family: Family,
    agents: Mapping[str, str],
) -> None:
    """Add the row of ``call`` at the position of ``record``, which is it or one of its legs."""
    started_at = moment(call.get("start_time")) or moment(call.get("date_created"))
    if started_at is None:
        reason = "neither start_time nor date_created is a readable time"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    legs = sorted(family.legs, key=lambda leg: (_begun(leg), str(leg["sid"])))
    attributes = {k: v for k, v in call.items() if k not in _COLUMNS_OF}
    attributes["legs"] = [_leg(leg) for leg in legs]
    attributes["from"] = None if phone(call.get("from")) else as_text(call.get("from"))
    attributes["to"] = None if phone(call.get("to")) else as_text(call.get("to"))
    recordings = sorted(family.recordings, key=lambda one: (_begun(one), str(one["sid"])))
    attributes["recordings"] = [_recording(one) for one in recordings]
    row = _row(call, legs, started_at, agents) | _recorded(call, recordings, family)
    gathering.add("interaction", record.position, row, attributes)


def add_leg(
    gathering: Gathering,
    record: JsonRecord,
    leg: dict[str, Any],
    call: dict[str, Any],
    family: Family,
) -> None:
    """Add the row that says that a leg, which may have been told of alone, is part of ``call``."""
    started_at = moment(leg.get("start_time")) or moment(leg.get("date_created"))
    started_at = started_at or moment(call.get("start_time")) or moment(call.get("date_created"))
    if started_at is None:
        reason = "neither start_time nor date_created is a readable time"
        gathering.reject(record.position, "missing_date", reason, record.payload)
        return
    row = {
        "interaction_id": str(leg["sid"]),
        "conversation_ref": str(call["sid"]),
        "channel": "phone",
        "sub_channel": "twilio",
        # nobody is named: it is no call of its own
        "direction": "internal",
        "interaction_type": "call",
        "started_at": started_at,
        "recorded_at": _known_since(call, family),
        "is_deleted": True,
        "merged_into_ref": str(call["sid"]),
    }
    gathering.add("interaction", record.position, row)


def _known_since(call: dict[str, Any], family: Family) -> datetime | None:
    """Return since when all that is known of a call has been so."""
    parts = (call, *family.legs, *family.recordings, *family.transcriptions)
    updates = [at for part in parts if (at := moment(part.get("date_updated"))) is not None]
    return max(updates, default=None)


def _begun(value: dict[str, Any]) -> str:
    """Return a text that sorts by time, objects without one last."""
    at = moment(value.get("start_time")) or moment(value.get("date_created"))
    return "~" if at is None else at.isoformat(timespec="microseconds")


def _row(
    call: dict[str, Any],
    legs: list[dict[str, Any]],
    started_at: datetime,
    agents: Mapping[str, str],
) -> dict[str, Any]:
    status = as_text(call.get("status"))
    reached = [leg for leg in legs if as_text(leg.get("status")) in ("completed", "in-progress")]
    rung = reached or (legs if len({str(leg.get("to")) for leg in legs}) == 1 else [])
    sides = sides_of(
        call,
        [str(leg.get("to")) for leg in reached or legs],
        [str(leg.get("to")) for leg in rung],
        agents,
    )
    duration = _positive(as_number(call.get("duration")))
    answered_at = min((at for leg in reached if (at := _answered(leg))), default=None)
    waited = None if answered_at is None else (answered_at - started_at).total_seconds()
    is_over = status in OUTCOMES
    cost, currency = _cost(call, legs)
    caller, called = phone(call.get("from")), phone(call.get("to"))
    return {
        "interaction_id": str(call["sid"]),
        "conversation_ref": as_text(call.get("parent_call_sid")) or str(call["sid"]),
        "channel": "phone",
        "sub_channel": "twilio",
        "direction": sides.direction,
        "interaction_type": "call",
        "from_ref": caller,
        "to_refs": [called] if called else [],
        "customer_ref": sides.customer,
        "agent_ref": sides.agent,
        "started_at": started_at,
        "answered_at": answered_at,
        "ended_at": moment(call.get("end_time")),
        "duration_s": duration,
        "talk_s": _talked(reached, legs, duration) if status == "completed" else None,
        "wait_s": _positive(waited) if reached else duration if legs and is_over else None,
        "outcome": _outcome(status, legs, reached),
        "disposition": status,
        "is_bot": _is_machine(call),
        "cost": cost,
        "currency": currency,
    }


def _outcome(
    status: str | None, legs: list[dict[str, Any]], reached: list[dict[str, Any]]
) -> str | None:
    """Return the outcome; a call that Twilio took but no leg answered was not answered."""
    own = OUTCOMES.get(status or "")
    if own != "answered" or not legs or reached:
        return own
    return OUTCOMES.get(as_text(legs[-1].get("status")) or "", "no_answer")


def _answered(leg: dict[str, Any]) -> datetime | None:
    """Return when a leg was answered: its duration, which leaves ringing out, before its end."""
    ended_at, seconds = moment(leg.get("end_time")), as_number(leg.get("duration"))
    if ended_at is None or seconds is None or not 0 <= seconds < 1_000_000:
        return moment(leg.get("start_time"))
    try:
        return ended_at - timedelta(seconds=seconds)
    except OverflowError:
        return moment(leg.get("start_time"))


def _talked(
    reached: list[dict[str, Any]], legs: list[dict[str, Any]], duration: float | None
) -> float | None:
    if not legs:
        return duration
    spoken = [_positive(as_number(leg.get("duration"))) for leg in reached]
    return sum(seconds for seconds in spoken if seconds is not None)


def _recorded(
    call: dict[str, Any], recordings: list[dict[str, Any]], family: Family
) -> dict[str, Any]:
    """Return where the call can be heard, what was said, and since when all that is known."""
    kept = [one for one in recordings if as_text(one.get("status")) not in ("deleted", "absent")]
    order = {str(one["sid"]): place for place, one in enumerate(recordings)}
    told = sorted(
        family.transcriptions,
        key=lambda one: (order.get(str(one.get("recording_sid")), 0), str(one["sid"])),
    )
    texts = [text for one in told if (text := transcribed(one)) is not None]
    return {
        "recording_url": next((url for one in kept if (url := media_url(one))), None),
        "body_text": "\n".join(texts)[:MAX_TRANSCRIPT_CHARACTERS] or None,
        "recorded_at": _known_since(call, family),
    }


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


def _recording(recording: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": str(recording["sid"]),
        "duration_s": as_number(recording.get("duration")),
        "url": media_url(recording),
        "status": as_text(recording.get("status")),
    }
