"""HubSpot exports: what becomes of each object, and that no record is ever lost."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.config import read_config
from ingest.contracts import CONTRACTS
from ingest.load_source import load_source
from ingest.parsed import UnreadableFile
from ingest.source import Source
from ingest.sources.hubspot.reading import OBJECTS

QUICK = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

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


def test_a_page_of_deals_becomes_opportunities(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "page-1.json", page(DEAL)))

    deal = outcome.rows["opportunity"][0]
    assert (deal["opportunity_id"], deal["stage_name"], deal["pipeline"]) == (
        "9001",
        "closedwon",
        "default",
    )
    assert (deal["account_ref"], deal["primary_contact_ref"]) == ("201", "101")
    assert (deal["amount"], deal["currency"], deal["owner_ref"]) == ("1500.00", "USD", "910901")
    assert deal["close_date"] == date(2024, 3, 1), "midnight of the account's own time zone"
    assert deal["closed_at"] == datetime(2024, 2, 29, 23)
    assert deal["forecast_category"] == "best_case"
    assert deal["recorded_at"] == datetime(2024, 3, 2, 8)
    assert json.loads(deal["attributes"])["our_field"] == "x"


def test_the_history_of_properties_becomes_changes(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "deals.json", page(DEAL)))

    assert [
        (r["field"], r["old_value"], r["new_value"], r["changed_at"])
        for r in outcome.rows["opportunity_history"]
    ] == [
        ("stage", None, "qualifiedtobuy", datetime(2024, 1, 1, 10)),
        ("stage", "qualifiedtobuy", "closedwon", datetime(2024, 3, 1, 9)),
    ]


def test_merged_records_point_at_the_survivor(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "deals.json", page(DEAL)))

    merged = outcome.rows["opportunity"][1:]
    assert [(r["opportunity_id"], r["merged_into_ref"], r["is_deleted"]) for r in merged] == [
        ("8001", "9001", "true"),
        ("8002", "9001", "true"),
    ]


def test_the_history_of_the_lifecycle_stage_is_kept_with_the_contact(read, tmp_path):
    contact = of("1", firstname="Ana", lifecyclestage="lead")
    contact["propertiesWithHistory"] = {
        "lifecyclestage": [{"value": "lead", "timestamp": "2024-01-01T00:00:00Z"}]
    }

    (row,) = read("hubspot", put(tmp_path, "contacts.json", page(contact))).rows["contact"]

    assert json.loads(row["attributes"])["lifecyclestage_history"] == [
        {"timestamp": "2024-01-01T00:00:00Z", "value": "lead"}
    ]


def test_an_excel_file_is_refused_with_the_remedy(read, tmp_path):
    path = tmp_path / "deals.xlsx"
    path.write_bytes(b"PK\x03\x04rest")

    with pytest.raises(UnreadableFile, match="export CSV"):
        read("hubspot", path)


def test_an_archived_record_is_deleted_since_it_was_archived(read, tmp_path):
    contact = of("1", firstname="Ana", lastmodifieddate="2024-01-01T00:00:00Z")
    contact |= {"archived": True, "archivedAt": "2024-05-01T00:00:00Z"}

    (row,) = read("hubspot", put(tmp_path, "contacts.json", page(contact))).rows["contact"]

    assert (row["is_deleted"], row["recorded_at"]) == ("true", datetime(2024, 5, 1))


def test_pipelines_say_which_stages_are_won(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "x.json", page(PIPELINE, {**PIPELINE, "stages": []})))

    stages = outcome.rows["pipeline_stage"]
    assert [
        (r["stage_id"], r["display_order"], r["is_closed"], r["is_won"], r["is_deleted"])
        for r in stages
    ] == [
        ("qualifiedtobuy", "1", "false", "false", "false"),
        ("closedwon", "2", "true", "true", "false"),
        ("closedlost", "3", "true", "false", "true"),
    ]
    assert outcome.rejected[0]["reason"] == "a pipeline without stages"


def test_a_pipeline_of_tickets_is_refused(read, tmp_path):
    stage = {"id": "1", "label": "New", "metadata": {"ticketState": "OPEN"}}

    outcome = read("hubspot", put(tmp_path, "p.json", page({"id": "0", "stages": [stage]})))

    assert outcome.reasons() == {1: "no_place"}


def test_a_csv_export_of_contacts_has_labels(read, tmp_path):
    text = (
        "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Contact owner,"
        "Country/Region,Create Date,Associated Company IDs,Shoe Size\n"
        "101,Ana,López,ana@acme.example,+1 415 555 0101,Marketing Qualified Lead,Sam Sales,"
        "Germany,2024-07-12 09:14,9;8,42\n"
    )

    outcome = read("hubspot", put(tmp_path, "hubspot-crm-exports-all-contacts.csv", text))

    (row,) = outcome.rows["contact"]
    assert (row["contact_id"], row["lifecycle_stage"], row["country_code"]) == ("101", "mql", "DE")
    assert (row["account_ref"], row["owner_ref"]) == ("9", "Sam Sales")
    assert row["created_at"] == datetime(2024, 7, 12, 7, 14), "the account's time zone"
    assert json.loads(row["attributes"])["Shoe Size"] == "42"
    assert [(r["agent_id"], r["name"]) for r in outcome.rows["agent"]] == [
        ("Sam Sales", "Sam Sales")
    ]


def test_a_csv_export_of_deals_may_name_the_pipeline_with_the_stage(read, tmp_path):
    text = (
        "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date\n"
        '1,A,Closed won (Sales),Sales,"1,500.00",2024-12-01\n'
        "2,B,Contract sent,Sales,,\n"
    )

    rows = read("hubspot", put(tmp_path, "export.csv", text)).rows["opportunity"]

    assert [r["stage_name"] for r in rows] == ["Closed won", "Contract sent"]
    assert rows[0]["amount"] == "1500.00"


def test_a_csv_export_may_have_internal_names(read, tmp_path):
    text = "hs_object_id,dealname,dealstage,dealname\n1,A,closedwon,B\n"

    (row,) = read("hubspot", put(tmp_path, "export.csv", text)).rows["opportunity"]

    assert (row["opportunity_id"], row["name"]) == ("1", "A")


@pytest.mark.parametrize(
    ("header", "entity"),
    [
        ("Record ID,Company name,Website URL,Company owner,Create Date", "account"),
        ("Record ID,Email,Contact owner,Lifecycle Stage,Country/Region", "contact"),
        ("Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date", "opportunity"),
        ("Ticket ID,Ticket name,Ticket status,Pipeline,Priority,Create Date", "ticket"),
        ("Record ID,Call Title,Call notes,Call outcome,Activity date", "interaction"),
    ],
)
def test_the_header_tells_what_an_export_holds(read, tmp_path, header, entity):
    values = ",".join("1" for _ in header.split(","))
    text = f"{header}\n{values}\n".replace(",1\n", ",2024-01-01\n")

    outcome = read("hubspot", put(tmp_path, "export.csv", text))

    assert entity in {*outcome.rows, *(each["entity"] for each in outcome.rejected)}


def test_the_entry_in_the_documentation_works(tmp_path):
    page = Path(__file__).resolve().parents[3] / "docs" / "sources" / "hubspot.md"
    (tmp_path / "sources.yml").write_text(page.read_text().split("```")[1].removeprefix("yaml"))

    (source,) = read_config(tmp_path / "sources.yml").sources

    assert (source.format, source.options["currency"]) == ("hubspot", "EUR")


REAL = {"contact_data": "contact", "company_data": "account", "ticket_data": "ticket"}


@pytest.mark.parametrize("name", REAL)
def test_rows_of_the_real_schema_are_read(read, tmp_path, real_data, name):
    with (real_data / "fivetran_seeds" / "hubspot" / f"{name}.csv").open() as file:
        header, *rows = csv.reader(file)
    names = {"id": "hs_object_id", "is_deleted": "archived"}
    header = [names.get(each, each.removeprefix("property_")) for each in header]
    path = tmp_path / f"{REAL[name]}.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])

    outcome = read("hubspot", path, object=name.removesuffix("_data"))

    assert outcome.read == len(rows)
    assert outcome.rejected == []
    merged = [row for row in outcome.rows[REAL[name]] if row["merged_into_ref"]]
    assert bool(merged) == (name == "contact_data")


def test_a_company_without_name_goes_by_its_domain(read, tmp_path):
    company = of("201", domain="acme.example", numberofemployees="12", country="France")

    (row,) = read("hubspot", put(tmp_path, "companies.json", page(company))).rows["account"]

    assert (row["name"], row["domain"], row["number_of_employees"]) == (
        "acme.example",
        "acme.example",
        "12",
    )


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"hs_pipeline_stage": "1"}, "new"),
        ({"hs_pipeline_stage": "2"}, "pending"),
        ({"hs_pipeline_stage": "Waiting on us"}, "open"),
        ({"hs_pipeline_stage": "4"}, "closed"),
        ({"hs_pipeline_stage": "77123"}, "open"),
        ({"hs_pipeline_stage": "77123", "closed_date": "2024-01-03T00:00:00Z"}, "closed"),
    ],
)
def test_stages_of_tickets_become_states(read, tmp_path, properties, status):
    ticket = of("7", subject="Help", createdate="2024-01-01T00:00:00Z", **properties)

    (row,) = read("hubspot", put(tmp_path, "tickets.json", page(ticket))).rows["ticket"]

    assert row["status"] == status


def test_a_call_tells_who_called_and_how_it_ended(read, tmp_path):
    call = of(
        "c1",
        hs_timestamp="2024-01-01T10:00:00Z",
        hs_createdate="2024-01-01T10:05:00Z",
        hs_lastmodifieddate="2025-01-01T00:00:00Z",
        hs_call_duration="95000",
        hs_call_direction="INBOUND",
        hs_call_from_number="+49 30 12345678",
        hs_call_disposition="f240bbac-87c9-4f6e-bf70-924b57d47db7",
        hs_call_body="<p>asked for<br>a quote</p>",
    )

    (row,) = read("hubspot", put(tmp_path, "calls.json", page(call))).rows["interaction"]

    assert (row["direction"], row["customer_ref"]) == ("inbound", "phone:+49 30 12345678")
    assert (float(row["duration_s"]), row["outcome"], row["disposition"]) == (
        95.0,
        "answered",
        "Connected",
    )
    assert row["body_text"] == "asked for\na quote"
    assert row["recorded_at"] == datetime(2024, 1, 1, 10, 5), "known since it was logged"


def test_the_headers_of_an_email_name_its_people(read, tmp_path):
    headers = {
        "from": {"email": "jana@acme.example", "firstName": "Jana"},
        "to": [{"email": "a@nordlicht.example"}, {"email": "b@nordlicht.example"}],
    }
    mail = of(
        "m1",
        hs_timestamp="1704103200000",
        hs_email_subject="Hi",
        hs_email_direction="INCOMING_EMAIL",
        hs_email_headers=json.dumps(headers),
    )

    (row,) = read("hubspot", put(tmp_path, "m.json", page(mail))).rows["interaction"]

    assert (row["channel"], row["direction"]) == ("email", "inbound")
    assert row["customer_ref"] == "email:jana@acme.example"
    assert row["to_refs"] == ["email:a@nordlicht.example", "email:b@nordlicht.example"]
    assert row["started_at"] == datetime(2024, 1, 1, 10)


@pytest.mark.parametrize(
    ("name", "properties", "kind", "direction"),
    [
        ("meetings", {"hs_meeting_title": "Demo"}, "meeting", "outbound"),
        ("notes", {"hs_note_body": "x"}, "note", "internal"),
        ("tasks", {"hs_task_subject": "x"}, "task", "internal"),
        ("communications", {"hs_communication_body": "x"}, "message", "outbound"),
    ],
)
def test_other_activities_become_interactions(read, tmp_path, name, properties, kind, direction):
    record = of("1", hs_timestamp="2024-01-01T10:00:00Z", **properties)
    record["associations"] = {"contacts": {"results": [{"id": "101"}]}}

    (row,) = read("hubspot", put(tmp_path, f"{name}.json", page(record))).rows["interaction"]

    assert (row["interaction_type"], row["direction"]) == (kind, direction)
    assert row["customer_ref"] == "contact:101"


def test_email_events_become_events_and_decisions(read, tmp_path):
    events = [
        {"id": "s1", "created": 1570000000000, "type": "SENT", "recipient": "a@b.example"},
        {
            "id": "e2",
            "created": 1570000001000,
            "type": "PROCESSED",
            "recipient": "a@b.example",
            "sentBy": {"id": "s1", "created": 1570000000000},
        },
        {
            "id": "e3",
            "created": 1580000000000,
            "type": "STATUSCHANGE",
            "recipient": "a@b.example",
            "portalSubscriptionStatus": "UNSUBSCRIBED",
        },
        {
            "id": "e4",
            "created": 1580000000000,
            "type": "BOUNCE",
            "recipient": "a@b.example",
            "category": "MAILBOX_FULL",
            "emailCampaignId": 7,
        },
        {"id": "e5", "created": 1580000000000, "type": "UNBOUNCE"},
    ]
    for event in events[:4]:
        event.setdefault("emailCampaignId", 7)
    text = json.dumps({"hasMore": False, "offset": "x", "events": events})

    outcome = read("hubspot", put(tmp_path, "page.json", text))

    rows = outcome.rows["email_event"]
    assert [(r["email_event_id"], r["event_type"]) for r in rows] == [
        ("s1", "sent"),
        ("s1", "sent"),
        ("e3", "unsubscribe"),
        ("e4", "bounce"),
    ]
    assert {**rows[0], "position": 2} == rows[1], "PROCESSED repeats the event of sending"
    assert rows[3]["bounce_category"] == "soft"
    assert [r["status"] for r in outcome.rows["consent"]] == ["withdrawn"]
    assert outcome.reasons() == {5: "event_not_kept"}


def test_lists_are_campaigns_and_their_records_members(read, tmp_path):
    lists = {"lists": [{"listId": "42", "name": "VIP", "processingType": "MANUAL"}]}
    members = [{"recordId": "101", "membershipTimestamp": "2024-01-01T10:00:00Z"}]
    by_record = [
        {
            "objectTypeId": "0-1",
            "recordId": "102",
            "recordListMemberships": [{"listId": 42}, {"listId": 43}],
        }
    ]

    campaign = read("hubspot", put(tmp_path, "lists.json", json.dumps(lists))).rows["campaign"]
    of_list = read("hubspot", put(tmp_path, "memberships/list-42.json", page(*members)))
    of_record = read("hubspot", put(tmp_path, "memberships/r.json", page(*by_record)))

    assert [(r["campaign_id"], r["type"]) for r in campaign] == [("list:42", "list")]
    refs = [
        (r["campaign_ref"], r["contact_ref"])
        for r in [*of_list.rows["campaign_member"], *of_record.rows["campaign_member"]]
    ]
    assert refs == [("list:42", "101"), ("list:42", "102"), ("list:43", "102")]


def test_goals_in_money_and_in_units_are_told_apart(read, tmp_path):
    revenue = of(
        "1",
        hs_target_amount="5000",
        hs_goal_type="sales_quota",
        hs_milestone="monthly",
        hubspot_owner_id="7",
        hs_start_datetime="2024-01-01",
    )
    calls = of("2", hs_target_amount="100", hs_goal_type="average_calls")

    rows = read("hubspot", put(tmp_path, "goals.json", page(revenue, calls))).rows["quota"]

    assert [(r["quota_amount"], r["quota_quantity"]) for r in rows] == [
        ("5000", None),
        (None, "100"),
    ]
    assert (rows[0]["period_type"], rows[0]["period_start"]) == ("month", date(2024, 1, 1))


def test_owners_are_colleagues(read, tmp_path):
    owner = {
        "id": "910901",
        "userId": 9586504,
        "email": "rita@nordlicht.example",
        "firstName": "Rita",
        "lastName": "Rep",
        "teams": [
            {"id": "2", "name": "East", "primary": False},
            {"id": "1", "name": "West", "primary": True},
        ],
        "archived": False,
    }

    (row,) = read("hubspot", put(tmp_path, "owners.json", page(owner))).rows["agent"]

    assert (row["agent_id"], row["name"], row["team"]) == ("910901", "Rita Rep", "West")


def test_a_line_belongs_to_its_order_its_deal_or_both(read, tmp_path):
    def linked(record_id: str, **associations: str) -> dict:
        named = {name: {"results": [{"id": value}]} for name, value in associations.items()}
        line = of(record_id, name="Chair", quantity="2", price="49.95", amount="99.90",
                  hs_product_id="5")  # fmt: skip
        return {**line, "id": record_id, "associations": named}

    lines = page(
        linked("1"), linked("2", orders="77"), linked("3", deals="8"),
        linked("4", orders="78", deals="8"),
    )  # fmt: skip
    outcome = read("hubspot", put(tmp_path, "line_items.json", lines))

    assert [r["order_ref"] for r in outcome.rows["order_line"]] == ["77", "78"]
    offered = [
        (r["opportunity_line_id"], r["opportunity_ref"], r["product_ref"], r["amount"])
        for r in outcome.rows["opportunity_line"]
    ]
    assert offered == [("3", "8", "5", "99.90"), ("4", "8", "5", "99.90")]
    assert outcome.reasons() == {1: "no_place"}


def test_one_object_a_line_is_read_too(read, tmp_path):
    text = "\n".join([json.dumps(DEAL), "{broken", json.dumps(DEAL)])

    outcome = read("hubspot", put(tmp_path, "deals.jsonl", text))

    assert outcome.read == 3
    assert outcome.reasons() == {2: "malformed_json"}


def test_everything_that_a_contract_requires_is_mapped():
    for native in OBJECTS:
        for each in native.maps:
            required = {c.name for c in CONTRACTS[each.entity].columns if c.required or c.key}
            assert required <= set(each.entity_map.columns), (native.name, each.entity)


def test_loaded_records_of_every_object_keep_their_contracts(warehouse, landing, put):
    said = {"hs_timestamp": "2024-01-01T10:00:00Z", "hs_lastmodifieddate": "2024-02-01T00:00:00Z"}
    ticket = of("7", subject="Help", hs_ticket_priority="HIGH", createdate="2024-01-01T00:00:00Z")
    ticket["properties"] |= {"hs_pipeline_stage": "2", "hs_merged_object_ids": "6"}
    ticket["propertiesWithHistory"] = {
        "hs_pipeline_stage": [{"value": "2", "timestamp": "2024-01-02T00:00:00Z"}],
        "hubspot_owner_id": [{"value": "910901", "timestamp": "2024-01-03T00:00:00Z"}],
    }
    event = {"id": "e", "created": 1580000000000, "type": "OPEN", "recipient": "a@b.example"}
    leaving = {
        **event,
        "id": "f",
        "type": "STATUSCHANGE",
        "portalSubscriptionStatus": "UNSUBSCRIBED",
    }
    records = {
        "deals": [DEAL],
        "pipelines": [PIPELINE],
        "contacts": [of("101", firstname="Ana", email="Ana@Acme.example", country="France")],
        "companies": [of("201", name="Acme", annualrevenue="1000000", hs_merged_object_ids="200")],
        "owners": [{"id": "910901", "firstName": "Rita", "email": "rita@nordlicht.example"}],
        "goals": [
            of(
                "1",
                hs_target_amount="5",
                hubspot_owner_id="7",
                hs_start_datetime="2024-01-01T00:00:00Z",
            )
        ],
        "tickets": [ticket],
        "calls": [of("c", hs_call_direction="OUTBOUND", hs_call_duration="1500", **said)],
        "emails": [of("m", hs_email_status="BOUNCED", **said)],
        "meetings": [of("n", hs_meeting_outcome="NO_SHOW", **said)],
        "notes": [of("o", hs_note_body="<b>x</b>", **said)],
        "tasks": [of("p", hs_task_status="COMPLETED", **said)],
        "communications": [of("q", hs_communication_channel_type="WHATS_APP", **said)],
        "campaigns": [
            of("g", hs_name="Spring", hs_start_date="2024-03-01", hs_campaign_status="in_progress")
        ],
        "email_campaigns": [{"id": 7, "name": "Newsletter", "lastUpdatedTime": 1580000000000}],
        "lists": [{"listId": "42", "name": "VIP", "createdAt": "2024-01-01T00:00:00Z"}],
        "memberships-42": [{"recordId": "101", "membershipTimestamp": "2024-01-01T00:00:00Z"}],
        "email_events": [event, leaving],
        "products": [of("5", name="Chair", price="49.95", hs_sku="C-1")],
        "line_items": [
            {
                **of("1", quantity="2", price="5"),
                "associations": {"orders": {"results": [{"id": "7"}]}},
            }
        ],
    }
    for name, found in records.items():
        put(f"hs/{name}.json", page(*found))
    source = Source(name="hs", format="hubspot", path="hs/*", namespace="hub")

    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined, result.message) == ("loaded", 0, None)
    deal = warehouse.execute(
        "select account_ref, owner_ref, amount from raw.opportunity where not is_deleted"
    ).fetchone()
    assert (deal[0], deal[1], float(deal[2])) == ("hub:201", "hub:910901", 1500.0)
    merged = warehouse.execute(
        "select record_key, merged_into_ref from raw.opportunity where is_deleted order by 1"
    ).fetchall()
    assert merged == [("hub:8001", "hub:9001"), ("hub:8002", "hub:9001")]


@QUICK
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "properties", "propertiesWithHistory", "associations", "stages",
                         "results", "recordId", "dealstage", "timestamp", "value", "$history"])
        | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
@example([{"id": "1", "$history": "x", "properties": {"$stages": 1, "dealname": "\ud800\x00"}}])
@example([{"\ud800": "\x00"}, {"dealname": "x"}, "\ud800"])
@example([{"stages": [{"id": ["\ud800"], "displayOrder": {}, "metadata": []}]}])
@example([{"recordId": {}, "recordListMemberships": [{"listId": "\x00"}]}])
def test_any_json_gives_rows_and_reasons(read, tmp_path, value):
    path = tmp_path / "any.json"
    path.write_text(json.dumps(value))
    with suppress(UnreadableFile):
        read("hubspot", path)


@QUICK
@given(st.sampled_from([each.name for each in OBJECTS]), st.data())
def test_any_values_of_any_object_give_rows_and_reasons(read, tmp_path, name, data):
    native = next(each for each in OBJECTS if each.name == name)
    values = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just("2024-01-01")
    fields = [each for each in native.fields if not each.startswith("$")] or ["id"]
    properties = st.dictionaries(st.sampled_from(fields), values)
    changes = st.lists(st.fixed_dictionaries({"value": values, "timestamp": values}), max_size=3)
    records = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "id": values,
                    "properties": properties,
                    "propertiesWithHistory": st.dictionaries(st.sampled_from(fields), changes),
                }
            )
            | properties,
            max_size=4,
        )
    )
    path = tmp_path / "any.json"
    path.write_text(json.dumps(records))
    with suppress(UnreadableFile):
        read("hubspot", path, object=name)


@QUICK
@given(st.binary(max_size=120))
@example(b"")
@example(b"Deal Name,dealname,Deal Name,$file,$attributes\na,b,c,d,e\n")
@example(b"Record ID\n\x00\n")
def test_any_bytes_give_rows_and_reasons(read, tmp_path, content):
    path = tmp_path / "deals.csv"
    path.write_bytes(content)
    with suppress(UnreadableFile):
        read("hubspot", path)
