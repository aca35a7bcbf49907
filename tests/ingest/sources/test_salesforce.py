"""Salesforce exports: what becomes of each object, and that no record is ever lost."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from crm_anything import QUICK, VALUES, any_json, survives, unmapped
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.config import read_config
from ingest.contracts import CONTRACTS
from ingest.load_source import load_source
from ingest.parsed import UnreadableFile
from ingest.source import Source
from ingest.sources.salesforce.reading import OBJECTS

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


def test_a_query_page_of_leads_becomes_leads(read, tmp_path):
    outcome = read("salesforce", put(tmp_path, "query.json", page(LEAD)))

    (lead,) = outcome.rows["lead"]
    assert lead["lead_id"] == "00Q5g00000A1AAA"
    assert lead["phone"] == "+49 171 1234567"
    assert lead["country_code"] == "DE"
    assert lead["annual_revenue"] == "1250000.5"
    assert lead["rating"] == "hot"
    assert lead["owner_ref"] == "0055g00000B1AAA"
    assert lead["created_at"] == datetime(2024, 1, 5, 10, 20, 30)
    assert lead["recorded_at"] == datetime(2024, 1, 6, 8)
    assert lead["currency"] == "EUR", "an organisation with one currency has no CurrencyIsoCode"
    rest = json.loads(lead["attributes"])
    assert rest["Region__c"] == "EMEA"
    assert rest["Owner.Name"] == "Rita Rep"
    assert "SystemModstamp" not in rest


def test_a_merged_and_deleted_record_names_its_survivor(read, tmp_path):
    text = (
        '"Id","MasterRecordId","IsDeleted","LastName","SystemModstamp"\n'
        '"0035g00000A1AAA","0035g00000B2AAA","true","Weiß","2024-02-01T00:00:00.000Z"\n'
    )

    (contact,) = read("salesforce", put(tmp_path, "Contact.csv", text)).rows["contact"]

    assert contact["merged_into_ref"] == "0035g00000B2AAA"
    assert contact["is_deleted"] == "true"


def test_upper_case_headers_of_data_loader_are_understood(read, tmp_path):
    text = (
        '"ID","NAME","STAGENAME","AMOUNT","PROBABILITY","CLOSEDATE","CURRENCYISOCODE","ISWON"\n'
        '"0065g00000A1AAA","Big deal","Negotiation/Review","1000.5","90","2024-05-31","USD","0"\n'
    )

    (row,) = read("salesforce", put(tmp_path, "extract.csv", text)).rows["opportunity"]

    assert (row["stage_name"], row["amount"], row["currency"]) == (
        "Negotiation/Review",
        "1000.5",
        "USD",
    )
    assert float(row["probability"]) == 0.9
    assert row["close_date"] == date(2024, 5, 31)


@pytest.mark.parametrize(
    ("name", "options", "entity"),
    [
        ("Account_2024-01-01.csv", {}, "account"),
        ("Account/part-1.csv", {}, "account"),
        ("extract.csv", {"object": "account"}, "account"),
    ],
)
def test_the_object_is_found_by_name_folder_or_option(read, tmp_path, name, options, entity):
    path = put(tmp_path, name, '"Id","Name"\n"x1","Acme"\n')

    assert set(read("salesforce", path, **options).rows) == {entity}


def test_the_ids_say_what_a_file_of_any_name_holds(read, tmp_path):
    path = put(tmp_path, "extract.csv", '"Id","Name"\n"0015g00000A1AAA","Acme"\n')

    assert set(read("salesforce", path).rows) == {"account"}


def test_a_file_of_a_similar_name_is_not_taken_for_the_object(read, tmp_path):
    path = put(tmp_path, "OpportunityTeamMember.csv", '"Id","Role"\n"00q5g00000A1AAA","SE"\n')

    with pytest.raises(UnreadableFile, match=r"options\.object"):
        read("salesforce", path)


def test_the_people_of_an_opportunity_are_kept_with_their_roles(read, tmp_path):
    text = (
        "Id,OpportunityId,ContactId,Role,IsPrimary,IsDeleted,CreatedDate,SystemModstamp\n"
        "00K1,0061,0031,Decision Maker,true,false,2024-01-05T10:00:00Z,2024-01-05T10:00:00Z\n"
        "00K2,0061,0032,,false,true,2024-01-05T10:00:00Z,2024-03-05T10:00:00Z\n"
    )

    outcome = read("salesforce", put(tmp_path, "OpportunityContactRole.csv", text))

    rows = outcome.rows["opportunity_contact"]
    assert [(r["opportunity_ref"], r["contact_ref"], r["role"]) for r in rows] == [
        ("0061", "0031", "Decision Maker"),
        ("0061", "0032", None),
    ]
    assert [(r["is_primary"], r["is_deleted"]) for r in rows] == [
        ("true", "false"),
        ("false", "true"),
    ]


def test_a_mistaken_option_names_the_remedy(read, tmp_path):
    with pytest.raises(UnreadableFile, match="did you mean Lead"):
        read("salesforce", put(tmp_path, "x.json", page(LEAD)), object="Leda")


def test_an_object_without_a_place_is_refused_as_a_whole(read, tmp_path):
    path = put(tmp_path, "Quote.csv", '"Id","QuoteNumber"\n"0Q05g00000A1AAA","1"\n')

    with pytest.raises(UnreadableFile, match="holds Quote"):
        read("salesforce", path)


def test_a_page_of_several_objects_is_sorted_out(read, tmp_path):
    quote = {"attributes": {"type": "Quote"}, "Id": "0Q05g00000A1AAA"}
    nonsense = {"a": 1}

    outcome = read("salesforce", put(tmp_path, "search.json", page(LEAD, quote, nonsense)))

    assert len(outcome.rows["lead"]) == 1
    assert outcome.reasons() == {2: "no_place", 3: "unknown_object"}


def test_saved_states_of_an_opportunity_become_its_changes(read, tmp_path):
    text = (
        "Id,OpportunityId,StageName,Amount,Probability,CloseDate,CreatedDate,CreatedById\n"
        "008B,006A,Won,100,100,2024-01-31,2024-01-05T00:00:00.000Z,005X\n"
        "008A,006A,Prospecting,100,10,2024-01-31,2024-01-01T00:00:00.000Z,005X\n"
        "008C,006A,Won,100,100,2024-01-31,2024-01-06T00:00:00.000Z,005Y\n"
    )

    outcome = read("salesforce", put(tmp_path, "OpportunityHistory.csv", text))

    changes = {
        (r["field"], r["changed_at"].day): (r["old_value"], r["new_value"])
        for r in outcome.rows["opportunity_history"]
    }
    assert changes == {
        ("stage", 1): (None, "Prospecting"),
        ("amount", 1): (None, "100"),
        ("close_date", 1): (None, "2024-01-31"),
        ("probability", 1): (None, "0.1"),
        ("stage", 5): ("Prospecting", "Won"),
        ("probability", 5): ("0.1", "1.0"),
        ("stage", 6): ("Won", "Won"),
    }


def test_two_rows_about_one_new_owner_become_the_one_with_ids(read, tmp_path):
    text = (
        "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate\n"
        "017A,006A,Owner,Jane,Joe,2024-01-01T00:00:00.000Z\n"
        "017B,006A,Owner,005000000000001,005000000000002,2024-01-01T00:00:00.000Z\n"
        "017C,006A,NextStep,call,mail,2024-01-01T00:00:00.000Z\n"
    )

    outcome = read("salesforce", put(tmp_path, "OpportunityFieldHistory.csv", text))

    rows = outcome.rows["opportunity_history"]
    assert {(r["field"], r["old_value"], r["new_value"]) for r in rows} == {
        ("owner", "005000000000001", "005000000000002")
    }
    assert outcome.reasons() == {3: "field_not_kept"}


def test_cases_come_in_the_words_of_tickets(read, tmp_path):
    text = (
        "Id,CaseNumber,Status,IsClosed,Priority,Origin,SuppliedEmail,ContactId,OwnerId,CreatedDate\n"
        "5001,1,New,false,High,Email,a@b.example,,00G1,2024-01-01T00:00:00.000Z\n"
        "5002,2,Erledigt,true,Medium,Phone,,0031,0051,2024-01-01T00:00:00.000Z\n"
        "5003,3,Escalated,false,Critical,Web,,,0051,2024-01-01T00:00:00.000Z\n"
    )

    rows = read("salesforce", put(tmp_path, "Case.csv", text)).rows["ticket"]

    assert [r["status"] for r in rows] == ["new", "closed", "open"]
    assert [r["priority"] for r in rows] == ["high", "normal", "urgent"]
    assert [r["requester_ref"] for r in rows] == ["email:a@b.example", "contact:0031", None]
    assert [r["assignee_ref"] for r in rows] == [None, "0051", "0051"]


def test_a_reopened_case_shows_in_its_events(read, tmp_path):
    text = (
        "Id,CaseId,Field,OldValue,NewValue,CreatedDate,CreatedById\n"
        "017A,5001,Status,Closed,Working,2024-01-03T00:00:00.000Z,0051\n"
        "017B,5001,created,,,2024-01-01T00:00:00.000Z,0051\n"
    )

    rows = read("salesforce", put(tmp_path, "CaseHistory.csv", text)).rows["ticket_event"]

    assert [(r["event_type"], r["previous_value"], r["value"]) for r in rows] == [
        ("status", "closed", "open"),
        ("created", None, None),
    ]


def test_calls_mails_and_todos_are_told_apart(read, tmp_path):
    text = (
        "Id,WhoId,WhatId,TaskSubtype,CallType,CallDurationInSeconds,CreatedDate,Description\n"
        "00T1,00Q1,0061,Call,Inbound,60,2024-01-01T10:00:00.000Z,<p>hello</p>\n"
        "00T2,0031,5001,Email,,,2024-01-01T10:00:00.000Z,\n"
        "00T3,,,Task,,,2024-01-01T10:00:00.000Z,\n"
    )

    rows = read("salesforce", put(tmp_path, "Task.csv", text)).rows["interaction"]

    assert [(r["channel"], r["direction"], r["interaction_type"]) for r in rows] == [
        ("phone", "inbound", "call"),
        ("email", "outbound", "message"),
        ("web", "internal", "task"),
    ]
    assert [r["customer_ref"] for r in rows] == ["lead:00Q1", "contact:0031", None]
    assert (rows[0]["opportunity_ref"], rows[1]["ticket_ref"]) == ("0061", "5001")
    assert rows[0]["body_text"] == "hello"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"IsClosed": False, "Status": "Not Started"}, "task"),
        ({"Status": "In Progress"}, "task"),
        ({"Status": "In Progress", "CallDurationInSeconds": 60}, "call"),
        ({"IsClosed": True, "Status": "Erledigt"}, "call"),
        ({"Status": "Completed"}, "call"),
        ({}, "call"),
    ],
)
def test_a_call_that_is_still_to_be_made_is_a_task(read, tmp_path, said, kind):
    task = {"Id": "00T1", "TaskSubtype": "Call", "CreatedDate": "2024-01-01T10:00:00Z", **said}

    (row,) = read("salesforce", put(tmp_path, "t.json", page(task))).rows["interaction"]

    channel, direction = ("web", "internal") if kind == "task" else ("phone", "outbound")
    assert (row["interaction_type"], row["channel"], row["direction"]) == (kind, channel, direction)


def test_a_draft_is_no_answer(read, tmp_path):
    text = (
        "Id,ParentId,Status,Incoming,FromAddress,ToAddress,MessageDate\n"
        "02s1,5001,5,false,r@nordlicht.example,a@b.example,2024-01-01T10:00:00.000Z\n"
        "02s2,5001,3,false,r@nordlicht.example,a@b.example,2024-01-01T11:00:00.000Z\n"
    )

    rows = read("salesforce", put(tmp_path, "EmailMessage.csv", text)).rows["interaction"]

    assert [(r["interaction_type"], r["direction"]) for r in rows] == [
        ("draft", "internal"),
        ("message", "outbound"),
    ]


def test_flags_may_be_written_as_numbers(read, tmp_path):
    mails = (
        "Id,IsDeleted,Incoming,FromAddress,ToAddress,MessageDate\n"
        "02s1,0,1,a@b.example,x@nordlicht.example,2024-01-01 10:00:00\n"
        "02s2,1,0,x@nordlicht.example,a@b.example,2024-01-01 10:00:00\n"
    )
    cases = "Id,Status,IsClosed,CreatedDate\n5001,Done,1,2024-01-01 10:00:00\n"

    rows = read("salesforce", put(tmp_path, "EmailMessage.csv", mails)).rows["interaction"]
    (case,) = read("salesforce", put(tmp_path, "Case.csv", cases)).rows["ticket"]

    assert [r["direction"] for r in rows] == ["inbound", "outbound"]
    assert case["status"] == "closed"


def test_a_colleague_who_left_keeps_a_last_day(read, tmp_path):
    text = (
        "Id,Username,IsActive,SystemModstamp\n"
        "0051,a@n,true,2024-01-01T10:00:00.000Z\n"
        "0052,b@n,false,2024-02-01T10:00:00.000Z\n"
    )

    rows = read("salesforce", put(tmp_path, "User.csv", text)).rows["agent"]

    assert [r["active_to"] for r in rows] == [None, date(2024, 2, 1)]


def test_an_incoming_mail_is_the_customers(read, tmp_path):
    mail = {
        "attributes": {"type": "EmailMessage"},
        "Id": "02s1",
        "Incoming": True,
        "FromAddress": "a@b.example",
        "ToAddress": "x@nordlicht.example; y@nordlicht.example",
        "ParentId": "5001",
        "HtmlBody": "<p>Hi</p>",
        "MessageDate": "2024-01-01T10:00:00.000+0000",
        "CreatedById": "0051",
    }
    answer = {**mail, "Id": "02s2", "Incoming": False}

    outcome = read("salesforce", put(tmp_path, "m.json", page(mail, answer)))
    row, sent = outcome.rows["interaction"]

    assert (row["direction"], row["customer_ref"]) == ("inbound", "email:a@b.example")
    assert (sent["direction"], sent["agent_ref"], row["agent_ref"]) == ("outbound", "0051", None)
    assert row["to_refs"] == ["email:x@nordlicht.example", "email:y@nordlicht.example"]
    assert (row["body_text"], row["ticket_ref"]) == ("Hi", "5001")


def test_a_campaign_response_is_a_touch_too(read, tmp_path):
    text = (
        "Id,CampaignId,LeadId,Status,HasResponded,FirstRespondedDate\n"
        "00v1,7011,00Q1,Responded,true,2024-03-01\n"
        "00v2,7011,00Q2,Sent,false,\n"
    )

    outcome = read("salesforce", put(tmp_path, "CampaignMember.csv", text))

    assert len(outcome.rows["campaign_member"]) == 2
    (touch,) = outcome.rows["campaign_touch"]
    assert (touch["person_ref"], touch["touch_type"]) == ("lead:00Q1", "response")


def test_the_entry_in_the_documentation_works(tmp_path):
    page = Path(__file__).resolve().parents[3] / "docs" / "sources" / "salesforce.md"
    (tmp_path / "sources.yml").write_text(page.read_text().split("```")[1].removeprefix("yaml"))

    (source,) = read_config(tmp_path / "sources.yml").sources

    assert (source.format, source.options["currency"]) == ("salesforce", "EUR")


REAL = {
    "sf_account_data": "Account",
    "sf_contact_data": "Contact",
    "sf_event_data": "Event",
    "sf_lead_data": "Lead",
    "sf_opportunity_data": "Opportunity",
    "sf_order_data": "Order",
    "sf_product_2_data": "Product2",
    "sf_task_data": "Task",
    "sf_user_data": "User",
}


def api_names(header: list[str]) -> list[str]:
    """Undo what Fivetran does to the names of fields."""
    names = ["".join(word.capitalize() for word in name.split("_")) for name in header]
    return [f"{name[:-1]}__c" if name.endswith("C") else name for name in names]


@pytest.mark.parametrize("name", REAL)
def test_rows_of_the_real_schema_are_read(read, tmp_path, real_data, name):
    with (real_data / "fivetran_seeds" / "salesforce" / f"{name}.csv").open() as file:
        header, *rows = csv.reader(file)
    path = tmp_path / f"{REAL[name]}.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([api_names(header), *rows])

    outcome = read("salesforce", path, object=REAL[name])

    assert outcome.read == len(rows)
    assert outcome.rejected == []
    (found,) = outcome.rows.values()
    key = CONTRACTS[next(iter(outcome.rows))].key[0].name
    assert all(row[key] for row in found)


def test_everything_that_a_contract_requires_is_mapped():
    assert unmapped(OBJECTS) == []


def test_loaded_records_of_every_object_keep_their_contracts(warehouse, landing, put):
    at = "2024-01-01T00:00:00.000Z"
    tables = {
        "Account": f"Id,Name,AnnualRevenue,CreatedDate\n0011,Acme,1000000,{at}\n",
        "Contact": f"Id,LastName,Email,AccountId,CreatedDate\n0031,Weiß,j@a.example,0011,{at}\n",
        "Opportunity": "Id,Name,StageName,CloseDate,Amount,Probability,ForecastCategory,Type\n"
        "0061,A,Won,2024-01-31,5,100,Closed,New Customer\n",
        "OpportunityHistory": "Id,OpportunityId,StageName,Amount,CreatedDate,ForecastCategory\n"
        f"0081,0061,Won,5,{at},Closed\n",
        "OpportunityFieldHistory": "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate\n"
        f"0171,0061,StageName,New,Won,{at}\n",
        "OpportunityStage": "Id,MasterLabel,SortOrder,IsClosed,IsWon,DefaultProbability\n"
        "01J1,Won,9,true,true,100\n",
        "ForecastingQuota": "Id,QuotaOwnerId,StartDate,QuotaAmount\n0J91,0051,2024-01-01,500\n",
        "User": "Id,Name,Email,IsActive\n0051,Rita,rita@nordlicht.example,true\n",
        "Campaign": "Id,Name,Status,StartDate\n7011,Spring,In Progress,2024-03-01\n",
        "CampaignMember": "Id,CampaignId,LeadId,HasResponded,FirstRespondedDate\n"
        "00v1,7011,00Q1,true,2024-03-02\n",
        "Case": f"Id,Status,Priority,CreatedDate\n5001,Working,High,{at}\n",
        "CaseHistory": "Id,CaseId,Field,OldValue,NewValue,CreatedDate,CreatedById\n"
        f"0172,5001,Status,New,Working,{at},0051\n",
        "CaseComment": f"Id,ParentId,CommentBody,IsPublished,CreatedDate\n00a1,5001,Hi,true,{at}\n",
        "Task": f"Id,TaskSubtype,CallDurationInSeconds,CreatedDate\n00T1,Call,60,{at}\n",
        "Event": f"Id,StartDateTime,DurationInMinutes,CreatedDate\n00U1,{at},30,{at}\n",
        "EmailMessage": f"Id,Incoming,FromAddress,MessageDate\n02s1,true,a@b.example,{at}\n",
        "Product2": "Id,Name,ProductCode,Family\n01t1,Chair,C-1,Chairs\n",
        "Order": "Id,AccountId,EffectiveDate,Status,TotalAmount,BillToContactId\n"
        "8011,0011,2024-02-01,Activated,99.90,0031\n",
        "OrderItem": "Id,OrderId,Product2Id,Quantity,UnitPrice\n8021,8011,01t1,2,49.95\n",
    }
    for name, text in tables.items():
        put(f"sf/{name}.csv", text)
    put("sf/query.json", page(LEAD))
    source = Source(name="sf", format="salesforce", path="sf/*", namespace="crm")

    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined, result.message) == ("loaded", 0, None)
    order = warehouse.execute(
        'select customer_ref, account_ref, total, status from raw."order"'
    ).fetchone()
    assert order[0:2] == ("contact:crm:0031", "crm:0011")
    assert (float(order[2]), order[3]) == (99.9, "placed")


@QUICK
@given(any_json("Id", "attributes", "type", "records", "Field", "$attributes", "x"))
@example([{"attributes": {"type": "Lead"}, "Id": ["\ud800"], "Email": {"a": "\x00"}}])
@example([{"attributes": {"type": "OpportunityHistory"}, "$attributes": "x"}])
def test_any_json_gives_rows_and_reasons(read, tmp_path, value):
    survives(read, "salesforce", tmp_path / "any.json", value)


@QUICK
@given(st.sampled_from([each.name for each in OBJECTS]), st.data())
def test_any_values_of_any_object_give_rows_and_reasons(read, tmp_path, name, data):
    native = next(each for each in OBJECTS if each.name == name)
    record = st.dictionaries(st.sampled_from(native.fields or ("Id",)), VALUES)
    records = data.draw(st.lists(record, max_size=4))
    survives(read, "salesforce", tmp_path / "any.json", records, object=name)


@QUICK
@given(st.binary(max_size=120))
@example(b"")
@example(b"\xff\xfe[")
@example(b"Id,Id,$file,$attributes\n0031,0031,a,b\n")
@example(b"Id\n\x00\n")
def test_any_bytes_give_rows_and_reasons(read, tmp_path, content):
    survives(read, "salesforce", tmp_path / "Lead.csv", content)
