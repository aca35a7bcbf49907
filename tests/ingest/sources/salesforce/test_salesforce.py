"""Salesforce leads, people, campaigns and opportunities: what becomes of each."""

# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import json
from datetime import date, datetime

from salesforce_examples import LEAD, page, put


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


def test_further_numbers_of_people_are_identifiers_of_theirs(read, tmp_path):
    contacts = (
        "Id,LastName,AccountId,Phone,HomePhone,OtherPhone,MailingCountry,CreatedDate\n"
        "0031,Paz,0011,,(415) 555-0102,see notes,United States,2024-01-05T10:20:30.000Z\n"
        "0032,Fox,0011,,030 1234567,,,2024-01-05T10:20:30.000Z\n"
    )
    leads = (
        "Id,LastName,Company,Status,Phone,MobilePhone,CountryCode,CreatedDate\n"
        "00Q1,Ito,Acme,Open,+81 3 1234 5678,090-1234-5678,JP,2024-01-05T10:20:30.000Z\n"
    )

    of_contacts = read("salesforce", put(tmp_path, "Contact.csv", contacts))
    of_leads = read("salesforce", put(tmp_path, "Lead.csv", leads))

    found = [*of_contacts.rows["identifier"], *of_leads.rows["identifier"]]
    assert [(row["person_ref"], row["id_type"], row["id_value"]) for row in found] == [
        ("contact:0031", "phone", "+14155550102"),
        ("contact:0032", "phone", "+49301234567"),
        ("lead:00Q1", "phone", "+819012345678"),
    ], "a number is of the person's country, else of the company's"
    assert json.loads(of_contacts.rows["contact"][0]["attributes"])["OtherPhone"] == "see notes"


def test_a_person_account_is_the_contact_beside_it_and_no_company(read, tmp_path):
    accounts = (
        "Id,Name,IsPersonAccount,PersonContactId,FirstName,LastName,PersonEmail,Phone,"
        "PersonMobilePhone,PersonHomePhone,PersonMailingCity,PersonMailingCountry,BillingCity,"
        "BillingState,PersonBirthdate,CreatedDate,SystemModstamp\n"
        "0011,Ana Paz,true,0031,Ana,Paz,ana@home.example,+1 415 555 0101,+1 415 555 0102,"
        "415 555 0103,Oslo,United States,Bergen,X,1980-02-03,"
        "2024-01-05T10:20:30.000Z,2024-02-05T10:20:30.000Z\n"
        "0012,Acme,false,,,,,,,,,,Berlin,,,2024-01-05T10:20:30.000Z,2024-01-05T10:20:30.000Z\n"
        "0013,Bo Fox,1,,Bo,Fox,,,,,,,,,,2024-01-05T10:20:30.000Z,2024-01-05T10:20:30.000Z\n"
    )
    contacts = (
        "Id,AccountId,IsPersonAccount,FirstName,LastName,ReportsToId\n0031,0011,true,Ana,Paz,\n"
    )

    outcome = read("salesforce", put(tmp_path, "Account.csv", accounts))
    (beside,) = read("salesforce", put(tmp_path, "Contact.csv", contacts)).rows["contact"]

    assert [(row["account_id"], row["name"]) for row in outcome.rows["account"]] == [
        ("0012", "Acme")
    ]
    (person,) = outcome.rows["contact"]
    assert (person["contact_id"], person["account_ref"]) == ("0031", "0011")
    assert (person["email"], person["mobile"]) == ("ana@home.example", "+1 415 555 0102")
    assert (person["city"], person["state"]) == ("Oslo", None), "no parts of two addresses"
    assert (person["country_code"], person["birth_date"]) == ("US", date(1980, 2, 3))
    assert person["is_person_account"] == beside["is_person_account"] == "true"
    assert beside["contact_id"] == person["contact_id"]
    assert [(r["person_ref"], r["id_value"]) for r in outcome.rows["identifier"]] == [
        ("contact:0031", "+14155550103")
    ]
    assert outcome.reasons() == {3: "missing_id"}


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


def test_a_colleague_who_left_keeps_a_last_day(read, tmp_path):
    text = (
        "Id,Username,IsActive,SystemModstamp\n"
        "0051,a@n,true,2024-01-01T10:00:00.000Z\n"
        "0052,b@n,false,2024-02-01T10:00:00.000Z\n"
    )

    rows = read("salesforce", put(tmp_path, "User.csv", text)).rows["agent"]

    assert [r["active_to"] for r in rows] == [None, date(2024, 2, 1)]


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
