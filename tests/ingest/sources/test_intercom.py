from __future__ import annotations

import json
from datetime import datetime

import pytest

at = datetime.fromisoformat


@pytest.fixture
def outcome(read, fixtures):
    return read("intercom", fixtures / "intercom" / "conversations.json")


def by_id(outcome):
    return {row["interaction_id"]: row for row in outcome.rows["interaction"]}


def test_the_source_message_is_the_first_turn(outcome):
    message = by_id(outcome)["c1|s1"]

    assert (message["conversation_ref"], message["turn_index"]) == ("c1", 0)
    assert (message["channel"], message["sub_channel"]) == ("chat", "intercom")
    assert message["direction"] == "inbound"
    assert message["body_text"] == "My lamp is broken & dark"
    assert message["customer_ref"] == message["from_ref"] == "email:jane@customer.example"
    assert message["agent_ref"] is None
    assert message["started_at"] == at("2025-06-02 07:40")
    assert message["wait_s"] is None


def test_what_the_conversation_came_to_is_kept_with_its_source_message(outcome):
    kept = json.loads(by_id(outcome)["c1|s1"]["attributes"])["conversation"]

    assert kept["state"] == "closed"
    assert kept["tags"] == ["defect"]
    assert kept["events"][0]["part_type"] == "assignment"
    assert kept["statistics"] == {"time_to_admin_reply": 30}


def test_a_part_without_a_body_is_no_message(outcome):
    assert sorted(by_id(outcome)) == ["c1|p2", "c1|p3", "c1|s1", "c2|s2"]


def test_a_note_stays_between_colleagues(outcome):
    note = by_id(outcome)["c1|p2"]

    assert (note["interaction_type"], note["direction"]) == ("note", "internal")
    assert note["agent_ref"] == "814"
    assert note["to_refs"] == []


def test_an_answer_goes_out_to_the_customer(outcome):
    answer = by_id(outcome)["c1|p3"]

    assert (answer["direction"], answer["turn_index"]) == ("outbound", 2)
    assert answer["customer_ref"] == "email:jane@customer.example"
    assert answer["to_refs"] == ["email:jane@customer.example"]
    assert answer["agent_ref"] == "814"
    assert answer["attachment_count"] == 1
    assert answer["recorded_at"] == at("2025-06-02 07:41:30")


def test_a_machine_is_said_to_be_one(outcome):
    news = by_id(outcome)["c2|s2"]

    assert news["is_automated"] is True
    assert (news["channel"], news["direction"]) == ("email", "outbound")
    assert news["subject"] == "News"
    assert news["customer_ref"] == "contact:u2"


def test_authors_become_contacts_and_agents_known_since_they_wrote(outcome):
    (contact,) = outcome.rows["contact"]

    assert contact["contact_id"] == "u1"
    assert (contact["first_name"], contact["last_name"]) == ("Jane", "van Dyk")
    assert contact["email"] == "jane@customer.example"
    assert contact["recorded_at"] == at("2025-06-02 07:40")
    assert {agent["agent_id"] for agent in outcome.rows["agent"]} == {"814"}


def test_a_rating_is_a_survey_response(outcome):
    rated, unanswered = outcome.rows["survey_response"]

    assert (rated["survey_type"], rated["score"], rated["scale_max"]) == ("CSAT", 5, 5)
    assert rated["comment"] == "quick!"
    assert rated["person_ref"] == "contact:u1"
    assert rated["agent_ref"] == "814"
    assert rated["responded_at"] == at("2025-06-02 08:13:20")
    assert (unanswered["score"], unanswered["responded_at"]) == (None, None)


def test_what_is_no_conversation_is_rejected(outcome):
    reasons = [(reject["position"], reject["reason_code"]) for reject in outcome.rejected]

    assert reasons == [
        (1, "missing_date"),
        (3, "no_message"),
        (4, "missing_id"),
        (5, "not_an_object"),
    ]


