"""Salesforce's tables as Fivetran writes them: versions, their differences, and activities."""

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
        return read("fivetran.salesforce", tmp_path / f"{next(iter(tables))}.csv")

    return run


def test_history_mode_gives_versions_and_what_changed_between_them(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        opportunity_history="id,stage_name,amount,probability,last_modified_by_id,"
        "_fivetran_start,_fivetran_synced\n"
        "1,Won,10,100,005A,2024-02-01 00:00:00,2024-03-01 00:00:00\n"
        "1,Open,10,50,005A,2024-01-01 00:00:00,2024-03-01 00:00:00\n"
    )

    versions = {
        (row["stage_name"], row["recorded_at"], float(row["probability"]))
        for row in outcome.rows["opportunity"]
    }
    assert versions == {
        ("Won", datetime.fromisoformat("2024-02-01"), 1.0),
        ("Open", datetime.fromisoformat("2024-01-01"), 0.5),
    }
    changes = {
        (row["field"], row["old_value"], row["new_value"], row["changed_at"].month)
        for row in outcome.rows["opportunity_history"]
    }
    assert changes == {
        ("stage", None, "Open", 1), ("stage", "Open", "Won", 2), ("amount", None, "10", 1),
        ("probability", None, "0.5", 1), ("probability", "0.5", "1.0", 2),
    }  # fmt: skip


def changes(outcome: Any) -> set[tuple[Any, ...]]:
    return {
        (row["opportunity_ref"], row["field"], row["old_value"], row["new_value"])
        for row in outcome.rows["opportunity_history"]
    }


def test_salesforce_s_own_history_of_an_opportunity_gives_its_changes(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        opportunity_history="id,opportunity_id,stage_name,amount,created_by_id,created_date\n"
        "8a,6A,Open,10,005A,2024-01-01\n8b,6A,Won,10,005A,2024-02-01\n"
        "8c,6A,Won,10,005A,2024-02-02\n8d,6B,Won,5,005A,2024-02-03\n"
    )

    assert set(outcome.rows) == {"opportunity_history"}
    assert changes(outcome) == {
        ("6A", "stage", None, "Open"), ("6A", "amount", None, "10"), ("6A", "stage", "Open", "Won"),
        ("6B", "stage", None, "Won"), ("6B", "amount", None, "5"),
    }  # fmt: skip
    assert outcome.reasons() == {3: "nothing_changed"}


def test_a_deletion_is_no_change_from_nothing(rows: Callable[..., Any]) -> None:
    outcome = rows(
        opportunity_history="id,stage_name,is_deleted,_fivetran_start\n"
        "6A,Open,false,2024-01-01\n6A,Open,true,2024-02-01\n"
    )

    assert changes(outcome) == {("6A", "stage", None, "Open")}
    assert [row["is_deleted"] for row in outcome.rows["opportunity"]] == [False, True]


@pytest.mark.parametrize("spelled", [str, str.upper])
def test_columns_and_tables_may_have_the_names_that_salesforce_has(
    rows: Callable[..., Any], spelled: Callable[[str], str]
) -> None:
    header = "Id,StageName,AccountId,IsDeleted,SystemModstamp,OwnerId,My_Field__c,_fivetran_synced"
    outcome = rows(
        Opportunity=f"{spelled(header)}\n1,Open,A,true,2024-01-02,U,x,2024-03-01\n",
        OpportunityLineItem=f"{spelled('Id,OpportunityId,Product2Id')}\n9,1,P\n",
    )
    lines = rows(OpportunityLineItem=f"{spelled('Id,OpportunityId,Product2Id')}\n9,1,P\n")

    (row,) = outcome.rows["opportunity"]
    assert (row["account_ref"], row["product_ref"], row["owner_ref"]) == ("A", "P", "U")
    assert (row["is_deleted"], row["recorded_at"].month) == (True, 1)
    assert json.loads(row["attributes"])["my_field__c"] == "x"
    assert lines.rows["opportunity_line"][0]["opportunity_ref"] == "1"


def test_a_history_of_fields_has_the_words_and_units_of_opportunities(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        opportunity_field_history="id,opportunity_id,field,old_value,new_value,created_date\n"
        "h1,1,Probability,20,75.5,2024-01-01\n"
        "h2,1,ForecastCategoryName,Best Case,Our own,2024-01-01\n"
        "h3,1,Amount,,10,2024-01-01\n"
    )

    assert {
        (row["field"], row["old_value"], row["new_value"])
        for row in outcome.rows["opportunity_history"]
    } == {
        ("probability", "0.2", "0.755"),
        ("forecast_category", "best_case", "Our own"),
        ("amount", None, "10"),
    }


