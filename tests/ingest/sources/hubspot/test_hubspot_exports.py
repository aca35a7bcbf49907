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


def test_a_record_id_may_say_of_which_object_it_is(read, tmp_path):
    text = (
        "Record ID - Contact,First Name,Last Name,Email,Record ID - Company,Company name\n"
        "101,Ana,López,ana@acme.example,9,Acme\n"
    )

    outcome = read("hubspot", put(tmp_path, "hubspot-crm-exports-all-contacts.csv", text))

    (row,) = outcome.rows["contact"]
    assert (row["contact_id"], row["account_ref"]) == ("101", "9")


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


@pytest.mark.parametrize(
    ("format_", "header"),
    [
        ("hubspot", "Datensatz-ID,Vorname,Nachname,E-Mail,Erstellungsdatum"),
        ("salesforce", "Kontakt-ID,Vorname,Nachname,E-Mail,Erstellungsdatum"),
    ],
)
def test_titles_in_another_language_are_refused_with_the_remedy(read, tmp_path, format_, header):
    file = put(tmp_path, "Contact.csv", f"{header}\n1,Ana,López,ana@acme.example,2024-07-12\n")

    with pytest.raises(UnreadableFile, match="export the internal names of the fields"):
        read(format_, file)


def test_an_excel_file_is_refused_with_the_remedy(read, tmp_path):
    path = tmp_path / "deals.xlsx"
    path.write_bytes(b"PK\x03\x04rest")

    with pytest.raises(UnreadableFile, match="export CSV"):
        read("hubspot", path)


MERGED = {
    "Record ID,Email,First Name,Merged Contact IDs": "contact",
    "Record ID,Company name,Company owner,Merged Company IDs": "account",
    "Record ID,Deal Name,Deal Stage,Merged Deal IDs": "opportunity",
    "Record ID,Ticket name,Ticket status,Merged Ticket IDs": "ticket",
}


@pytest.mark.parametrize("header", MERGED)
def test_records_that_were_merged_are_named_by_a_column_of_each_object(read, tmp_path, header):
    text = f"{header},Create date\n9,ana@acme.example,B,7;8,2024-01-01 10:00\n"

    rows = read("hubspot", put(tmp_path, "export.csv", text)).rows[MERGED[header]]

    (key,) = (name for name in rows[0] if name == f"{MERGED[header]}_id")
    assert [(row[key], row.get("merged_into_ref")) for row in rows] == [
        ("9", None), ("7", "9"), ("8", "9"),
    ]  # fmt: skip


def test_an_export_may_have_both_dates_of_the_last_change(read, tmp_path):
    text = (
        "Record ID,Email,Lifecycle Stage,Last Modified Date,Object last modified date/time\n"
        "1,ana@acme.example,Lead,2024-01-02 10:00,2024-03-04 10:00\n"
    )

    (row,) = read("hubspot", put(tmp_path, "export.csv", text)).rows["contact"]

    assert row["recorded_at"] == datetime(2024, 3, 4, 9, 0)
    assert row.get("attributes") is None or "Object" not in row["attributes"]


def test_a_parent_and_a_campaign_are_known_by_their_labels(read, tmp_path):
    companies = "Record ID,Company name,Company owner,Parent Company\n1,Acme,Sam,2\n"
    deals = "Record ID,Deal Name,Deal Stage,HubSpot Campaign\n5,A,new,spring\n"

    (company,) = read("hubspot", put(tmp_path, "a.csv", companies)).rows["account"]
    (deal,) = read("hubspot", put(tmp_path, "b.csv", deals)).rows["opportunity"]

    assert (company["parent_ref"], deal["campaign_ref"]) == ("2", "spring")


