"""``crm outbox``: rows are offered until they have arrived, or have failed too often."""

from __future__ import annotations

import json
import multiprocessing
import re
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest
from acting_tables import tell_and_publish
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.home import ROOT, Home
from orchestration.outbox.deliveries import (
    ACK,
    FAIL,
    STATE,
    append,
    deliveries_file,
    read_events,
)
from orchestration.publishing import generations

Run = Callable[..., int]


@pytest.fixture
def run(home: Home, open_gate: Callable[[str], None]) -> Run:
    """Return a function that publishes a label per customer."""
    return partial(tell_and_publish, home, open_gate)


def crm(home: Home, *arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, ["outbox", *words, "--home", str(home.folder)])


def said(home: Home, *arguments: object) -> str:
    done = crm(home, *arguments)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def refused(home: Home, *arguments: object) -> str:
    done = crm(home, *arguments)
    assert done.exit_code in (1, 2), done.output
    assert "Traceback" not in done.output
    return " ".join(done.output.split())


def offered(home: Home, *options: object) -> list[dict]:
    done = crm(home, "show", "--json", "--limit", 1000, *options)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def ids(rows: list[dict]) -> list[int]:
    return [row["outbox_id"] for row in rows]


def test_rows_are_offered_until_they_are_acknowledged(home: Home, run: Run):
    run(a="x", b="x", c="x")
    assert ids(offered(home)) == [1, 2, 3]
    assert said(home, "ack", 1, 3) == "2 rows acknowledged"
    assert ids(offered(home)) == [2]
    assert said(home, "ack", 1) == "0 rows acknowledged"

    run(a="y", b="x", d="x")
    # no run was needed for it to count, and it outlives one
    assert ids(offered(home)) == [2, 4, 5, 6]
    assert said(home, "ack", "--up-to", 5) == "3 rows acknowledged"
    assert ids(offered(home)) == [6]
    (row,) = offered(home)
    assert row["key"] == {"customer_id": "a"}
    assert (row["table_name"], row["op"], row["generation"]) == ("risk", "update", 2)
    assert row["payload"]["label"] == "y"
    assert row["payload"]["reasons"] == ["because", "0"]


def test_the_list_is_bounded_and_says_what_it_leaves_out(home: Home, run: Run):
    run(**{f"c{n:02}": "x" for n in range(30)})

    shown = said(home, "show")
    assert "c00" in shown
    assert "c19" in shown
    assert "c20" not in shown
    assert shown.endswith("30 pending, 0 dead letters; 10 more pending rows with a larger --limit")
    assert len(crm(home, "show", "--json").output.splitlines()) == 20
    assert said(home, "ack", "--up-to", 30) == "30 rows acknowledged"
    assert said(home, "show") == "0 pending, 0 dead letters"


def test_a_row_that_fails_too_often_is_a_dead_letter_until_it_is_retried(home: Home, run: Run):
    run(a="x", b="x")
    for attempt in range(1, 5):
        answer = said(home, "fail", 1, "--error", f"no answer\n{attempt}")
        assert answer == f"row 1: {attempt} of 5 attempts failed"
    assert [(row["attempt"], row["error"]) for row in offered(home)] == [
        (4, "no answer 4"), (0, None),
    ]  # fmt: skip
    assert "a dead letter until" in said(home, "fail", 1, "--error", "e" * 1000)
    assert ids(offered(home)) == [2]
    (letter,) = offered(home, "--dead")
    assert (letter["outbox_id"], letter["attempt"], letter["error"]) == (1, 5, "e" * 500)
    assert "1 pending, 1 dead letters" in said(home, "show", "--dead")
    # it was not offered, so it cannot have arrived with the others
    assert said(home, "ack", "--up-to", 2) == "1 rows acknowledged"
    run(a="x", b="x")
    assert ids(offered(home, "--dead")) == [1]

    assert said(home, "retry") == "1 rows are offered again"
    assert [(row["outbox_id"], row["attempt"], row["error"]) for row in offered(home)] == [
        (1, 0, None)
    ]
    assert said(home, "fail", 1, "--error", "again") == "row 1: 1 of 5 attempts failed"
    assert said(home, "retry", 1) == "1 rows are offered again"
    assert said(home, "retry") == "0 rows are offered again"
    assert said(home, "ack", 1) == "1 rows acknowledged"


def test_an_export_is_whole_private_and_never_overwritten(home: Home, run: Run, tmp_path: Path):
    run(a="x", b="x", c="x")
    file = tmp_path / "changes.jsonl"
    first = tmp_path / "first.jsonl"

    assert said(home, "export", file).startswith(f"3 rows written to {file}; ")
    assert "`crm outbox ack --up-to 2`" in said(home, "export", first, "--limit", 2)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert rows == offered(home)
    assert [json.loads(line) for line in first.read_text().splitlines()] == rows[:2]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert "exists and may not have been read yet" in refused(home, "export", file)
    assert "does not exist: make it" in refused(home, "export", tmp_path / "no" / "x.jsonl")
    assert file.read_bytes() == before
    said(home, "ack", "--up-to", 3)
    assert said(home, "export", tmp_path / "none.jsonl").startswith("0 rows written")
    assert (tmp_path / "none.jsonl").read_text() == ""
    assert sorted(path.name for path in tmp_path.glob("*.jsonl*")) == [
        "changes.jsonl", "first.jsonl", "none.jsonl",
    ]  # fmt: skip
    assert not list(tmp_path.glob(".*.tmp"))