HISTORY = "id,last_name,is_deleted,_fivetran_start,_fivetran_end,_fivetran_active\n"


@pytest.mark.parametrize(
    ("versions", "ends"),
    [
        ("1,A,false,2024-01-01,2024-02-01,false\n1,B,false,2024-02-01,2024-03-01,false\n", [3]),
        ("1,A,false,2024-01-01,2024-02-01,false\n1,B,false,2024-02-01,9999-12-31,true\n", []),
        ("1,A,false,2024-01-01,2024-02-01,false\n1,A,true,2024-02-01,9999-12-31,true\n", [2]),
        ("1,A,false,2024-01-01,9999-12-31,\n", []),
    ],
    ids=["gone", "changed", "marked", "unknown"],
)
def test_in_history_mode_a_record_without_an_active_version_is_deleted(
    rows: Callable[..., Any], versions: str, ends: list[int]
) -> None:
    found = rows(contact=HISTORY + versions).rows["contact"]

    assert [row["recorded_at"].month for row in found if row["is_deleted"]] == ends
    assert sum(not row["is_deleted"] for row in found) == versions.count(",false,2024")


def test_in_history_mode_the_present_version_of_another_table_counts(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        user="id,name,user_role_id\nU,Ole,R\n",
        user_role="id,name,_fivetran_start,_fivetran_active\nR,A,2024-01-01,false\n"
        "R,Sales,2024-02-01,true\n",
    )

    assert [row["team"] for row in outcome.rows["agent"]] == ["Sales"]


def test_lines_of_an_opportunity_are_rows_and_name_its_only_product(
    rows: Callable[..., Any],
) -> None:
    lines = (
        "id,opportunity_id,product_2_id,name,quantity,unit_price,total_price\n"
        "9,1,P,Plan,2,50,100\n8,,P,Plan,1,1,1\n"
    )
    opportunities = "id,stage_name,system_modstamp\n1,Open,2024-01-01 00:00:00\n"

    opportunity = rows(opportunity=opportunities, opportunity_line_item=lines)
    outcome = rows(opportunity_line_item=lines)

    assert opportunity.rows["opportunity"][0]["product_ref"] == "P"
    (line,) = outcome.rows["opportunity_line"]
    assert (line["opportunity_line_id"], line["opportunity_ref"]) == ("9", "1")
    assert (line["product_ref"], float(line["amount"])) == ("P", 100)
    assert outcome.reasons() == {2: "missing_parent"}


def test_the_id_of_whom_an_activity_is_with_says_what_it_is(rows: Callable[..., Any]) -> None:
    tasks = rows(
        task="id,who_id,what_id,task_subtype,call_type,created_date,call_duration_in_seconds\n"
        "1,003A,006A,Call,Inbound,2024-01-01 00:00:00,60\n"
        "2,00QA,500A,Email,,2024-01-01 00:00:00,\n"
        "3,,701A,Task,,2024-01-01 00:00:00,\n"
    ).rows["interaction"]
    events = rows(
        event="id,who_id,start_date_time,duration_in_minutes\n1,003A,2024-01-01 00:00:00,30\n"
    ).rows["interaction"]

    assert [(t["channel"], t["direction"], t["interaction_type"]) for t in tasks] == [
        ("phone", "inbound", "call"),
        ("email", "outbound", "message"),
        ("web", "internal", "task"),
    ]
    assert [t["customer_ref"] for t in tasks] == ["contact:003A", "lead:00QA", None]
    assert (tasks[0]["opportunity_ref"], tasks[1]["ticket_ref"]) == ("006A", "500A")
    assert tasks[2]["campaign_ref"] == "701A"
    assert (events[0]["interaction_type"], float(events[0]["duration_s"])) == ("meeting", 1800)


@pytest.mark.parametrize(
    ("said", "kind"),
    [("false,Not Started,", "task"), (",In Progress,", "task"), ("false,Not Started,60", "call"),
     ("true,Erledigt,", "call"), (",,", "call")],
)  # fmt: skip
def test_a_call_that_is_still_to_be_made_is_a_task(
    rows: Callable[..., Any], said: str, kind: str
) -> None:
    (task,) = rows(
        task="id,task_subtype,created_date,is_closed,status,call_duration_in_seconds\n"
        f"1,Call,2024-01-01,{said}\n"
    ).rows["interaction"]

    channel, direction = ("web", "internal") if kind == "task" else ("phone", "outbound")
    assert (task["interaction_type"], task["channel"], task["direction"]) == (
        kind, channel, direction,
    )  # fmt: skip


