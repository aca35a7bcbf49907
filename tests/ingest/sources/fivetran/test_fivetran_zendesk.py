"""Zendesk's tables as Fivetran writes them: tickets, who said what, and opening hours."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.times.named_zones import iana_zone

TICKETS = (
    "id,requester_id,submitter_id,assignee_id,group_id,status,priority,via_channel,created_at,"
    "updated_at,merged_ticket_ids\n"
    "10,5,9,9,3,open,high,email,2024-01-01 10:00:00,2024-01-03 00:00:00,[11]\n"
    "11,5,5,,3,closed,,email,2024-01-01 11:00:00,2024-01-03 00:00:00,[]\n"
    "12,5,5,,,deleted,,web,2024-01-01 12:00:00,2024-01-03 00:00:00,\n"
)
USERS = (
    "id,role,name,email,active\n5,end-user,Jane van Doe,jane@example.com,true\n"
    "9,agent,Arthur Agent,arthur@example.org,true\n"
)


@pytest.fixture
def rows(read: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that writes tables and parses the first of them."""

    def run(**tables: str) -> Any:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return read("fivetran.zendesk", tmp_path / f"{next(iter(tables))}.csv")

    return run


def test_a_ticket_has_its_group_its_tags_and_its_people(rows: Callable[..., Any]) -> None:
    outcome = rows(
        ticket=TICKETS,
        user=USERS,
        group="id,name\n3,Billing\n",
        ticket_tag="ticket_id,tag\n10,vip\n10,invoice\n",
    )

    first, merged, deleted = outcome.rows["ticket"]
    assert (first["group_name"], list(first["tags"])) == ("Billing", ["invoice", "vip"])
    assert first["requester_ref"] == "contact:5"
    assert first["submitter_ref"] == "email:arthur@example.org"
    assert merged["merged_into_ref"] == "10"
    assert (deleted["status"], deleted["is_deleted"]) == ("closed", True)


def test_a_comment_is_a_message_where_it_is_known_who_spoke(rows: Callable[..., Any]) -> None:
    outcome = rows(
        ticket_comment="id,ticket_id,user_id,public,body,created\n"
        "1,10,5,TRUE,Help,2024-01-01 10:00:00\n"
        "2,10,9,TRUE,Sure,2024-01-01 10:05:00\n"
        "3,10,9,FALSE,Odd,2024-01-01 10:06:00\n"
        "4,10,77,TRUE,Who,2024-01-01 10:07:00\n",
        ticket=TICKETS,
        user=USERS,
    )

    said = {row["interaction_id"]: row["direction"] for row in outcome.rows["interaction"]}
    assert said == {"1": "inbound", "2": "outbound", "3": "internal"}
    events = {row["ticket_event_id"]: row for row in outcome.rows["ticket_event"]}
    assert [events[key]["actor_type"] for key in "1234"] == ["requester", "agent", "agent", None]
    assert events["2"]["actor_ref"] == "9"
    assert events["4"]["attributes"] is not None
    assert "Who" in events["4"]["attributes"]


def test_a_rating_is_a_survey_response_answered_or_only_offered(rows: Callable[..., Any]) -> None:
    outcome = rows(
        satisfaction_rating="id,ticket_id,requester_id,assignee_id,score,comment,reason,created_at,"
        "updated_at\n"
        "1,10,5,9,good,Quick,,2024-01-01 10:00:00,2024-01-02 10:00:00\n"
        "2,10,5,9,bad,,Slow,2024-01-01 10:00:00,2024-01-02 10:00:00\n"
        "3,10,7,,offered,,,2024-01-01 10:00:00,2024-01-01 10:00:00\n"
        "4,10,7,,unoffered,,,2024-01-01 10:00:00,2024-01-01 10:00:00\n",
        user=USERS,
    )
    good, bad, offered = outcome.rows["survey_response"]

    assert (good["survey_type"], good["score"], good["scale_max"]) == ("CSAT", "1", "1")
    assert (good["person_ref"], good["agent_ref"]) == ("contact:5", "9")
    assert (good["ticket_ref"], good["comment"]) == ("10", "Quick")
    assert good["responded_at"] == good["recorded_at"] == datetime.fromisoformat("2024-01-02 10:00")
    assert (bad["score"], json.loads(bad["attributes"])["reason"]) == ("0", "Slow")
    assert (offered["score"], offered["responded_at"]) == (None, None)
    assert outcome.reasons() == {4: "not_offered"}


