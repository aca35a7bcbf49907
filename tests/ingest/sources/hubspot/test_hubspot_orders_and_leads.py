"""HubSpot orders with their lines, carts, and leads, the object."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hubspot_records import of, page, put

from ingest.parsed import UnreadableFile
from ingest.sources.hubspot.leads import CATEGORIES, STAGES

at = datetime.fromisoformat

ORDER = {
    **of(
        "54805205097",
        hs_order_name="#3653",
        hs_currency_code="USD",
        hs_source_store="shop.example",
        hs_external_order_id="5550001",
        hs_external_created_date="2026-03-01T10:00:00Z",
        hs_processed_date="2026-03-01T10:01:00Z",
        hs_subtotal_price="1168.55",
        hs_order_discount="218.34",
        hs_tax="81.82",
        hs_shipping_cost="0.00",
        hs_total_price="1250.37",
        hs_discount_codes="SPRING",
        hs_fulfillment_status="Unfulfilled",
        hs_pipeline="14a2e10e-5471-408a-906e-c51f3b04369e",
        hs_pipeline_stage="aa99e8d0-c1d5-4071-b915-d240bbb1aed9",
        hs_refund_amount="0.00",
        hs_shipping_address_country="United States",
        hs_createdate="2026-03-01T10:05:00Z",
        hs_lastmodifieddate="2026-03-03T08:00:00Z",
    ),
    "associations": {
        "contacts": {"results": [{"id": "101", "type": "order_to_contact"}]},
        "companies": {"results": [{"id": "201", "type": "order_to_company"}]},
        "deals": {"results": [{"id": "9001", "type": "order_to_deal"}]},
    },
}


def changed(**properties: str | None) -> dict[str, Any]:
    return {**ORDER, "properties": {**ORDER["properties"], **properties}}


@pytest.mark.parametrize("name", ["orders.json", "page-1.json"])
def test_an_order_is_one_by_its_name_and_by_its_fields(read, tmp_path, name):
    outcome = read("hubspot", put(tmp_path, name, page(ORDER)))

    (row,) = outcome.rows["order"]
    attributes = json.loads(row.pop("attributes"))
    assert {name: value for name, value in row.items() if value is not None} == {
        "order_id": "54805205097",
        "customer_ref": "contact:101",
        "account_ref": "201",
        "opportunity_ref": "9001",
        "status": "shipped",
        "placed_at": at("2026-03-01T10:00:00"),
        # the shop's subtotal is what was left after the discount
        "subtotal": "1386.8900",
        "discount": "218.34",
        "shipping": "0.00",
        "tax": "81.82",
        "total": "1250.37",
        "currency": "USD",
        "coupon": "SPRING",
        "affiliation": "shop.example",
        "country_code": "US",
        "refunded_amount": "0.00",
        "recorded_at": at("2026-03-03T08:00:00"),
        "is_deleted": "false",
    } | {name: row[name] for name in row if name.startswith("$") or name == "position"}
    assert attributes["hs_order_name"] == "#3653"
    assert attributes["hs_subtotal_price"] == "1168.55"
    assert list(outcome.rows) == ["order"]
    assert not outcome.rejected


@pytest.mark.parametrize(
    ("said", "subtotal"),
    [
        # before the discount, after it, with the tax in the prices, and without a total to tell by
        ({"hs_subtotal_price": "266", "hs_order_discount": "12", "hs_tax": "0",
          "hs_shipping_cost": "5", "hs_total_price": "259"}, Decimal(266)),
        ({"hs_subtotal_price": "254", "hs_order_discount": "12", "hs_tax": "0",
          "hs_shipping_cost": "5", "hs_total_price": "259"}, Decimal(266)),
        ({"hs_subtotal_price": "119", "hs_order_discount": "0", "hs_tax": "19",
          "hs_shipping_cost": "0", "hs_total_price": "119"}, None),
        ({"hs_total_price": None, "hs_order_discount": None}, Decimal("1168.55")),
        ({"hs_total_price": None}, None),
        ({"hs_subtotal_price": "a lot"}, None),
        ({"hs_subtotal_price": "9" * 40}, None),
    ],
)  # fmt: skip
def test_the_subtotal_of_an_order_is_before_its_discount(read, tmp_path, said, subtotal):
    (row,) = read("hubspot", put(tmp_path, "orders.json", page(changed(**said)))).rows["order"]

    assert (None if row["subtotal"] is None else Decimal(row["subtotal"])) == subtotal


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"hs_external_canceled_date": "2026-03-02T09:00:00Z"}, "cancelled"),
        ({"hs_is_canceled": "true"}, "cancelled"),
        ({"hs_external_order_status": "draft"}, "draft"),
        ({"hs_external_order_status": "Completed"}, "completed"),
        ({"hs_external_order_status": "Booked"}, "shipped"),
        ({"hs_external_order_status": "Booked", "hs_pipeline_stage": "771"}, "booked"),
        ({"hs_pipeline_stage": "4b27b500-f031-4927-9811-68a0b525cbae"}, "placed"),
        ({"hs_pipeline_stage": "3725360f-519b-4b18-a593-494d60a29c9f"}, "completed"),
        ({"hs_pipeline_stage": "3c85a297-e9ce-400b-b42e-9f16853d69d6"}, "cancelled"),
        ({"hs_pipeline_stage": "771"}, "unfulfilled"),
    ],
)
def test_what_became_of_an_order_the_shop_says_first(read, tmp_path, said, status):
    (row,) = read("hubspot", put(tmp_path, "orders.json", page(changed(**said)))).rows["order"]

    assert row["status"] == status
    cancelled_at = said.get("hs_external_canceled_date")
    assert row["cancelled_at"] == (cancelled_at and at("2026-03-02T09:00:00"))


def test_who_ordered_is_the_contact_else_the_address_of_the_bill(read, tmp_path):
    alone = {**changed(hs_billing_address_email="eva@x.example"), "associations": {}}

    (row,) = read("hubspot", put(tmp_path, "orders.json", page(alone))).rows["order"]

    assert (row["customer_ref"], row["account_ref"]) == ("email:eva@x.example", None)


def test_orders_of_an_export_have_their_labels(read, tmp_path):
    text = (
        "Record ID,Order Name,Order Status,Total Price,Currency Code,Create Date,"
        "Associated Contact IDs,Order owner\n"
        "54,#1,Shipped,12.50,EUR,2026-03-01 10:00,101;102,Rita Rep\n"
    )

    (row,) = read("hubspot", put(tmp_path, "export.csv", text)).rows["order"]

    assert (row["order_id"], row["status"], row["total"], row["currency"]) == (
        "54",
        "shipped",
        "12.50",
        "EUR",
    )
    assert row["customer_ref"] == "contact:101"
    assert row["placed_at"] == at("2026-03-01T09:00:00"), "in the account's own time zone"


def test_carts_have_no_place(read, tmp_path):
    with pytest.raises(UnreadableFile, match="a cart of HubSpot's does not say"):
        read("hubspot", put(tmp_path, "carts.json", page(of("1", hs_cart_name="Cart"))))


LEAD = {
    **of(
        "394",
        hs_lead_name="Jane Doe",
        hs_lead_type="NEW BUSINESS",
        hs_lead_label="WARM",
        hs_pipeline="lead-pipeline-id",
        hs_pipeline_stage="connected-stage-id",
        hs_pipeline_stage_category="IN_PROGRESS",
        hs_lead_source="ORGANIC_SEARCH",
        hs_associated_contact_firstname="Jane",
        hs_associated_contact_lastname="Doe",
        hs_associated_contact_email="jane@acme.example",
        hs_associated_company_name="Acme",
        hs_primary_contact_id="101",
        hubspot_owner_id="910901",
        hs_createdate="2026-04-01T10:00:00Z",
        hs_lastmodifieddate="2026-05-01T10:00:00Z",
    ),
    "associations": {"deals": {"results": [{"id": "9001"}]}},
}


def lead_with(**properties: str) -> dict[str, Any]:
    return {**LEAD, "properties": {**LEAD["properties"], **properties}}


# a list of contacts may be called leads: the fields tell
@pytest.mark.parametrize("name", ["leads.json", "page-1.json"])
def test_a_lead_is_its_contact(read, tmp_path, name):
    outcome = read("hubspot", put(tmp_path, name, page(LEAD)))

    (row,) = outcome.rows["lead"]
    assert {
        name: row[name]
        for name in (
            "lead_id", "first_name", "last_name", "email", "company", "status", "rating",
            "lead_source", "owner_ref", "created_at", "recorded_at", "converted_opportunity_ref",
        )
    } == {
        "lead_id": "394",
        "first_name": "Jane",
        "last_name": "Doe",
        "email": "jane@acme.example",
        "company": "Acme",
        "status": "Connected",
        "rating": "warm",
        "lead_source": "organic_search",
        "owner_ref": "910901",
        "created_at": at("2026-04-01T10:00:00"),
        "recorded_at": at("2026-05-01T10:00:00"),
        "converted_opportunity_ref": None,
    }  # fmt: skip
    attributes = json.loads(row["attributes"])
    assert (attributes["hs_lead_name"], attributes["hs_lead_type"]) == ("Jane Doe", "NEW BUSINESS")
    (known,) = outcome.rows["identifier"]
    assert (known["person_ref"], known["id_type"], known["id_value"]) == (
        "lead:394",
        "contact",
        "101",
    )
    assert not outcome.rejected


@pytest.mark.parametrize(
    ("stage", "category", "status", "deal"),
    [
        ("qualified-stage-id", "QUALIFIED", "Qualified", "9001"),
        ("1701461197", "QUALIFIED", "Qualified", "9001"),
        ("1701461197", "In progress", "In progress", None),
        ("unqualified-stage-id", "UNQUALIFIED", "Disqualified", None),
        ("Demo scheduled", "IN_PROGRESS", "Demo scheduled", None),
        ("1701461197", "", "1701461197", None),
    ],
)
def test_a_lead_is_converted_once_it_is_qualified_and_has_a_deal(
    read, tmp_path, stage, category, status, deal
):
    lead = lead_with(hs_pipeline_stage=stage, hs_pipeline_stage_category=category)

    (row,) = read("hubspot", put(tmp_path, "leads.json", page(lead))).rows["lead"]

    assert (row["status"], row["converted_opportunity_ref"]) == (status, deal)


def test_a_stage_of_orders_or_leads_makes_no_ticket(read, tmp_path):
    bare = page(
        of("1", hs_pipeline_stage="new-stage-id", hs_createdate="2026-03-01T10:00:00Z"),
        of("2", hs_pipeline_stage="4b27b500-f031-4927-9811-68a0b525cbae",
           hs_createdate="2026-03-01T10:00:00Z"),
        of("3", hs_pipeline_stage="1", hs_createdate="2026-03-01T10:00:00Z"),
    )  # fmt: skip

    rows = read("hubspot", put(tmp_path, "page-1.json", bare)).rows

    assert [(row["lead_id"], row["status"]) for row in rows["lead"]] == [("1", "New")]
    assert [(row["order_id"], row["status"]) for row in rows["order"]] == [("2", "placed")]
    assert [(row["ticket_id"], row["status"]) for row in rows["ticket"]] == [("3", "new")]


def test_contacts_in_a_file_called_leads_stay_contacts(read, tmp_path):
    text = "Record ID,First Name,Email,Lead Source\n101,Jane,jane@acme.example,Fair\n"

    outcome = read("hubspot", put(tmp_path, "leads.csv", text))

    assert list(outcome.rows) == ["contact"]
    assert json.loads(outcome.rows["contact"][0]["attributes"])["Lead Source"] == "Fair"


def test_leads_of_an_export_name_their_contact(read, tmp_path):
    text = (
        "Record ID,Lead Name,Lead Label,Lead Stage,Lead owner,Create Date,Associated Contact IDs\n"
        "394,Jane Doe,Hot,Connected,Rita Rep,2026-04-01 10:00,101\n"
    )

    outcome = read("hubspot", put(tmp_path, "all-leads.csv", text))

    (row,) = outcome.rows["lead"]
    assert (row["status"], row["rating"], row["owner_ref"]) == ("Connected", "hot", "Rita Rep")
    assert outcome.rows["identifier"][0]["id_value"] == "101"
    assert [agent["name"] for agent in outcome.rows["agent"]] == ["Rita Rep"]


def test_the_warehouse_knows_what_hubspots_own_stages_come_to():
    seed = Path(__file__).parents[4] / "dbt_project" / "seeds" / "lead_status_map.csv"
    with seed.open() as file:
        states = {row["status_key"]: row["lead_state"] for row in csv.DictReader(file)}

    words = [*STAGES.values(), *CATEGORIES.values()]
    assert {word: states.get(word.lower().replace(" ", "")) for word in words} == {
        "New": "open",
        "Attempting": "working",
        "Connected": "working",
        "In progress": "working",
        "Qualified": "qualified",
        "Disqualified": "closed",
    }
