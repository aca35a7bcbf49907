"""A build that keeps what it can ends as one from nothing, whatever happened in between."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_manifest import data_test, manifest, node, seed

from orchestration.checks.check_results import CheckResult
from orchestration.dbt import changes as dbt_changes
from orchestration.dbt import kept as dbt_kept
from orchestration.dbt import models as dbt_models
from orchestration.dbt import notes as dbt_notes
from orchestration.dbt import tests_kept
from orchestration.dbt.kept import Kept
from orchestration.dbt.models import NodeResult
from orchestration.table_prints import columns_of, rows_print

LIMIT = "(select value from meta.settings where name = 'limit')"
LEAST = "(select value from meta.settings where name = 'least')"
STATES = (
    "select name, hash(name, count(*), sum(hash(amount))) as state from raw.facts group by name"
)
TOTALS = (
    "select facts.name, facts.amount, state from raw.facts inner join marts.states using (name)"
)

SQL = {
    "model.small": f"select name, amount from raw.facts where amount < cast({LIMIT} as int)",
    "model.sums": "select name, sum(amount) as total from marts.small group by name",
    "model.notes": "select count(*) as n from raw.notes",
    "model.both": "select name, total, n from marts.sums, marts.notes",
    "model.top": f"select name, total from marts.both where total > cast({LEAST} as int)",
    "model.by_hand": "select upper(note) as note from raw.notes",
    "model.named": "select name, label from marts.sums inner join marts.labels using (name)",
    "model.states": STATES,
    "model.totals": TOTALS,
    "model.of_totals": "select sum(amount) as amount from marts.totals",
    "test.no_large_total": "select * from marts.sums where total > 40",
    "test.few_notes": "select * from raw.notes",
    "test.named_by_hand": "select * from marts.top where name not in (select name from raw.facts)",
}
CHANGES = {"model.totals": f"{TOTALS} where state not in (select state from marts.totals)"}


def project(labels: Path) -> dict[str, Any]:
    return manifest(
        node("small", materialized="view"),
        node("sums", "small", columns={"name": "varchar", "total": "hugeint"}),
        node("notes"),
        node("both", "sums", "notes"),
        node("top", "both"),
        # as if its SQL named a table that dbt was not told of
        node("by_hand"),
        seed("labels", labels, {"name": "varchar", "label": "varchar"}),
        node("named", "sums", "seed.labels"),
        node("states"),
        node("totals", "states", meta={dbt_changes.META: {"by": "state", "of": "states"}}),
        node("of_totals", "totals"),
        data_test("no_large_total", "sums"),
        data_test("few_notes", error_if="> 4"),
        data_test("named_by_hand", "top", severity="warn"),
    )


@dataclass
class Company:
    """A build database, the project that is built in it, and the file of its seed."""

    con: duckdb.DuckDBPyConnection
    labels: Path
    sql: dict[str, str]

    @property
    def manifest(self) -> dict[str, Any]:
        return project(self.labels)

    def build(self, *, keeps: bool = True, full_refresh: bool = False) -> list[NodeResult]:
        """Build all and run the tests; what the tests found is in ``found``."""
        kept = Kept(self.con, self.manifest, self.sql, changes=CHANGES, full_refresh=full_refresh)
        results = dbt_models.build(
            self.con,
            self.manifest,
            self.sql,
            dbt_models.buildable(self.manifest),
            changes=CHANGES,
            kept=kept if keeps else None,
        )
        assert {one.message for one in results} == {""}
        if keeps:
            tests = sorted(one for one in self.manifest["nodes"] if one.startswith("test."))
            self.found, self.tests_kept = tests_kept.run_tests(
                self.con, self.manifest, self.sql, tests, kept
            )
        return results

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        return {
            one: self.con.execute(
                f"from {dbt_models.relation(self.manifest['nodes'][one])} order by all"
            ).fetchall()
            for one in dbt_models.buildable(self.manifest)
        }

    def kept(self) -> set[str]:
        """Build, and return what was kept."""
        return {one.unique_id.partition(".")[2] for one in self.build() if one.status == "kept"}


SOURCES = {
    "raw.facts": "name varchar, amount int",
    "raw.notes": "note varchar, number int",
    "meta.settings": "name varchar, value varchar",
}


@pytest.fixture(scope="module")
def built_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a company that has been built often enough that hashes are known."""
    folder = tmp_path_factory.mktemp("before")
    labels = folder / "labels.csv"
    labels.write_text("name,label\nn1,first\nn2,second\n")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        create_sources(con)
        con.execute("insert into raw.facts select 'n' || i % 10, i from range(20) t(i)")
        con.execute("insert into raw.notes values ('one', 1), ('two', 2)")
        con.execute(
            "insert into meta.settings values ('limit', '15'), ('least', '9'), ('other', '1')"
        )
        found = Company(con, labels, dict(SQL))
        found.build()
        for change in (
            "insert into raw.facts values ('n1', 8); insert into raw.notes values ('three', 3)",
            "delete from raw.facts where name = 'n1' and amount = 8; "
            "delete from raw.notes where number = 3",
        ):
            con.execute(change)
            found.build()
    return folder


