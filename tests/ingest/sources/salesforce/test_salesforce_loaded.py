"""Salesforce exports, real ones and any: no record is ever lost, and contracts are kept."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from crm_anything import QUICK, VALUES, any_json, survives, unmapped
from hypothesis import example, given
from hypothesis import strategies as st
from salesforce_examples import LEAD, page

from ingest.config import read_config
from ingest.contracts import CONTRACTS
from ingest.loading.load_source import load_source
from ingest.source import Source
from ingest.sources.salesforce.reading import OBJECTS


def test_the_entry_in_the_documentation_works(tmp_path):
    page = Path(__file__).resolve().parents[4] / "docs" / "sources" / "salesforce.md"
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
