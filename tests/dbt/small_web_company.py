"""Visits written out: every channel, late events, goals, and two experiments."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from channel_cases import CASES

SELECTION = ("--select", "+fct_web_goals", "fct_web_events", "+experiment_results")
START = datetime.fromisoformat("2026-03-01 08:00:00")
NODE = json.dumps({"library": {"name": "@segment/analytics-node", "version": "2.1.0"}})
PHONE = json.dumps({"library": {"name": "analytics-ios", "version": "4.1.0"}})
SERVER_TRACKER = json.dumps({"platform": "srv"})
CUSTOMERS = {
    "ada": [
        "user_id:shop:1",
        "anonymous_id:w:phone",
        "anonymous_id:w:laptop",
        "anonymous_id:w:tablet",
    ]
}


def event(name: str, visitor: str, minutes: float, **more: Any) -> dict[str, Any]:
    return {
        "event_id": name,
        "event_type": "page",
        "anonymous_id": f"anonymous_id:w:{visitor}",
        "event_at": START + timedelta(minutes=minutes),
        "url": "https://n.example/",
        "path": "/",
    } | more


def server_side(name: str, minutes: float, **more: Any) -> dict[str, Any]:
    """A refund as a shop's server reports it: no page, and a device only if ``more`` has one."""
    return event(
        name, "", minutes, event_type="track", event_name="Order Refunded", anonymous_id=None,
        url=None, path=None,
    ) | more  # fmt: skip


def exposure(experiment: str, visitor: str, variant: str, minutes: float = 0) -> dict[str, Any]:
    said = {"experiment_id": experiment, "experiment_name": experiment.title(),
            "variation_id": variant, "variation_name": variant.title()}  # fmt: skip
    return event(
        f"{experiment}-{visitor}-{variant}", visitor, minutes,
        event_type="track", event_name="Experiment Viewed", path=None,
        attributes=json.dumps({"properties": said}),
    )  # fmt: skip


def exposures() -> list[dict[str, Any]]:
    """Two experiments: one split as it should be, one of 90 to 40."""
    shown = [exposure("button", f"v{n}", "control" if n < 60 else "green") for n in range(120)]
    shown += [exposure("price", f"w{n}", "a" if n < 90 else "b") for n in range(130)]
    shown += [
        exposure("button", "phone", "green"),
        # the same person on another device is the same visitor
        exposure("button", "laptop", "green", -30),
        exposure("price", "tablet", "b", -60 * 24 * 25),
        # who has seen both counts for none
        exposure("button", "torn", "control"),
        exposure("button", "torn", "green", 5),
        exposure("button", "crawler", "green") | {"is_bot": True},
    ]
    signed = [*range(6), *range(60, 78)]
    return shown + [
        event(f"sign{n}", f"v{n}", 9, event_type="track", event_name="Signed Up") for n in signed
    ]


def rows() -> dict[str, list[dict[str, Any]]]:
    cases = [
        event(
            f"case{number}", f"case{number}", 0, utm_source=source, utm_medium=medium,
            utm_campaign=campaign, click_id=click_id, referrer=referrer,
        )
        for number, (source, medium, campaign, click_id, referrer, _) in enumerate(CASES)
    ]  # fmt: skip
    pings = [
        event(f"ping{number}", "reader", number / 6, event_type="track", event_name="page_ping")
        for number in (1, 2, 2.1, 5)
    ]
    return {
        "web_event": [
            *cases,
            event("read", "reader", 0),
            *pings,
            # the phone comes first, the laptop's events are a week late
            event("l1", "laptop", -60, recorded_at=START + timedelta(days=7), path="/landing"),
            event("l2", "laptop", -50, path="/Contact/us"),
            event("p1", "phone", 0),
            event("p2", "phone", 5, event_type="track", event_name="Order Completed"),
            event("p3", "phone", 6, event_type="track", event_name="Order Completed"),
            event("p4", "phone", 120),
            event("b1", "crawler", 0, is_bot=True),
            # the shop's server: without a device, with that of an order of a while ago, and while
            # the phone is visiting
            server_side("s1", 60 * 24, user_id="user_id:shop:1"),
            server_side("s2", 400, anonymous_id="anonymous_id:w:phone", attributes=NODE),
            server_side("s3", 10, anonymous_id="anonymous_id:w:phone", attributes=NODE),
            server_side("s4", 500, anonymous_id="anonymous_id:w:app", attributes=SERVER_TRACKER),
            # a mail tool makes up a browser where it knows no user
            server_side("s5", 0, anonymous_id="anonymous_id:w:made_up", event_name="Email Opened",
                        user_agent="Mozilla/5.0"),
            # an app says neither page nor browser either
            server_side("a1", 500, anonymous_id="anonymous_id:w:app", attributes=PHONE),
            *exposures(),
        ],
        "order": [
            # Ada buys after the first exposure, too late for the second experiment
            {"order_id": "1", "customer_ref": "user_id:shop:1", "revenue": Decimal("80"),
             "total": Decimal("80"), "currency": "EUR", "status": "completed",
             "placed_at": START + timedelta(days=10)},
        ],
    }  # fmt: skip