def test_a_flag_may_be_a_number(rows: Callable[..., Any]) -> None:
    outcome = rows(
        ticket_comment="id,ticket_id,user_id,public,body,created\n"
        "1,10,5,1,Help,2024-01-01 10:00:00\n2,10,9,0,Odd,2024-01-01 10:06:00\n",
        ticket=TICKETS,
        user=USERS,
    )

    said = {row["interaction_id"]: row["direction"] for row in outcome.rows["interaction"]}
    assert said == {"1": "inbound", "2": "internal"}


def test_identities_of_users_are_their_addresses_and_numbers(rows: Callable[..., Any]) -> None:
    outcome = rows(
        user_identity="id,user_id,type,value,primary,verified,created_at\n"
        "1,5,email,jane.doe@home.example,false,true,2024-01-02 10:00:00\n"
        "2,5,phone_number,+491711234567,true,true,2024-01-02 10:00:00\n"
        "3,5,facebook,1234,false,true,2024-01-02 10:00:00\n"
        "4,9,email,arthur@home.example,false,true,2024-01-02 10:00:00\n"
        "5,77,email,who@home.example,false,true,2024-01-02 10:00:00\n",
        user=USERS,
    )

    found = outcome.rows["identifier"]
    assert {(r["person_ref"], r["id_type"], r["id_value"]) for r in found} == {
        ("contact:5", "email", "jane.doe@home.example"),
        ("contact:5", "phone", "+491711234567"),
        ("contact:5", "social", "facebook:1234"),
    }
    assert {r["first_seen_at"] for r in found} == {datetime.fromisoformat("2024-01-02 10:00")}
    assert outcome.reasons() == {4: "no_contact", 5: "no_contact"}


def test_a_shared_number_is_kept_and_identifies_nobody(rows: Callable[..., Any]) -> None:
    outcome = rows(
        user="id,role,name,email,phone,shared_phone_number\n"
        "5,end-user,Jane,jane@example.com,+491711234567,true\n"
        "6,end-user,Max,max@example.com,+491711234568,false\n"
        "9,agent,Arthur,arthur@example.org,+491711234569,true\n",
        user_identity="id,user_id,type,value\n4,9,email,arthur@home.example\n",
    )

    jane, max_ = outcome.rows["contact"]
    assert (jane["phone"], max_["phone"]) == (None, "+491711234568")
    assert json.loads(jane["attributes"])["phone"] == "+491711234567"
    assert "phone" not in json.loads(max_["attributes"])
    (arthur,) = outcome.rows["agent"]
    assert arthur["phone"] == "+491711234569"
    assert json.loads(arthur["attributes"])["identities"] == ["arthur@home.example"]


def test_a_field_history_says_what_was_before_in_our_words(rows: Callable[..., Any]) -> None:
    outcome = rows(
        ticket_field_history="ticket_id,field_name,updated,value,user_id\n"
        "10,status,2024-01-02 00:00:00,solved,9\n"
        "10,status,2024-01-01 00:00:00,on-hold,9\n"
        "10,status,2024-01-01 00:00:00,on-hold,9\n"
        "10,group_id,2024-01-01 00:00:00,3,-1\n"
        "10,subject,2024-01-01 00:00:00,x,9\n",
        user=USERS,
        group="id,name\n3,Billing\n",
    )

    events = outcome.rows["ticket_event"]
    assert {(e["event_type"], e["previous_value"], e["value"]) for e in events} == {
        ("status", None, "hold"),
        ("status", "hold", "solved"),
        ("group", None, "Billing"),
    }
    assert {e["actor_type"] for e in events} == {"agent", "system"}
    assert outcome.reasons() == {5: "no_entity"}


def test_a_week_that_begins_on_sunday_becomes_one_that_begins_on_monday(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        schedule="id,name,time_zone,start_time,end_time\n"
        "1,Day,Berlin,1920,2640\n"
        "1,Sunday,Berlin,0,1440\n"
        "1,All week,Pacific Time (US & Canada),0,10080\n"
        "1,Nonsense,Berlin,x,1\n"
    )

    found = [
        (r["name"], int(r["start_minute"]), int(r["end_minute"]), r["time_zone"])
        for r in outcome.rows["schedule"]
    ]
    assert sorted(found) == [
        ("All week", 0, 8640, "America/Los_Angeles"),
        ("All week", 8640, 10080, "America/Los_Angeles"),
        ("Day", 480, 1200, "Europe/Berlin"),
        ("Sunday", 8640, 10080, "Europe/Berlin"),
    ]
    assert outcome.reasons() == {4: "bad_interval"}


