"""HubSpot exports: deals, pipelines, lines, goals and tickets."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hubspot_records import DEAL, PIPELINE, of, page, put

from ingest.collect.rest.hubspot_objects import HISTORY as COLLECTED
from ingest.config import read_config
from ingest.loading.load_source import load_source
from ingest.source import Source
from ingest.sources.hubspot.deals import HISTORY_FIELDS as DEAL_HISTORY
from ingest.sources.hubspot.service import HISTORY_FIELDS as TICKET_HISTORY


def test_a_page_of_deals_becomes_opportunities(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "page-1.json", page(DEAL)))

    deal = outcome.rows["opportunity"][0]
    assert (deal["opportunity_id"], deal["stage_name"], deal["pipeline"]) == (
        "9001",
        "closedwon",
        "default",
    )
    assert (deal["account_ref"], deal["primary_contact_ref"]) == ("201", "101")
    assert (deal["amount"], deal["currency"], deal["owner_ref"]) == ("1500.00", "USD", "910901")
    assert deal["close_date"] == date(2024, 3, 1), "midnight of the account's own time zone"
    assert deal["closed_at"] == datetime(2024, 2, 29, 23)
    assert deal["forecast_category"] == "best_case"
    assert deal["recorded_at"] == datetime(2024, 3, 2, 8)
    assert json.loads(deal["attributes"])["our_field"] == "x"


def test_the_history_of_properties_becomes_changes(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "deals.json", page(DEAL)))

    assert [
        (r["field"], r["old_value"], r["new_value"], r["changed_at"])
        for r in outcome.rows["opportunity_history"]
    ] == [
        ("stage", None, "qualifiedtobuy", datetime(2024, 1, 1, 10)),
        ("stage", "qualifiedtobuy", "closedwon", datetime(2024, 3, 1, 9)),
    ]


def test_changes_within_one_second_follow_each_other(read, tmp_path):
    deal = of("1", dealname="A", dealstage="won")
    deal["propertiesWithHistory"] = {
        "dealstage": [
            {"value": "won", "timestamp": "2024-02-01T10:00:00.250Z"},
            {"value": "sent", "timestamp": "2024-02-01T10:00:00Z"},
            {"value": "new", "timestamp": "2024-01-01T10:00:00.000Z"},
        ]
    }

    outcome = read("hubspot", put(tmp_path, "deals.json", page(deal)))

    changes = [(r["old_value"], r["new_value"]) for r in outcome.rows["opportunity_history"]]
    assert changes == [(None, "new"), ("new", "sent"), ("sent", "won")]


def test_a_day_of_closing_is_one_of_the_accounts_calendar_in_the_history_too(read, tmp_path):
    deal = of("1", dealname="A", dealstage="x", closedate="2024-04-30T22:30:00.000Z")
    deal["propertiesWithHistory"] = {
        "closedate": [
            {"value": "2024-04-30T22:30:00.000Z", "timestamp": "2024-02-01T00:00:00.000Z"},
            {"value": "1709247600000", "timestamp": "2024-01-01T00:00:00.000Z"},
        ]
    }

    outcome = read("hubspot", put(tmp_path, "deals.json", page(deal)))

    (row,) = outcome.rows["opportunity"]
    changes = [(r["old_value"], r["new_value"]) for r in outcome.rows["opportunity_history"]]
    assert str(row["close_date"]) == "2024-05-01", "in Berlin"
    assert changes == [(None, "2024-03-01"), ("2024-03-01", "2024-05-01")]


def test_the_collector_asks_for_the_histories_that_are_read():
    for object_, read_here in (("deals", DEAL_HISTORY), ("tickets", TICKET_HISTORY)):
        assert set(COLLECTED[object_]) == set(read_here)


def test_merged_records_point_at_the_survivor(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "deals.json", page(DEAL)))

    merged = outcome.rows["opportunity"][1:]
    assert [(r["opportunity_id"], r["merged_into_ref"], r["is_deleted"]) for r in merged] == [
        ("8001", "9001", "true"),
        ("8002", "9001", "true"),
    ]


def test_pipelines_say_which_stages_are_won(read, tmp_path):
    outcome = read("hubspot", put(tmp_path, "x.json", page(PIPELINE, {**PIPELINE, "stages": []})))

    stages = outcome.rows["pipeline_stage"]
    assert [
        (r["stage_id"], r["display_order"], r["is_closed"], r["is_won"], r["is_deleted"])
        for r in stages
    ] == [
        ("qualifiedtobuy", "1", "false", "false", "false"),
        ("closedwon", "2", "true", "true", "false"),
        ("closedlost", "3", "true", "false", "true"),
    ]
    assert outcome.rejected[0]["reason"] == "a pipeline without stages"


def test_a_pipeline_of_tickets_is_refused(read, tmp_path):
    stage = {"id": "1", "label": "New", "metadata": {"ticketState": "OPEN"}}

    outcome = read("hubspot", put(tmp_path, "p.json", page({"id": "0", "stages": [stage]})))

    assert outcome.reasons() == {1: "no_place"}


def test_the_entry_in_the_documentation_works(tmp_path):
    page = Path(__file__).resolve().parents[4] / "docs" / "sources" / "hubspot.md"
    (tmp_path / "sources.yml").write_text(page.read_text().split("```")[1].removeprefix("yaml"))

    (source,) = read_config(tmp_path / "sources.yml").sources

    assert (source.format, source.options["currency"]) == ("hubspot", "EUR")


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"hs_pipeline_stage": "1"}, "new"),
        ({"hs_pipeline_stage": "2"}, "pending"),
        ({"hs_pipeline_stage": "Waiting on us"}, "open"),
        ({"hs_pipeline_stage": "4"}, "closed"),
        ({"hs_pipeline_stage": "77123"}, "open"),
        ({"hs_pipeline_stage": "77123", "closed_date": "2024-01-03T00:00:00Z"}, "closed"),
    ],
)
def test_stages_of_tickets_become_states(read, tmp_path, properties, status):
    ticket = of("7", subject="Help", createdate="2024-01-01T00:00:00Z", **properties)

    (row,) = read("hubspot", put(tmp_path, "tickets.json", page(ticket))).rows["ticket"]

    assert row["status"] == status


def test_goals_in_money_and_in_units_are_told_apart(read, tmp_path):
    revenue = of(
        "1",
        hs_target_amount="5000",
        hs_goal_type="sales_quota",
        hs_milestone="monthly",
        hubspot_owner_id="7",
        hs_start_datetime="2024-01-01",
    )
    calls = of("2", hs_target_amount="100", hs_goal_type="average_calls")

    rows = read("hubspot", put(tmp_path, "goals.json", page(revenue, calls))).rows["quota"]

    assert [(r["quota_amount"], r["quota_quantity"]) for r in rows] == [
        ("5000", None),
        (None, "100"),
    ]
    assert (rows[0]["period_type"], rows[0]["period_start"]) == ("month", date(2024, 1, 1))


def test_a_goal_of_a_user_is_the_quota_of_the_owner_that_the_user_is(read, tmp_path):
    # as goals of before 2024 name whose they are
    said = {"hs_target_amount": "5", "hs_milestone": "monthly", "hs_start_datetime": "2023-07-01"}
    goal = of("1", hs_assignee_user_id="26", hs_owner_ids_of_all_owners="111", **said)
    several = of("2", hs_owner_ids_of_all_owners="111;112", **said)

    rows = read("hubspot", put(tmp_path, "goals.json", page(goal, several))).rows["quota"]

    assert [row["owner_ref"] for row in rows] == ["111", None]


def test_campaigns_of_the_email_api_are_known_whatever_their_file_is_called(read, tmp_path):
    sent = {"id": 243, "appId": 113, "appName": "Batch", "name": "News", "contentId": 5,
            "lastUpdatedTime": 1675121674226, "type": "BATCH_EMAIL"}  # fmt: skip
    path = put(tmp_path, "campaigns.json", json.dumps({"campaigns": [sent]}))

    (row,) = read("hubspot", path).rows["campaign"]

    assert (row["campaign_id"], row["name"], row["type"]) == ("243", "News", "email")


def test_a_goal_of_a_team_is_nobodys_quota(read, tmp_path):
    team = of("1", hs_target_amount="5000", hs_assignee_team_id="44", hs_milestone="monthly",
              hs_start_datetime="2024-01-01")  # fmt: skip

    outcome = read("hubspot", put(tmp_path, "goal_targets.json", page(team)))

    assert (outcome.rows.get("quota", []), outcome.reasons()) == ([], {1: "no_place"})


def test_the_stage_of_a_closed_ticket_is_closed_in_its_history_too(read, tmp_path):
    changes = [
        {"value": "9002", "timestamp": "2024-01-03T00:00:00Z"},
        {"value": "9001", "timestamp": "2024-01-01T00:00:00Z"},
    ]
    ticket = of(
        "7",
        hs_pipeline="77",
        hs_pipeline_stage="9002",
        createdate="2024-01-01T00:00:00Z",
        closed_date="2024-01-03T00:00:00Z",
        first_agent_reply_date="2024-01-02T00:00:00Z",
    )
    ticket["propertiesWithHistory"] = {"hs_pipeline_stage": changes}

    outcome = read("hubspot", put(tmp_path, "tickets.json", page(ticket)))

    (row,) = outcome.rows["ticket"]
    assert row["status"] == "closed"
    assert row["first_replied_at"] == datetime(2024, 1, 2)
    events = [(e["previous_value"], e["value"]) for e in outcome.rows["ticket_event"]]
    assert sorted(events, key=str) == [("open", "closed"), (None, "open")]


def test_a_line_belongs_to_its_order_its_deal_or_both(read, tmp_path):
    def linked(record_id: str, **associations: str) -> dict:
        named = {name: {"results": [{"id": value}]} for name, value in associations.items()}
        line = of(record_id, name="Chair", quantity="2", price="49.95", amount="99.90",
                  hs_product_id="5")  # fmt: skip
        return {**line, "id": record_id, "associations": named}

    lines = page(
        linked("1"), linked("2", orders="77"), linked("3", deals="8"),
        linked("4", orders="78", deals="8"),
    )  # fmt: skip
    outcome = read("hubspot", put(tmp_path, "line_items.json", lines))

    assert [r["order_ref"] for r in outcome.rows["order_line"]] == ["77", "78"]
    offered = [
        (r["opportunity_line_id"], r["opportunity_ref"], r["product_ref"], r["amount"])
        for r in outcome.rows["opportunity_line"]
    ]
    assert offered == [("3", "8", "5", "99.90"), ("4", "8", "5", "99.90")]
    assert outcome.reasons() == {1: "no_place"}


def test_an_archived_line_leaves_the_deal_that_it_no_longer_names(read, tmp_path):
    line = {
        **of("3", createdate="2024-02-20T10:00:00Z", hs_lastmodifieddate="2024-02-20T10:00:00Z"),
        "archived": True,
        "archivedAt": "2024-03-20T10:00:00Z",
    }

    outcome = read("hubspot", put(tmp_path, "line_items_archived.json", page(line)))

    (row,) = outcome.rows["opportunity_line"]
    assert (row["opportunity_line_id"], row["is_deleted"]) == ("3", "true")
    assert row["recorded_at"] == datetime(2024, 3, 20, 10)
    assert not outcome.rejected


def test_one_object_a_line_is_read_too(read, tmp_path):
    text = "\n".join([json.dumps(DEAL), "{broken", json.dumps(DEAL)])

    outcome = read("hubspot", put(tmp_path, "deals.jsonl", text))

    assert outcome.read == 3
    assert outcome.reasons() == {2: "malformed_json"}


def test_the_people_of_a_deal_have_the_labels_that_they_were_given(read, tmp_path):
    labeled = [
        {"toObjectId": 102, "associationTypes": [{"typeId": 3, "label": None}]},
        {
            "toObjectId": 101,
            "associationTypes": [
                {"typeId": 3, "label": None},
                {"typeId": 1, "label": "Decision maker"},
                {"typeId": 9, "label": "Billing"},
            ],
        },
    ]
    companies = [
        {"toObjectId": 202, "associationTypes": [{"typeId": 341, "label": None}]},
        {"toObjectId": 201, "associationTypes": [{"typeId": 5, "label": "Primary"}]},
    ]
    deal = {
        **DEAL,
        "associations": {"contacts": {"results": labeled}, "companies": {"results": companies}},
    }

    outcome = read("hubspot", put(tmp_path, "deals.json", page(deal)))

    people = outcome.rows["opportunity_contact"]
    assert [(r["opportunity_contact_id"], r["contact_ref"], r["role"]) for r in people] == [
        ("9001|102", "102", None),
        ("9001|101", "101", "Decision maker, Billing"),
    ]
    assert {r["recorded_at"] for r in people} == {datetime(2024, 3, 2, 8)}
    assert {json.loads(r["attributes"])["told_with"] for r in people} == {"opportunity"}
    assert outcome.rows["opportunity"][0]["account_ref"] == "201"


def test_the_people_of_a_deal_of_a_csv_export_have_no_labels(read, tmp_path):
    text = "Record ID,Deal Name,Deal Stage,Associated Contact IDs\n9,A,new,101; 102\n8,B,new,\n"

    outcome = read("hubspot", put(tmp_path, "deals.csv", text))

    people = outcome.rows["opportunity_contact"]
    assert [(r["opportunity_ref"], r["contact_ref"], r["role"]) for r in people] == [
        ("9", "101", None),
        ("9", "102", None),
    ]


def test_pages_of_associations_tell_the_people_of_deals(read, tmp_path):
    types = [{"category": "USER_DEFINED", "typeId": 1, "label": "Decision maker"}]
    of_deal = {"from": {"id": "9"}, "to": [{"toObjectId": 101, "associationTypes": types}]}
    alone = {"toObjectId": 102, "associationTypes": types}

    outcome = read("hubspot", put(tmp_path, "deals_contacts.json", page(of_deal, alone)))

    (row,) = outcome.rows["opportunity_contact"]
    assert (row["opportunity_contact_id"], row["contact_ref"], row["role"]) == (
        "9|101",
        "101",
        "Decision maker",
    )
    assert outcome.reasons() == {2: "missing_from"}
    other = read("hubspot", put(tmp_path, "contacts_companies.json", page(of_deal)))
    assert other.reasons() == {1: "no_place"}


def test_the_first_contact_of_a_page_of_associations_is_the_deals(read, tmp_path):
    def to(person: int, *labels: str | None) -> dict:
        types = [{"category": "X", "typeId": n, "label": label} for n, label in enumerate(labels)]
        return {"toObjectId": person, "associationTypes": types}

    answer = page(
        {"from": {"id": "9"}, "to": [to(103, None), to(101, None, "Billing")]},
        {"from": {"id": "8"}, "to": [to(103, None), to(101, "Primary", None)]},
        # as v3 answers
        {"from": {"id": "7"}, "to": [{"id": "102", "type": "deal_to_contact"}]},
    )
    rows = read("hubspot", put(tmp_path, "deals_contacts.json", answer)).rows["opportunity_contact"]

    assert [
        (row["opportunity_ref"], row["contact_ref"], row["role"], row["is_primary"]) for row in rows
    ] == [
        ("9", "103", None, "true"),
        ("9", "101", "Billing", "false"),
        ("8", "101", None, "true"),
        ("8", "103", None, "false"),
        ("7", "102", None, "true"),
    ]


def test_a_deal_has_the_contact_that_a_file_of_associations_tells(warehouse, landing):
    deal = of("9", dealname="A", dealstage="new", createdate="2026-01-01T10:00:00Z")
    answer = {"from": {"id": "9"}, "to": [{"toObjectId": 103}, {"toObjectId": 101}]}
    (landing / "hs").mkdir()
    (landing / "hs" / "deals.json").write_text(page(deal))
    (landing / "hs" / "deals_contacts.json").write_text(page(answer))

    source = Source(name="hs", format="hubspot", path="hs/*", namespace="hs")
    assert load_source(warehouse, source, landing).status == "loaded"

    assert warehouse.execute(
        "select o.primary_contact_ref, c.contact_ref, c.is_primary from raw.opportunity as o "
        "join raw.opportunity_contact as c on o.record_key = c.opportunity_ref order by all"
    ).fetchall() == [(None, "hs:101", False), (None, "hs:103", True)]
