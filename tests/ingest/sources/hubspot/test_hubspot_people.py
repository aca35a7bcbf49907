"""HubSpot exports: contacts, companies, owners and lists."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hubspot_records import of, page, put


def test_the_history_of_the_lifecycle_stage_is_kept_with_the_contact(read, tmp_path):
    contact = of("1", firstname="Ana", lifecyclestage="lead")
    contact["propertiesWithHistory"] = {
        "lifecyclestage": [{"value": "lead", "timestamp": "2024-01-01T00:00:00Z"}]
    }

    (row,) = read("hubspot", put(tmp_path, "contacts.json", page(contact))).rows["contact"]

    assert json.loads(row["attributes"])["lifecyclestage_history"] == [
        {"timestamp": "2024-01-01T00:00:00Z", "value": "lead"}
    ]


def test_an_archived_record_is_deleted_since_it_was_archived(read, tmp_path):
    contact = of("1", firstname="Ana", lastmodifieddate="2024-01-01T00:00:00Z")
    contact |= {"archived": True, "archivedAt": "2024-05-01T00:00:00Z"}

    (row,) = read("hubspot", put(tmp_path, "contacts.json", page(contact))).rows["contact"]

    assert (row["is_deleted"], row["recorded_at"]) == ("true", datetime(2024, 5, 1))


def test_a_company_without_name_goes_by_its_domain(read, tmp_path):
    company = of("201", domain="acme.example", numberofemployees="12", country="France")

    (row,) = read("hubspot", put(tmp_path, "companies.json", page(company))).rows["account"]

    assert (row["name"], row["domain"], row["number_of_employees"]) == (
        "acme.example",
        "acme.example",
        "12",
    )


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


def test_an_owner_who_left_stays_a_colleague_with_a_last_day(read, tmp_path):
    owner = {
        "id": "7",
        "userId": None,
        "firstName": "Olaf",
        "updatedAt": "2024-02-01T10:00:00.000Z",
        "archived": True,
    }

    (row,) = read("hubspot", put(tmp_path, "owners.json", page(owner))).rows["agent"]

    assert not row.get("is_deleted")
    assert str(row["active_to"]) == "2024-02-01"


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


@pytest.mark.parametrize(
    ("word", "group"),
    [
        ("ORGANIC_SEARCH", "organic_search"),
        ("Organic Search", "organic_search"),
        ("EMAIL_MARKETING", "email"),
        ("Direct Traffic", "direct"),
        ("OFFLINE", "offline"),
    ],
)
def test_where_somebody_came_from_is_said_in_the_words_of_visits(read, tmp_path, word, group):
    person = of("1", email="a@b.example", hs_analytics_source=word)
    company = of("2", name="Acme", hs_analytics_source=word)
    deal = of("3", dealname="A", dealstage="x", hs_analytics_source=word)
    (contact,) = read("hubspot", put(tmp_path, "contacts.json", page(person))).rows["contact"]
    (account,) = read("hubspot", put(tmp_path, "companies.json", page(company))).rows["account"]
    (sale,) = read("hubspot", put(tmp_path, "deals.json", page(deal))).rows["opportunity"]

    found = contact["lead_source"], account["account_source"], sale["lead_source"]

    assert found == (group, group, group)
    assert json.loads(contact["attributes"])["hs_analytics_source"] == word


def test_a_refusal_of_a_type_of_subscription_is_a_consent_since_the_history_dates_it(
    read, tmp_path
):
    contact = of("1", firstname="Ana", hs_email_optout_17312015="true", hs_email_optout="false")
    contact["propertiesWithHistory"] = {
        "hs_email_optout_17312015": [
            {"value": "true", "timestamp": "2024-05-03T00:00:00Z"},
            {"value": "false", "timestamp": "2024-05-02T00:00:00Z"},
            {"value": "true", "timestamp": "2024-05-01T06:00:00Z"},
            {"value": "true", "timestamp": "2024-05-01T00:00:00Z"},
        ],
        "hs_email_optout_99": [
            {"value": "false", "timestamp": "2024-05-01T00:00:00Z"},
            {"value": "", "timestamp": "2024-04-01T00:00:00Z"},
        ],
        "hs_email_optout": [{"value": "true", "timestamp": "2024-05-01T00:00:00Z"}],
    }

    rows = read("hubspot", put(tmp_path, "contacts.json", page(contact))).rows

    assert [(r["status"], str(r["captured_at"])[:10]) for r in rows["consent"]] == [
        ("withdrawn", "2024-05-01"),
        ("granted", "2024-05-02"),
        ("withdrawn", "2024-05-03"),
    ]
    assert {(r["person_ref"], r["purpose"], r["channel"]) for r in rows["consent"]} == {
        ("contact:1", "subscription_type:17312015", "email")
    }
    assert len({r["consent_id"] for r in rows["consent"]}) == 3


def test_a_refusal_without_a_date_stays_with_the_contact(read, tmp_path):
    contact = of("1", firstname="Ana", hs_email_optout_17312015="true")

    rows = read("hubspot", put(tmp_path, "contacts.json", page(contact))).rows

    assert rows.get("consent", []) == []
    assert json.loads(rows["contact"][0]["attributes"])["hs_email_optout_17312015"] == "true"


def test_a_refusal_without_a_history_stands_since_the_version_that_has_it(read, tmp_path):
    changed = "2024-05-01T00:00:00Z"
    contacts = (
        of("1", firstname="Ana", hs_email_optout_7="true", lastmodifieddate=changed),
        of("2", firstname="Ben", hs_email_optout_7="false", lastmodifieddate=changed),
        of("3", firstname="Cem", hs_email_optout_7="true", lastmodifieddate="2024-05-02T00:00:00Z"),
    )
    contacts[2]["propertiesWithHistory"] = {
        "hs_email_optout_7": [{"value": "true", "timestamp": changed}]
    }
    export = (
        "Record ID,First Name,Last Modified Date,Opted out of email: Marketing Information\n"
        "4,Dan,2024-05-01 00:00,Yes\n5,Eva,2024-05-01 00:00,\n"
    )

    rows = read("hubspot", put(tmp_path, "contacts.json", page(*contacts))).rows["consent"]
    exported = read("hubspot", put(tmp_path, "contacts.csv", export)).rows["consent"]

    said = {(r["person_ref"], r["purpose"], str(r["captured_at"]), r["is_deleted"]) for r in rows}
    assert said == {
        ("contact:1", "subscription_type:7", "2024-05-01 00:00:00", False),
        # as with any flag, that somebody does not refuse takes the refusal back and is no yes
        ("contact:2", "subscription_type:7", "2024-05-01 00:00:00", True),
        ("contact:3", "subscription_type:7", "2024-05-01 00:00:00", None),
    }
    assert {r["status"] for r in rows} == {"withdrawn"}
    assert [(r["person_ref"], r["purpose"], r["status"]) for r in exported] == [
        ("contact:4", "subscription_type:Marketing Information", "withdrawn")
    ]


def test_statuses_of_subscriptions_are_consents_since_they_were_set(read, tmp_path):
    def status(kind: int, said: str, at: str | None, channel: str = "EMAIL") -> dict[str, object]:
        return {"subscriptionId": kind, "subscriptionName": "News", "status": said,
                "timestamp": at, "channel": channel, "source": "Self service",
                "subscriberIdString": "ana@b.example"}  # fmt: skip

    at = "2024-05-01T00:00:00Z"
    told = [status(1, "UNSUBSCRIBED", at), status(2, "SUBSCRIBED", at),
            status(3, "NOT_SPECIFIED", None), status(4, "UNSUBSCRIBED", None),
            status(5, "UNSUBSCRIBED", at, "SMS")]  # fmt: skip
    batch = [{"subscriberIdString": "ana@b.example", "statuses": told}]

    single = read("hubspot", put(tmp_path, "ana.json", page(*told)))
    several = read("hubspot", put(tmp_path, "batch.json", page(*batch)))

    for outcome in (single, several):
        rows = outcome.rows["consent"]
        assert [(r["person_ref"], r["purpose"], r["status"]) for r in rows] == [
            ("email:ana@b.example", "subscription_type:1", "withdrawn"),
            ("email:ana@b.example", "subscription_type:2", "granted"),
        ]
        assert {str(r["captured_at"]) for r in rows} == {"2024-05-01 00:00:00"}
        assert json.loads(rows[0]["attributes"])["subscriptionName"] == "News"
    assert single.reasons() == {3: "no_row", 4: "no_row", 5: "no_row"}
