"""The tables that Fivetran's dbt packages test with load completely; what they state agrees."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from ingest.config import read_config
from ingest.loading.load import load_all
from ingest.loading.results import BatchResult

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.real_data

ACCEPTED = {"no_entity", "missing_parent", "missing_required", "out_of_range"}
"""Reasons that a person accepts; docs/sources/fivetran.md says them table by table."""


class Loaded:
    """One vendor's seeds in a warehouse."""

    def __init__(self, vendor: str, seeds: Path, home: Path) -> None:
        self.seeds = seeds / vendor
        (home / "landing" / vendor).mkdir(parents=True)
        for file in self.seeds.glob("*.csv"):
            shutil.copyfile(file, home / "landing" / vendor / file.name)
        config = read_config(ROOT / "examples" / f"fivetran_{vendor}" / "sources.yml")
        self.con = duckdb.connect(":memory:")
        self.result: BatchResult = load_all(self.con, config, home)[0]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def rows(self, table: str) -> list[dict[str, str]]:
        with (self.seeds / f"{table}_data.csv").open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def seeds(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Loaded]]:
    """Return a loader of one vendor's seeds, which loads each once."""
    loaded: dict[str, Loaded] = {}

    def load(vendor: str) -> Loaded:
        if vendor not in loaded:
            folder = real_data / "fivetran_seeds"
            if not folder.is_dir():
                pytest.skip(f"the seeds of Fivetran's dbt packages are not at {folder}")
            loaded[vendor] = Loaded(vendor, folder, tmp_path_factory.mktemp(vendor))
        return loaded[vendor]

    yield load
    for each in loaded.values():
        each.con.close()


@pytest.mark.parametrize(
    ("vendor", "files", "read", "loaded", "duplicate", "reasons"),
    [
        ("hubspot", 56, 2171, 783, 13,
         {"missing_parent": 1008, "missing_required": 44, "no_entity": 377}),
        ("salesforce", 14, 111, 153, 0, {"no_entity": 10, "out_of_range": 2}),
        ("zendesk", 22, 239, 156, 19, {"missing_parent": 42, "no_entity": 39}),
    ],
)  # fmt: skip
def test_every_row_is_loaded_a_duplicate_or_in_quarantine_for_an_accepted_reason(
    seeds: Callable[[str], Loaded],
    vendor: str,
    files: int,
    read: int,
    loaded: int,
    duplicate: int,
    reasons: dict[str, int],
) -> None:
    warehouse = seeds(vendor)
    result = warehouse.result

    assert result.status == "loaded", result.message
    assert (result.files, result.records_read) == (files, read)
    assert (result.rows_loaded, result.rows_duplicate) == (loaded, duplicate)
    assert result.rows_quarantined == sum(reasons.values())
    assert (
        dict(warehouse.query("select reason_code, count(*) from meta.quarantine group by all"))
        == reasons
    )
    assert set(reasons) <= ACCEPTED
    assert warehouse.query(
        "select count(*) from meta.ingest_files where status <> 'loaded' or message is not null"
    ) == [(0,)]
    in_files = {
        f"{vendor}/{file.name}": len(warehouse.rows(file.name.removesuffix("_data.csv")))
        for file in warehouse.seeds.glob("*.csv")
    }
    read_of = dict(warehouse.query("select file, records_read from meta.ingest_files"))
    assert read_of == in_files


@pytest.mark.parametrize(
    ("vendor", "counts"),
    [
        ("hubspot", {
            "account": 24, "agent": 100, "campaign": 160, "campaign_member": 100, "contact": 29,
            "email_event": 100, "identifier": 22, "interaction": 111, "opportunity_history": 14,
            "pipeline_stage": 71, "ticket": 25, "ticket_event": 27,
        }),
        ("salesforce", {
            "account": 20, "agent": 10, "contact": 8, "interaction": 20, "lead": 1,
            "opportunity": 18, "opportunity_history": 54, "opportunity_line": 10, "order": 10,
            "product": 2,
        }),
        ("zendesk", {
            "account": 10, "agent": 1, "contact": 9, "interaction": 12, "schedule": 5,
            "schedule_holiday": 3, "sla_policy": 22, "ticket": 10, "ticket_event": 84,
        }),
    ],
)  # fmt: skip
def test_rows_end_in_the_entities_they_are_of(
    seeds: Callable[[str], Loaded], vendor: str, counts: dict[str, int]
) -> None:
    warehouse = seeds(vendor)
    tables = warehouse.query(
        "select table_name from information_schema.tables where table_schema = 'raw'"
    )
    found = {
        name: warehouse.query(f'select count(*) from raw."{name}"')[0][0] for (name,) in tables
    }
    assert {name: count for name, count in found.items() if count} == counts


