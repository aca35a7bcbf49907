"""What is told is told with its generation: not before, not twice, not lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest
from acting_tables import DECLARATIONS, tell_and_publish

from orchestration import warehouse
from orchestration.errors import GateClosed, PublishFailed, Refused
from orchestration.gate.outbox import outbox_checks
from orchestration.home import Home
from orchestration.outbox import deliveries
from orchestration.publishing import generations
from orchestration.publishing.publish import publish

Run = Callable[..., int]
Told = tuple[int, int, str, str]


@pytest.fixture
def run(home: Home, open_gate: Callable[[str], None]) -> Run:
    """Return a function that publishes a label per customer."""
    return partial(tell_and_publish, home, open_gate)


def told(home: Home) -> list[Told]:
    """Return position, generation, op and key as a reader finds them."""
    with duckdb.connect() as con:
        con.execute(f"attach '{home.published.resolve()}' as p (read_only)")
        return con.execute(
            "select outbox_id, generation, op, key->>'customer_id' from p.crm.outbox order by 1"
        ).fetchall()


FIRST: list[Told] = [(1, 1, "insert", "a"), (2, 1, "insert", "b")]


def test_each_generation_has_everything_told_so_far(home: Home, run: Run):
    run(a="x", b="x")
    assert told(home) == FIRST
    run(a="x", b="x")
    assert told(home) == FIRST
    run(a="y", c="x")

    assert told(home) == [
        *FIRST, (3, 3, "delete", "b"), (4, 3, "insert", "c"), (5, 3, "update", "a"),
    ]  # fmt: skip


def test_a_closed_gate_tells_nothing_and_the_next_run_tells_it_once(home: Home, run: Run):
    run(a="x", b="x")
    with pytest.raises(GateClosed):
        run(a="wrong", b="x", is_open=False)
    assert told(home) == FIRST

    assert run(a="x", b="y") == 2
    assert told(home) == [*FIRST, (3, 2, "update", "b")]


@pytest.mark.parametrize("step", ["sync", "point_to"])
def test_a_killed_publish_loses_and_repeats_nothing(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch, step: str
):
    run(a="x", b="x")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(generations, step, killed)
        with pytest.raises(KeyboardInterrupt):
            run(a="y", b="x")
    assert told(home) == FIRST

    run(a="y", b="z")
    # a file that had its name is a generation that can be rolled back to: its rows keep positions
    second = [(3, 2, "update", "a"), (4, 2, "update", "b")]
    third = [(3, 2, "update", "a"), (4, 3, "update", "b")]
    assert told(home) == [*FIRST, *(second if step == "sync" else third)]


def test_a_generation_that_could_not_be_linked_is_not_told(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
):
    run(a="x", b="x")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(generations, "point_to", full)
        with pytest.raises(PublishFailed):
            run(a="y", b="x")

    run(a="x", b="x")
    assert told(home) == FIRST


def test_a_rollback_neither_repeats_nor_forgets_what_was_told(home: Home, run: Run):
    run(a="x", b="x")
    run(a="wrong", b="x", c="wrong")
    generations.roll_back(home)
    # readers do not see what the withdrawn generation told, who has read it keeps it
    assert told(home) == FIRST

    run(a="x", b="x")
    assert told(home) == [
        *FIRST,
        (3, 2, "insert", "c"),
        (4, 2, "update", "a"),
        (5, 3, "delete", "c"),
        (6, 3, "update", "a"),
    ]


def test_a_rollback_whose_file_was_deleted_changes_nothing(home: Home, run: Run):
    run(a="x", b="x")
    run(a="wrong", b="x")
    generations.roll_back(home)
    generations.path_of(home, 2).unlink()

    run(a="x", b="x")
    assert told(home) == [*FIRST, (3, 2, "update", "a"), (4, 3, "update", "a")]


def test_a_build_database_made_anew_goes_on_where_the_last_one_stopped(
    home: Home, run: Run, small_build: Path
):
    run(a="x", b="x")
    run(a="y", b="x")
    shutil.copy(small_build, home.warehouse)

    assert run(a="y", b="x") == 3
    assert told(home) == [*FIRST, (3, 2, "update", "a")]


def test_an_older_build_database_takes_what_was_told_since(home: Home, run: Run, tmp_path: Path):
    run(a="x", b="x")
    shutil.copy(home.warehouse, tmp_path / "backup")
    run(a="y", b="x")
    shutil.copy(tmp_path / "backup", home.warehouse)

    run(a="z", b="x")
    assert told(home) == [*FIRST, (3, 2, "update", "a"), (4, 3, "update", "a")]


def test_no_position_is_given_again_where_all_but_the_deliveries_is_lost(
    home: Home, run: Run, small_build: Path
):
    run(a="x", b="x")
    deliveries.append(home, deliveries.ACK, [(1, 2)])
    shutil.copy(small_build, home.warehouse)
    shutil.rmtree(home.published_folder)

    run(a="x", b="x")
    assert told(home) == [(3, 1, "insert", "a"), (4, 1, "insert", "b")]


def test_rows_that_others_have_and_nobody_here_knows_are_not_passed_over(
    home: Home, run: Run, tmp_path: Path
):
    run(a="x", b="x")
    shutil.copy(home.warehouse, tmp_path / "backup")
    run(a="y", b="x")
    deliveries.append(home, deliveries.ACK, [(1, 3)])
    generations.roll_back(home)
    generations.path_of(home, 2).unlink()
    shutil.copy(tmp_path / "backup", home.warehouse)

    with pytest.raises(Refused, match="up to row 3, and the outbox ends at row 2: restore"):
        run(a="z", b="x")
    assert told(home) == FIRST
    deliveries.deliveries_file(home).unlink()
    run(a="z", b="x")
    assert told(home) == [*FIRST, (3, 2, "update", "a")]


def test_a_generation_from_before_there_was_an_outbox_is_followed_by_inserts(
    home: Home, run: Run, open_gate: Callable[[str], None]
):
    with warehouse.connect(home) as con:
        con.execute("alter table crm.outbox rename to later")
    open_gate("old")
    publish(home, "old")
    with warehouse.connect(home) as con:
        con.execute("alter table crm.later rename to outbox")

    assert run(a="x", b="x") == 2
    assert told(home) == [(1, 2, "insert", "a"), (2, 2, "insert", "b")]


def test_the_gate_finds_that_what_was_told_has_changed(home: Home, run: Run):
    run(a="x", b="x")
    with warehouse.connect(home) as con:
        con.execute("update crm.outbox set told_at = '2020-01-01' where outbox_id = 1")
        failed = [one for one in outbox_checks(con, home, DECLARATIONS) if not one.passed]

    assert [(one.check_name, one.rows_failed) for one in failed] == [("what_was_told_stays", 1)]


def test_a_generation_says_what_became_of_deliveries_before_it(home: Home, run: Run):
    run(a="x", b="x", c="x")
    deliveries.append(home, deliveries.ACK, [(1, 1)])
    deliveries.append(home, deliveries.FAIL, [(2, 3)], "no answer")
    deliveries.append(home, deliveries.FAIL, [(2, 2)], "still none")
    deliveries.append(home, deliveries.RETRY, [(3, 3)])
    run(a="x", b="x", c="x")

    with duckdb.connect() as con:
        con.execute(f"attach '{home.published.resolve()}' as p (read_only)")
        assert con.execute(
            "select outbox_id, attempt, ack_at is null, error from p.crm.outbox order by 1"
        ).fetchall() == [(1, 0, False, None), (2, 2, True, "still none"), (3, 0, True, None)]