def create_sources(con: duckdb.DuckDBPyConnection) -> None:
    for table, columns in SOURCES.items():
        con.execute(f"create schema if not exists {table.partition('.')[0]}")
        con.execute(f"create table {table} ({columns})")


@contextmanager
def copied(before: Path, folder: Path) -> Iterator[Company]:
    shutil.copytree(before, folder, dirs_exist_ok=True)
    # waking threads for such tables takes longer than the tables
    with duckdb.connect(str(folder / "warehouse.duckdb"), config={"threads": 1}) as con:
        yield Company(con, folder / "labels.csv", dict(SQL))


@pytest.fixture
def small(built_before: Path, tmp_path: Path) -> Iterator[Company]:
    """Return a company of which the test may change what it likes."""
    with copied(built_before, tmp_path) as found:
        yield found


def from_nothing(had: Company) -> Company:
    """Return a company with the same sources, of which everything was built once."""
    fresh = Company(duckdb.connect(":memory:", config={"threads": 1}), had.labels, had.sql)
    create_sources(fresh.con)
    for table in SOURCES:
        rows = had.con.execute(f"from {table}").fetchall()
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            fresh.con.executemany(f"insert into {table} values ({marks})", rows)
    fresh.build()
    return fresh


def assert_as_from_nothing(had: Company) -> None:
    fresh = from_nothing(had)
    assert had.contents() == fresh.contents()
    assert had.found == fresh.found
    fresh.con.close()


def executed(*statements: str) -> Callable[[Company], None]:
    def change(had: Company) -> None:
        for one in statements:
            had.con.execute(one)

    return change


def other_sql(had: Company) -> None:
    had.sql["model.sums"] = had.sql["model.sums"].replace("sum(amount)", "sum(amount + 1)")


def other_seed(had: Company) -> None:
    had.labels.write_text(had.labels.read_text() + "n3,third\n")


def dbt_build(had: Company) -> None:
    had.build(keeps=False)


class Killed(BaseException):
    """The process ended here."""


def killed_before_note(of: str) -> Callable[[Company], None]:
    """Return what a run leaves that is killed between a table and its note."""

    def change(had: Company) -> None:
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            write = Kept.note

            def note(kept: Kept, session: Any, unique_id: str, **said: str) -> dbt_notes.Note:
                if unique_id == of:
                    raise Killed
                return write(kept, session, unique_id, **said)

            patch.setattr(Kept, "note", note)
            had.build()

    return change


KINDS: dict[str, Callable[[Company], None]] = {
    "new row": executed("insert into raw.facts values ('n4', 3)"),
    "corrected in place": executed("update raw.facts set amount = amount + 1 where name = 'n5'"),
    "corrected back": executed("update raw.facts set amount = amount - 1 where name = 'n5'"),
    "deleted": executed("delete from raw.facts where name = 'n6'"),
    "two rows exchange a value": executed(
        "update raw.facts set amount = 13 - amount where amount in (6, 7)"
    ),
    "moved to a large amount": executed("update raw.facts set amount = 90 where amount = 11"),
    "a note reworded": executed("update raw.notes set note = note || '!' where number = 1"),
    "a note more": executed("insert into raw.notes values ('more', 3)"),
    "a setting that is read": executed(
        "update meta.settings set value = cast(cast(value as int) + 3 as varchar) "
        "where name = 'limit'"
    ),
    "another that is read": executed("update meta.settings set value = '5' where name = 'least'"),
    "a setting that is not": executed("update meta.settings set value = '2' where name = 'other'"),
    "no setting": executed("delete from meta.settings where name = 'least'"),
    "table dropped": executed("drop table if exists marts.sums"),
    "table replaced": executed("create or replace table marts.notes as select 77::bigint as n"),
    "rows gone by hand": executed("delete from marts.totals where amount < 5"),
    "a row more by hand": executed("insert into marts.both select * from marts.both limit 1"),
    "column renamed": executed("alter table marts.top rename total to other"),
    "view replaced": executed(
        "create or replace view marts.small as select 'x' as name, 1 as amount"
    ),
    "view became a table": executed(
        "drop view if exists marts.small", "create table marts.small as select 'x' as name"
    ),
    "another SQL": other_sql,
    "another seed": other_seed,
    "dbt build": dbt_build,
    "killed before the note of sums": killed_before_note("model.sums"),
    "killed before the note of totals": killed_before_note("model.totals"),
}  # fmt: skip