def test_every_day_of_a_holiday_is_closed(rows: Callable[..., Any]) -> None:
    outcome = rows(
        schedule_holiday="schedule_id,name,start_date,end_date\n"
        "1,Christmas,2022-12-26,2022-12-27\n1,Wrong,2022-12-27,2022-12-26\n"
    )

    days = [row["holiday_date"] for row in outcome.rows["schedule_holiday"]]
    assert days == [date(2022, 12, 26), date(2022, 12, 27)]
    assert outcome.reasons() == {2: "bad_interval"}


def test_zendesk_names_of_time_zones_are_those_of_iana() -> None:
    names = ["London", "Eastern Time (US & Canada)", "Mexico City", "Hong Kong", "Kyiv", "Nowhere"]
    zones = pl.DataFrame({"name": names}).select(iana_zone(pl.col("name"))).to_series().to_list()
    assert zones == [
        "Europe/London", "America/New_York", "America/Mexico_City", "Asia/Hong_Kong",
        "Europe/Kiev", None,
    ]  # fmt: skip


def test_a_chat_names_its_side_by_actor_or_author(rows: Callable[..., Any]) -> None:
    business = '"{""author"":{""display_name"":""Bot"",""type"":""BUSINESS""}}"'
    outcome = rows(
        ticket_chat_event="chat_id,chat_index,created_at,actor_id,message,type,original_message\n"
        "c,0,2024-01-01 10:00:00,55,Hello,ChatMessage,\n"
        "c,1,2024-01-01 10:00:01,agent:9,Hi,ChatMessage,\n"
        f"c,2,2024-01-01 10:00:02,55,Menu,ChatMessage,{business}\n"
        "c,3,2024-01-01 10:00:03,,Lost,ChatMessage,\n",
        ticket_chat="chat_id,ticket_id,user_id\nc,10,55\n",
    )

    found = outcome.rows["interaction"]
    assert [row["direction"] for row in found] == ["inbound", "outbound", "outbound"]
    assert [row["is_automated"] for row in found] == [False, False, True]
    assert [row["agent_ref"] for row in found] == [None, "9", None]
    assert {row["ticket_ref"] for row in found} == {"10"}
    assert outcome.reasons() == {4: "missing_actor"}


def test_an_organization_that_history_mode_has_ended_is_deleted(rows: Callable[..., Any]) -> None:
    outcome = rows(
        organization="id,name,_fivetran_start,_fivetran_end,_fivetran_active\n"
        "1,Acme,2024-01-01,2024-03-01,false\n2,Beta,2024-01-01,9999-12-31,true\n"
    )

    found = {(row["account_id"], row["is_deleted"]) for row in outcome.rows["account"]}
    assert found == {("1", None), ("1", "true"), ("2", None)}


@pytest.mark.parametrize("name", ["id", "_fivetran_start"])
def test_a_table_of_history_mode_without_a_column_is_read_as_it_is(
    rows: Callable[..., Any], name: str
) -> None:
    header = "id,name,_fivetran_start,_fivetran_end,_fivetran_active\n"

    outcome = rows(
        organization=header.replace(name, "other", 1) + "1,Acme,2024-01-01,2024-03-01,false\n"
    )

    assert outcome.read == 1
    assert [row["is_deleted"] for row in outcome.rows["account"]] == [None]


@pytest.mark.parametrize(
    ("active", "marked", "is_deleted"),
    [
        ("true", "true", True), ("false", "", True), ("", "true", True), ("true", "", False),
        ("true", "false", False), ("", "", None),
    ],
)  # fmt: skip
def test_a_user_is_deleted_by_zendesk_or_by_fivetran(
    rows: Callable[..., Any], active: str, marked: str, is_deleted: bool | None
) -> None:
    outcome = rows(user=f"id,role,active,_fivetran_deleted\n1,end-user,{active},{marked}\n")

    assert [row["is_deleted"] for row in outcome.rows["contact"]] == [is_deleted]


def test_a_comment_is_gone_since_fivetran_saw_it(rows: Callable[..., Any]) -> None:
    outcome = rows(
        ticket_comment="id,ticket_id,user_id,public,body,created,_fivetran_deleted,"
        "_fivetran_synced\n"
        "1,5,7,true,Hello,2024-01-01 10:00:00,true,2024-03-01 00:00:00\n"
        "2,5,7,true,Hi,2024-01-01 11:00:00,false,2024-03-01 00:00:00\n",
        user="id,role\n7,end-user\n",
        ticket="id,requester_id,via_channel\n5,7,email\n",
    )

    for entity in ("interaction", "ticket_event"):
        found = [(row["is_deleted"], row["recorded_at"]) for row in outcome.rows[entity]]
        assert found == [(True, datetime.fromisoformat("2024-03-01")), (False, None)]
