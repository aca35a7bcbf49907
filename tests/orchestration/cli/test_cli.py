from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from typer.testing import CliRunner, Result

from orchestration import warehouse
from orchestration.cli import job
from orchestration.cli.app import app
from orchestration.home import ROOT, Home
from orchestration.runs import run_lock
from orchestration.runs.stages import begin_run

SOURCES = """\
sources:
  orders:
    format: csv
    entity: order
    path: shop/*.csv
    columns: {order_id: Id, placed_at: At}
"""


def crm(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a home with a sources.yml and one landed file."""
    (tmp_path / "sources.yml").write_text(SOURCES)
    (tmp_path / "landing" / "shop").mkdir(parents=True)
    (tmp_path / "landing" / "shop" / "orders.csv").write_text(
        "Id,At\n1,2026-01-01T10:00:00\n2,2026-01-02T10:00:00\n"
    )
    return tmp_path


def write_sources(folder: Path, text: str) -> None:
    (folder / "sources.yml").write_text(text)


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ("sources: [", "sources.yml"),
        ("", "sources"),
        ("sources:\n", "is empty"),
        ("sources: {a: {format: cvs, path: x}}", "csv"),
        (
            "sources: {a: {format: csv, entity: ordr, path: x, columns: {order_id: Id}}}",
            "did you mean order?",
        ),
        (
            "sources: {a: {format: csv, entity: order, path: x, columns: {order_idd: Id}}}",
            "order_id",
        ),
        ("company: {time_zone: Europe/Berln}\n" + SOURCES, "Europe/Berlin"),
        ("quarantine_limit: 7\n" + SOURCES, "share from 0 to 1"),
        ("\x00", "sources.yml"),
    ],
)
@pytest.mark.parametrize("command", [["run"], ["ingest"], ["sources", "list"]])
def test_a_mistake_in_sources_yml_is_named_in_one_sentence(
    folder: Path, sources: str, says: str, command: list[str]
):
    write_sources(folder, sources)

    result = crm(*command, "--home", str(folder))

    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_a_sources_yml_that_is_no_text_is_named(folder: Path):
    (folder / "sources.yml").write_bytes(b"\xff\xfe\x00sources")

    result = crm("run", "--home", str(folder))

    assert result.exit_code == 2
    assert "sources.yml" in result.stderr


@pytest.mark.parametrize(
    "command", [["run"], ["ingest"], ["sources", "list"], ["sources", "check"], ["status"]]
)
def test_a_missing_home_says_how_to_make_one(tmp_path: Path, command: list[str]):
    result = crm(*command, "--home", str(tmp_path / "nowhere"))

    assert result.exit_code == 2
    assert "does not exist" in result.stderr
    assert "crm demo" in result.stderr


@pytest.mark.parametrize("command", ["run", "status", "sql", "demo"])
def test_a_home_that_is_a_file_is_called_one(tmp_path: Path, command: str):
    home = tmp_path / "home.duckdb"
    home.touch()

    result = crm(command, *["select 1"][: command == "sql"], "--home", str(home))

    assert result.exit_code in (1, 2)
    assert str(home) in result.stderr
    assert "name a folder" in result.stderr


def test_a_port_that_no_machine_has_is_refused(folder: Path):
    result = crm("dev", "--port", "70000", "--home", str(folder))

    assert result.exit_code == 2
    assert "--port" in result.stderr


def test_an_interrupted_run_says_so():
    error = SimpleNamespace(cls_name="DagsterExecutionInterruptedError", message="", cause=None)
    failure = SimpleNamespace(is_step_failure=True, step_failure_data=SimpleNamespace(error=error))

    assert "interrupted" in job._fault(SimpleNamespace(all_events=[failure]))


@pytest.mark.parametrize("command", [["run"], ["ingest"]])
def test_an_empty_landing_folder_says_where_files_belong(folder: Path, command: list[str]):
    (folder / "landing" / "shop" / "orders.csv").unlink()

    result = crm(*command, "--home", str(folder))

    assert result.exit_code == 1
    assert str(folder / "landing") in result.stderr


def test_rollback_with_nothing_to_go_back_to_says_so(folder: Path):
    result = crm("rollback", "--home", str(folder))

    assert result.exit_code == 1
    assert "Nothing is published" in result.stderr


def test_an_unknown_source_names_the_nearest(folder: Path):
    result = crm("ingest", "--source", "order", "--home", str(folder))
    run_lock.release(Home(folder))

    assert result.exit_code == 2
    assert "did you mean orders?\n" in result.stderr


def test_an_unknown_size_names_the_sizes(tmp_path: Path):
    result = crm("demo", "--size", "xxl", "--home", str(tmp_path / "demo"))

    assert result.exit_code == 2
    assert "xs" in result.stderr


def test_a_demo_does_not_touch_the_home_of_real_data(folder: Path):
    result = crm("demo", "--home", str(folder))

    assert result.exit_code == 2
    assert "real data" in result.stderr
    assert (folder / "landing" / "shop" / "orders.csv").exists()


HOLD = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


def test_a_warehouse_open_elsewhere_names_the_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("orchestration.warehouse.WAIT_S", 0.3)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "warehouse.duckdb")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()

        result = crm("ingest", "--home", str(folder))
    finally:
        holder.kill()
        holder.wait()
        run_lock.release(Home(folder))

    assert result.exit_code == 1
    assert f"PID {holder.pid}" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_second_run_names_the_first(folder: Path):
    other = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys, time; from pathlib import Path; from orchestration.runs import run_lock; "
            "from orchestration.home import Home; run_lock.hold(Home(Path(sys.argv[1]))); "
            "print('held', flush=True); time.sleep(60)",
            str(folder),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert other.stdout is not None
        other.stdout.readline()

        result = crm("run", "--home", str(folder))
    finally:
        other.kill()
        other.wait()

    assert result.exit_code == 1
    assert f"PID {other.pid}" in result.stderr


def test_a_warehouse_that_is_no_database_says_what_to_do(folder: Path):
    (folder / "warehouse.duckdb").write_bytes(b"not a database, by far" * 1000)

    result = crm("ingest", "--home", str(folder))
    run_lock.release(Home(folder))

    assert result.exit_code == 1
    assert "move it away" in result.stderr


def change_header(file: Path, version: int, *, is_whole: bool) -> None:
    """Write another version into a DuckDB file, with the checksum of the header or without."""
    head = bytearray(file.read_bytes()[:4096])
    head[12:20] = version.to_bytes(8, "little")
    if is_whole:
        checksum = 5381
        for (word,) in struct.iter_unpack("<Q", head[8:]):
            checksum ^= word * 0xBF58476D1CE4E5B9 % 2**64
        head[:8] = checksum.to_bytes(8, "little")
    with file.open("r+b") as handle:
        handle.write(head)


def test_a_damaged_warehouse_is_not_said_to_be_open_elsewhere(folder: Path):
    # the engine names the block that is damaged
    duckdb.connect(str(folder / "warehouse.duckdb")).close()
    change_header(folder / "warehouse.duckdb", 999, is_whole=False)

    result = crm("ingest", "--home", str(folder))
    run_lock.release(Home(folder))

    assert result.exit_code == 1
    assert "held open" not in result.stderr
    assert "move it away" in result.stderr


def test_a_warehouse_of_a_newer_version_says_so_and_stays_as_it_is(folder: Path):
    duckdb.connect(str(folder / "warehouse.duckdb")).close()
    change_header(folder / "warehouse.duckdb", 999, is_whole=True)
    before = (folder / "warehouse.duckdb").read_bytes()

    result = crm("ingest", "--home", str(folder))
    run_lock.release(Home(folder))

    assert result.exit_code == 1
    assert "was written by a newer version" in result.stderr
    assert (folder / "warehouse.duckdb").read_bytes() == before


def test_status_of_a_published_file_that_nobody_can_open_fails(folder: Path):
    assert crm("ingest", "--home", str(folder)).exit_code == 0
    run_lock.release(Home(folder))
    (folder / "published").mkdir()
    (folder / "published" / "crm-000001.duckdb").write_bytes(b"cut off")
    (folder / "published" / "crm.duckdb").symlink_to("crm-000001.duckdb")

    result = crm("status", "--home", str(folder))

    assert result.exit_code == 1
    assert "crm-000001.duckdb cannot be read" in result.output
    assert "crm rollback" in result.output


def test_a_home_that_cannot_be_written_says_so(folder: Path):
    (folder / "warehouse.duckdb").mkdir()

    result = crm("ingest", "--home", str(folder))
    run_lock.release(Home(folder))

    assert result.exit_code == 1
    assert "warehouse.duckdb" in result.stderr
    assert "Traceback" not in result.output


def test_a_full_disk_is_told_once_and_the_next_load_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    (folder / "sources.yml").write_text(
        SOURCES + SOURCES.partition("sources:\n")[2].replace("orders:", "more:")
    )

    def full(*_: object) -> None:
        raise duckdb.TransactionException(
            f'Could not write file "{folder}/warehouse.duckdb.wal": No space left on device'
        )

    with monkeypatch.context() as patched:
        patched.setattr("ingest.loading.load_source.write_files", full)
        patched.setattr("ingest.loading.load_source.write_batch", full)
        refused = crm("ingest", "--home", str(folder))
        run_lock.release(Home(folder))
    loaded = crm("ingest", "--home", str(folder))
    run_lock.release(Home(folder))

    assert refused.exit_code == 1
    assert f"crm: {folder}/warehouse.duckdb.wal cannot be used (No space left" in refused.stderr
    assert "Traceback" not in refused.output + caplog.text
    assert loaded.exit_code == 0, loaded.output
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute('select count(*) from raw."order"').fetchall() == [(4,)]
        found = con.execute("select count(*) from meta.ingest_batches where status = 'failed'")
        assert found.fetchall() == [(0,)]


def test_a_home_that_is_a_file_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("")

    result = crm("demo", "--home", str(tmp_path / "file" / "home"))

    assert result.exit_code == 1
    assert "Not a directory" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_published_file_open_for_writing_elsewhere_names_the_process(folder: Path):
    (folder / "published").mkdir()
    file = folder / "published" / "crm-000001.duckdb"
    duckdb.connect(str(file)).close()
    (folder / "published" / "crm.duckdb").symlink_to(file.name)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()

        result = crm("status", "--home", str(folder))
    finally:
        holder.kill()
        holder.wait()

    assert result.exit_code == 1
    assert f"PID {holder.pid}" in result.stderr


def test_ingest_loads_and_a_second_time_finds_nothing_new(folder: Path):
    first = crm("ingest", "--home", str(folder))
    second = crm("ingest", "--home", str(folder))
    run_lock.release(Home(folder))

    assert first.exit_code == 0, first.output
    assert "unchanged" in second.output
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute('select count(*) from raw."order"').fetchall() == [(2,)]


def test_sources_list_and_check_show_what_is_there(folder: Path):
    listed = crm("sources", "list", "--home", str(folder))
    checked = crm("sources", "check", "--home", str(folder))

    assert listed.exit_code == 0, listed.output
    assert "shop/*.csv" in listed.output
    assert "order 2" in checked.output


def test_status_before_the_first_run_says_what_to_do(folder: Path):
    result = crm("status", "--home", str(folder))

    assert result.exit_code == 0, result.output
    assert "crm run" in result.output


def test_status_tells_a_run_that_died_from_one_that_is_at_work(folder: Path):
    home = Home(folder)
    assert crm("ingest", "--home", str(folder)).exit_code == 0
    run_lock.release(home)
    with warehouse.connect(home) as con:
        begin_run(con, "r1")

    died = crm("status", "--home", str(folder))
    run_lock.hold(home)
    at_work = crm("status", "--home", str(folder))
    run_lock.release(home)

    assert (died.exit_code, at_work.exit_code) == (0, 0)
    assert "died" in died.output
    assert "running" not in died.output
    assert "running" in at_work.output


def test_debug_shows_the_traceback(tmp_path: Path):
    result = crm("--debug", "run", "--home", str(tmp_path / "nowhere"))

    assert result.exception is not None
    assert "does not exist" in str(result.exception)
    # it was asked for once
    without = crm("run", "--home", str(tmp_path / "nowhere"))
    assert isinstance(without.exception, SystemExit)
    assert without.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [[], ["demo"], ["run"], ["ingest"], ["sources"], ["sources", "list"], ["sources", "check"],
     ["status"], ["rollback"], ["dev"]],
)  # fmt: skip
def test_every_command_has_help_with_its_options(command: list[str]):
    result = crm(*command, "--help")

    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5


def process_of(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_interrupt_while_python_imports_shows_no_traceback():
    # the interrupt comes when the first command is looked for
    script = (
        "import os, signal, sys, time\n"
        # what a shell starts in the background ignores it
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "            time.sleep(1)\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from orchestration.cli import main\n"
        "main()\n"
    )

    ended = process_of(script)

    assert ended.returncode == -signal.SIGINT
    assert ended.stderr == ""


def test_an_interrupt_while_the_engine_is_made_ready_ends_the_command(folder: Path):
    # DuckDB looks for pandas when it is first given a value
    script = (
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'pandas.compat':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from orchestration.cli import main\n"
        "main()\n"
    )

    ended = process_of(script, "ingest", "--home", str(folder))

    assert (ended.returncode, ended.stderr) == (130, "")


def test_an_interrupt_that_python_would_forget_ends_the_command(folder: Path):
    script = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Collected:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        time.sleep(1)\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'orchestration.cli.configuration':\n"
        "            Collected()\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from orchestration.cli import main\n"
        "main()\n"
    )

    ended = process_of(script, "ingest", "--home", str(folder))

    assert (ended.returncode, ended.stderr) == (130, "")


def test_an_import_that_fails_by_an_interrupt_shows_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*_: object) -> None:
        raise ImportError("initialization failed") from KeyboardInterrupt()

    monkeypatch.setattr("orchestration.cli.configuration.configuration", interrupted)

    result = crm("ingest", "--home", str(folder))

    assert result.exit_code == 130
    assert result.stderr == ""


def test_help_imports_nothing_heavy():
    heavy = "'dagster', 'dbt', 'polars', 'pandas', 'sklearn', 'great_expectations', 'duckdb'"
    script = (
        "import sys; from orchestration.cli.app import app; "
        f"print([name for name in ({heavy}) if name in sys.modules])"
    )
    started = time.perf_counter()

    child = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert child.stdout.strip() == "[]"
    assert time.perf_counter() - started < 30
