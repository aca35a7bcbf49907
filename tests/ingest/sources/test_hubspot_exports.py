"""What HubSpot exports as CSV: its labels, its internal names, and what is refused."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import csv
import json
from datetime import datetime

import pytest
from hubspot_records import put

from ingest.parsed import UnreadableFile


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


@pytest.mark.parametrize(
    ("first", "entity", "column"),
    [
        ("Deal Name,Deal Stage", "opportunity", "account_ref"),
        ("First Name,Last Name", "contact", "account_ref"),
        ("Ticket name,Ticket status", "ticket", "organization_ref"),
    ],
)
def test_of_several_companies_the_primary_one_counts(read, tmp_path, first, entity, column):
    text = (
        f"Record ID,{first},Create Date,Associated Company IDs,Associated Company,"
        "Associated Company IDs (Primary)\n"
        "1,A,B,2024-01-01 10:00,202;201,Bolt;Acme,201\n"
    )

    (row,) = read("hubspot", put(tmp_path, "export.csv", text)).rows[entity]

    assert row[column] == "201"


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


def test_an_excel_file_is_refused_with_the_remedy(read, tmp_path):
    path = tmp_path / "deals.xlsx"
    path.write_bytes(b"PK\x03\x04rest")

    with pytest.raises(UnreadableFile, match="export CSV"):
        read("hubspot", path)
