"""From a help desk's users and a mailbox to customers: who writes from a second address."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.loading.load_source import load_source
from ingest.source import Company, Source
from orchestration.identity.resolve import resolve_identities

USER = {"id": 5, "role": "end-user", "active": True, "created_at": "2026-03-01T08:00:00Z"}
COMPANY = Company(name="Nordlicht", domains=("nordlicht.example",))


def test_a_mail_from_a_second_address_is_the_same_customers(tmp_path: Path) -> None:
    page = {
        "users": [
            {**USER, "name": "Jane Doe", "email": "jane@acme.example"},
            {**USER, "id": 6, "name": "Max Moor", "email": "max@acme.example",
             "phone": "+493012345", "shared_phone_number": True},
            {**USER, "id": 7, "name": "Eva Fox", "email": "eva@acme.example",
             "phone": "+493012345", "shared_phone_number": True},
        ],
        "identities": [
            {"id": 1, "user_id": 5, "type": "email", "value": "Jane.Doe@home.example",
             "created_at": "2026-03-01T08:00:00Z"},
            {"id": 2, "user_id": 6, "type": "email", "value": "info@acme.example",
             "ownership": "shared"},
            {"id": 3, "user_id": 7, "type": "email", "value": "info@acme.example",
             "ownership": "shared"},
        ],
    }  # fmt: skip
    (tmp_path / "users.json").write_text(json.dumps(page))
    (tmp_path / "mail.eml").write_text(
        "From: Jane <jane.doe@home.example>\nTo: desk@nordlicht.example\nSubject: Hi\n"
        "Date: Mon, 2 Mar 2026 09:00:00 +0000\nMessage-ID: <1@home.example>\n\nHello\n"
    )
    con = duckdb.connect()
    create_schemas_and_tables(con)
    for format_, path in (("zendesk", "users.json"), ("email", "mail.eml")):
        source = Source(name=format_, format=format_, path=path, namespace="d", company=COMPANY)
        assert load_source(con, source, tmp_path).rows_quarantined == 0

    resolve_identities(con, key=bytes(32), run_id="1", at=datetime.fromisoformat("2026-04-01"))

    found = con.execute(
        "select list_sort(list(identifier)) from identity.identifier_map where is_current "
        "group by customer_id"
    ).fetchall()
    together = {tuple(names) for (names,) in found}
    assert ("contact:d:5", "email:jane.doe@home.example", "email:jane@acme.example") in together
    assert ("contact:d:6", "email:max@acme.example") in together
    assert ("contact:d:7", "email:eva@acme.example") in together
    con.close()
