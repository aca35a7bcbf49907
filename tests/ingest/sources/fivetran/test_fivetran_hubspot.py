"""HubSpot's tables as Fivetran writes them: what is joined, merged and remembered."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def rows(read: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that writes tables and parses the first of them."""

    def run(**tables: str) -> Any:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return read("fivetran.hubspot", tmp_path / f"{next(iter(tables))}.csv")

    return run


def test_an_email_event_is_joined_with_the_table_of_its_kind(rows: Callable[..., Any]) -> None:
    events = (
        "id,created,email_campaign_id,recipient,type,sent_by_id\n"
        "a,2024-01-01 10:00:00,5,jane@example.com,CLICK,s\n"
        "b,2024-01-01 11:00:00,5,jane@example.com,BOUNCE,s\n"
        "c,2024-01-01 12:00:00,5,jane@example.com,STATUSCHANGE,\n"
    )
    clicks = "id,url\na,https://example.com/\nz,https://example.com/lost\n"
    bounces = "id,category\nb,MAILBOX_FULL\n"
    changes = "id,portal_subscription_status,source\nc,UNSUBSCRIBED,SOURCE_RECIPIENT\n"

    outcome = rows(
        email_event=events,
        email_event_click=clicks,
        email_event_bounce=bounces,
        email_event_status_change=changes,
    )
    parts = rows(email_event_click=clicks, email_event=events)

    click, bounce, left = outcome.rows["email_event"]
    assert (click["event_type"], click["url"]) == ("click", "https://example.com/")
    assert (bounce["event_type"], bounce["bounce_category"]) == ("bounce", "soft")
    assert left["event_type"] == "unsubscribe"
    assert click["email_id"] == "s"
    assert outcome.rows["consent"][0]["status"] == "withdrawn"
    assert parts.rows["email_event"] == [click]
    assert parts.reasons() == {2: "missing_parent"}


def test_email_events_that_are_filtered_or_obsolete_say_so(rows: Callable[..., Any]) -> None:
    events = (
        "id,created,recipient,type,sent_by_id,sent_by_created,filtered_event,obsoleted_by_id\n"
        "a,2024-01-01 10:00:00,jane@example.com,OPEN,s,,true,b\n"
        "b,2024-01-01 11:00:00,jane@example.com,CLICK,s,,false,\n"
        "p,2024-01-01 12:00:00,jane@example.com,PROCESSED,s,2024-01-01 09:00:00,true,b\n"
    )

    assert [
        (r["event_type"], r["is_filtered"], r["obsoleted_by_ref"])
        for r in rows(email_event=events).rows["email_event"]
    ] == [("open", "true", "b"), ("click", "false", None), ("sent", None, None)]


def test_hashed_addresses_stay_one_person_across_tables(rows: Callable[..., Any]) -> None:
    hashed = "o2wjpPyUfzBfq9OSt9I2NQ=="

    event = rows(
        email_event=f"id,created,recipient,type\na,2024-01-01 10:00:00,{hashed},OPEN\n"
    ).rows["email_event"][0]
    contact = rows(contact=f"id,property_email\n1,{hashed}\n")

    assert event["recipient_ref"] == f"anonymous_id:{hashed}"
    assert contact.rows["identifier"][0]["person_ref"] == "contact:1"
    assert contact.rows["identifier"][0]["id_value"] == hashed


def test_merged_contacts_point_to_the_survivor(rows: Callable[..., Any]) -> None:
    contacts = (
        "id,property_email,property_hs_merged_object_ids,_fivetran_synced\n"
        "1,a@example.com,2;3,2024-02-01 00:00:00\n2,b@example.com,,2024-02-01 00:00:00\n"
    )

    outcome = rows(contact=contacts)
    audit = rows(
        contact_merge_audit="canonical_vid,vid_to_merge,timestamp\n1,9,2024-01-05 00:00:00\n"
    )

    merged = {(r["contact_id"], r["merged_into_ref"]) for r in outcome.rows["contact"]}
    assert merged == {("1", None), ("2", "1"), ("3", "1")}
    tombstone = audit.rows["contact"][0]
    assert (tombstone["contact_id"], tombstone["merged_into_ref"]) == ("9", "1")
    assert tombstone["recorded_at"] == datetime.fromisoformat("2024-01-05")


