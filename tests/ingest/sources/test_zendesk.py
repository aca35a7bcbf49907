from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.load_source import load_source
from ingest.parsed import UnreadableFile
from ingest.source import Company, Source

at = datetime.fromisoformat

# examples as in the reference of the Support API, with ids that fit together
TICKET = {
    "id": 35436,
    "url": "https://company.zendesk.com/api/v2/tickets/35436.json",
    "external_id": "ahg35h3jh",
    "type": "incident",
    "subject": "Help, my printer is on fire!",
    "raw_subject": "{{dc.printer_on_fire}}",
    "description": "The fire is very colorful.",
    "priority": "high",
    "status": "open",
    "recipient": "support@company.com",
    "requester_id": 20978392,
    "submitter_id": 76872,
    "assignee_id": 235323,
    "organization_id": 509974,
    "group_id": 98738,
    "brand_id": 7,
    "problem_id": 9873764,
    "due_at": None,
    "tags": ["enterprise", "other_tag"],
    "via": {"channel": "web"},
    "custom_fields": [{"id": 27642, "value": "745"}],
    "satisfaction_rating": {"id": 1234, "score": "good", "comment": "Great support!"},
    "created_at": "2009-07-20T22:55:29Z",
    "updated_at": "2011-05-05T10:38:52Z",
    "generated_timestamp": 1304592000,
}
USERS = [
    {"id": 20978392, "name": "Johnny End User", "email": "johnny@example.com", "role": "end-user",
     "phone": "+15551234567", "external_id": "sai989sur98w9", "organization_id": 509974,
     "iana_time_zone": "Europe/Copenhagen", "time_zone": "Copenhagen", "locale": "en-US",
     "active": True, "created_at": "2009-07-20T22:55:29Z", "updated_at": "2011-05-05T10:38:52Z",
     "last_login_at": "2011-05-05T10:38:52Z", "tags": ["vip"]},
    {"id": 235323, "name": "Mariana Agent", "email": "mariana@company.com", "role": "agent",
     "active": True, "created_at": "2009-07-20T22:55:29Z", "updated_at": "2010-05-05T10:38:52Z"},
    {"id": 76872, "name": "Ad Min", "email": "admin@company.com", "role": "admin", "active": False},
]  # fmt: skip
PUBLIC = {
    "id": 1274, "type": "Comment", "author_id": 20978392, "audit_id": 432907773,
    "body": "Thanks for your help!", "html_body": "<p>Thanks for your help!</p>", "public": True,
    "created_at": "2009-07-20T22:55:29Z", "via": {"channel": "email", "source": {"from": {}}},
    "attachments": [{"id": 498483, "file_name": "crash.log", "content_type": "text/plain",
                     "size": 2532, "content_url": "https://company.zendesk.com/crash.log"}],
}  # fmt: skip
PRIVATE = {"id": 1275, "type": "Comment", "author_id": 235323, "body": "Angry.", "public": False,
           "created_at": "2009-07-20T23:00:00Z", "via": {"channel": "web"}}  # fmt: skip
ANSWER = {"id": 1276, "type": "Comment", "author_id": 235323,
          "html_body": "<p>Water.</p><p>Bye</p>", "public": True,
          "created_at": "2009-07-20T23:10:00Z", "via": {"channel": "web"}}  # fmt: skip
AUDIT = {
    "id": 35436, "ticket_id": 47, "created_at": "2009-07-20T22:55:29Z", "author_id": 35436,
    "metadata": {"system": {"location": "San Francisco"}}, "via": {"channel": "web"},
    "events": [
        {"id": 1564245, "type": "Comment", "body": "Thanks!", "public": True, "attachments": []},
        {"id": 1564246, "type": "Notification", "subject": "Your ticket", "body": "#47 updated"},
        {"id": 1274, "type": "Change", "field_name": "status", "value": "open",
         "previous_value": "new"},
        {"id": 1275, "type": "Change", "field_name": "tags", "value": ["a", "b"],
         "previous_value": ["a"]},
        {"id": 1276, "type": "Create", "field_name": "group_id", "value": "98738"},
        {"id": 1277, "type": "Create", "field_name": "first_reply_time",
         "value": {"minutes": 1440, "in_business_hours": False}},
    ],
}  # fmt: skip