def test_merges_point_to_the_survivor(seeds: Callable[[str], Loaded]) -> None:
    merged = seeds("hubspot").query(
        "select distinct contact_id, merged_into_ref from raw.contact "
        "where merged_into_ref is not null order by all"
    )
    audits = seeds("hubspot").rows("contact_merge_audit")
    survivor = "78971951"
    expected = {(row["vid_to_merge"], f"hubspot:{row['canonical_vid']}") for row in audits}
    expected |= {(i, f"hubspot:{survivor}") for i in ("76340251", "46897301", "76226001")}
    assert set(merged) == expected


def test_the_last_of_a_ticket_s_history_is_what_the_ticket_says(
    seeds: Callable[[str], Loaded],
) -> None:
    last = dict(
        seeds("zendesk").query(
            "select event_type, arg_max(value, event_at) from raw.ticket_event "
            "where ticket_ref = 'zendesk:11071' "
            "and event_type in ('status', 'priority', 'assignee') group by all"
        )
    )
    ticket = next(row for row in seeds("zendesk").rows("ticket") if row["id"] == "11071")

    assert last == {
        "status": ticket["status"],
        "priority": ticket["priority"],
        "assignee": ticket["assignee_id"],
    }
    closed_at = seeds("zendesk").query(
        "select max(event_at) from raw.ticket_event "
        "where ticket_ref = 'zendesk:11071' and value = 'closed'"
    )
    assert closed_at == [(datetime.fromisoformat(ticket["updated_at"]),)]


def test_resolution_and_time_in_each_status_follow_from_the_events(
    seeds: Callable[[str], Loaded],
) -> None:
    warehouse = seeds("zendesk")
    rows = [
        row
        for row in warehouse.rows("ticket_field_history")
        if row["ticket_id"] == "11071" and row["field_name"] == "status"
    ]
    steps = sorted((datetime.fromisoformat(row["updated"]), row["value"]) for row in rows)
    expected: dict[str, float] = {}
    for (at, status), (until, _) in pairwise(steps):
        word = {"on-hold": "hold"}.get(status, status)
        expected[word] = expected.get(word, 0) + (until - at) / timedelta(minutes=1)

    in_status = dict(
        warehouse.query(
            "with steps as (select value, event_at, lead(event_at) over (order by event_at) as til "
            "from raw.ticket_event where ticket_ref = 'zendesk:11071' and event_type = 'status') "
            "select value, sum(epoch(til - event_at)) / 60 from steps "
            "where til is not null group by all"
        )
    )
    assert in_status == expected
    assert in_status == {
        "open": 43_200, "pending": 40_320, "hold": 28_800, "solved": 1_440,
    }  # fmt: skip
    previous = warehouse.query(
        "select count(*) from (select value, previous_value, lag(value) over (order by event_at) "
        "as before from raw.ticket_event where ticket_ref = 'zendesk:11071' "
        "and event_type = 'status') where previous_value is distinct from before"
    )
    assert previous == [(0,)]

    ticket = next(row for row in warehouse.rows("ticket") if row["id"] == "11071")
    solved_at = max(at for at, status in steps if status == "solved")
    minutes = (solved_at - datetime.fromisoformat(ticket["created_at"])) / timedelta(minutes=1)
    found = warehouse.query(
        "select epoch(max(e.event_at) - any_value(t.created_at)) / 60 from raw.ticket_event e "
        "join raw.ticket t on t.record_key = e.ticket_ref where e.event_type = 'status' "
        "and e.value in ('solved', 'closed') "
        "and coalesce(e.previous_value, 'open') not in ('solved', 'closed') "
        "and t.ticket_id = '11071'"
    )
    assert found[0][0] == pytest.approx(minutes)
    assert minutes == pytest.approx(111_894.85)


def test_no_seed_ticket_has_a_reply_of_an_agent(seeds: Callable[[str], Loaded]) -> None:
    # the comments are on tickets, and of users, that are in no table: nothing to compare with
    assert seeds("zendesk").query(
        "select count(*), count(actor_type), count(t.ticket_id) from raw.ticket_event e "
        "left join raw.ticket t on t.record_key = e.ticket_ref where event_type = 'comment'"
    ) == [(20, 0, 0)]