def apply(had: Company, kind: str) -> None:
    # what an earlier change left may not allow this one: then it is none
    with suppress(duckdb.CatalogException, duckdb.BinderException):
        KINDS[kind](had)


@pytest.mark.parametrize("kind", KINDS)
def test_after_each_kind_of_change_every_table_is_as_from_nothing(small: Company, kind: str):
    KINDS[kind](small)

    small.build()

    assert_as_from_nothing(small)


@settings(max_examples=6)
@given(st.lists(st.lists(st.sampled_from(sorted(KINDS)), max_size=3), min_size=1, max_size=4))
def test_after_any_days_of_changes_every_table_is_as_from_nothing(
    built_before: Path, tmp_path_factory: pytest.TempPathFactory, days: list[list[str]]
):
    with copied(built_before, tmp_path_factory.mktemp("days")) as had:
        for day in days:
            for kind in day:
                apply(had, kind)
            had.build()

        assert_as_from_nothing(had)
        assert had.kept() == set(TABLES)


TABLES = (
    "sums", "notes", "both", "top", "by_hand", "labels", "named", "states", "totals", "of_totals",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "built"),
    [
        ("a setting that is not", set()),
        ("another that is read", {"top"}),
        # the count of notes is the same, so what is made of it is kept
        ("a note reworded", {"notes", "by_hand"}),
        ("a note more", {"notes", "by_hand", "both", "top"}),
        ("another seed", {"labels", "named"}),
        ("table dropped", {"sums", "both", "named"}),
    ],
)
def test_only_what_could_have_changed_is_built(small: Company, kind: str, built: set[str]):
    KINDS[kind](small)

    assert small.kept() == set(TABLES) - built


def test_an_amount_that_changes_nothing_further_on_ends_there(small: Company):
    small.con.execute("insert into raw.facts values ('n1', 1000)")

    # beyond the limit: the sums are what they were
    assert set(TABLES) - small.kept() == {"sums", "states", "totals", "of_totals"}
    assert_as_from_nothing(small)


def test_a_full_refresh_keeps_nothing_and_asks_every_test(small: Company):
    results = small.build(full_refresh=True)

    assert {one.status for one in results} == {"success"}
    assert small.tests_kept == 0


def test_a_killed_full_refresh_is_continued(small: Company):
    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        patch.setattr(Kept, "built", lambda *_: (_ for _ in ()).throw(Killed))
        small.build(full_refresh=True)

    assert len(small.kept()) < len(TABLES)


