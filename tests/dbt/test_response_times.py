"""Waits, response times and speed to lead agree with a second count in Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from business_time import DAY, Interval, Schedule

pytestmark = pytest.mark.pipeline

Record = dict[str, Any]
at = datetime.fromisoformat
FIRST, AS_OF = at("2026-03-01"), at("2026-05-01")
HOLIDAY = date(2026, 4, 6)
OFFICE = Schedule(
    "Europe/Berlin",
    [Interval(day * DAY + 9 * 60, day * DAY + 17 * 60) for day in range(5)],
    FIRST,
    AS_OF + timedelta(days=30),
    {HOLIDAY},
)
TEAMS = {"t:g1": "North", "t:g2": "South", None: None}
CUSTOMERS = {"c_anna": "email:anna@x.example", "c_ben": "email:ben@y.example"}
LEADS = {"l1": "c_anna", "l2": "c_anna", "l3": "c_ben", "l4": "c_cleo", "l5": "c_dora", "l6": None}


def interactions() -> list[Record]:
    random = Random(5)
    found: list[Record] = []
    for number in range(60):
        moment = FIRST + timedelta(minutes=random.randrange(50 * DAY))
        customer = random.choice(list(CUSTOMERS))
        channel = random.choice(["email", "chat"])
        for turn in range(random.randrange(1, 9)):
            direction = random.choice(["inbound", "inbound", "outbound", "internal"])
            moment += timedelta(seconds=random.choice([40, 5000, 90_000, 400_000]))
            agent = random.choice(["t:g1", "t:g2", None])
            found.append(
                {
                    "interaction_id": f"m{number}-{turn}",
                    "conversation_ref": f"t:v{number}",
                    "turn_index": turn,
                    "channel": channel,
                    "direction": direction,
                    "interaction_type": "message",
                    "customer_ref": CUSTOMERS[customer],
                    "agent_ref": None if direction == "inbound" else agent,
                    "started_at": moment,
                    "is_automated": random.random() < 0.15,
                    "is_bot": random.random() < 0.05,
                }
            )
        answered = random.random() < 0.7
        began = FIRST + timedelta(minutes=random.randrange(50 * DAY))
        found.append(
            {
                "interaction_id": f"p{number}",
                "conversation_ref": f"t:p{number}",
                "channel": "phone",
                "direction": random.choice(["inbound", "outbound"]),
                "interaction_type": "call",
                "customer_ref": CUSTOMERS[customer],
                "agent_ref": random.choice(["t:g1", "t:g2"]),
                "started_at": began,
                "outcome": "answered" if answered else "no_answer",
                "answered_at": began + timedelta(seconds=17) if answered else None,
                "wait_s": 17.0,
            }
        )
    return found


def leads() -> list[Record]:
    created = {"l1": 3, "l2": 49, "l3": 5, "l4": 5, "l5": 5, "l6": 6}
    return [
        {
            "lead_id": name,
            "status": "Open",
            "owner_ref": "t:g1",
            "created_at": FIRST + timedelta(days=days, hours=7, seconds=20),
            # Dora's lead has an answer that no message shows, Cleo's one before it was there
            "first_responded_at": {
                "l5": FIRST + timedelta(days=8),
                "l4": FIRST,
            }.get(name),
        }
        for name, days in created.items()
    ]


def tickets() -> tuple[list[Record], list[Record]]:
    rows = [
        {"ticket_id": "k1", "status": "open", "group_name": "Desk", "via_channel": "web",
         "created_at": at("2026-04-03 14:00")},
        {"ticket_id": "k2", "status": "open", "via_channel": "email",
         "created_at": at("2026-04-03 14:00")},
    ]  # fmt: skip
    # Good Friday is no holiday here; Easter Monday is
    said = [
        ("k1", "created", None, "2026-04-03 14:00"),
        ("k1", "comment", "requester", "2026-04-03 14:00"),
        ("k1", "comment", "requester", "2026-04-03 14:30"),
        ("k1", "comment", "agent", "2026-04-07 08:00"),
        ("k1", "comment", "requester", "2026-04-07 09:00"),
        # the messages about the other ticket tell more than this
        ("k2", "comment", "requester", "2026-04-03 14:00"),
    ]
    events = [
        {"ticket_event_id": str(number), "ticket_ref": f"t:{ticket}", "event_type": kind,
         "actor_type": actor, "is_public": True, "event_at": at(moment),
         "actor_ref": "t:g2" if actor == "agent" else None}
        for number, (ticket, kind, actor, moment) in enumerate(said)
    ]  # fmt: skip
    return rows, events


def rows() -> dict[str, list[Record]]:
    ticket_rows, events = tickets()
    messages = interactions()
    messages[0]["ticket_ref"] = "t:k2"
    return {
        "interaction": messages,
        "ticket": ticket_rows,
        "ticket_event": events,
        "lead": leads(),
        "agent": [
            {"agent_id": key.removeprefix("t:"), "name": key, "team": team}
            for key, team in TEAMS.items()
            if key
        ],
        "calendar": [{"calendar_date": HOLIDAY, "is_holiday": True}],
    }


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    customers: dict[str, list[str]] = {key: [value] for key, value in CUSTOMERS.items()}
    for lead, customer in LEADS.items():
        if customer:
            customers.setdefault(customer, []).append(f"lead:t:{lead}")
    path = build_warehouse(
        rows(),
        customers,
        settings={"as_of": AS_OF.date().isoformat()},
        selection=["--select", "+response_times", "+speed_to_lead"],
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def records(con: duckdb.DuckDBPyConnection, query: str) -> list[Record]:
    answer = con.execute(query)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def wait(key: str, since: datetime, until: datetime | None, agent: str | None, **more: Any) -> Any:
    minutes = (until - since).total_seconds() / 60 if until else None
    business = OFFICE.minutes(since, until) if until else None
    day = since.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    return {"wait_id": key, "waited_since": since, "answered_at": until, "agent_id": agent,
            "team": TEAMS[agent], "calendar_minutes": minutes, "business_minutes": business,
            "date_day": day, **more}  # fmt: skip


def expected_waits() -> dict[str, Record]:
    found = []
    threads = defaultdict(list)
    for message in rows()["interaction"]:
        if message["interaction_type"] == "call":
            if message["direction"] == "inbound":
                found.append(
                    wait(f"t:{message['interaction_id']}", message["started_at"],
                         message["answered_at"], message["agent_ref"], channel="phone",
                         wait_index=1)
                )  # fmt: skip
        elif message["direction"] != "internal" and not (
            message["is_automated"] or message["is_bot"]
        ):
            threads[message["conversation_ref"]].append(message)
    for messages in threads.values():
        waiting, count = None, 0
        for message in sorted(messages, key=lambda one: (one["started_at"], one["turn_index"])):
            if message["direction"] == "inbound":
                waiting = waiting or message
            elif waiting:
                count += 1
                found.append(
                    wait(f"t:{waiting['interaction_id']}", waiting["started_at"],
                         message["started_at"], message["agent_ref"],
                         channel=waiting["channel"], wait_index=count)
                )  # fmt: skip
                waiting = None
        if waiting:
            found.append(
                wait(f"t:{waiting['interaction_id']}", waiting["started_at"], None, None,
                     channel=waiting["channel"], wait_index=count + 1)
            )  # fmt: skip
    easter = wait("t:0", at("2026-04-03 14:00"), at("2026-04-07 08:00"), "t:g2", channel="web",
                  wait_index=1)  # fmt: skip
    open_ = wait("t:4", at("2026-04-07 09:00"), None, None, channel="web", wait_index=2)
    # an hour on Friday, an hour on Tuesday; nobody has answered the second, so the group has it
    assert easter["business_minutes"] == 60 + 60
    found += [easter, open_ | {"team": "Desk"}]
    return {row["wait_id"]: row for row in found}


def test_a_wait_is_as_long_as_a_second_count_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = {row["wait_id"]: row for row in records(warehouse, "from marts.fct_waits")}
    expected = expected_waits()
    assert set(found) == set(expected)
    assert len(found) > 80
    for key, row in expected.items():
        for name, value in row.items():
            close = pytest.approx(value, abs=1e-6) if isinstance(value, float) else value
            assert found[key][name] == close, (key, name)


def test_response_times_are_those_of_the_waits(warehouse: duckdb.DuckDBPyConnection) -> None:
    groups = defaultdict(list)
    for row in expected_waits().values():
        groups[row["channel"], row["team"], row["date_day"]].append(row)
    found = records(warehouse, "from marts.response_times")
    assert len(found) == len(groups)
    for row in found:
        waits = groups[row["channel"], row["team"], row["date_day"]]
        answered = [one for one in waits if one["answered_at"]]
        first = [one for one in answered if one["wait_index"] == 1]
        later = [one for one in answered if one["wait_index"] > 1]
        assert row["wait_count"] == len(waits)
        assert row["unanswered_count"] == len(waits) - len(answered)
        for kind, some in (("first_reply", first), ("next_reply", later), ("wait", answered)):
            for unit in ("calendar", "business"):
                minutes = [one[f"{unit}_minutes"] for one in some]
                middle, high = (row[f"{kind}_{unit}_minutes_{name}"] for name in ("p50", "p90"))
                if not minutes:
                    assert (middle, high) == (None, None)
                else:
                    assert middle == pytest.approx(median(minutes), abs=1e-6)
                    assert middle - 1e-6 <= high <= max(minutes) + 1e-6


def test_speed_to_lead_counts_from_creation_to_the_first_person(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    owners = {LEADS[name]: customer for name, customer in (("l1", "c_anna"), ("l3", "c_ben"))}
    touches = defaultdict(list)
    for message in rows()["interaction"]:
        if message["direction"] == "outbound" and not message.get("is_automated"):
            customer = next(k for k, v in CUSTOMERS.items() if v == message["customer_ref"])
            touches[customer].append(message["started_at"])
    created = {row["lead_id"]: row["created_at"] for row in leads()}
    found = {row["lead_id"]: row for row in records(warehouse, "from marts.speed_to_lead")}
    assert len(found) == len(LEADS)
    assert set(owners) == set(touches)
    for name, customer in LEADS.items():
        moments = [moment for moment in touches[customer] if moment >= created[name]]
        first = min(moments, default=None) if name != "l5" else FIRST + timedelta(days=8)
        row = found[f"t:{name}"]
        assert row["first_touched_at"] == first
        assert row["is_touched"] is (first is not None)
        assert row["team"] == "North"
        if first:
            assert row["business_minutes"] == pytest.approx(
                OFFICE.minutes(created[name], first), abs=1e-6
            )
    assert {name: row["touch_evidence"] for name, row in found.items()} == {
        "t:l1": "interaction", "t:l2": "interaction" if found["t:l2"]["is_touched"] else None,
        "t:l3": "interaction", "t:l4": None, "t:l5": "crm", "t:l6": None,
    }  # fmt: skip
