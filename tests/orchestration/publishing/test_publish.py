from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingest import storage
from orchestration import warehouse
from orchestration.checks import check_results
from orchestration.checks.check_results import CheckResult
from orchestration.dbt import notes as dbt_notes
from orchestration.errors import GateClosed, NothingPublished, WrongUse
from orchestration.home import Home
from orchestration.publishing import generations
from orchestration.publishing import publish as publishing
from orchestration.publishing.publish import PRIVATE, publish

Gate = Callable[[str], None]


def read(home: Home, sql: str) -> list[tuple]:
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach '{home.published.resolve()}' as p (read_only)")
        con.execute("use p")
        return con.execute(sql).fetchall()


def test_a_generation_has_marts_scores_and_meta_and_nothing_else(home: Home, open_gate: Gate):
    open_gate("run-1")

    done = publish(home, "run-1")

    assert done.generation == 1
    assert home.published.readlink() == Path("crm-000001.duckdb")
    schemas = {row[0] for row in read(home, "select schema_name from duckdb_tables()")}
    assert schemas == {"marts", "crm", "meta"}
    assert read(home, "select count(*) from crm.lead_scores_current") == [(100,)]
    (row,) = read(home, "select generation, data_cutoff::text, checks_passed from meta.generation")
    assert row == (1, "2026-06-30 00:00:00", True)
    ((counts,),) = read(home, "select row_counts from meta.generation")
    assert json.loads(counts)["marts.orders"] == 100
    assert read(home, "select status, generation from meta.runs") == [("succeeded", 1)]


def test_readers_with_an_older_duckdb_can_open_a_generation(home: Home, open_gate: Gate):
    open_gate("r1")
    path = publish(home, "r1").path

    with warehouse.connect(home) as con:
        con.execute(f"attach '{path}' as published (read_only)")
        assert storage.format_of(con) == storage.FORMAT
        assert storage.format_of(con, "published") == "v1.0.0"


def test_what_is_noted_about_a_build_is_not_published(home: Home, open_gate: Gate):
    with warehouse.connect(home) as con:
        dbt_notes.write(con, "marts.orders", dbt_notes.Note(made_of="m", version="v"))
    open_gate("run-1")

    publish(home, "run-1")

    comment = "select comment from duckdb_tables() where table_name = 'orders'"
    assert read(home, comment) == [(None,)]


def test_comments_travel_with_the_tables(home: Home, open_gate: Gate):
    open_gate("run-1")
    publish(home, "run-1")

    assert read(
        home,
        "select t.comment, c.comment from duckdb_tables() t, duckdb_columns() c "
        "where t.table_name = 'orders' and c.table_name = 'orders' and column_name = 'order_id'",
    ) == [("One row per order; it's the grain.", "Key.")]


def test_tables_are_declared_alike_where_no_empty_ones_can_be_kept(
    home: Home, open_gate: Gate, monkeypatch: pytest.MonkeyPatch
):
    catalog = (
        "select c.schema_name, c.table_name, t.comment, column_name, column_index, data_type, "
        "is_nullable, c.comment from duckdb_columns() c join duckdb_tables() t using (table_oid) "
        "order by all"
    )
    open_gate("run-1")
    publish(home, "run-1")
    copied = read(home, catalog)
    monkeypatch.setattr(publishing, "copy_empty_tables", lambda *_, **__: False)
    open_gate("run-2")

    publish(home, "run-2")

    assert len(copied) > 100
    assert read(home, catalog) == copied


def test_nothing_that_quotes_a_landing_file_is_published(home: Home, open_gate: Gate):
    secret = "jane@example.org wrote this"
    with warehouse.connect(home) as con:
        con.execute(
            "insert into meta.quarantine select 'q', 'b', 's', 'order', $secret, 1, 'code', "
            "$secret, $secret, now()::timestamp",
            {"secret": secret},
        )
    open_gate("run-1")
    publish(home, "run-1")

    published = {
        (schema, table): set(columns)
        for schema, table, columns in read(
            home,
            "select schema_name, table_name, list(column_name) from duckdb_columns() "
            "where schema_name = 'meta' group by all",
        )
    }
    for table, private in PRIVATE.items():
        assert published[table], table
        assert not published[table] & private
    assert read(home, "select reason_code from meta.quarantine") == [("code",)]
    assert secret.encode() not in home.published.resolve().read_bytes()


def test_without_a_green_gate_nothing_is_published(home: Home):
    with pytest.raises(GateClosed, match="has not been asked"):
        publish(home, "run-1")
    with warehouse.connect(home) as con:
        red = CheckResult(check_name="gate", asset="a", passed=False, message="3 rows")
        check_results.write(con, "run-1", [red])
    with pytest.raises(GateClosed, match="3 rows"):
        publish(home, "run-1")

    assert not home.published.exists()


def test_the_green_gate_of_another_run_does_not_count(home: Home, open_gate: Gate):
    open_gate("run-1")

    with pytest.raises(GateClosed):
        publish(home, "run-2")


