"""Whatever is wrong, the answer is one clear sentence with the remedy, and nothing is damaged."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from tests.acceptance.forked import Forked
from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline


def refused(warehouse: Warehouse, *arguments: str, saying: tuple[str, ...]) -> None:
    """Expect a refusal of the command in this process: its imports cost more than it does."""
    with mock.patch.dict(os.environ):
        done = CliRunner().invoke(app, arguments, env=warehouse.environment())
    assert isinstance(done.exception, SystemExit), repr(done.exception)
    assert_refused(done.exit_code, done.output, saying)


def refused_by_a_process(warehouse: Warehouse, *arguments: str, saying: tuple[str, ...]) -> None:
    done = warehouse.crm(*arguments, check=False)
    assert_refused(done.returncode, done.stderr + done.stdout, saying)


def assert_refused(exit_code: int, said: str, saying: tuple[str, ...]) -> None:
    assert exit_code != 0, said
    assert "Traceback" not in said
    missing = [word for word in saying if word not in said]
    assert not missing, f"{missing} not in: {said}"


def test_a_missing_home_is_named(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "nowhere")

    for command in (("run",), ("ingest",), ("sources", "list"), ("sql", "select 1"), ("status",)):
        refused(warehouse, *command, saying=(str(tmp_path / "nowhere"),))


def test_a_yaml_mistake_is_named_with_its_line(new_home: Callable[..., Warehouse]) -> None:
    warehouse = new_home()
    (warehouse.home / "sources.yml").write_text("sources:\n  mail: {format: email\n")

    refused(warehouse, "run", saying=("sources.yml", "line"))


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("{format: emial, path: 'mail/*'}", ("emial", "email")),
        ("{format: csv, path: 'x.csv', entity: contct, columns: {contact_id: Id}}", ("contct",)),
        (
            "{format: csv, path: 'x.csv', entity: contact, columns: {contact_id: Id, emial: E}}",
            ("emial", "email"),
        ),
        ("{format: csv, path: 'x.csv', entity: contact, columns: {email: E}}", ("contact_id",)),
        ("{format: email, path: 'mail/*', time_zone: Europe/Berln}", ("Europe/Berln",)),
        ("{format: email, pth: 'mail/*'}", ("pth", "path")),
    ],
)
def test_a_wrong_entry_is_named_with_line_and_remedy(
    entry: str, named: tuple[str, ...], new_home: Callable[..., Warehouse]
) -> None:
    warehouse = new_home(landing=False)
    (warehouse.home / "sources.yml").write_text(
        f"company: {{name: A, base_currency: EUR}}\nsources:\n  s1: {entry}\n"
    )

    refused(warehouse, "sources", "check", saying=("sources.yml", "3", *named))


def test_an_unreadable_sources_file_is_named(new_home: Callable[..., Warehouse]) -> None:
    warehouse = new_home(landing=False)
    (warehouse.home / "sources.yml").write_bytes(b"\xff\xfe\x00sources: \x80")

    refused_by_a_process(warehouse, "run", saying=("sources.yml",))


def test_a_locked_warehouse_is_named_and_left_alone(
    built: Warehouse, new_home: Callable[..., Warehouse]
) -> None:
    warehouse = new_home()
    holder = duckdb.connect(str(warehouse.home / "warehouse.duckdb"))
    try:
        refused_by_a_process(warehouse, "run", saying=("warehouse.duckdb",))
    finally:
        holder.close()
    assert not (warehouse.home / "published" / "crm.duckdb").exists()


def test_sql_refuses_to_write_and_to_read_files(built: Warehouse) -> None:
    refused(built, "sql", "delete from marts.dim_customers", saying=("read-only",))
    refused(built, "sql", "select * from read_csv('/etc/passwd')", saying=("disabled",))
    refused(built, "sql", "select * from marts.dim_custmers", saying=("dim_customers",))


def test_a_full_disk_leaves_the_last_generation(
    copy_of_built: Warehouse, process: Forked, tmp_path: Path
) -> None:
    warehouse = copy_of_built
    before = warehouse.fingerprint()
    generation = (warehouse.home / "published" / "crm.duckdb").resolve()
    said = tmp_path / "said"

    # A limit on the size of any file the process writes is what a full disk looks like to it.
    exit_code = process.crm(
        "run",
        environment=warehouse.environment(),
        output=str(said),
        largest_file=generation.stat().st_size // 2,
    )

    assert exit_code > 0
    assert said.read_text()
    assert "Traceback" not in said.read_text()
    assert (warehouse.home / "published" / "crm.duckdb").resolve() == generation
    assert warehouse.fingerprint() == before


def test_a_file_being_written_is_left_for_the_next_run(copy_of_built: Warehouse) -> None:
    warehouse = copy_of_built
    loaded = warehouse.query_build("select count(*) from raw.lead")
    growing = warehouse.home / "landing" / "web" / "events-2099-01.jsonl.gz"
    growing.write_bytes(b"\x1f\x8b\x08\x00\x00")
    time.sleep(0.1)

    warehouse.crm("ingest", check=False)

    assert warehouse.query_build("select count(*) from raw.lead") == loaded
