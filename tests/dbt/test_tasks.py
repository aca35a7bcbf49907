"""Who gets which lead, what is to do and when, beside the same worked out in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import task_company
from task_company import AS_OF, ago, leads

pytestmark = pytest.mark.pipeline

CAPACITY, TASKS_A_DAY = 60, {"t:h1": 30}


@pytest.fixture(scope="module")
def warehouse(build_warehouse: Callable[..., Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(
        task_company.rows(), task_company.CUSTOMERS, selection=("--select", "+daily_tasks")
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def assigned_again() -> dict[str, tuple[str, str]]:
    """Give each lead to the least loaded, one after the other."""
    waiting = sorted(
        (one for one in leads() if one["status"] == "new"),
        key=lambda one: (one["created_at"], one["lead_id"]),
    )
    region = {"t:n1": "North", "t:n2": "North", "t:s1": "South"}
    load = {"t:n1": 1, "t:n2": 0, "t:s1": 1}  # Nina's own lead, and p2 of Sven's customer
    found = {"p0": ("t:n1", "keeps_owner"), "p2": ("t:s1", "customer_owner")}
    for country, rule in (({"DE": "North", "AT": "South"}, "territory"), ({}, "any_rep")):
        for one in waiting:
            territory = country.get(one["country_code"])
            reps = [rep for rep in load if rule == "any_rep" or region[rep] == territory]
            free = [rep for rep in reps if load[rep] < CAPACITY]
            if one["lead_id"] not in found and free:
                rep = min(free, key=lambda rep: (load[rep], rep))
                load[rep] += 1
                found[one["lead_id"]] = (rep, rule)
    return {f"t:{name}": one for name, one in found.items()}


def test_every_open_lead_goes_to_the_least_loaded_who_may_have_it(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "select lead_id, proposed_owner_id, rule, open_leads_after from crm.lead_assignment"
    ).fetchall()
    assert {lead: (owner, rule) for lead, owner, rule, _ in rows} == assigned_again()
    load = Counter(owner for _, owner, _, _ in rows)
    assert {(owner, after) for _, owner, _, after in rows} == set(load.items())
    # p1's owner has left; it goes to the South as its country says, not back to him
    assert assigned_again()["t:p1"] == ("t:s1", "territory")
    assert abs(load["t:n1"] - load["t:n2"]) <= 1


def test_actions_are_due_as_rules_and_playbook_say(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = {
        (reason, entity): (due_at, breached, channel, agent)
        for reason, entity, due_at, breached, channel, agent in warehouse.execute(
            "select reason_code, entity_id, due_at, is_sla_breached, channel, agent_id "
            "from crm.next_actions where entity_id not like 't:w%'"
        ).fetchall()
    }
    close_date = AS_OF.replace(month=6, day=21)
    assert found == {
        ("lead_follow_up", "t:p0"): (ago(2), True, "email", "t:n1"),
        ("lead_first_response", "t:p1"): (ago(9), True, "email", "t:s1"),
        ("lead_first_response", "t:p2"): (ago(9), True, "email", "t:s1"),
        ("opportunity_next_step", "t:o1"): (ago(-4), False, "email", "t:n1"),
        ("opportunity_next_step", "t:o2"): (ago(23), True, "email", "t:n1"),
        # a date in our own books needs no contact, and so no channel
        ("close_date_passed", "t:o2"): (close_date, True, None, "t:n1"),
        ("opportunity_silent", "t:o3"): (ago(6), True, "email", "t:n1"),
        ("opportunity_silent", "t:o7"): (ago(2), True, None, "t:n1"),
        ("opportunity_silent", "t:o8"): (ago(1), True, None, "t:n1"),
        ("reply_owed", "t:m3"): (ago(2), True, "email", "t:n1"),
        ("invoice_overdue", "t:i1"): (ago(9), True, "email", None),
        ("ticket_pending_customer", "t:T"): (ago(6), True, "email", "t:h1"),
        ("meeting_ahead", "t:m8"): (ago(-1.5), False, "email", "t:n1"),
    }
    steps = warehouse.execute(
        "select entity_id, next_step, overdue_days, days_since_last_touch from crm.next_actions "
        "where reason_code = 'opportunity_next_step' order by 1"
    ).fetchall()
    assert steps == [
        ("t:o1", "Call about the proposal", 0, 2),
        ("t:o2", "Call about the proposal", 23, 4),
    ]


def test_who_has_refused_every_channel_is_not_turned_to(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    refused = warehouse.execute(
        "select reason_code from crm.next_actions where customer_id in ('p8', 'p9')"
    ).fetchall()
    assert refused == []
    allowed = dict(
        warehouse.execute(
            "select purpose, reason from intermediate.int_permissions__current "
            "where customer_id = 'p8' and channel = 'email'"
        ).fetchall()
    )
    assert allowed == {
        "marketing": "opted_out", "sales": "opted_out", "service": "not_denied",
    }  # fmt: skip


def planned_again(warehouse: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, date, int]]:
    """Put each action on the first free place of its colleague, in order of urgency."""
    days = [date(2026, 7, day) for day in (1, 2, 3, 6, 7)]
    actions = warehouse.execute(
        "select action_id, agent_id, reason_code, priority, due_at, "
        "coalesce(-value_base, 0), contact_after, value_base is null from crm.next_actions "
        "where agent_id is not null"
    ).fetchall()
    queue = []
    for action, agent, reason, priority, due_at, value, after, no_value in actions:
        first = due_at if reason == "meeting_ahead" else after or due_at
        index = next((i for i, day in enumerate(days) if day >= first.date()), len(days))
        queue.append((agent, index, priority, due_at, no_value, value, action))
    free = {agent: 0 for agent, *_ in queue}
    found = {}
    for agent, index, *_, action in sorted(queue):
        limit = TASKS_A_DAY.get(agent, 20)
        free[agent] = max(free[agent], index * limit)
        day, place = divmod(free[agent], limit)
        free[agent] += 1
        if day < len(days):
            found[action] = (agent, days[day], place + 1)
    return found


def test_no_day_is_fuller_than_it_can_be_and_the_urgent_comes_first(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        action: (agent, day, number)
        for action, agent, day, number in warehouse.execute(
            "select action_id, agent_id, task_date, task_number from crm.daily_tasks"
        ).fetchall()
    }
    assert found == planned_again(warehouse)
    filled = Counter((agent, day) for agent, day, _ in found.values())
    assert max(filled.values()) == 20
    meeting = warehouse.execute(
        "select task_date from crm.daily_tasks where reason_code = 'meeting_ahead'"
    ).fetchone()
    assert meeting == ((AS_OF + timedelta(days=1)).date(),)