def test_an_engagement_is_one_interaction_in_the_old_schema_and_in_the_new(
    rows: Callable[..., Any],
) -> None:
    contact = "engagement_id,contact_id\n1,501\n"
    new = rows(
        engagement_call="engagement_id,property_hs_timestamp,property_hs_call_direction,"
        "property_hs_call_duration\n1,2024-01-01 10:00:00,INBOUND,90000\n",
        engagement="id,type\n1,CALL\n",
        engagement_contact=contact,
    ).rows["interaction"]
    of_engagement = rows(engagement="id,type\n1,CALL\n").rows["interaction"]
    of_contact = rows(engagement_contact=contact).rows["interaction"]

    assert new == of_engagement == of_contact
    assert (new[0]["channel"], new[0]["direction"]) == ("phone", "inbound")
    assert new[0]["customer_ref"] == "contact:501"
    assert float(new[0]["duration_s"]) == 90


def test_an_old_engagement_says_when_and_who(rows: Callable[..., Any]) -> None:
    outcome = rows(
        engagement="id,type,timestamp,owner_id\n4,NOTE,2024-01-01 10:00:00,7\n",
        engagement_note="engagement_id,body\n4,<p>Hello</p>\n",
    )

    note = outcome.rows["interaction"][0]
    assert (note["interaction_type"], note["direction"]) == ("note", "internal")
    assert (note["agent_ref"], note["body_text"]) == ("7", "Hello")
    assert note["started_at"] == datetime.fromisoformat("2024-01-01T10:00")


@pytest.mark.parametrize(
    ("companies", "account"),
    [
        ("9,5,HUBSPOT_DEFINED\n9,341,HUBSPOT_DEFINED\n7,341,HUBSPOT_DEFINED\n", "9"),
        ("7,1,USER_DEFINED\n9,341,HUBSPOT_DEFINED\n", "9"),
        ("7,5,USER_DEFINED\n9,5,HUBSPOT_DEFINED\n", "9"),
        ("9,,\n7,,\n", "7"),
    ],
)
def test_the_account_of_a_deal_is_its_primary_company(
    rows: Callable[..., Any], companies: str, account: str
) -> None:
    links = "deal_id,company_id,type_id,category\n5," + companies.strip().replace("\n", "\n5,")
    outcome = rows(deal="deal_id,property_dealstage\n5,won\n", deal_company=links + "\n")

    stated = rows(
        deal="deal_id,property_dealstage,property_hs_primary_associated_company\n5,won,8\n"
    )
    assert [row["account_ref"] for row in outcome.rows["opportunity"]] == [account]
    assert [row["account_ref"] for row in stated.rows["opportunity"]] == ["8"]


def test_details_of_engagements_are_read_from_older_columns_too(rows: Callable[..., Any]) -> None:
    engagements = "id,timestamp,type\n1,2021-01-01,CALL\n2,2021-01-02,EMAIL\n3,2021-01-03,TASK\n"
    (call,) = rows(
        engagement_call="engagement_id,body,duration_milliseconds,status,recording_url\n"
        "1,Said,60000,COMPLETED,https://x.example/1\n",
        engagement=engagements,
    ).rows["interaction"]
    (mail,) = rows(
        engagement_email="engagement_id,subject,html,thread_id\n2,Hi,<p>Hello</p>,t\n"
    ).rows["interaction"]
    (task,) = rows(
        engagement_task="engagement_id,subject,status,completion_date\n3,Do,COMPLETED,2021-02-01\n"
    ).rows["interaction"]

    assert (call["body_text"], call["duration_s"], call["outcome"]) == ("Said", 60, "answered")
    assert call["recording_url"] == "https://x.example/1"
    assert (mail["body_text"], mail["conversation_ref"]) == ("Hello", "t")
    assert (task["outcome"], task["started_at"].month) == (None, 2)