def test_a_meeting_counts_once_however_often_it_stands_in_calendars(
    rows: Callable[..., Any],
) -> None:
    events = rows(
        event="id,who_id,start_date_time,is_child,is_recurrence,group_event_type\n"
        "1,003A,2024-01-01,false,false,1\n2,003A,2024-01-01,true,false,1\n"
        "3,003A,2024-01-02,false,true,\n4,003A,2024-01-02,false,false,3\n5,003A,2024-01-02,,,\n"
    ).rows["interaction"]

    assert [event["direction"] for event in events] == [
        "outbound", "internal", "internal", "internal", "outbound",
    ]  # fmt: skip


def test_two_rows_about_one_new_owner_become_the_one_with_ids(rows: Callable[..., Any]) -> None:
    (a, b) = "0055g00000A1AAA", "0055g00000B1AAA"
    outcome = rows(
        opportunity_field_history="id,opportunity_id,field,old_value,new_value,created_date\n"
        f"h1,1,Owner,Ina Roth,Bo Lund,2024-01-01\nh2,1,Owner,{a},{b},2024-01-01\n"
    )

    assert changes(outcome) == {("1", "owner", a, b)}


def test_a_queue_is_no_colleague(rows: Callable[..., Any]) -> None:
    leads = rows(lead="id,last_name,owner_id\n1,A,00G5g00000A1AAA\n2,B,0055g00000A1AAA\n")

    assert [lead["owner_ref"] for lead in leads.rows["lead"]] == [None, "0055g00000A1AAA"]


def test_a_colleague_who_left_has_a_last_day(rows: Callable[..., Any]) -> None:
    agents = rows(
        user="id,name,is_active,system_modstamp\n1,A,true,2024-01-01\n2,B,false,2024-01-02\n"
    ).rows["agent"]

    assert [str(agent["active_to"]) for agent in agents] == ["None", "2024-01-02"]


def test_a_lead_who_has_a_mobile_phone_alone_is_called_there(rows: Callable[..., Any]) -> None:
    outcome = rows(
        lead="id,last_name,phone,mobile_phone\n1,A,,+49 171 5556667\n"
        "2,B,+49 30 901820,+49 171 5556668\n"
    )

    assert [lead["phone"] for lead in outcome.rows["lead"]] == ["+49 171 5556667", "+49 30 901820"]
    assert ("lead:2", "+49 171 5556668") in {
        (row["person_ref"], row["id_value"]) for row in outcome.rows["identifier"]
    }


def test_a_quota_names_its_products_and_territory(rows: Callable[..., Any]) -> None:
    (quota,) = rows(
        forecasting_quota="id,quota_owner_id,start_date,quota_amount,product_family,territory_2_id\n"
        "1,005A,2024-01-01,10,Hardware,0MIA\n"
    ).rows["quota"]

    assert (quota["product_family"], quota["territory"]) == ("Hardware", "0MIA")


def test_a_response_to_a_campaign_is_a_touch_too(rows: Callable[..., Any]) -> None:
    outcome = rows(
        campaign_member="id,campaign_id,lead_id,has_responded,first_responded_date,created_date\n"
        "1,C,00QA,true,2024-01-12,2024-01-10\n2,C,00QB,false,,2024-01-10\n"
    )

    assert len(outcome.rows["campaign_member"]) == 2
    (touch,) = outcome.rows["campaign_touch"]
    assert (touch["person_ref"], touch["touch_type"]) == ("lead:00QA", "response")


def test_what_is_told_of_a_campaign_and_an_order_is_in_the_words_of_their_tables(
    rows: Callable[..., Any],
) -> None:
    (campaign,) = rows(campaign="id,name,type,status\n1,A,Trade Show,Canceled\n").rows["campaign"]
    (order,) = rows(
        order="id,ship_to_contact_id,status,effective_date\n1,003A,Activated,2024-01-12\n"
    ).rows["order"]

    assert (campaign["type"], campaign["status"]) == ("trade_show", "aborted")
    assert (order["customer_ref"], order["status"]) == ("contact:003A", "placed")


