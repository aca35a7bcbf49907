"""Zendesk tickets, users and organizations: what becomes of each."""

from __future__ import annotations

import json

import pytest
from zendesk_examples import TICKET, USERS, at, only


def test_a_ticket_is_known_in_the_version_that_it_was_exported_in(parsed):
    ticket = only(parsed({"tickets": [TICKET], "count": 1, "next_page": None}), "ticket")

    assert (ticket["ticket_id"], ticket["status"], ticket["priority"]) == ("35436", "open", "high")
    assert ticket["requester_ref"] == "contact:20978392"
    assert (ticket["assignee_ref"], ticket["organization_ref"]) == ("235323", "509974")
    assert ticket["problem_ref"] == "9873764"
    assert ticket["tags"] == ["enterprise", "other_tag"]
    assert ticket["satisfaction_score"] == "good"
    assert ticket["created_at"] == at("2009-07-20 22:55:29")
    assert ticket["recorded_at"] == at("2011-05-05 10:38:52")
    assert ticket["is_deleted"] is False


def test_what_has_no_column_is_kept_but_for_the_time_of_the_export(parsed):
    kept = json.loads(only(parsed([TICKET]), "ticket")["attributes"])

    assert kept["custom_fields"] == [{"id": 27642, "value": "745"}]
    assert (kept["group_id"], kept["brand_id"]) == ("98738", "7")
    assert "generated_timestamp" not in kept
    assert "url" not in kept


def test_a_status_of_ones_own_has_the_label_that_agents_see(parsed, tmp_path):
    statuses = [{"id": 35436, "status_category": "open", "agent_label": "Responded quickly",
                 "end_user_label": "Urgent processing"}]  # fmt: skip
    ticket = {**TICKET, "custom_status_id": 35436}
    beside = tmp_path / "zendesk" / "custom_statuses.json"
    beside.parent.mkdir()
    beside.write_text(json.dumps({"custom_statuses": statuses}))

    row = only(parsed({"tickets": [ticket]}), "ticket")

    assert row["status"] == "open"
    told = json.loads(row["attributes"])
    assert (told["custom_status"], told["custom_status_id"]) == ("Responded quickly", 35436)
    assert parsed({"custom_statuses": statuses}, "custom_statuses.json").read == 0
    within = parsed({"tickets": [ticket], "custom_statuses": statuses}, "page.json")
    assert json.loads(only(within, "ticket")["attributes"])["custom_status"] == "Responded quickly"


def test_groups_and_brands_lend_their_names(parsed):
    page = {
        "tickets": [TICKET],
        "groups": [{"id": 98738, "name": "Printers"}],
        "brands": [{"id": 7, "name": "Acme"}],
    }
    outcome = parsed(page)

    assert outcome.read == 1
    ticket = only(outcome, "ticket")
    assert (ticket["group_name"], ticket["brand"]) == ("Printers", "Acme")
    assert "group_id" not in json.loads(ticket["attributes"])


@pytest.mark.parametrize("embedded", [True, False])
def test_metrics_stay_with_their_ticket(parsed, embedded):
    metric = {"id": 33, "ticket_id": 35436, "reopens": 2, "replies": 1,
              "solved_at": "2011-05-05T10:00:00Z",
              "reply_time_in_minutes": {"calendar": 2391, "business": 737}}  # fmt: skip
    page = (
        {"tickets": [{**TICKET, "metric_set": metric}]}
        if embedded
        else {"tickets": [TICKET], "metric_sets": [metric]}
    )
    outcome = parsed(page)

    assert outcome.read == 1
    ticket = only(outcome, "ticket")
    assert (ticket["reopened_count"], ticket["solved_at"]) == (2, at("2011-05-05 10:00"))
    waited = ticket["first_replied_at"] - ticket["created_at"]
    assert waited.total_seconds() == 2391 * 60
    assert json.loads(ticket["attributes"])["metric_set"]["reply_time_in_minutes"] == {
        "business": 737, "calendar": 2391,
    }  # fmt: skip


def test_metrics_without_their_ticket_are_rejected_with_the_remedy(parsed):
    outcome = parsed({"ticket_metrics": [{"id": 33, "ticket_id": 4343}]})

    assert outcome.reasons() == {1: "metric_without_ticket"}
    assert "include=metric_sets" in outcome.rejected[0]["reason"]


def test_a_deleted_ticket_is_deleted(parsed):
    ticket = only(parsed({"tickets": [{**TICKET, "status": "deleted"}]}), "ticket")

    assert ticket["is_deleted"] is True
    assert ticket["status"] == "closed"
    assert json.loads(ticket["attributes"])["status"] == "deleted"


def test_users_are_contacts_or_agents(parsed):
    outcome = parsed({"users": USERS})

    contact = only(outcome, "contact")
    assert (contact["contact_id"], contact["first_name"]) == ("20978392", "Johnny End")
    assert (contact["email"], contact["phone"]) == ("johnny@example.com", "+15551234567")
    assert (contact["user_id"], contact["account_ref"]) == ("user_id:sai989sur98w9", "509974")
    assert contact["time_zone"] == "Europe/Copenhagen"
    assert contact["recorded_at"] == at("2011-05-05 10:38:52")
    agents = {row["agent_id"]: row for row in outcome.rows["agent"]}
    assert set(agents) == {"235323", "76872"}
    assert agents["76872"]["is_deleted"] is False
    assert json.loads(agents["76872"]["attributes"])["is_deleted"] is True


@pytest.mark.parametrize("name", ["Caller +1 (234) 601-8567", "Caller 0049 30 123456"])
def test_a_caller_whom_zendesk_named_after_their_number_has_no_name(parsed, name):
    caller = only(parsed({"users": [USERS[0] | {"name": name}]}), "contact")
    assert (caller["first_name"], caller["last_name"]) == (None, None)
    assert caller["phone"] == "+15551234567"

    named = only(parsed({"users": [USERS[0] | {"name": "Caller Smith"}]}), "contact")
    assert (named["first_name"], named["last_name"]) == ("Caller", "Smith")


def test_a_deleted_end_user_is_deleted(parsed):
    assert only(parsed([{**USERS[0], "active": False}]), "contact")["is_deleted"] is True


def test_an_organization_is_an_account(parsed):
    page = {"organizations": [
        {"id": 35436, "name": "One Organization", "domain_names": ["example.com", "test.com"],
         "created_at": "2009-07-20T22:55:29Z", "updated_at": "2011-05-05T10:38:52Z",
         "organization_fields": {"tier": "gold"}},
        {"id": 5, "name": "Gone", "domain_names": [], "deleted_at": "2012-01-01T00:00:00Z"},
    ]}  # fmt: skip
    account, gone = parsed(page).rows["account"]

    assert (account["account_id"], account["domain"]) == ("35436", "example.com")
    assert json.loads(account["attributes"])["domain_names"] == ["test.com"]
    assert account["account_source"] is None, "a help desk brings no customers"
    assert gone["is_deleted"] is True
    assert gone["recorded_at"] == at("2012-01-01")