@pytest.fixture
def parsed(read, tmp_path):
    def parse(content, name="export.json", **options):
        path = tmp_path / "zendesk" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read("zendesk", path, **options)

    return parse


def only(outcome, entity):
    (row,) = outcome.rows[entity]
    return row


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


def test_comments_go_in_out_or_stay_inside(parsed):
    page = {"comments": [PUBLIC, PRIVATE, ANSWER], "users": USERS,
            "next_page": "https://x.zendesk.com/api/v2/tickets/9/comments.json?page=2"}  # fmt: skip
    outcome = parsed(page)

    inbound, note, answer = outcome.rows["interaction"]
    assert (inbound["interaction_id"], inbound["ticket_ref"]) == ("1274", "9")
    assert (inbound["direction"], inbound["channel"]) == ("inbound", "email")
    assert inbound["from_ref"] == inbound["customer_ref"] == "contact:20978392"
    assert inbound["body_text"] == "Thanks for your help!"
    assert (note["direction"], note["interaction_type"]) == ("internal", "note")
    assert (answer["direction"], answer["agent_ref"]) == ("outbound", "235323")
    assert answer["body_text"] == "Water.\nBye"
    events = {row["ticket_event_id"]: row for row in outcome.rows["ticket_event"]}
    assert [events[i]["actor_type"] for i in ("1274", "1275", "1276")] == [
        "requester", "agent", "agent",
    ]  # fmt: skip
    assert events["1275"]["is_public"] is False


def test_an_attachment_belongs_to_its_comment(parsed):
    attachment = only(parsed([{**PUBLIC, "ticket_id": 9}], agents=[235323]), "attachment")

    assert (attachment["attachment_id"], attachment["interaction_ref"]) == ("498483", "1274")
    assert (attachment["file_name"], attachment["size_bytes"]) == ("crash.log", 2532)


def test_comments_embedded_in_a_ticket_are_of_its_requester(parsed):
    outcome = parsed([{**TICKET, "comments": [PUBLIC, PRIVATE]}])

    inbound, note = outcome.rows["interaction"]
    assert (inbound["direction"], inbound["conversation_ref"]) == ("inbound", "35436")
    assert inbound["subject"] == "Help, my printer is on fire!"
    assert note["agent_ref"] == "235323"
    assert note["customer_ref"] == "contact:20978392"


def test_a_comment_of_somebody_unknown_is_rejected_with_the_remedy(parsed):
    outcome = parsed([{**ANSWER, "ticket_id": 9}])

    assert outcome.reasons() == {1: "unknown_author"}
    assert "users.json" in outcome.rejected[0]["reason"]
    event = only(outcome, "ticket_event")
    assert (event["actor_type"], event["actor_ref"]) == (None, None)


def test_users_beside_the_file_tell_who_wrote(parsed, tmp_path):
    (tmp_path / "users-1.jsonl").write_text("\n".join(json.dumps(user) for user in USERS))
    (tmp_path / "zendesk").mkdir()
    (tmp_path / "zendesk" / "groups.json").write_text('{"groups": [{"id": 98738, "name": "P"}]}')

    outcome = parsed([{**ANSWER, "ticket_id": 9}, TICKET])

    assert only(outcome, "interaction")["direction"] == "outbound"
    assert only(outcome, "ticket")["group_name"] == "P"


def test_the_option_agents_tells_who_wrote(parsed):
    outcome = parsed([{**ANSWER, "ticket_id": 9}, {**PUBLIC, "ticket_id": 9}], agents=["235323"])

    assert [row["direction"] for row in outcome.rows["interaction"]] == ["outbound", "inbound"]


def test_the_address_of_a_mail_tells_who_wrote(parsed):
    via = {"channel": "email", "source": {"from": {"address": "ann@nordlicht.example"}}}

    assert only(parsed([{**ANSWER, "ticket_id": 9, "via": via}]), "interaction")["direction"] == (
        "outbound"
    )