@pytest.mark.parametrize(
    ("mail", "chat", "first"),
    [
        ("2024-01-01 10:30", "2024-01-01 10:05", datetime(2024, 1, 1, 9, 5)),
        ("2024-01-01 10:30", "", datetime(2024, 1, 1, 9, 30)),
        ("", "2024-01-01 10:05", datetime(2024, 1, 1, 9, 5)),
        ("2024-01-01 10:30", "2024-01-02 10:05", datetime(2024, 1, 1, 9, 30)),
        ("", "", None),
    ],
)
def test_the_first_reply_is_the_earlier_of_mail_and_chat(read, tmp_path, mail, chat, first):
    text = (
        "Ticket ID,Ticket name,Ticket status,Create date,First agent email response date,"
        f"First agent response date\n7,Help,New,2024-01-01 10:00,{mail},{chat}\n"
    )

    (row,) = read("hubspot", put(tmp_path, "export.csv", text)).rows["ticket"]

    assert row.get("first_replied_at") == first


def test_further_addresses_and_numbers_of_a_contact_are_identifiers(read, tmp_path):
    text = (
        "Record ID,Email,Additional email addresses,WhatsApp Phone Number,Country/Region,"
        "Create Date,Lifecycle Stage\n"
        "1,ana@acme.example,ANA@home.example; a.lopez@old.example ;,030 1234567,Germany,"
        "2024-07-12 09:14,Lead\n"
        "2,bob@acme.example,none,ask him,,,Lead\n"
    )

    rows = read("hubspot", put(tmp_path, "export.csv", text)).rows

    found = [(r["person_ref"], r["id_type"], r["id_value"]) for r in rows["identifier"]]
    assert found == [
        ("contact:1", "email", "ana@home.example"),
        ("contact:1", "email", "a.lopez@old.example"),
        ("contact:1", "phone", "+49301234567"),
    ]
    assert {r["first_seen_at"] for r in rows["identifier"]} == {datetime(2024, 7, 12, 7, 14)}
    kept = [json.loads(row["attributes"]) for row in rows["contact"]]
    assert kept[1]["hs_additional_emails"] == "none", "what is no address stays with the contact"
    assert kept[1]["hs_whatsapp_phone_number"] == "ask him"


@pytest.mark.parametrize("label", ["Unsubscribed from all email", "Opted out of all email"])
def test_the_refusal_of_all_mail_is_known_by_its_label_and_by_the_one_it_had(read, tmp_path, label):
    text = f"Record ID,Email,{label},Lifecycle Stage\n1,ana@acme.example,true,Lead\n"

    (row,) = read("hubspot", put(tmp_path, "export.csv", text)).rows["contact"]

    assert row["has_opted_out_of_email"] == "true"


def test_the_columns_of_the_list_of_meetings_are_understood(read, tmp_path):
    text = (
        "Record ID,Meeting name,Activity date,Activity assigned to,Call and meeting type,"
        "Meeting outcome,Meeting location,Start time,End time\n"
        "1,Demo,2024-03-05 10:00,Sam Rep,First Meeting,COMPLETED,Berlin,2024-03-05 10:00,"
        "2024-03-05 10:30\n"
    )

    (row,) = read("hubspot", put(tmp_path, "meetings.csv", text)).rows["interaction"]

    assert (row["subject"], row["agent_ref"]) == ("Demo", "Sam Rep")
    assert row["started_at"] == datetime(2024, 3, 5, 9)
    assert row["ended_at"] == datetime(2024, 3, 5, 9, 30)


def test_a_line_item_has_its_net_price_by_its_label(read, tmp_path):
    text = (
        "Record ID,Name,Quantity,Unit price,Net price,Product ID,Currency,Associated Deal IDs\n"
        "1,Chair,2,50,90,77,EUR,5\n"
    )

    (row,) = read("hubspot", put(tmp_path, "line_items.csv", text)).rows["opportunity_line"]

    assert (row["product_ref"], float(row["amount"])) == ("77", 90)


def test_a_contact_without_an_id_is_refused_once_whatever_else_it_states(read, tmp_path):
    text = (
        "Record ID,Email,Additional email addresses,Lifecycle Stage\n"
        ",ana@acme.example,ana@home.example,Lead\n"
    )

    outcome = read("hubspot", put(tmp_path, "export.csv", text))

    found = [row for rows in outcome.rows.values() for row in rows]
    assert len(found) + len(outcome.rejected) == 1