def test_the_consumer_of_the_page_ends_with_what_stands(home: Home, run: Run, tmp_path: Path):
    page = (ROOT / "docs" / "outbox.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    names: dict = {"json": json}
    exec(code, names)  # noqa: S102 - the page's example is what is tested
    tables: dict = {}
    last_seen: dict = {}
    states = [{"a": "x", "b": "x"}, {"a": "y", "c": "x"}, {"c": "x", "b": "z"}]
    for n, labels in enumerate(states):
        run(**labels)
        file = tmp_path / f"{n}.jsonl"
        said(home, "export", file)
        for _ in range(2):
            # it comes twice
            names["apply"](file.read_text().splitlines(), tables, last_seen)
        assert {row["customer_id"]: row["label"] for row in tables["risk"].values()} == labels
        if n == 1:
            said(home, "ack", "--up-to", 2)


def test_a_rollback_holds_back_what_the_withdrawn_generation_told(home: Home, run: Run):
    run(a="x")
    run(a="wrong", b="x")
    generations.roll_back(home)

    assert ids(offered(home)) == [1]
    # who was given it before may say so
    assert said(home, "ack", 2) == "1 rows acknowledged"
    run(a="x", b="x")
    assert [(row["outbox_id"], row["op"]) for row in offered(home)] == [
        (1, "insert"), (3, "update"), (4, "update"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ack"], "Name what has arrived: positions, or --up-to"),
        (["ack", "1", "--up-to", "1"], "Name what has arrived"),
        (["ack", "1", "7", "9"], "There is no row 7 in the outbox, positions are 1 to 2"),
        (["ack", "--up-to", "3"], "There is no row 3 in the outbox"),
        (["fail", "3", "--error", "e"], "There is no row 3 in the outbox"),
        (["fail", "1", "--error", " "], "A failure needs its reason"),
        (["fail", "1", "--error", "\udcff"], "The error is no text in UTF-8"),
        (["fail", "2", "--error", "e"], "Row 2 was acknowledged at"),
        (["retry", "5"], "There is no row 5 in the outbox"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    home: Home, run: Run, arguments: list[str], message: str
):
    run(a="x", b="x")
    said(home, "ack", 2)
    before = deliveries_file(home).read_bytes()

    assert message in refused(home, *arguments)
    assert deliveries_file(home).read_bytes() == before


def test_a_damaged_generation_is_named_with_what_helps(home: Home, run: Run):
    run(a="x")
    generations.path_of(home, 1).write_bytes(b"half a generation")

    said_to = refused(home, "show")

    assert generations.path_of(home, 1).name in said_to
    # a run alone refuses it too
    assert "or delete the file and run again" in said_to


def test_a_home_without_an_outbox_says_what_to_do(home: Home):
    for command in (["show"], ["export", "x.jsonl"], ["ack", "1"], ["retry"]):
        assert "Nothing is published in" in refused(home, *command)
        assert "`crm run` publishes" in refused(home, *command)


def test_a_line_cut_short_is_passed_over_and_a_wrong_one_is_named(home: Home, run: Run):
    run(a="x", b="x")
    said(home, "ack", 1)
    file = deliveries_file(home)
    with file.open("ab") as stream:
        stream.write(b'{"event": "ack", "ids": [[2')
    assert ids(offered(home)) == [2]
    said(home, "fail", 2, "--error", "e")
    assert [row["event"] for row in read_events(home).iter_rows(named=True)] == ["ack", "fail"]
    with file.open("ab") as stream:
        stream.write(b'{"event": "lost", "ids": [[2, 2]], "at": "2026-01-01T00:00:00"}\n')
    assert "line 3 is no delivery (event 'lost')" in refused(home, "show")


def _acknowledge(folder: str, position: int) -> None:
    append(Home(Path(folder)), ACK, [(position, position)])


def test_many_acknowledge_at_once(home: Home):
    context = multiprocessing.get_context("fork")
    children = [
        context.Process(target=_acknowledge, args=(str(home.folder), n)) for n in range(1, 9)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0

    assert sorted(read_events(home)["first_id"].to_list()) == list(range(1, 9))


def test_a_range_far_beyond_what_was_told_is_read_as_far_as_it_is_told(home: Home, run: Run):
    run(a="x", b="x")
    append(home, FAIL, [(2, 10**12)], "unreachable")
    append(home, ACK, [(-(10**12), 1)])

    assert [(row["outbox_id"], row["attempt"]) for row in offered(home)] == [(2, 1)]
    assert said(home, "ack", "--up-to", 2) == "1 rows acknowledged"


def test_rows_are_not_compared_with_every_range_of_deliveries():
    with duckdb.connect() as con:
        con.execute("create table log (outbox_id bigint)")
        con.register("outbox_events", read_events(Home(Path("/nowhere"))))
        ((_, plan),) = con.execute(f"explain {STATE.format(log='log')}").fetchall()

    assert "UNNEST" in plan
    assert not re.search(r"IE_JOIN|LOOP_JOIN", plan)