def test_a_comment_without_its_ticket_is_rejected(parsed):
    assert parsed({"comments": [PUBLIC]}).reasons() == {1: "missing_ticket"}


def test_an_agent_is_a_person_by_e_mail_only(parsed):
    ticket = only(parsed({"tickets": [TICKET], "users": USERS}), "ticket")

    assert ticket["submitter_ref"] == "email:admin@company.com"
    assert json.loads(ticket["attributes"])["submitter_id"] == "76872"


def test_an_audit_gives_an_event_for_each_change(parsed):
    outcome = parsed({"audits": [AUDIT]}, agents=[35436])

    events = {row["ticket_event_id"]: row for row in outcome.rows["ticket_event"]}
    assert set(events) == {"35436|created", "1564245", "1274", "1276", "1277"}
    status = events["1274"]
    assert (status["event_type"], status["value"], status["previous_value"]) == (
        "status", "open", "new",
    )  # fmt: skip
    assert (status["ticket_ref"], status["event_at"]) == ("47", at("2009-07-20 22:55:29"))
    assert (status["actor_type"], status["actor_ref"]) == ("agent", "35436")
    assert (events["1276"]["event_type"], events["1276"]["value"]) == ("group", "98738")
    assert events["1277"]["event_type"] == "sla_applied"
    assert events["1277"]["value"].startswith("first_reply_time: ")
    noted = json.loads(events["35436|created"]["attributes"])["events"]
    assert [one["type"] for one in noted] == ["Notification", "Change"]
    assert noted[1]["value"] == ["a", "b"]


def test_a_comment_is_one_interaction_from_audit_and_export_alike(parsed):
    comment = AUDIT["events"][0]
    audit = parsed({"audits": [AUDIT]}, agents=[35436])
    export = parsed(
        [{**comment, "ticket_id": 47, "author_id": 35436, "created_at": AUDIT["created_at"]}],
        agents=[35436],
    )

    assert only(audit, "interaction")["interaction_id"] == "1564245"
    assert only(export, "interaction")["interaction_id"] == "1564245"


def test_an_audit_of_nothing_but_tags_is_kept_as_a_note(parsed):
    audit = {**AUDIT, "author_id": -1, "events": [AUDIT["events"][3]]}
    event = only(parsed({"audits": [audit]}), "ticket_event")

    assert (event["ticket_event_id"], event["event_type"]) == ("35436|note", "note")
    assert event["actor_type"] == "system"


def test_a_merge_is_an_event(parsed):
    via = {"channel": "web", "source": {"rel": "merge", "from": {"ticket_ids": [12, 13]}}}
    outcome = parsed({"audits": [{**AUDIT, "events": [], "via": via}]})

    event = only(outcome, "ticket_event")
    assert (event["event_type"], event["value"]) == ("merged", "12, 13")


def test_a_merge_is_an_event_of_the_export_of_ticket_events_too(parsed):
    via = {"channel": "web", "source": {"rel": "merge", "from": {"ticket_id": 12}, "to": {}}}
    comment = {"id": 2, "event_type": "Comment", "type": "Comment", "author_id": 7,
               "body": "merged", "public": False, "created_at": "2026-03-02T09:00:00Z",
               "via": via}  # fmt: skip
    outcome = parsed(
        {"ticket_events": [{"id": 1, "ticket_id": 11, "timestamp": 1772442000, "updater_id": 7,
                            "via": "Merge", "child_events": [comment]}]},
        agents=[7],
    )  # fmt: skip

    events = {row["event_type"]: row for row in outcome.rows["ticket_event"]}
    assert set(events) == {"merged", "comment"}
    assert (events["merged"]["ticket_ref"], events["merged"]["value"]) == ("11", "12")