def test_another_engine_builds_everything(small: Company, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(duckdb, "__version__", "99.0")

    assert small.kept() == set()


def test_a_model_that_looks_at_the_clock_is_built_each_time(small: Company):
    small.sql["model.notes"] = "select count(*) as n from raw.notes where now() is not null"
    small.build()

    assert set(TABLES) - small.kept() == {"notes"}


def test_a_row_changed_by_hand_is_not_taken_for_one_that_came_out_the_same(small: Company):
    """The correction by hand is followed by the same one at the source."""
    small.con.execute("update marts.sums set total = total + 1 where name = 'n2'")
    small.con.execute("update raw.facts set amount = 3 where amount = 2")

    small.build()

    assert_as_from_nothing(small)


@pytest.mark.parametrize(
    ("forgotten", "kind"),
    [
        ("raw.facts", "new row"),
        ("raw.notes", "a note more"),
        ("meta.settings", "a setting that is read"),
        ("marts.small", "new row"),
        ("marts.sums", "new row"),
    ],
)
def test_a_print_that_forgot_a_parent_would_be_seen(
    small: Company, monkeypatch: pytest.MonkeyPatch, forgotten: str, kind: str
):
    relation = tuple(forgotten.split("."))
    seen = Kept._versions_of
    monkeypatch.setattr(
        Kept, "_versions_of", lambda kept, found, sql: seen(kept, {*found} - {relation}, sql)
    )
    small.build(full_refresh=True)
    KINDS[kind](small)

    small.build()

    with pytest.raises(AssertionError):
        assert_as_from_nothing(small)


@pytest.mark.parametrize(
    ("forgotten", "change"), [("name", "name = 'n9'"), ("amount", "amount = amount + 1")]
)
def test_a_print_that_forgot_a_column_would_be_seen(
    small: Company, monkeypatch: pytest.MonkeyPatch, forgotten: str, change: str
):
    whole = dbt_kept.rows_print
    monkeypatch.setattr(
        dbt_kept,
        "rows_print",
        lambda con, relation, columns=None: whole(
            con, relation, [one for one in columns_of(con, relation) if one[0] != forgotten]
        ),
    )
    small.build(full_refresh=True)
    small.con.execute(f"update raw.facts set {change} where name = 'n4'")

    small.build()

    with pytest.raises(AssertionError):
        assert_as_from_nothing(small)


def counted(small: Company, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Build, and return which tests were asked."""
    asked: list[str] = []
    run = tests_kept.run_test

    def run_test(con: Any, project: Any, unique_id: str, sql: str) -> CheckResult:
        asked.append(unique_id.partition(".")[2])
        return run(con, project, unique_id, sql)

    monkeypatch.setattr(tests_kept, "run_test", run_test)
    small.build()
    return asked


def test_a_test_that_passed_is_asked_again_when_what_it_reads_changed(
    small: Company, monkeypatch: pytest.MonkeyPatch
):
    small.con.execute("update raw.notes set note = 'another' where number = 2")

    assert counted(small, monkeypatch) == ["few_notes"]
    # it found rows and passed: so it is told of this run, too
    assert small.found["test.few_notes"].rows_failed == 2
    assert len(small.found) == 3


def test_a_test_that_failed_is_asked_again(small: Company, monkeypatch: pytest.MonkeyPatch):
    small.con.execute("insert into raw.notes select 'many', i from range(9) t(i)")
    small.build()
    assert not small.found["test.few_notes"].passed

    assert "few_notes" in counted(small, monkeypatch)


def test_a_test_of_another_severity_is_asked_again(small: Company, monkeypatch: pytest.MonkeyPatch):
    few = data_test("few_notes", error_if="> 1")
    with_other = project(small.labels)
    with_other["nodes"]["test.few_notes"] = few
    monkeypatch.setattr(Company, "manifest", with_other)

    assert counted(small, monkeypatch) == ["few_notes"]
    assert not small.found["test.few_notes"].passed


def test_the_order_of_rows_does_not_change_a_print_and_an_exchange_of_values_does(
    con: duckdb.DuckDBPyConnection,
):
    con.execute("create table a as select i % 7 as k, i as n, [i] as l from range(5000) t(i)")
    con.execute("create table b as from a order by hash(n)")
    before = rows_print(con, "a")

    assert rows_print(con, "b") == before
    con.execute("update b set n = 4001 - n where n in (2000, 2001)")
    assert rows_print(con, "b") != before


def test_hashes_of_columns_are_joined_so_that_a_sum_of_them_can_be_blind(
    con: duckdb.DuckDBPyConnection,
):
    """``hash(a, b)`` is ``f(a) xor hash(b)``: its sum misses one exchange in (4/3)^64."""
    ((first, second),) = con.execute(
        "select xor(hash(1, 2), hash(1, 3)), xor(hash(4, 2), hash(4, 3))"
    ).fetchall()
    assert first == second


@pytest.mark.parametrize(
    "comment", [None, "One row per order.", "built by abc", 'built by {"x": 1}', "built by [1]"]
)
def test_a_comment_of_somebody_else_is_no_note(comment: str | None):
    assert dbt_notes.read(comment) is None


def test_a_note_is_read_as_it_was_written(con: duckdb.DuckDBPyConnection):
    con.execute("create table a (n int)")
    note = dbt_notes.Note(recipe="r", made_of="m'", version="v", shape="s", rows=3, content="c")

    dbt_notes.write(con, "a", note)

    ((comment,),) = con.execute("select comment from duckdb_tables()").fetchall()
    assert dbt_notes.read(comment) == note
    assert dbt_notes.is_note(comment)