@pytest.mark.parametrize(
    ("header", "stage", "is_closed", "is_won"),
    [
        ("is_closed,probability", "true,1.0", True, True),
        ("is_closed,probability", "true,0.0", True, False),
        ("is_closed,probability", "false,0.9", False, False),
        ("closed_won,probability", "true,0.0", True, False),
        ("closed_won,probability", "true,1.0", True, True),
        ("closed_won,is_closed", "false,true", True, False),
        ("label,active", "Won,true", None, None),
    ],
)
def test_a_stage_is_won_if_it_is_closed_for_certain(
    rows: Callable[..., Any], header: str, stage: str, is_closed: bool | None, is_won: bool | None
) -> None:
    stages = f"stage_id,pipeline_id,{header}\n9,1,{stage}\n"
    deals = "deal_id,deal_pipeline_stage_id,property_closedate\n5,9,2024-01-01\n"

    (of_stage,) = rows(deal_pipeline_stage=stages).rows["pipeline_stage"]
    (of_deal,) = rows(deal=deals, deal_pipeline_stage=stages).rows["opportunity"]

    for row in (of_stage, of_deal):
        assert (row["is_closed"], row["is_won"]) == (is_closed, is_won)
    assert (of_deal["closed_at"] is not None) == bool(is_closed)


