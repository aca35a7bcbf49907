"""The next source is read while the last is stored; what is wrong with one costs no other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.loading import load_source as loading
from ingest.loading import upcoming as reading
from ingest.loading.batch import Batch
from ingest.loading.load_source import load_sources
from ingest.source import Source

Con = duckdb.DuckDBPyConnection
Put = Callable[[str, str | bytes], Path]
Make = Callable[..., Source]

HEAD = "Id,Email,Phone\n"


@pytest.fixture
def three(put: Put, contacts: Make) -> list[Source]:
    """Three sources of two contacts each."""
    names = ("one", "two", "three")
    for number, name in enumerate(names):
        rows = [f"{2 * number + row},{name}{row}@x.com,\n" for row in range(2)]
        put(f"{name}/a.csv", HEAD + "".join(rows))
    return [contacts(name=name, path=f"{name}/*") for name in names]


def put_many(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put 200 files of one contact each, which are checked one by one."""
    monkeypatch.setattr("ingest.loading.buffer.FULL_FILES", 1)
    for number in range(200):
        put(f"many/{number:03d}.csv", HEAD + f"{number},a{number}@x.com,\n")


def statuses(results: list[Any]) -> dict[str, tuple[str, int]]:
    return {result.source: (result.status, result.rows_loaded) for result in results}


def test_a_source_is_read_while_the_one_before_it_is_committed(
    warehouse: Con, landing: Path, three: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read = {source.name: threading.Event() for source in three}
    parts = reading._parts

    def noted(found: Any) -> Any:
        yield from parts(found)
        is_read[found.source.name].set()

    original = loading.write_files
    was_read = []

    def slow(con: Con, batch: Batch) -> None:
        if batch.source.name == "one":
            was_read.append(is_read["two"].wait(10))
        original(con, batch)

    monkeypatch.setattr(reading, "_parts", noted)
    monkeypatch.setattr(loading, "write_files", slow)
    results = load_sources(warehouse, three, landing)

    assert was_read == [True]
    assert set(statuses(results).values()) == {("loaded", 2)}


@pytest.mark.parametrize("step", ["store", "conformed"])
def test_a_source_that_breaks_when_read_or_stored_fails_alone(
    warehouse: Con,
    landing: Path,
    three: list[Source],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    original = getattr(Batch, step)

    def breaking(self: Batch, *given: Any) -> Any:
        if self.source.name == "two":
            raise OSError("no space left on device")
        return original(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(Batch, step, breaking)
        results = load_sources(warehouse, three, landing)

    assert statuses(results) == {"one": ("loaded", 2), "two": ("failed", 0), "three": ("loaded", 2)}
    assert "no space left" in (results[1].message or "")
    assert warehouse.execute("select count(*) from raw.contact").fetchone() == (4,)
    again = load_sources(warehouse, three, landing)
    assert statuses(again) == {
        "one": ("unchanged", 0),
        "two": ("loaded", 2),
        "three": ("unchanged", 0),
    }


def test_no_more_of_a_source_is_read_than_waits_once_storing_it_has_failed(
    warehouse: Con, landing: Path, put: Put, contacts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_many(put, monkeypatch)
    put("last/a.csv", HEAD + "1000,z@x.com,\n")
    read: set[str] = set()
    chunks = Batch._chunks

    def noted(self: Batch, file: Any) -> Any:
        read.add(file.name)
        yield from chunks(self, file)

    def broken(self: Batch, *found: Any) -> None:
        if self.source.name == "many":
            raise OSError("no space left on device")
        original(self, *found)

    original = Batch._store
    monkeypatch.setattr(Batch, "_chunks", noted)
    monkeypatch.setattr(Batch, "_store", broken)
    sources = [contacts(name=name, path=f"{name}/*") for name in ("many", "last")]
    results = load_sources(warehouse, sources, landing)

    assert statuses(results) == {"many": ("failed", 0), "last": ("loaded", 1)}
    assert len(read) < 50


def test_a_mistake_of_the_program_is_raised_and_leaves_no_thread(
    warehouse: Con, landing: Path, three: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mistake(BaseException):
        pass

    def mistaken(*_: Any, **__: Any) -> Any:
        raise Mistake

    monkeypatch.setattr(reading, "pending_files", mistaken)
    with pytest.raises(Mistake):
        load_sources(warehouse, three, landing)

    assert not [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_an_interrupted_load_ends_its_threads_and_leaves_nothing(
    warehouse: Con, landing: Path, put: Put, contacts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_many(put, monkeypatch)

    def interrupted(self: Batch, *found: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Batch, "_store", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_sources(warehouse, [contacts(name="many", path="many/*")], landing)

    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(("read-ahead", "side-by-side"))]
    assert warehouse.execute("select count(*) from raw.contact").fetchone() == (0,)
