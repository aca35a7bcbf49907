"""In any order, in any parts, whatever is decided in between: the same customers in the end."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import timedelta

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_identity import KEY, LATER, template, warehouse  # noqa: F401
from test_identity_increment import current, load, rows

from orchestration.identity.decisions import Decision, table
from orchestration.identity.resolve import resolve_identities

Open = Callable[[], duckdb.DuckDBPyConnection]

NAMED = [f"contact:crm:{n}" for n in range(12)] + [
    "email:anna.berg0@firm0.de",
    "phone:+49301110000",
]

VERDICTS = st.lists(
    st.tuples(
        st.sampled_from(["join", "split"]),
        st.lists(st.sampled_from(NAMED), min_size=2, max_size=2, unique=True),
        st.booleans(),
    ),
    max_size=3,
    unique_by=lambda drawn: frozenset(drawn[1]),
)


def decisions(drawn: list[tuple[str, list[str], bool]]) -> list[Decision]:
    """Return the decisions in the order they were made, some of them revoked at last."""
    said = {"author": "maria", "reason": "asked her", "decided_at": LATER}
    made = [
        Decision(
            decision_id=f"d_{n:04}", verdict=verdict, identifier_a=pair[0], identifier_b=pair[1],
            **said,
        )
        for n, (verdict, pair, _) in enumerate(drawn)
    ]  # fmt: skip
    return made + [
        Decision(decision_id=f"d_{90 + n:04}", verdict="revoke", revokes=f"d_{n:04}", **said)
        for n, (_, _, is_revoked) in enumerate(drawn)
        if is_revoked
    ]


def run(con: duckdb.DuckDBPyConnection, day: int, decided: list[Decision]) -> None:
    resolve_identities(
        con,
        key=KEY,
        run_id=f"run {day}",
        at=LATER + timedelta(days=day),
        decisions=table(decided),
    )


@settings(
    max_examples=3,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 10**6),
    cuts=st.lists(st.integers(1, 44), min_size=1, max_size=2, unique=True),
    drawn=VERDICTS,
)
def test_any_order_parts_and_decisions_give_what_everything_at_once_gives(
    warehouse: Open,  # noqa: F811
    seed: int,
    cuts: list[int],
    drawn: list[tuple[str, list[str], bool]],
):
    made, decided = rows(45, seed), decisions(drawn)
    whole = warehouse()
    load(whole, made, 0)
    run(whole, 0, decided)
    random.Random(seed).shuffle(made)
    daily = warehouse()
    bounds = [0, *sorted(cuts), len(made)]

    for day, (start, end) in enumerate(itertools.pairwise(bounds)):
        load(daily, made[start:end], day)
        run(daily, day, decided[: day * len(decided) // (len(bounds) - 1)])
    # nothing but what was decided last
    run(daily, len(bounds), decided)

    assert current(daily) == current(whole)
