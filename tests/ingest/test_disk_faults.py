from __future__ import annotations

import errno
import os
import sqlite3

import duckdb
import pytest

from ingest.disk_faults import disk_fault, disk_is_full

WAL = (
    'Failed to commit: Could not write file "/home/x/warehouse.duckdb.wal": No space left on device'
)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (duckdb.TransactionException(WAL), "/home/x/warehouse.duckdb.wal cannot be used (No space"),
        (sqlite3.OperationalError("database or disk is full"), "free some disk space"),
        (
            OSError(errno.EFBIG, os.strerror(errno.EFBIG), "/home/x/a"),
            "raise the limit of a file's",
        ),
        (sqlite3.OperationalError("attempt to write a readonly database"), "let it be written"),
        (sqlite3.OperationalError("disk I/O error"), "whether the disk is full"),
        (duckdb.IOException("Corrupt database file: checksum in block 7"), "builds it anew"),
    ],
)
def test_whatever_an_engine_calls_a_full_disk_is_a_sentence(error: Exception, says: str) -> None:
    said = disk_fault(error)

    assert said is not None
    assert says in said
    assert said.endswith(".")


def test_the_cause_of_an_error_counts() -> None:
    error = RuntimeError("the step failed")
    error.__cause__ = duckdb.TransactionException(WAL)

    assert disk_is_full(error)
    assert "No space left" in str(disk_fault(error))


def test_other_errors_are_about_no_disk() -> None:
    error = duckdb.ConversionException('Could not convert string "/a" to INT32')

    assert disk_fault(error) is None
    assert not disk_is_full(error)
