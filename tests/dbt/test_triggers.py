"""Triggers fire once, at the moment they should, however late and changed the data comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
import trigger_company
from rebuilt import rebuild
from trigger_company import FIRED, at

pytestmark = pytest.mark.pipeline

AS_OF = at(7, 1)
DAYS = (at(5, 4), at(5, 11), at(5, 19), at(6, 5), at(6, 12), at(6, 22))
DELETED_AFTER_FIRING = {("order_confirmation", "t:o5"): at(5, 18)}


@pytest.fixture(scope="module")
def built(build_warehouse: Callable[..., Path]) -> Path:
    return build_warehouse(
        trigger_company.rows(),
        trigger_company.CUSTOMERS,
        selection=("--select", "+trigger_backtest", "+triggers"),
    )


def firings(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[str, datetime]]:
    """Return key and moment of every firing by rule and subject."""
    return {
        (rule, subject): (key, fired_at)
        for rule, subject, key, fired_at in con.execute(
            "select rule_id, subject_id, trigger_key, fired_at from crm.triggers"
        ).fetchall()
    }


def test_everything_fires_when_it_should_and_nothing_else(built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        found = {
            (rule, subject): (fired_at, status)
            for rule, subject, fired_at, status in con.execute(
                "select rule_id, subject_id, fired_at, status from crm.triggers"
            ).fetchall()
        }
    assert found == FIRED


def test_day_by_day_fires_what_is_fired_at_once_with_the_same_keys(
    built: Path, tmp_path: Path
) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        at_once = firings(con)
    assert len({key for key, _ in at_once.values()}) == len(at_once)
    emitted: dict[tuple[str, str], tuple[str, datetime]] = {}
    for day in DAYS:
        con = rebuild(built, tmp_path / f"{day:%m%d}", "triggers", day)
        on_day = firings(con)
        con.close()
        expected = {name: one for name, one in at_once.items() if one[1] <= day}
        deleted = {
            name: one for name, one in on_day.items() if name in DELETED_AFTER_FIRING
        }  # fmt: skip
        assert on_day == {**expected, **deleted}
        # what a run lists for the first time fired since the run before
        assert all(
            one[1] > max((d for d in DAYS if d < day), default=at(1, 1, year=2000))
            for name, one in on_day.items()
            if name not in emitted
        )
        emitted |= on_day
    assert set(emitted) - set(at_once) == set(DELETED_AFTER_FIRING)


def test_the_backtest_counts_what_fired_and_what_was_not_allowed(built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        found = con.execute(
            "select rule_id, sum(fired_count), sum(not_allowed_count), sum(cooled_down_count) "
            "from marts.trigger_backtest group by 1"
        ).fetchall()
    last_year = {name: fired for name, fired in FIRED.items() if fired[0] >= at(7, 1, year=2025)}
    counted = {rule: (fired, forbidden, cooled) for rule, fired, forbidden, cooled in found}
    for rule in {rule for rule, _ in FIRED}:
        expected = sum(name[0] == rule for name in last_year)
        assert counted.get(rule, (0,))[0] == expected, rule
    # una never said yes, wes said no, vic said no in May; xan's yes ended in May
    assert counted["cart_left"] == (2, 4, 1)
    assert counted["customer_lapsed"][1:] == (0, 0)