def test_the_export_of_ticket_events_says_the_same_as_audits(parsed):
    page = {"ticket_events": [{
        "id": 926256957613, "ticket_id": 155, "timestamp": 1603716792, "updater_id": 5031726587,
        "via": "Web form", "event_type": "Audit", "child_events": [
            {"id": 1, "event_type": "Change", "status": "solved", "previous_value": "open"},
            {"id": 2, "event_type": "Create", "priority": "low", "assignee_id": 7, "subject": "x"},
            {"id": 91048994488, "event_type": "Comment", "type": "Comment", "body": "Hello",
             "author_id": 5031726587, "public": True, "created_at": "2009-06-25T10:15:18Z"},
            {"id": 4, "event_type": "Comment", "comment_present": True, "comment_public": False},
        ]}]}  # fmt: skip
    outcome = parsed(page, agents=[5031726587])

    events = {row["ticket_event_id"]: row for row in outcome.rows["ticket_event"]}
    assert (events["1"]["value"], events["1"]["previous_value"]) == ("solved", "open")
    assert events["1"]["event_at"] == at("2020-10-26 12:53:12")
    assert events["2|priority"]["value"] == "low"
    assert events["2|assignee_id"]["value"] == "7"
    assert events["4"]["is_public"] is False
    assert only(outcome, "interaction")["started_at"] == at("2009-06-25 10:15:18")


def test_ratings_are_survey_responses_of_nought_or_one(parsed):
    rating = {"id": 35436, "assignee_id": 135, "group_id": 44, "requester_id": 7881,
              "ticket_id": 208, "score": "good", "comment": "... {{ comment }}",
              "created_at": "2011-07-20T22:55:29Z",
              "updated_at": "2011-07-20T23:55:29Z"}  # fmt: skip
    page = {"satisfaction_ratings": [
        rating, {**rating, "id": 2, "score": "bad"}, {**rating, "id": 3, "score": "offered"},
        {**rating, "id": 4, "score": "unoffered"},
    ]}  # fmt: skip
    outcome = parsed(page)

    good, bad, offered = outcome.rows["survey_response"]
    assert (good["score"], bad["score"], offered["score"]) == (1, 0, None)
    assert (good["ticket_ref"], good["agent_ref"]) == ("208", "135")
    assert good["person_ref"] == "contact:7881"
    assert good["responded_at"] == at("2011-07-20 23:55:29")
    assert offered["responded_at"] is None
    assert outcome.reasons() == {4: "not_offered"}


def test_answers_to_surveys_count_as_what_zendesk_counts_them(parsed):
    question = {"sub_type": "customer_satisfaction", "type": "rating_scale_emoji"}
    rated = {"type": "rating_scale", "rating": 2, "rating_category": "bad", "question": question,
             "updated_at": "2026-03-02T09:05:00Z"}  # fmt: skip
    other = {**rated, "rating_category": "good", "question": {**question, "sub_type": "other"}}
    reason = {"type": "closed_ended", "selections": [{"type": "predefined", "option_id": "01J5"}],
              "updated_at": "2026-03-02T09:06:00Z"}  # fmt: skip
    response = {"id": "01A", "responder_id": 7881, "subject_zrns": ["zen:ticket:99"],
                "answers": [other, rated, reason]}  # fmt: skip
    chat = {"id": "01B", "responder_id": 7881, "answers": [],
            "subjects": [{"type": "conversation", "zrn": "zen:conversation:42-a"}]}  # fmt: skip

    for page in ({"survey_responses": [response, chat]}, [response, chat]):
        bad, unanswered = parsed(page).rows["survey_response"]
        assert (bad["score"], bad["ticket_ref"], bad["conversation_ref"]) == (0, "99", "99")
        assert bad["responded_at"] == at("2026-03-02 09:05:00")
        assert bad["recorded_at"] == at("2026-03-02 09:06:00")
        assert json.loads(bad["attributes"])["selections"] == ["01J5"]
        assert (unanswered["score"], unanswered["responded_at"]) == (None, None)
        assert (unanswered["ticket_ref"], unanswered["conversation_ref"]) == (None, "42-a")


