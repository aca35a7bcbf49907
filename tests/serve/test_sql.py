from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import polars as pl
import pytest
import typer
from typer.testing import CliRunner, Result

from serve.published import connect, published_file
from serve.sql import sql

app = typer.Typer(pretty_exceptions_enable=False)
app.command("sql")(sql)
ORDERS = "select * from marts.orders order by order_id"


def ask(home: Path, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home)], input=typed)


def test_a_table_shows_the_rows(home: Path):
    result = ask(home, ORDERS)

    assert result.exit_code == 0
    assert "12.3456" in result.output
    assert "null" in result.output


def test_rows_of_more_columns_than_fit_are_shown_one_by_one(home: Path):
    many = ", ".join(f"'value {n}' as column_{n}" for n in range(15))
    wide = ask(home, f"select {many} from range(2)").output
    narrow = ask(home, "select 'value 1' as a_column_with_a_long_name, 2 as b").output

    assert [line for line in wide.splitlines() if line.startswith("row ")] != []
    assert wide.count("column_14  value 14") == 2
    assert "row 1" in wide
    assert "row 2" in wide
    assert "row 1" not in narrow
    assert "value 1" in narrow


def test_a_long_text_alone_stays_in_its_table(home: Path):
    said = ask(home, "select 1 as id, repeat('long ', 60) as body").output

    assert "row 1" not in said
    assert said.count("long") == 60


def test_csv_keeps_a_spreadsheet_from_running_text(home: Path):
    result = ask(home, ORDERS, "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["note"] for row in rows] == [
        "plain",
        "'=1+1",
        "'@sum(a1)",
        'Ünïcode "quoted", comma',
    ]
    assert rows[1]["amount"] == "-5.0000", "numbers are numbers"


def test_json_keeps_every_decimal(home: Path):
    rows = json.loads(ask(home, ORDERS, "--format", "json").stdout)

    assert rows[0] == {
        "order_id": 1,
        "note": "plain",
        "amount": "12.3456",
        "ordered_at": "2026-06-01T10:00:00",
    }


def test_an_empty_result_is_an_empty_json_array(home: Path):
    assert json.loads(ask(home, f"from ({ORDERS}) where false", "-f", "json").stdout) == []


def test_parquet_keeps_types_and_text(home: Path, tmp_path: Path):
    file = tmp_path / "orders.parquet"

    result = ask(home, ORDERS, "--format", "parquet", "--output", str(file))

    assert result.exit_code == 0
    frame = pl.read_parquet(file)
    assert frame["note"].to_list()[1] == "=1+1"
    assert frame.schema["amount"] == pl.Decimal(18, 4)
    assert not list(tmp_path.glob(".*tmp"))


def test_parameters_are_bound_and_never_spliced(home: Path):
    query = "select count(*) as n from marts.orders where note = $note or order_id = $id"

    result = ask(home, query, "-p", "note=' or true --", "-p", "id=4", "--format", "csv")

    assert result.stdout == "n\n1\n"


def test_the_query_may_come_through_a_pipe(home: Path):
    assert ask(home, "--format", "csv", typed="select 42 as a").stdout == "a\n42\n"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (["select * from marts.ordres"], 2, "orders"),
        (["select nothing from marts.orders"], 2, "nothing"),
        (["selct 1"], 2, "syntax error"),
        (["select 1; select 2"], 2, "one statement, not 2"),
        ([""], 2, "one statement, not 0"),
        (["select 1", "--format", "parquet"], 2, "--output"),
        (["select 1", "--format", "excel"], 2, "excel"),
        (["select 1", "--param", "x"], 2, "name=value"),
        (["select 1", "--param", "x=1"], 2, "no such $name"),
        (["select $x"], 1, "x"),
        (["select 'a'::int"], 1, "a"),
        (["select 1", "-f", "csv", "-o", "/nonexistent/x.csv"], 1, "/nonexistent/x.csv"),
    ],
)
def test_a_wrong_question_gets_a_sentence(
    home: Path, arguments: list[str], exit_code: int, says: str
):
    result = ask(home, *arguments)

    assert result.exit_code == exit_code
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_a_missing_home_and_a_missing_file_are_told_apart(tmp_path: Path):
    assert "does not exist" in ask(tmp_path / "nowhere", "select 1").stderr
    assert "Nothing is published" in ask(tmp_path, "select 1").stderr


def test_a_damaged_file_names_the_way_out(home: Path):
    damaged = published_file(home).resolve()
    damaged.write_bytes(b"no database")

    result = ask(home, "select 1")

    assert result.exit_code == 1
    assert "crm rollback" in result.stderr
    # a run reads the generation before it, and refuses one that it cannot read
    assert f"delete {damaged.name} and publish again" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "query",
    [
        "copy marts.orders to '{tmp}/stolen.csv'",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/*')",
        "attach '{tmp}/other.duckdb'",
        "load httpfs",
        "install httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
        "set threads = 1",
        "insert into crm_published.marts.orders values (5, 'x', 1, null)",
        "update crm_published.marts.orders set note = ''",
        "drop table crm_published.marts.orders",
        "create table crm_published.marts.mine as select 1",
        "export database '{tmp}/all'",
    ],
)
def test_a_query_reaches_nothing_but_the_published_tables(home: Path, tmp_path: Path, query: str):
    before = sorted(tmp_path.rglob("*"))
    contents = published_file(home).read_bytes()

    with connect(published_file(home)) as con, pytest.raises(duckdb.Error):
        con.execute(query.format(tmp=tmp_path)).fetchall()

    assert sorted(tmp_path.rglob("*")) == before
    assert published_file(home).read_bytes() == contents


def test_a_new_generation_is_seen_while_an_old_connection_lives(home: Path):
    old = connect(published_file(home))
    newer = home / "published" / "crm-000002.duckdb"
    with duckdb.connect(str(newer)) as con:
        con.execute("create schema marts")
        con.execute("create table marts.orders as select 7 as order_id")
    link = home / "published" / "link.tmp"
    link.symlink_to(newer.name)
    link.replace(home / "published" / "crm.duckdb")

    with connect(published_file(home)) as con:
        assert con.execute("select order_id from marts.orders").fetchall() == [(7,)]
    assert old.execute("select count(*) from marts.orders").fetchall() == [(4,)]
    old.close()


def test_a_damaged_file_is_not_said_to_be_open_elsewhere(home: Path):
    # the engine names the block that is damaged
    file = home / "published" / "crm-000001.duckdb"
    whole = bytearray(file.read_bytes())
    whole[12] = 99
    file.write_bytes(whole)

    result = ask(home, ORDERS)

    assert result.exit_code == 1
    assert "block" in result.output
    assert "open for writing" not in result.output
    assert "crm rollback" in result.output