def test_one_conversation_a_line_gives_the_same(outcome, read, fixtures, tmp_path):
    page = json.loads((fixtures / "intercom" / "conversations.json").read_text())
    lines = [json.dumps(conversation) for conversation in page["conversations"]]
    (tmp_path / "c.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "unnamed").write_text("\n".join(lines) + "\n")

    for name in ("c.jsonl", "unnamed"):
        again = read("intercom", tmp_path / name)
        assert again.rows == outcome.rows
        assert again.reasons() == outcome.reasons()


def test_epochs_beyond_the_calendar_are_no_times(read, tmp_path):
    conversation = {"id": "c", "source": {"id": "s", "body": "x", "author": {"type": "user"}}}
    epochs = [1e300, -1e18, True, "x", None, 99999999999999]
    (tmp_path / "c.json").write_text(
        json.dumps([{**conversation, "created_at": epoch} for epoch in epochs])
    )

    outcome = read("intercom", tmp_path / "c.json")

    assert set(outcome.reasons().values()) == {"missing_date"}


@pytest.mark.parametrize("name", ["admins", "teammates"])
def test_the_teammates_of_a_conversation_are_kept_by_id(read, tmp_path, name):
    members = [{"type": "admin", "id": "814", "name": "Anna"}, {"type": "admin", "id": 815}]
    conversation = {
        "id": "c9", "created_at": 1748850000, "teammates": {"type": "admin.list", name: members},
        "source": {"id": "s9", "body": "Hello", "author": {"type": "user", "id": "u1"}},
    }  # fmt: skip
    path = tmp_path / "conversation.json"
    path.write_text(json.dumps(conversation))

    (message,) = read("intercom", path).rows["interaction"]

    assert json.loads(message["attributes"])["conversation"]["teammate_ids"] == ["814", "815"]
    assert "Anna" not in message["attributes"]


def conversation(*parts, **more):
    return {
        "type": "conversation", "id": "c9", "created_at": 1748850000,
        "source": {"id": "s9", "body": "Hello", "author": {"type": "user", "id": "u1"}},
        "conversation_parts": {"conversation_parts": list(parts)}, **more,
    }  # fmt: skip


def part(part_id, author, **more):
    return {"id": part_id, "part_type": "comment", "body": "x", "created_at": 1748850060,
            "author": author, **more}  # fmt: skip


@pytest.fixture
def parsed(read, tmp_path):
    def parse(*records):
        path = tmp_path / "page.json"
        path.write_text(json.dumps({"data": records}))
        return read("intercom", path)

    return parse


def test_a_note_that_reopens_a_conversation_stays_between_colleagues(parsed):
    admin = {"type": "admin", "id": "814"}
    note = by_id(parsed(conversation(part("p1", admin, part_type="note_and_reopen"))))["c9|p1"]

    assert (note["interaction_type"], note["direction"], note["to_refs"]) == (
        "note",
        "internal",
        [],
    )


@pytest.mark.parametrize(
    "author",
    [
        {"type": "admin", "id": "274", "name": "Operator", "email": "operator+ab12@intercom.io"},
        {"type": "admin", "id": "9", "name": "Fin", "from_ai_agent": True},
        {"type": "operator", "id": "9"},
    ],
)
def test_what_a_machine_writes_as_a_colleague_is_no_colleagues(parsed, author):
    outcome = parsed(conversation(part("p1", author)))
    answer = by_id(outcome)["c9|p1"]

    assert (answer["direction"], answer["is_automated"]) == ("outbound", True)
    assert answer["agent_ref"] is None
    assert "agent" not in outcome.rows


@pytest.mark.parametrize(
    ("began", "is_automated"),
    [
        ("admin_initiated", False),
        ("automated", True),
        ("campaigns_initiated", True),
        ("operator_initiated", True),
    ],
)
def test_what_is_sent_by_a_rule_in_a_colleagues_name_is_no_colleagues(parsed, began, is_automated):
    sent = conversation(part("p1", {"type": "admin", "id": "814"}))
    sent["source"] |= {"author": {"type": "admin", "id": "814"}, "delivered_as": began}

    outcome = by_id(parsed(sent))

    assert outcome["c9|s9"]["is_automated"] is is_automated
    assert outcome["c9|s9"]["agent_ref"] == (None if is_automated else "814")
    assert outcome["c9|p1"]["agent_ref"] == "814"


def test_our_own_ids_of_the_people_of_a_conversation_are_kept(parsed):
    contacts = {"contacts": [{"type": "contact", "id": "u1", "external_id": "17"},
                             {"type": "contact", "id": "u2", "external_id": None},
                             {"type": "contact", "id": "u3", "external_id": 18}]}  # fmt: skip
    rating = {"created_at": 1748850000, "contact": {"id": "u1", "external_id": "17"}}
    stated = parsed(conversation(contacts=contacts, conversation_rating=rating)).rows["identifier"]

    assert [(row["person_ref"], row["id_type"], row["id_value"]) for row in stated] == [
        ("contact:u1", "user_id", "17"), ("contact:u3", "user_id", "18"),
    ]  # fmt: skip


CONTACT = {
    "type": "contact", "id": "u1", "external_id": "17", "role": "lead", "name": "Jane van Dyk",
    "email": "jane@customer.example", "phone": "0170 1234567", "formatted_phone": "+491701234567",
    "owner_id": 814, "has_hard_bounced": False, "marked_email_as_spam": True,
    "unsubscribed_from_emails": True, "created_at": 1748840000, "updated_at": 1748850000,
    "last_seen_at": 1748849000, "language_override": "de", "tags": {"data": [{"id": "t1"}]},
    "location": {"city": "Kiel", "region": "SH", "country": "Germany", "country_code": "DEU"},
    "custom_attributes": {"plan": "gold"},
}  # fmt: skip


def test_a_contact_is_a_person_with_what_intercom_knows(parsed):
    (contact,) = parsed(CONTACT).rows["contact"]

    assert (contact["contact_id"], contact["user_id"]) == ("u1", "user_id:17")
    assert (contact["first_name"], contact["last_name"]) == ("Jane", "van Dyk")
    assert (contact["email"], contact["phone"]) == ("jane@customer.example", "+491701234567")
    # the loader makes DE of it, as of every country
    assert (contact["owner_ref"], contact["city"]) == ("814", "Kiel")
    assert contact["country_code"] == "DEU"
    assert contact["has_opted_out_of_email"] is True
    assert contact["created_at"] == at("2025-06-02 04:53:20")
    assert contact["recorded_at"] == at("2025-06-02 07:40")
    kept = json.loads(contact["attributes"])
    assert (kept["role"], kept["marked_email_as_spam"], kept["tags"]) == ("lead", True, ["t1"])
    assert kept["custom_attributes"] == {"plan": "gold"}


def test_who_unsubscribed_refuses_mail_until_they_subscribe(parsed):
    again = CONTACT | {"unsubscribed_from_emails": False, "updated_at": 1748860000}
    refused, taken_back = {}, {}
    for row in parsed(CONTACT, again, CONTACT | {"unsubscribed_from_emails": None}).rows["consent"]:
        (taken_back if row["is_deleted"] else refused)[row["consent_id"]] = row

    assert {row["purpose"] for row in refused.values()} == {"marketing", "sales"}
    for row in refused.values():
        assert (row["person_ref"], row["channel"]) == ("contact:u1", "email")
        assert (row["status"], row["captured_at"]) == ("withdrawn", at("2025-06-02 07:40"))
    assert set(refused) == set(taken_back)
    assert {row["recorded_at"] for row in taken_back.values()} == {at("2025-06-02 10:26:40")}


def test_who_stopped_sms_refuses_sms_and_who_was_never_asked_does_not(parsed):
    contact = {"type": "contact", "id": "u1", "updated_at": 1748850000, "sms_consent": False}

    rows = parsed(contact | {"unsubscribed_from_sms": True}).rows["consent"]

    assert [(row["purpose"], row["channel"], row["status"]) for row in rows] == [
        ("marketing", "sms", "withdrawn"), ("sales", "sms", "withdrawn"),
    ]  # fmt: skip
    assert "consent" not in parsed(contact).rows
    again = parsed(contact | {"unsubscribed_from_sms": False}).rows["consent"]
    assert [(row["consent_id"], row["is_deleted"]) for row in again] == [
        (row["consent_id"], True) for row in rows
    ]


def test_what_intercom_has_beside_conversations_is_rejected_as_what_it_is(parsed):
    (reject,) = parsed({"type": "company", "id": "c1", "name": "Acme"}).rejected

    assert (reject["reason_code"], reject["reason"]) == (
        "not_a_conversation", "company c1 is no conversation, ticket or contact",
    )  # fmt: skip


def test_types_of_subscriptions_that_somebody_left_are_refusals_of_those(parsed):
    left = {"type": "list", "data": [{"type": "subscription", "id": "154"}, {"id": 155}]}
    contact = {"type": "contact", "id": "u1", "updated_at": 1748850000}

    rows = parsed(contact | {"opted_out_subscription_types": left}).rows["consent"]

    assert [(row["purpose"], row["channel"], row["status"]) for row in rows] == [
        ("subscription_type:154", None, "withdrawn"),
        ("subscription_type:155", None, "withdrawn"),
    ]
    assert {row["captured_at"] for row in rows} == {at("2025-06-02 07:40")}
    assert "consent" not in parsed(contact | {"opted_out_subscription_types": {"data": []}}).rows


def test_an_archived_contact_is_gone_and_refuses_what_it_refused(parsed):
    outcome = parsed({"type": "contact", "id": "u1", "archived": True}, {"type": "contact"})

    assert [row["is_deleted"] for row in outcome.rows["contact"]] == [True]
    assert "consent" not in outcome.rows
    assert outcome.reasons() == {2: "missing_id"}


TICKET = {
    "type": "ticket", "id": "9", "ticket_id": "1390", "category": "Customer",
    "ticket_attributes": {"_default_title_": "Lamp is dark", "_default_description_": "since May"},
    "ticket_state": "resolved", "ticket_type": {"type": "ticket_type", "id": "2", "name": "Defect"},
    "contacts": {"contacts": [{"type": "contact", "id": "u1"}, {"type": "contact", "id": "u2"}]},
    "admin_assignee_id": "814", "team_assignee_id": "0", "open": False,
    "created_at": 1748850000, "updated_at": 1748853600,
}  # fmt: skip
ANNA = {"type": "admin", "id": "814", "name": "Anna", "email": "anna@nordlicht.example"}


def ticket_part(part_id, author=ANNA, **more):
    return {"type": "ticket_part", "id": part_id, "created_at": 1748850060, "author": author,
            "ticket_state": "in_progress", **more}  # fmt: skip


def test_a_ticket_has_the_state_of_its_category(parsed):
    (ticket,) = parsed(TICKET).rows["ticket"]

    assert (ticket["ticket_id"], ticket["status"], ticket["type"]) == ("9", "solved", "Defect")
    assert (ticket["requester_ref"], ticket["assignee_ref"]) == ("contact:u1", "814")
    assert (ticket["subject"], ticket["group_name"]) == ("Lamp is dark", None)
    assert ticket["recorded_at"] == at("2025-06-02 08:40")
    kept = json.loads(ticket["attributes"])
    assert kept["ticket_attributes"]["_default_description_"] == "since May"
    assert kept["contact_ids"] == ["u2"]


def test_the_state_of_a_ticket_may_be_an_object_and_a_tracker_is_nobodys(parsed):
    state = {"type": "ticket_state", "category": "waiting_on_customer", "internal_label": "Wait"}
    (ticket,) = parsed(TICKET | {"ticket_state": state, "category": "Tracker"}).rows["ticket"]

    assert (ticket["status"], ticket["requester_ref"]) == ("pending", None)
    assert json.loads(ticket["attributes"])["state"]["internal_label"] == "Wait"


def test_parts_of_a_ticket_are_its_history_and_texts_come_with_the_conversation(parsed):
    jane = {"type": "user", "id": "u1", "email": "jane@customer.example"}
    bot = {"type": "bot", "id": "1", "name": "Fin"}
    parts = [
        ticket_part("1", bot, previous_ticket_state="submitted"),
        ticket_part("2", previous_ticket_state="in_progress"),
        ticket_part("3", body="<p>yours</p>", assigned_to={"type": "admin", "id": "815"},
                    part_type="note"),
        ticket_part("4", jane, body="<p>Thanks</p>", part_type="comment"),
        ticket_part("5", assigned_to={"type": "team", "id": "77"}),
    ]  # fmt: skip
    outcome = parsed(TICKET | {"ticket_parts": {"ticket_parts": parts}})
    events = outcome.rows["ticket_event"]

    assert [(row["ticket_event_id"], row["value"], row["actor_type"]) for row in events] == [
        ("9|created", None, None),
        ("9|1|status", "open", "system"),
        ("9|3|assignee", "815", "agent"),
        ("9|3|comment", None, "agent"),
        ("9|4|comment", None, "requester"),
        ("9|5|group", "77", "agent"),
    ]
    assert [row["is_public"] for row in events if row["event_type"] == "comment"] == [False, True]
    assert events[1]["previous_value"] == "new"
    assert events[4]["actor_ref"] == "email:jane@customer.example"
    assert {row["agent_id"] for row in outcome.rows["agent"]} == {"814"}
    assert "interaction" not in outcome.rows


def test_messages_of_a_conversation_belong_to_the_ticket_that_it_has_become(parsed):
    outcome = parsed(conversation(part("p1", ANNA), ticket={"type": "ticket", "id": "c9"}))

    assert {row["ticket_ref"] for row in outcome.rows["interaction"]} == {"c9"}


def test_what_came_before_the_parts_that_intercom_gives_is_said(parsed):
    parts = [part(f"p{n}", ANNA) for n in range(500)]
    whole = by_id(parsed(conversation(*parts)))
    counted = {"count_conversation_parts": 512}
    cut = by_id(parsed(conversation(*parts, statistics=counted)))

    assert json.loads(cut["c9|s9"]["attributes"])["conversation"]["missing_parts"] == 12
    assert "missing_parts" not in whole["c9|s9"]["attributes"]
    assert (cut["c9|s9"]["turn_index"], cut["c9|p499"]["turn_index"]) == (0, None)
    assert whole["c9|p499"]["turn_index"] == 500


def test_a_conversation_of_the_first_version_of_the_api_has_its_first_message_and_people(parsed):
    conversation = {
        "type": "conversation", "id": "147", "created_at": 1400850973,
        "conversation_message": {
            "type": "conversation_message", "id": "m", "subject": "",
            "body": "<p>Hi Alice, any questions?</p>", "author": {"type": "admin", "id": "25"},
        },
        "user": {
            "type": "user", "id": "536e", "user_id": "u-7", "name": "Alice Berg",
            "email": "alice@customer.example",
        },
        "customers": [{"type": "user", "id": "536e"}],
        "assignee": {"type": "admin", "id": "25", "name": "Jane"},
        "conversation_parts": {"conversation_parts": [{
            "id": "p", "part_type": "comment", "body": "<p>Yes</p>", "created_at": 1400857494,
            "author": {"type": "user", "id": "536e"},
        }]},
    }  # fmt: skip

    outcome = parsed(conversation)

    first, answer = outcome.rows["interaction"]
    assert (first["interaction_id"], first["direction"]) == ("147|m", "outbound")
    assert first["started_at"] == at("2014-05-23 13:16:13")
    assert (first["agent_ref"], first["body_text"]) == ("25", "Hi Alice, any questions?")
    assert first["customer_ref"] == answer["from_ref"] == "email:alice@customer.example"
    assert (answer["direction"], answer["turn_index"]) == ("inbound", 1)
    assert outcome.rows["contact"][0]["user_id"] == "user_id:u-7"
    assert outcome.rows["contact"][0]["last_name"] == "Berg"
    assert outcome.rows["agent"][0]["name"] == "Jane"
    assert {row["id_value"] for row in outcome.rows["identifier"]} == {"u-7"}