def test_a_list_of_companies_is_a_campaign_with_accounts_as_members(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(company_list="id,name,created_at\n5,Partners,2024-01-01\n")
    members = rows(
        company_list_member="company_list_id,company_id,added_at,_fivetran_deleted\n"
        "5,77,2024-01-02,false\n"
    )

    assert [row["campaign_id"] for row in outcome.rows["campaign"]] == ["list:5"]
    (member,) = members.rows["campaign_member"]
    assert (member["campaign_ref"], member["account_ref"]) == ("list:5", "77")
    assert member["campaign_member_id"] == "list:5|company:77"


def test_a_deal_history_says_what_was_before(rows: Callable[..., Any]) -> None:
    outcome = rows(
        deal_property_history="deal_id,name,value,timestamp\n"
        "1,dealstage,won,2024-02-01 00:00:00\n"
        "1,dealstage,open,2024-01-01 00:00:00\n"
        "1,amount,5,2024-01-01 00:00:00\n"
        "1,closedate_reason,x,2024-01-01 00:00:00\n"
    )

    changes = {
        (row["field"], row["old_value"], row["new_value"])
        for row in outcome.rows["opportunity_history"]
    }
    assert changes == {("stage", None, "open"), ("stage", "open", "won"), ("amount", None, "5")}
    assert outcome.reasons() == {4: "no_entity"}


def test_values_of_a_deal_history_are_in_the_words_of_deals(
    read: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "deal.csv").write_text(
        "deal_id,property_dealstage,property_dealtype,property_closedate\n"
        "1,won,existingbusiness,2024-06-30 22:30:00\n2,won,newbusiness,2024-06-30\n"
    )
    (tmp_path / "deal_property_history.csv").write_text(
        "deal_id,name,value,timestamp\n"
        "1,closedate,2024-06-30T22:30:00.000Z,2024-02-01 00:00:00\n"
        "1,closedate,1714600799999,2024-01-01 00:00:00\n"
        "1,hs_manual_forecast_category,COMMIT,2024-02-01 00:00:00\n"
        "1,hs_manual_forecast_category,PIPELINE,2024-01-01 00:00:00\n"
    )

    def berlin(name: str) -> Any:
        return read("fivetran.hubspot", tmp_path / name)

    deals = berlin("deal.csv").rows["opportunity"]
    assert [(row["type"], str(row["close_date"])) for row in deals] == [
        ("upsell", "2024-07-01"), ("new_business", "2024-06-30"),
    ]  # fmt: skip
    assert deals[0]["closed_at"] is None
    assert {
        (row["field"], row["old_value"], row["new_value"])
        for row in berlin("deal_property_history.csv").rows["opportunity_history"]
    } == {
        ("close_date", None, "2024-05-01"), ("close_date", "2024-05-01", "2024-07-01"),
        ("forecast_category", None, "pipeline"), ("forecast_category", "pipeline", "commit"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "disposition", "outcome", "said"),
    [
        ("COMPLETED", "73a0d17f-1163-4015-bdd5-ec830791da20", "no_answer", "No answer"),
        ("", "f240bbac-87c9-4f6e-bf70-924b57d47db7", "answered", "Connected"),
        ("MISSED", "", "no_answer", None),
        ("CANCELED", "our-own", "failed", "our-own"),
    ],
)
def test_what_became_of_a_call_says_more_than_that_it_ended(
    rows: Callable[..., Any], status: str, disposition: str, outcome: str, said: str | None
) -> None:
    (call,) = rows(
        engagement_call="engagement_id,property_hs_timestamp,property_hs_call_status,"
        f"property_hs_call_disposition\n1,2024-01-01 10:00:00,{status},{disposition}\n"
    ).rows["interaction"]

    assert (call["outcome"], call["disposition"]) == (outcome, said)


def test_what_did_not_happen_is_internal(rows: Callable[..., Any]) -> None:
    mails = rows(
        engagement_email="engagement_id,property_hs_timestamp,property_hs_createdate,"
        "property_hs_email_status\n1,2025-01-01,2024-01-01,SCHEDULED\n"
        "2,2024-01-02,2024-01-02,BOUNCED\n3,2024-01-03,2024-01-03,SENT\n"
    ).rows["interaction"]
    meetings = rows(
        engagement_meeting="engagement_id,property_hs_meeting_start_time,"
        "property_hs_meeting_outcome\n1,2024-01-01,CANCELED\n2,2024-01-01,NO_SHOW\n"
        "3,2024-01-01,\n"
    ).rows["interaction"]

    assert [(m["interaction_type"], m["direction"], m["outcome"]) for m in mails] == [
        ("draft", "internal", None), ("bounce", "outbound", "bounced"),
        ("message", "outbound", None),
    ]  # fmt: skip
    assert mails[0]["started_at"].year == 2024
    assert [(m["direction"], m["outcome"]) for m in meetings] == [
        ("internal", "failed"), ("outbound", "no_answer"), ("outbound", None),
    ]  # fmt: skip


def test_the_stage_of_a_ticket_says_its_status(rows: Callable[..., Any]) -> None:
    outcome = rows(
        ticket="id,property_hs_pipeline_stage,property_createdate,property_closed_date\n"
        "1,9,2024-01-01 00:00:00,2024-01-03 00:00:00\n"
        "2,8,2024-01-01 00:00:00,\n"
        "3,1,2024-01-01 00:00:00,\n"
        "4,77,2024-01-01 00:00:00,2024-01-02 00:00:00\n",
        ticket_pipeline_stage="stage_id,is_closed,label\n9,TRUE,Done\n8,FALSE,Thinking\n",
        ticket_contact="ticket_id,contact_id\n2,501\n",
    )

    tickets = {row["ticket_id"]: row for row in outcome.rows["ticket"]}
    assert {key: row["status"] for key, row in tickets.items()} == {
        "1": "closed", "2": "open", "3": "new", "4": "closed",
    }  # fmt: skip
    assert tickets["2"]["requester_ref"] == "contact:501"
    assert json.loads(tickets["2"]["attributes"])["stage.label"] == "Thinking"


def test_an_owner_has_the_team_it_is_primarily_in(rows: Callable[..., Any]) -> None:
    outcome = rows(
        owner="owner_id,first_name,last_name,email,active_user_id\n7,Kathryn,Janeway,k@x.org,56\n",
        owner_team="owner_id,team_id,is_team_primary\n7,2,false\n7,1,true\n",
        team="id,name\n1,North\n2,South\n",
        users="id,role_id\n56,3\n",
        role="id,name\n3,Captain\n",
    )

    agent = outcome.rows["agent"][0]
    assert (agent["name"], agent["team"]) == ("Kathryn Janeway", "North")
    assert json.loads(agent["attributes"])["role"] == "Captain"


def test_further_addresses_of_a_contact_are_identifiers(rows: Callable[..., Any]) -> None:
    contacts = (
        "id,property_email,property_createdate,property_hs_additional_emails\n"
        "1,ana@acme.example,2024-01-01 10:00:00,ana@home.example;a.lopez@old.example\n"
        "2,bob@acme.example,2024-01-01 10:00:00,\n"
        "3,eve@acme.example,2024-01-01 10:00:00,none\n"
    )

    outcome = rows(contact=contacts)

    found = outcome.rows["identifier"]
    assert [(row["person_ref"], row["id_type"], row["id_value"]) for row in found] == [
        ("contact:1", "email", "ana@home.example"),
        ("contact:1", "email", "a.lopez@old.example"),
    ]
    last = json.loads(outcome.rows["contact"][-1]["attributes"])
    assert last["property_hs_additional_emails"] == "none"


def test_the_first_reply_of_a_ticket_is_the_earlier_of_mail_and_chat(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        ticket="id,property_createdate,property_first_agent_reply_date,"
        "property_hs_first_agent_message_sent_at\n"
        "1,2024-01-01 10:00:00,2024-01-01 10:30:00,2024-01-01 10:05:00\n"
        "2,2024-01-01 10:00:00,2024-01-01 10:30:00,\n"
        "3,2024-01-01 10:00:00,,\n"
    )

    assert [row["first_replied_at"] for row in outcome.rows["ticket"]] == [
        datetime.fromisoformat("2024-01-01 10:05:00"),
        datetime.fromisoformat("2024-01-01 10:30:00"),
        None,
    ]


def test_refusals_of_types_of_subscriptions_are_consents(rows: Callable[..., Any]) -> None:
    contact = (
        "id,property_lastmodifieddate,property_hs_email_optout_7,property_hs_email_optout_8\n"
        "1,2024-05-01 00:00:00,true,false\n2,2024-05-01 00:00:00,,\n"
    )
    history = (
        "contact_id,name,value,timestamp\n1,hs_email_optout_7,true,2024-04-01 00:00:00\n"
        "1,hs_email_optout_7,false,2024-03-01 00:00:00\n1,city,Ulm,2024-03-01 00:00:00\n"
    )
    change = (
        "recipient,timestamp,change,change_type,caused_by_event_id,email_subscription_id\n"
        "a@b.example,2024-02-01 00:00:00,UNSUBSCRIBED,SUBSCRIPTION_STATUS,,7\n"
        "a@b.example,,SUBSCRIBED,SUBSCRIPTION_STATUS,e,8\n"
        "a@b.example,,UNSUBSCRIBED,PORTAL_STATUS,e,\n"
        "a@b.example,2024-02-01 00:00:00,SUBSCRIBED,PORTAL_STATUS,,\n"
        "a@b.example,2024-02-01 00:00:00,BOUNCED,PORTAL_BOUNCE,,\n"
    )
    others = {
        "email_event": "id,created,recipient\ne,2024-02-02 00:00:00,a@b.example\n",
        "email_subscription": "id,name\n7,Newsletter\n",
    }

    def said(outcome: Any) -> list[tuple[Any, ...]]:
        return [
            (r["person_ref"], r["purpose"], r["status"], str(r["captured_at"])[:10])
            for r in outcome.rows["consent"]
        ]

    standing, told = rows(contact=contact), rows(contact_property_history=history)
    changed = rows(email_subscription_change=change, **others)

    assert said(standing) == [
        ("contact:1", "subscription_type:7", "withdrawn", "2024-05-01"),
        ("contact:1", "subscription_type:8", "withdrawn", "2024-05-01"),
    ]
    assert [str(r["is_deleted"]).lower() for r in standing.rows["consent"]] == ["false", "true"]
    assert len(standing.rows["contact"]) == 2
    assert said(told) == [("contact:1", "subscription_type:7", "withdrawn", "2024-04-01")]
    assert told.reasons() == {2: "no_entity", 3: "no_entity"}
    assert said(changed) == [
        ("email:a@b.example", "subscription_type:7", "withdrawn", "2024-02-01"),
        ("email:a@b.example", "subscription_type:8", "granted", "2024-02-02"),
        ("email:a@b.example", "marketing", "withdrawn", "2024-02-02"),
    ]
    assert json.loads(changed.rows["consent"][0]["attributes"])["subscription_name"] == "Newsletter"
    assert changed.reasons() == {4: "no_decision", 5: "no_decision"}


@pytest.mark.parametrize(
    ("status", "types", "kinds", "decided"),
    [
        # who leaves one list is subscribed to the others: no yes to marketing
        ("SUBSCRIBED", '[{""id"":7,""status"":""UNSUBSCRIBED""}]', [], []),
        ("", '[{""id"":7,""status"":""UNSUBSCRIBED""}]', ["unsubscribe"], ["withdrawn"]),
        ("SUBSCRIBED", "[]", [], ["granted"]),
    ],
)
def test_leaving_one_list_is_no_yes_to_the_others(
    rows: Callable[..., Any], status: str, types: str, kinds: list[str], decided: list[str]
) -> None:
    outcome = rows(
        email_event="id,created,recipient,type\ne,2024-02-02 00:00:00,a@b.example,STATUSCHANGE\n",
        email_event_status_change="id,portal_subscription_status,subscriptions\n"
        f'e,{status},"{types}"\n',
    )

    assert [r["event_type"] for r in outcome.rows.get("email_event", [])] == kinds
    assert [r["status"] for r in outcome.rows.get("consent", [])] == decided


def test_a_stage_that_history_mode_has_ended_is_gone(rows: Callable[..., Any]) -> None:
    header = "pipeline_id,stage_id,label,display_order,probability,updated_at,_fivetran_active,"
    stages = rows(
        deal_pipeline_stage=f"{header}_fivetran_start,_fivetran_end\n"
        "p,s1,One,0,0.2,2024-01-01,false,2024-01-01 00:00:00,2024-02-01 00:00:00\n"
        "p,s1,First,0,0.2,2024-02-01,false,2024-02-01 00:00:00,2024-03-01 00:00:00\n"
        "q,s1,Of another,0,0.2,2024-01-01,true,2024-01-01 00:00:00,9999-12-31 23:59:59\n"
        "p,s2,Two,1,0.5,2024-01-01,false,2024-01-01 00:00:00,2024-02-01 00:00:00\n"
        "p,s2,Second,1,0.5,2024-02-01,true,2024-02-01 00:00:00,9999-12-31 23:59:59\n"
    ).rows["pipeline_stage"]

    at = datetime.fromisoformat
    assert sorted(
        (row["pipeline"], row["stage_id"], row["recorded_at"], row["label"], row["is_deleted"])
        for row in stages
    ) == [
        ("p", "s1", at("2024-01-01"), "One", None),
        ("p", "s1", at("2024-02-01"), "First", None),
        ("p", "s1", at("2024-03-01"), "First", "true"),
        ("p", "s2", at("2024-01-01"), "Two", None),
        ("p", "s2", at("2024-02-01"), "Second", None),
        ("q", "s1", at("2024-01-01"), "Of another", None),
    ]
