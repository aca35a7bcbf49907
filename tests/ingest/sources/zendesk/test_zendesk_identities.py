"""Zendesk's identities: the further addresses and numbers of users."""

from __future__ import annotations

import json

import pytest
from zendesk_examples import IDENTITIES, USERS, at, only

OF_AGENT = {"id": 4, "user_id": 235323, "type": "email", "value": "mariana@home.example"}


def stated(outcome):
    return {
        (row["person_ref"], row["id_type"], row["id_value"]): row["first_seen_at"]
        for row in outcome.rows["identifier"]
    }


EXPECTED = {
    ("contact:20978392", "email", "someone@example.com"): at("2011-07-20 22:55:29"),
    ("contact:20978392", "social", "twitter:didgeridooboy"): at("2012-02-12 14:25:21"),
    ("contact:20978392", "phone", "+1 555-123-4567"): at("2012-02-12 14:25:21"),
}


def test_identities_beside_their_users_identify_the_contact(parsed):
    outcome = parsed({"users": USERS, "identities": IDENTITIES})

    assert (outcome.read, outcome.rejected) == (3, [])
    assert stated(outcome) == EXPECTED
    kept = json.loads(outcome.rows["identifier"][0]["attributes"])
    assert (kept["verified"], kept["deliverable_state"]) == (True, "deliverable")


def test_an_identity_may_come_before_its_user_in_the_page(parsed):
    assert stated(parsed({"identities": IDENTITIES, "users": USERS})) == EXPECTED


def test_identities_of_one_user_alone_need_to_know_who_that_is(parsed):
    listed = {"identities": IDENTITIES, "count": 3, "next_page": None}

    assert parsed(listed).reasons() == dict.fromkeys((1, 2, 3), "unknown_user")
    assert stated(parsed(listed, agents=[235323])) == EXPECTED
    assert stated(parsed([{"users": USERS}, *IDENTITIES])) == EXPECTED


def test_an_agents_further_address_is_no_customers(parsed):
    outcome = parsed({"users": USERS, "identities": [OF_AGENT]})

    assert "identifier" not in outcome.rows
    (agent,) = (row for row in outcome.rows["agent"] if row["agent_id"] == "235323")
    assert json.loads(agent["attributes"])["identities"][0]["value"] == "mariana@home.example"
    assert parsed({"identity": OF_AGENT}, agents=[235323]).reasons() == {1: "identity_of_agent"}


def test_what_several_users_share_identifies_none_of_them(parsed):
    shared = {**IDENTITIES[0], "ownership": "shared"}
    user = {**USERS[0], "shared_phone_number": True, "email": "Someone@example.com"}
    outcome = parsed({"users": [user], "identities": [shared, IDENTITIES[1]]})

    contact = only(outcome, "contact")
    assert (contact["email"], contact["phone"]) == (None, None)
    kept = json.loads(contact["attributes"])
    assert (kept["email"], kept["phone"]) == ("Someone@example.com", "+15551234567")
    assert kept["shared_identities"][0]["value"] == "someone@example.com"
    assert {id_type for _, id_type, _ in stated(outcome)} == {"social"}
    alone = parsed({"identities": [shared]}, agents=[235323])
    assert alone.reasons() == {1: "shared_identity"}


def test_an_identity_without_a_value_is_rejected(parsed):
    empty = {**IDENTITIES[0], "value": None}

    assert parsed({"identities": [empty]}, agents=[]).reasons() == {1: "missing_value"}


@pytest.mark.parametrize("odd", [[7], {"id": 7}, None])
def test_a_user_or_an_identity_with_an_odd_id_costs_no_other(parsed, odd):
    users = [*USERS, {**USERS[0], "id": odd}]
    identities = [*IDENTITIES, {**IDENTITIES[0], "user_id": odd}]

    outcome = parsed({"users": users, "identities": identities})

    assert stated(outcome) == EXPECTED
    assert outcome.rejected