def test_every_shape_of_export_gives_the_same(parsed):
    page = {"tickets": [TICKET], "users": USERS}
    objects = [TICKET, *USERS]
    expected = parsed(page).rows["contact"]

    bare = parsed(objects)
    lines = parsed("\n".join(json.dumps(one) for one in objects), "a.jsonl")
    pages = parsed(json.dumps(page) + "\n" + json.dumps({"ticket": TICKET}), "b.jsonl")

    assert [bare.read, lines.read, pages.read] == [4, 4, 2]
    same = {**expected[0], "position": 0}
    for outcome in (bare, lines, pages):
        assert {**only(outcome, "contact"), "position": 0} == same
    assert len(pages.rows["ticket"]) == 2


def test_a_page_that_is_cut_off_gives_what_stands_before(parsed):
    whole = json.dumps({"tickets": [TICKET, TICKET]})
    outcome = parsed(whole[:-40])

    assert len(outcome.rows["ticket"]) == 1
    assert outcome.reasons() == {2: "malformed_json"}


def test_what_zendesk_does_not_have_is_rejected(parsed):
    outcome = parsed([{"id": 1}, 5, {**USERS[0], "role": "chief"}, {"tickets": []}])

    assert outcome.reasons() == {
        1: "unknown_kind", 2: "not_an_object", 3: "unknown_role", 4: "empty_page",
    }  # fmt: skip


def test_the_loader_takes_every_row(warehouse, landing, put):
    rating = {"id": 9, "ticket_id": 35436, "score": "bad", "requester_id": 20978392,
              "created_at": "2011-07-20T22:55:29Z"}  # fmt: skip
    organization = {"id": 509974, "name": "Acme", "domain_names": ["acme.example"]}
    put("users.json", json.dumps({"users": USERS}))
    deleted = {**TICKET, "id": 2, "status": "deleted"}
    tickets = [{**TICKET, "comments": [PUBLIC, ANSWER]}, deleted]
    put("tickets.json", json.dumps({"tickets": tickets}))
    put("audits.json", json.dumps({"audits": [{**AUDIT, "author_id": 235323}]}))
    put(
        "rest.json", json.dumps({"satisfaction_ratings": [rating], "organizations": [organization]})
    )
    source = Source(name="help", format="zendesk", path="*.json", namespace="zd", company=Company())
    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined) == ("loaded", 0)
    assert warehouse.execute(
        "select actor_ref, value from raw.ticket_event where record_key = 'zd:1274'"
        " and event_type = 'status'"
    ).fetchone() == ("zd:235323", "open")
    assert warehouse.execute(
        "select requester_ref, assignee_ref, recorded_at, is_deleted from raw.ticket order by 4"
    ).fetchone() == ("contact:zd:20978392", "zd:235323", at("2011-05-05 10:38:52"), False)
    assert warehouse.execute(
        "select person_ref, ticket_ref from raw.survey_response"
    ).fetchall() == [("contact:zd:20978392", "zd:35436")]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    | st.sampled_from(["deleted", "good", "2020-01-01T00:00:00Z", "Comment", "Change", "agent"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*TICKET, *AUDIT, *PUBLIC, *USERS[0], "value"]), inner),
    max_leaves=8,
)  # fmt: skip
KINDS = ("tickets", "comments", "audits", "users", "organizations", "ticket_events", "results",
         "satisfaction_ratings", "survey_responses", "metric_sets", "groups")  # fmt: skip


@settings(
    max_examples=30, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    page=st.dictionaries(st.sampled_from(KINDS), st.lists(VALUES, max_size=3) | VALUES),
    data=st.data(),
)
def test_whatever_a_page_holds_each_record_comes_out(read, tmp_path, page, data):
    page["results"] = [
        {**sample, data.draw(st.sampled_from(sorted(sample))): data.draw(VALUES)}
        for sample in (TICKET, AUDIT, PUBLIC, USERS[0])
    ]
    (tmp_path / "page.json").write_text(json.dumps(page))

    with suppress(UnreadableFile):
        read("zendesk", tmp_path / "page.json")
