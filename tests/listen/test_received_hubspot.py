"""HubSpot: who signs, and which deletions are landed."""

from __future__ import annotations

import base64
import hmac
import json
import time
from datetime import datetime
from typing import Any

import pytest

at = datetime.fromisoformat
URL = "https://crm.example/hooks/hubspot"


def event(kind: str, contact_id: Any = 101, **more: Any) -> dict[str, Any]:
    return {"eventId": 1, "subscriptionId": 2, "portalId": 3, "appId": 4, "attemptNumber": 0,
            "subscriptionType": kind, "objectId": contact_id, "occurredAt": 1772358060123,
            **more}  # fmt: skip


@pytest.fixture
def hubspot(home):
    collect = {"kind": "webhook", "api": "hubspot", "client_secret": "env:LISTEN_TEST_HUBSPOT",
               "public_url": URL}  # fmt: skip
    entry = {"format": "hubspot", "path": "hubspot/**/*.jsonl", "collect": collect}
    home.configure(hubspot=entry)

    def send(*events: Any, age_s: int = 0, secret: bytes = b"hubspot-secret") -> Any:
        body = json.dumps(list(events)).encode()
        timestamp = str(int((time.time() - age_s) * 1_000))
        signed = b"POST" + URL.encode() + body + timestamp.encode()
        signature = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
        headers = {"x-hubspot-request-timestamp": timestamp, "x-hubspot-signature-v3": signature}
        return home.post("/hubspot", content=body, headers=headers)

    return send


def test_a_contact_whose_data_were_erased_is_deleted(home, hubspot):
    events = [event("contact.privacyDeletion"), event("contact.propertyChange", 102),
              event("object.deletion", 103, objectTypeId="0-1"),
              event("object.deletion", 104, objectTypeId="0-3")]  # fmt: skip
    assert hubspot(*events).status_code == 200

    erased, deleted = home.parsed("hubspot", "hubspot")["contact"]
    assert (erased["contact_id"], deleted["contact_id"]) == ("101", "103")
    assert erased["is_deleted"] == deleted["is_deleted"] == "true"
    assert erased["recorded_at"] == at("2026-03-01 09:41:00.123")
    assert (erased["email"], erased["created_at"]) == (None, None)
    assert "is_privacy_deletion" in erased["attributes"]


@pytest.mark.parametrize("given", [{"secret": b"other"}, {"age_s": 301}])
def test_a_forged_or_repeated_batch_is_401(home, hubspot, given):
    assert hubspot(event("contact.privacyDeletion"), **given).status_code == 401
    assert home.files("hubspot") == []


def test_a_deletion_of_nobody_does_not_cost_the_others(home, hubspot):
    answer = hubspot(event("contact.deletion", None), event("contact.deletion", 105), event("x"))

    assert answer.status_code == 200
    assert [one["id"] for one in home.landed("hubspot")] == ["105"]
    assert hubspot("no object").status_code == 400