def test_when_a_record_changed_says_more_than_when_it_was_synced(rows: Callable[..., Any]) -> None:
    outcome = rows(
        account="id,name,master_record_id,is_deleted,system_modstamp,_fivetran_synced\n"
        "1,A,,false,2024-01-01 00:00:00,2024-03-01 00:00:00\n"
        "2,B,1,true,,2024-03-01 00:00:00\n"
    )

    first, second = outcome.rows["account"]
    assert (first["recorded_at"], second["recorded_at"]) == (
        datetime.fromisoformat("2024-01-01"),
        datetime.fromisoformat("2024-03-01"),
    )
    assert (second["merged_into_ref"], second["is_deleted"]) == ("1", True)
    assert "_fivetran_synced" not in (first["attributes"] or "")


def test_further_numbers_of_a_contact_are_identifiers_if_they_name_their_country(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        contact="id,last_name,created_date,phone,home_phone,other_phone\n"
        "003A,Paz,2024-01-01 10:00:00,+1 415 555 0101,+1 (415) 555-0102,\n"
        "003B,Fox,2024-01-01 10:00:00,,(415) 555-0103,+x\n"
    )

    found = [
        (row["person_ref"], row["id_type"], row["id_value"]) for row in outcome.rows["identifier"]
    ]
    assert found == [("contact:003A", "phone", "+1 (415) 555-0102")]
    assert "(415) 555-0103" in outcome.rows["contact"][1]["attributes"]


def test_a_person_account_is_the_contact_beside_it_and_no_company(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        account="id,name,is_person_account,person_contact_id,last_name,person_email\n"
        "0011,Ana Paz,true,0031,Paz,ana@home.example\n"
        "0012,Acme,false,,,\n"
        "0013,Bo Fox,true,,Fox,\n"
    )

    assert [row["account_id"] for row in outcome.rows["account"]] == ["0012"]
    (person,) = outcome.rows["contact"]
    assert (person["contact_id"], person["account_ref"], person["email"]) == (
        "0031", "0011", "ana@home.example",
    )  # fmt: skip
    assert outcome.reasons() == {3: "missing_id"}


def test_a_person_account_says_of_its_person_what_the_account_itself_says(
    rows: Callable[..., Any],
) -> None:
    outcome = rows(
        account="id,is_person_account,person_contact_id,last_name,created_date,person_mailing_city,"
        "person_mailing_country,billing_street,billing_city,billing_state,billing_country,"
        "person_lead_source,account_source,person_home_phone,person_other_phone\n"
        "0011,true,0031,Paz,2024-01-05 10:20:30,Oslo,United States,Road 1,Bergen,X,Norway,Web,Ad,"
        "+1 415 555 0103,415 555 0104\n"
        "0012,true,0032,Fox,2024-01-05 10:20:30,,,Road 2,Bergen,X,Norway,,Ad,,\n"
        "0013,true,,Ray,2024-01-05 10:20:30,,,,,,,,,+1 415 555 0105,\n"
    )

    mailed, billed = outcome.rows["contact"]
    assert (mailed["street"], mailed["city"], mailed["state"]) == (None, "Oslo", None)
    assert (mailed["country_code"], mailed["lead_source"]) == ("US", "Web")
    assert (billed["street"], billed["city"], billed["state"]) == ("Road 2", "Bergen", "X")
    assert (billed["country_code"], billed["lead_source"]) == ("NO", "Ad")
    (number,) = outcome.rows["identifier"]
    assert (number["person_ref"], number["id_value"]) == ("contact:0031", "+1 415 555 0103")
    assert number["first_seen_at"] == datetime.fromisoformat("2024-01-05 10:20:30")
    assert outcome.reasons() == {3: "missing_id"}


def test_an_order_is_what_the_category_of_its_status_says(
    rows: Callable[..., Any],
) -> None:
    orders = rows(
        order="id,account_id,status,status_code,effective_date\n"
        "1,001A,Draft,,2024-01-12\n"
        "2,001A,Ready for Review,Draft,2024-01-12\n"
        "3,001A,Draft,Activated,2024-01-12\n"
        "4,001A,Activated,A,2024-01-12\n"
        "5,001A,Storniert,Canceled,2024-01-12\n"
        "6,001A,Replaced,Superseded,2024-01-12\n"
    ).rows["order"]

    assert [(order["order_id"], order["status"]) for order in orders] == [
        ("1", "draft"),
        ("2", "draft"),
        ("3", "placed"),
        ("4", "placed"),
        ("5", "cancelled"),
        ("6", "cancelled"),
    ]