def test_three_generations_are_kept_and_rollback_goes_through_them(home: Home, open_gate: Gate):
    for number in range(1, 6):
        open_gate(f"run-{number}")
        publish(home, f"run-{number}")
    assert generations.on_disk(home) == [3, 4, 5]

    assert generations.roll_back(home) == (5, 4)
    assert generations.roll_back(home) == (4, 3)
    with pytest.raises(NothingPublished, match="oldest one kept"):
        generations.roll_back(home)
    assert generations.current(home) == 3
    assert generations.roll_back(home, to=5) == (3, 5)
    with pytest.raises(WrongUse, match="kept are 3, 4, 5"):
        generations.roll_back(home, to=2)


def test_a_run_after_a_rollback_gets_a_new_number_and_keeps_what_is_read(
    home: Home, open_gate: Gate
):
    for number in (1, 2, 3):
        open_gate(f"run-{number}")
        publish(home, f"run-{number}")
    generations.roll_back(home, to=1)
    open_gate("run-4")

    assert publish(home, "run-4").generation == 4
    assert generations.on_disk(home) == [2, 3, 4]


def test_rollback_without_any_generation_says_so(home: Home):
    with pytest.raises(NothingPublished, match="crm run"):
        generations.roll_back(home)


def test_a_killed_publish_leaves_the_old_generation_and_no_litter_for_long(
    home: Home, open_gate: Gate
):
    open_gate("run-1")
    publish(home, "run-1")
    litter = [home.published_folder / name for name in (".crm-000002.tmp", ".crm-000002.tmp.wal")]
    for path in litter:
        path.write_bytes(b"half")
    assert read(home, "select count(*) from marts.orders") == [(100,)]

    open_gate("run-2")
    publish(home, "run-2")

    assert not any(path.exists() for path in litter)
    assert sorted(path.name for path in home.published_folder.iterdir()) == [
        "crm-000001.duckdb",
        "crm-000002.duckdb",
        "crm.duckdb",
    ]


def test_a_full_disk_leaves_the_old_generation(home: Home, open_gate: Gate):
    open_gate("run-1")
    publish(home, "run-1")
    open_gate("run-2")
    with warehouse.connect(home) as con:
        con.execute("create table marts.big as select i, random() as x from range(2000000) t(i)")
    size = home.warehouse.stat().st_size
    script = """
        import resource, signal, sys
        from pathlib import Path
        from orchestration.errors import PublishFailed
        from orchestration.home import Home
        from orchestration.publishing.publish import publish
        # a file may not grow beyond 4 MiB: writing fails as on a full disk, without needing one
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, 4 << 20))
        try:
            publish(Home(Path(sys.argv[1])), "run-2")
        except PublishFailed as error:
            sys.exit(str(error))
    """

    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(home.folder)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert size > 4 << 20
    assert child.returncode == 1
    assert "free some disk space" in child.stderr
    assert "Traceback" not in child.stderr
    assert generations.current(home) == 1
    assert sorted(path.name for path in home.published_folder.iterdir()) == [
        "crm-000001.duckdb",
        "crm.duckdb",
    ]
    assert read(home, "select count(*) from marts.orders") == [(100,)]
    assert publish(home, "run-2").generation == 2


def _read_for_ever(
    link: str,
    has_begun: multiprocessing.Event,
    stop: multiprocessing.Event,
    found: multiprocessing.Queue,
) -> None:
    """Read the generation and the build it was made of until told to stop; report oddities."""
    reads, seen = 0, set()
    while not stop.is_set():
        try:
            with duckdb.connect(":memory:") as con:
                con.execute(f"attach '{link}' as p (read_only)")
                row = con.execute(
                    "select max(generation), (select max(build) from p.marts.orders), "
                    "(select min(build) from p.marts.orders) from p.meta.generation"
                ).fetchone()
        except duckdb.Error as error:
            found.put(("error", str(error)))
            return
        if not row[0] == row[1] == row[2]:
            found.put(("mixed", row))
            return
        reads += 1
        seen.add(row[0])
        has_begun.set()
    found.put(("read", (reads, sorted(seen))))


def test_readers_meet_no_error_and_no_mixture_while_generations_change(home: Home, open_gate: Gate):
    open_gate("run-1")
    publish(home, "run-1")
    context = multiprocessing.get_context("spawn")
    has_begun, stop, found = context.Event(), context.Event(), context.Queue()
    reader = context.Process(
        target=_read_for_ever, args=(str(home.published), has_begun, stop, found)
    )
    reader.start()
    # on a busy machine all generations had come before the process had read once
    has_begun.wait(timeout=60)

    for number in range(2, 5):
        with warehouse.connect(home) as con:
            con.execute("update marts.orders set build = ?", [number])
        open_gate(f"run-{number}")
        publish(home, f"run-{number}")
    stop.set()
    kind, what = found.get(timeout=30)
    reader.join()

    assert kind == "read", what
    assert what[0] > 0
