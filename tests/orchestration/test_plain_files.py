"""A pipe or device in the place of a file of the home is refused: reading it may never end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.config import read_config
from ingest.errors import ConfigError
from ingest.plain_files import is_plain
from orchestration import warehouse
from orchestration.added_lines import read_lines
from orchestration.errors import Refused
from orchestration.home import Home
from orchestration.identity.guards import read_guards
from orchestration.identity.labels import MalformedLabels, read_labels


def _connect(folder: Path) -> None:
    with warehouse.connect(Home(folder)):
        pass


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("sources.yml", lambda folder: read_config(folder / "sources.yml")),
        ("identity_guards.yml", lambda folder: read_guards(Home(folder))),
        ("identity_labels.csv", lambda folder: read_labels(folder / "identity_labels.csv")),
        ("decisions.jsonl", lambda folder: read_lines(folder / "decisions.jsonl")),
        ("warehouse.duckdb", _connect),
    ],
)
def test_what_is_no_file_is_refused_and_not_waited_for(
    name: str, read: Callable[[Path], object], tmp_path: Path
) -> None:
    # a pipe would hold up the test that it is to fail
    (tmp_path / name).symlink_to("/dev/null")

    with pytest.raises((Refused, ConfigError, MalformedLabels), match="is a pipe or a device"):
        read(tmp_path)


def test_pipes_and_devices_are_not_plain(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()

    assert not is_plain(tmp_path / "pipe")
    assert not is_plain(Path("/dev/zero"))
    assert is_plain(tmp_path / "file")
    assert is_plain(tmp_path)
    assert is_plain(tmp_path / "nothing")
