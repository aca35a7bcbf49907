"""A file and its cursor are both there or both not, wherever the process is killed."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fake_intercom import FakeIntercom
from vendor_server import TOKEN, Asked, Told, serving

from ingest.collect.errors import CollectError, CollectorBusy
from ingest.collect.landing_file import (
    AlreadyLanded,
    Cursor,
    CursorUnreadable,
    commit,
    committed_cursor,
    land_file,
)
from ingest.collect.run import collect, preview
from ingest.loading.landing import landed_files
from ingest.source import Company, Source

ROOT = Path(__file__).resolve().parents[2]


def test_a_collector_killed_at_any_step_loses_nothing_and_lands_nothing_twice(
    tmp_path: Path, source_of: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = FakeIntercom()
    for number in range(3):
        vendor.put(f"c{number}", 1_700_000_000 + 1_000 * number)
    fetches = count()

    def answer(asked: Asked) -> Told:
        told = vendor.answer(asked)
        if asked.method == "GET":
            # never the same bytes twice: what is asked for again may have changed meanwhile
            told.content = {**told.content, "fetched": next(fetches)}
        return told

    monkeypatch.setenv("VENDOR_TOKEN", TOKEN)
    homes = tmp_path / "homes"
    homes.mkdir()
    with serving(answer) as url:
        source_of("intercom", "intercom/*.json", kind="intercom", token="env:VENDOR_TOKEN",
                  base_url=url, page_size=2)  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("killed_collector.py")),
             str(tmp_path / "sources.yml"), str(homes)],
            check=False, capture_output=True, text=True, timeout=100,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 20
    for home in homes.iterdir():
        files = [file for file in (home / "landing").rglob("*") if file.is_file()]
        assert not [file.name for file in files if file.name.startswith(".")], home
        ids = Counter(
            one["id"] for file in files for one in json.loads(file.read_bytes())["conversations"]
        )
        assert ids == Counter(f"c{n}" for n in range(3)), home
        cursor = json.loads((home / "collect" / "live.json").read_bytes())
        assert cursor["sequence"] == len(files) == 2


def test_a_part_is_nothing_that_the_loader_would_read(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "mail"
    folder.mkdir(parents=True)
    (folder / ".a-00000001.mbox.part").write_bytes(b"half of it")
    source = Source(name="m", format="email", path="mail/**/*", namespace="m", company=Company())

    assert landed_files(tmp_path / "landing", source) == []


def test_a_landed_file_never_changes(tmp_path: Path) -> None:
    file = tmp_path / "landing" / "web" / "a.json"
    land_file(file, b"{}")
    land_file(file, b"{}")
    with pytest.raises(AlreadyLanded, match="never overwritten"):
        land_file(file, b"[]")

    assert file.read_bytes() == b"{}"


def test_a_committed_file_that_was_moved_away_since_is_not_missed(tmp_path: Path) -> None:
    cursor = Cursor(sequence=1, streams={"a": 1}, landing="landing/x/a-00000001.json")
    commit(tmp_path, tmp_path / "collect" / "x.json", cursor, b"{}")
    (tmp_path / "landing" / "x" / "a-00000001.json").unlink()

    assert committed_cursor(tmp_path, tmp_path / "collect" / "x.json") == cursor


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", '{"version": 2}', '{"version": 1, "x": 1}', '{"version": 1, "streams": []}',
        '{"version": 1, "streams": null}', '{"version": 1, "sequence": "3"}',
        '{"version": 1, "landing": 3}',
    ],
)  # fmt: skip
def test_a_damaged_cursor_is_named_with_the_remedy(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(CursorUnreadable, match=r"x\.json is no cursor .* remove it"):
        committed_cursor(tmp_path, file)


def test_without_its_cursor_a_source_is_collected_anew_beside_the_files_there_are(
    home: Path, source_of: Callable[..., Source], monkeypatch: pytest.MonkeyPatch, patience: Any
) -> None:
    monkeypatch.setenv("VENDOR_TOKEN", TOKEN)
    vendor = FakeIntercom()
    vendor.put("c1", 1_700_000_000)
    with serving(vendor.answer) as url:
        source = source_of("intercom", "intercom/*.json", kind="intercom",
                           token="env:VENDOR_TOKEN", base_url=url)  # fmt: skip
        first = collect(source, home, patience=patience)
        (home / "collect" / "live.json").unlink()
        second = collect(source, home, patience=patience)

    assert first.files == ("landing/intercom/conversations-00000001.json",)
    assert second.files == ("landing/intercom/conversations-00000002.json",)


def test_two_processes_do_not_collect_the_same_source(
    home: Path, source_of: Callable[..., Source]
) -> None:
    source = source_of("intercom", "intercom/*.json", kind="intercom", token="env:VENDOR_TOKEN")
    (home / "collect").mkdir()
    with (home / "collect" / "live.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CollectorBusy, match="another process"):
            collect(source, home)


def test_a_source_that_others_fill_is_not_collected(home: Path) -> None:
    source = Source(name="mail", format="email", path="*", namespace="m")
    for act in (collect, preview):
        with pytest.raises(CollectError, match="source mail has no collect section"):
            act(source, home)
