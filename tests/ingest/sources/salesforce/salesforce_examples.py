"""A lead as the query API gives it, and files of such records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LEAD = {
    "attributes": {"type": "Lead", "url": "/services/data/v59.0/sobjects/Lead/00Q5g00000A1"},
    "Id": "00Q5g00000A1AAA",
    "LastName": "Weiß",
    "FirstName": "Jana",
    "Company": "Acme",
    "Email": "jana@acme.example",
    "MobilePhone": "+49 171 1234567",
    "Country": "Deutschland",
    "AnnualRevenue": 1250000.5,
    "Status": "Open - Not Contacted",
    "Rating": "Hot",
    "OwnerId": "0055g00000B1AAA",
    "Owner": {"attributes": {"type": "User"}, "Name": "Rita Rep"},
    "IsConverted": False,
    "IsDeleted": False,
    "Region__c": "EMEA",
    "CreatedDate": "2024-01-05T10:20:30.000+0000",
    "SystemModstamp": "2024-01-06T08:00:00.000+0000",
}


def page(*records: dict[str, Any]) -> str:
    return json.dumps({"totalSize": len(records), "done": True, "records": records})


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / "landing" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
