"""The ends of a Twilio call and of its legs in; direction, customer and colleague out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.sources.json_values import as_text

_NUMBER = re.compile(r"^\+?[\d\s().\-]{3,25}$")

WITHHELD = ("266696687", "86282452253", "7378742833", "2562533", "8656696")
"""Not numbers but ANONYMOUS, UNAVAILABLE, RESTRICTED, BLOCKED and UNKNOWN typed on a keypad,
which Twilio gives for a withheld caller. As numbers they would join all of them into one
customer."""

_INBOUND = ("inbound", "trunking-originating")
"""A SIP trunk originates what comes from the public network to our own exchange."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who spoke to whom; ``agent`` is the id of a colleague."""

    direction: str
    customer: str | None
    agent: str | None


_MEDIUM = re.compile(r"(whatsapp|rcs|sms):")

_CHANNELS = {"whatsapp": "chat", "messenger": "social"}


def phone(value: Any) -> str | None:
    """Return ``phone:<number>``; None for SIP addresses, clients and withheld numbers."""
    text = as_text(value)
    if text is None:
        return None
    number = _MEDIUM.sub("", text, count=1) if _MEDIUM.match(text) else text
    # an American line puts its country before what was typed
    typed = number.removeprefix("+")
    if {typed, typed.removeprefix("1")} & set(WITHHELD) or not _NUMBER.match(number):
        return None
    return f"phone:{number}"


def medium_of(value: Any) -> str:
    """Return the channel of an address that messages come from."""
    return _CHANNELS.get((as_text(value) or "").partition(":")[0], "sms")


def agent_of(value: Any, agents: Mapping[str, str]) -> str | None:
    """Return the colleague at an end: by the option ``agents``, else a client's identity."""
    text = as_text(value)
    if text is None:
        return None
    if text in agents:
        return agents[text]
    kind, _, identity = text.partition(":")
    return (identity.partition("?")[0] or None) if kind == "client" else None


def sides_of(
    call: dict[str, Any], dialled: list[str], rung: list[str], agents: Mapping[str, str]
) -> Sides:
    """Return the sides of a call.

    What Twilio calls inbound came into Twilio: it is outbound for us if one of our clients
    placed it.

    Parameters
    ----------
    dialled
        Whom the legs reached, or tried to reach if none answered.
    rung
        The same without those that were tried in vain together with others: of several
        colleagues who did not answer none has the call.
    """
    caller, called = call.get("from"), call.get("to")
    numbers = [number for end in dialled if (number := phone(end)) is not None]
    colleagues = [agent for end in rung if (agent := agent_of(end, agents)) is not None]
    placed_by = agent_of(caller, agents)
    is_inbound = as_text(call.get("direction")) in _INBOUND
    if is_inbound and placed_by is None:
        # a call that was not passed on was taken where it arrived
        taken_by = next(iter(colleagues), None) if dialled else agent_of(called, agents)
        return Sides("inbound", phone(caller), taken_by)
    customer = next(iter(numbers), None)
    if as_text(call.get("direction")) == "outbound-dial" and agent_of(called, agents) is not None:
        # a leg whose call is elsewhere: it shows the number of the customer who called
        direction = "internal" if placed_by is not None else "inbound"
        return Sides(direction, phone(caller), agent_of(called, agents))
    if agent_of(called, agents) is not None:
        # our colleague's telephone rings first, the customer's after it
        placed_by = placed_by or agent_of(called, agents)
    else:
        customer = customer if is_inbound and customer else phone(called)
    if placed_by is not None and customer is None and (colleagues or agent_of(called, agents)):
        return Sides("internal", None, placed_by)
    return Sides("outbound", customer, placed_by or next(iter(colleagues), None))
