"""Records as HubSpot sends them, and the files that hold them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DEAL = {
    "id": "9001",
    "properties": {
        "amount": "1500.00",
        "closedate": "2024-02-29T23:00:00.000Z",
        "createdate": "2024-01-01T10:00:00.000Z",
        "deal_currency_code": "USD",
        "dealname": "Custom data integrations",
        "dealstage": "closedwon",
        "hs_is_closed": "true",
        "hs_is_closed_won": "true",
        "hs_lastmodifieddate": "2024-03-02T08:00:00.000Z",
        "hs_manual_forecast_category": "BEST_CASE",
        "hs_merged_object_ids": "8001;8002",
        "hs_object_id": "9001",
        "hubspot_owner_id": "910901",
        "pipeline": "default",
        "our_field": "x",
    },
    "propertiesWithHistory": {
        "dealstage": [
            {
                "value": "closedwon",
                "timestamp": "2024-03-01T09:00:00.000Z",
                "sourceType": "CRM_UI",
                "sourceId": "userId:1",
                "updatedByUserId": 1,
            },
            {"value": "qualifiedtobuy", "timestamp": "2024-01-01T10:00:00.000Z"},
        ],
        "hs_next_step": [{"value": "call", "timestamp": "2024-01-02T10:00:00.000Z"}],
    },
    "associations": {
        "contacts": {"results": [{"id": "101", "type": "deal_to_contact"}]},
        "companies": {
            "results": [
                {"id": "202", "type": "deal_to_company_unlabeled"},
                {"id": "201", "type": "deal_to_company"},
                {"id": "201", "type": "deal_to_company_unlabeled"},
            ]
        },
    },
    "createdAt": "2024-01-01T10:00:00.000Z",
    "updatedAt": "2024-03-02T08:00:00.000Z",
    "archived": False,
}


PIPELINE = {
    "label": "Sales pipeline",
    "displayOrder": 0,
    "id": "default",
    "stages": [
        {
            "label": "Qualified",
            "displayOrder": 0,
            "metadata": {"isClosed": "false", "probability": "0.4"},
            "id": "qualifiedtobuy",
            "archived": False,
        },
        {
            "label": "Won",
            "displayOrder": 1,
            "metadata": {"isClosed": "true", "probability": "1.0"},
            "id": "closedwon",
            "archived": False,
        },
        {
            "label": "Lost",
            "displayOrder": 2,
            "metadata": {"isClosed": "true", "probability": "0.0"},
            "id": "closedlost",
            "archived": True,
        },
    ],
    "updatedAt": "2024-01-01T10:00:00.000Z",
    "archived": False,
}


def page(*records: dict[str, Any]) -> str:
    return json.dumps({"results": records, "paging": {"next": {"after": "NTI1Cg%3D%3D"}}})


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / "landing" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def of(key: str, /, **properties: str) -> dict[str, Any]:
    return {"id": key, "properties": properties, "archived": False}
