"""Fixtures that every test may use."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from hypothesis import settings
from typer.main import get_command

from orchestration.garbage import look_rarely

look_rarely()

# two workers on two cores: an example that takes 10 ms took 260 once, and was called flaky
settings.register_profile("any_machine", deadline=None)
settings.load_profile("any_machine")

ROOT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Have workers collect one after the other in a checkout that no module is compiled of.

    Side by side both compile the same 5,500 modules; who comes second finds them. The last folder
    tells whether there was an earlier collection: the others are being compiled when it is asked.
    """
    last = max(Path(__file__).parent.glob("*/test_*.py")).parent
    with Path(__file__).open() as turn:
        if not (sys.dont_write_bytecode or (last / "__pycache__").exists()):
            fcntl.flock(turn, fcntl.LOCK_EX)
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the modules that run the whole job at the beginning of either half.

    Each of two workers begins with one half and takes over tests of the other when it is done; a
    minute-long test that is left to the end has one worker wait for the other. Those that read the
    same simulated company are in one half, or one worker would wait while the other makes it.
    """
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    slow = [
        module
        for module in modules.values()
        if any(item.get_closest_marker("pipeline") for item in module)
    ]
    quick = [item for module in modules.values() if module not in slow for item in module]
    shared = [module for module in slow if module[0].path.parent.name == "acceptance"]
    first = list(chain.from_iterable(shared))
    second = list(chain.from_iterable(module for module in slow if module not in shared))
    missing = max(0, len(items) // 2 - len(first))
    items[:] = [*first, *quick[:missing], *second, *quick[missing:]]


@pytest.fixture(scope="session", autouse=True)
def commands_made_once() -> Iterator[None]:
    """Have typer's runner make an app's commands once, not each time it invokes one of them.

    They are made of the signatures of all: three modules of tests took 30 CPU seconds, now 23.
    """
    with mock.patch("typer.testing._get_command", cache(get_command)):
        yield


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty DuckDB in memory."""
    connection = duckdb.connect(":memory:")
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public data sets, or skip where it is absent."""
    folder = Path(os.environ.get("CRM_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"public data sets are not part of the project; none found at {folder}")
    return folder