def test_first_replies_of_hubspot_tickets_come_after_their_creation(
    seeds: Callable[[str], Loaded],
) -> None:
    # HubSpot states the time of the first reply; its seeds have no reply to compute it from
    replied = seeds("hubspot").query(
        "select ticket_id, created_at, first_replied_at from raw.ticket "
        "where first_replied_at is not null"
    )
    given = {
        row["id"]: row["property_first_agent_reply_date"]
        for row in seeds("hubspot").rows("ticket")
        if row["property_first_agent_reply_date"]
    }
    assert {row[0]: str(row[2]) for row in replied} == given
    assert len(given) == 4
    assert all(created_at < replied_at for _, created_at, replied_at in replied)


def test_schedules_open_when_zendesk_s_own_utc_minutes_say_in_summer(
    seeds: Callable[[str], Loaded],
) -> None:
    """Zendesk gives start_time local and start_time_utc; the two differ by the summer offset."""
    ours = seeds("zendesk").query(
        "select start_minute, end_minute, time_zone from raw.schedule order by all"
    )
    day = 24 * 60
    given = sorted(
        (
            (int(row["start_time_utc"]) - day) % (7 * day),
            (int(row["end_time_utc"]) - day) % (7 * day),
        )
        for row in seeds("zendesk").rows("schedule")
    )
    assert {zone for _, _, zone in ours} == {"America/Los_Angeles"}
    summer = datetime(2020, 7, 1, tzinfo=UTC).astimezone(ZoneInfo("America/Los_Angeles"))
    offset = summer.utcoffset()
    assert offset is not None
    minutes = -offset // timedelta(minutes=1)
    in_utc = [((a + minutes) % (7 * day), (b + minutes) % (7 * day)) for a, b, _ in ours]
    assert in_utc == given
    assert [(a // day, a % day, b % day) for a, b, _ in ours] == [
        (weekday, 8 * 60, 20 * 60) for weekday in range(5)
    ]


def test_daylight_saving_of_the_seeds_is_that_of_the_iana_database(
    seeds: Callable[[str], Loaded],
) -> None:
    cities = {"Cairo": "Africa/Cairo", "Montevideo": "America/Montevideo"}
    for row in seeds("zendesk").rows("daylight_time"):
        zone = ZoneInfo(cities[row["time_zone"]])
        hours = timedelta(hours=int(row["daylight_offset"]))
        start = datetime.fromisoformat(row["daylight_start_utc"])
        end = datetime.fromisoformat(row["daylight_end_utc"])
        minute = timedelta(minutes=1)
        # despite their names both columns are times of the local clock
        assert (start + hours).replace(tzinfo=zone).dst() == hours
        assert (start - minute).replace(tzinfo=zone).dst() == timedelta(0)
        assert (end - hours - minute).replace(tzinfo=zone).dst() == hours
        assert (end + minute).replace(tzinfo=zone).dst() == timedelta(0)


def test_sla_targets_and_holidays_are_those_of_the_seeds(seeds: Callable[[str], Loaded]) -> None:
    targets = seeds("zendesk").query(
        "select sla_policy_id, metric, priority, recorded_at, target_minutes, business_hours "
        "from raw.sla_policy"
    )
    given = {
        (
            row["sla_policy_id"],
            row["metric"],
            row["priority"],
            datetime.fromisoformat(row["sla_policy_updated_at"]),
            float(row["target"]),
            row["business_hours"] == "TRUE",
        )
        for row in seeds("zendesk").rows("sla_policy_metric_history")
    }
    assert set(targets) == given
    days = seeds("zendesk").query(
        "select holiday_date::varchar from raw.schedule_holiday order by all"
    )
    assert days == [("2022-12-26",), ("2022-12-27",), ("2022-12-29",)]
    applied = seeds("zendesk").query(
        "select replace(ticket_ref, 'zendesk:', ''), value, event_at from raw.ticket_event "
        "where event_type = 'sla_applied'"
    )
    assert set(applied) == {
        (
            row["ticket_id"],
            row["sla_policy_id"],
            datetime.fromisoformat(row["policy_applied_at"]),
        )
        for row in seeds("zendesk").rows("ticket_sla_policy")
    }
