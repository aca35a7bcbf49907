from __future__ import annotations

import asyncio
import errno
import os
import resource
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.collect.listen import journal as journals
from ingest.collect.listen.journal import Journal, NotLanded, Rotation
from ingest.collect.listen.landing_file import LandingFile, recover
from ingest.collect.listen.lock import AlreadyReceiving, only_receiver
from ingest.collect.listen.token_bucket import TokenBucket
from ingest.loading.landing import landed_files
from ingest.source import Source


def run(
    landing: Path, work: Callable[[Journal], Awaitable[None]], rotation: Rotation | None = None
) -> Journal:
    """Do something with a journal, then close it."""

    async def main() -> Journal:
        journal = Journal(landing, rotation)
        journal.start()
        try:
            await work(journal)
        finally:
            await journal.close()
        return journal

    return asyncio.run(main())


def lines(folder: Path) -> list[bytes]:
    return [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_bytes().split()]


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    """Let the kernel refuse to make any file larger, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_requests_that_come_together_share_a_commit_and_keep_their_order(tmp_path):
    async def work(journal: Journal) -> None:
        await asyncio.gather(*[journal.land("web", [b"%d" % n]) for n in range(500)])

    journal = run(tmp_path, work)

    assert lines(tmp_path / "web") == [b"%d" % n for n in range(500)]
    assert journal.commits == 1


def test_an_answer_waits_for_the_sync(tmp_path, monkeypatch):
    synced: list[str] = []
    sync = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (sync(handle), synced.append("sync")))

    async def work(journal: Journal) -> None:
        await journal.land("web", [b"1"])
        synced.append("answer")

    run(tmp_path, work)

    assert synced == ["sync", "answer"]


def test_the_loader_passes_over_a_file_until_it_is_finished(tmp_path):
    source = Source(name="web", format="segment", path="web/**/*", namespace="web")
    seen: list[int] = []

    async def work(journal: Journal) -> None:
        await journal.land("web", [b"1"])
        seen.append(len(landed_files(tmp_path, source)))

    run(tmp_path, work)

    assert seen == [0]
    assert len(landed_files(tmp_path, source)) == 1


def test_a_full_file_is_finished_and_the_next_one_begun(tmp_path):
    async def work(journal: Journal) -> None:
        for number in range(5):
            await journal.land("web", [b"%d" % number])

    run(tmp_path, work, Rotation(file_bytes=4))

    sizes = [file.stat().st_size for file in sorted((tmp_path / "web").iterdir())]
    assert sizes == [4, 4, 2]
    assert lines(tmp_path / "web") == [b"0", b"1", b"2", b"3", b"4"]


def test_an_old_file_is_finished_even_when_nothing_more_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "TICK_S", 0.02)

    async def work(journal: Journal) -> None:
        await journal.land("web", [b"1"])
        await asyncio.sleep(0.3)
        assert [file.suffix for file in (tmp_path / "web").iterdir()] == [".jsonl"]

    run(tmp_path, work, Rotation(file_s=0.1))


def test_only_so_many_files_are_open_at_once(tmp_path):
    async def work(journal: Journal) -> None:
        for number in range(5):
            await journal.land(f"slack/C{number}", [b"1"])
        assert len(list(tmp_path.rglob("*.part"))) == 2

    run(tmp_path, work, Rotation(open_files=2))

    assert len(list(tmp_path.rglob("*.jsonl"))) == 5


def test_a_full_disk_is_told_and_costs_nothing_that_was_acknowledged(tmp_path):
    async def work(journal: Journal) -> None:
        await journal.land("web", [b"a" * 50])
        with file_size_limit(80):
            with pytest.raises(NotLanded, match="File too large"):
                await journal.land("web", [b"b" * 50])
            assert journal.failure == "File too large"
            await journal.land("web", [b"c"])
        assert journal.failure is None

    run(tmp_path, work)

    assert lines(tmp_path / "web") == [b"a" * 50, b"c"]


def test_after_a_failed_sync_the_file_is_not_written_to_again(tmp_path, monkeypatch):
    sync, calls = os.fdatasync, iter([False, True, False])

    def fail_once(handle: int) -> None:
        if next(calls):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(handle)

    monkeypatch.setattr(os, "fdatasync", fail_once)

    async def work(journal: Journal) -> None:
        await journal.land("web", [b"1"])
        with pytest.raises(NotLanded, match="Input/output error"):
            await journal.land("web", [b"2"])
        await journal.land("web", [b"3"])

    run(tmp_path, work)

    contents = [file.read_bytes() for file in sorted((tmp_path / "web").iterdir())]
    assert contents == [b"1\n", b"3\n"]


@pytest.mark.parametrize("elsewhere", [None, "moved"])
def test_nothing_is_acknowledged_into_a_file_that_was_taken_away(tmp_path, elsewhere):
    async def work(journal: Journal) -> None:
        await journal.land("web", [b"before"])
        if elsewhere:
            (tmp_path / "web").rename(tmp_path / elsewhere)
        else:
            shutil.rmtree(tmp_path / "web")
        with pytest.raises(NotLanded, match="removed or moved"):
            await journal.land("web", [b"refused"])
        await journal.land("web", [b"sent-again"])

    run(tmp_path, work)

    assert lines(tmp_path / "web") == [b"sent-again"]


def test_one_folder_that_cannot_be_written_does_not_cost_the_others(tmp_path):
    (tmp_path / "web").write_text("a file where the folder should be")

    async def work(journal: Journal) -> None:
        said = await asyncio.gather(
            journal.land("web", [b"1"]), journal.land("app", [b"2"]), return_exceptions=True
        )
        assert isinstance(said[0], NotLanded)
        assert said[1] is None

    run(tmp_path, work)

    assert lines(tmp_path / "app") == [b"2"]


def test_what_would_wait_in_too_great_a_queue_is_refused(tmp_path):
    async def work(journal: Journal) -> None:
        said = await asyncio.gather(
            *[journal.land("web", [b"x" * 40]) for _ in range(3)], return_exceptions=True
        )
        assert [isinstance(one, NotLanded) for one in said] == [False, False, True]

    run(tmp_path, work, Rotation(pending_bytes=100))


def test_nobody_waits_for_a_writer_that_has_died(tmp_path, monkeypatch):
    def explode(self: LandingFile, data: bytes) -> None:
        raise MemoryError

    async def main() -> None:
        journal = Journal(tmp_path)
        journal.start()
        monkeypatch.setattr(LandingFile, "append", explode)
        with pytest.raises(NotLanded, match="writer has stopped"):
            await journal.land("web", [b"1"])
        with pytest.raises(NotLanded):
            await journal.land("web", [b"2"])
        with pytest.raises(MemoryError):
            await journal.close()

    asyncio.run(main())


def test_a_cancelled_request_does_not_disturb_its_group(tmp_path):
    async def work(journal: Journal) -> None:
        first = asyncio.create_task(journal.land("web", [b"1"]))
        second = asyncio.create_task(journal.land("web", [b"2"]))
        await asyncio.sleep(0)
        first.cancel()
        await second

    run(tmp_path, work)

    assert lines(tmp_path / "web") == [b"1", b"2"]


@given(
    whole=st.lists(st.binary(min_size=1, max_size=50), max_size=5), torn=st.binary(max_size=90_000)
)
@settings(max_examples=60)
def test_recovery_keeps_every_whole_line_and_cuts_off_the_torn_one(tmp_path_factory, whole, torn):
    folder = tmp_path_factory.mktemp("landing")
    kept = b"".join(line.replace(b"\n", b"") + b"\n" for line in whole)
    part = folder / ".20260101T000000-000000Z.jsonl.part"
    part.write_bytes(kept + torn.replace(b"\n", b""))

    assert recover(folder) == 1
    assert recover(folder) == 0
    assert [file.read_bytes() for file in folder.iterdir()] == ([kept] if kept else [])


def test_recovery_finds_the_files_of_all_channels_and_overwrites_none(tmp_path):
    for channel in ("C1", "C2"):
        (tmp_path / channel).mkdir()
        (tmp_path / channel / ".20260101T000000-000000Z.jsonl.part").write_bytes(b"new\n")
    (tmp_path / "C1" / "20260101T000000-000000Z.jsonl").write_bytes(b"old\n")

    assert recover(tmp_path) == 2
    assert lines(tmp_path / "C1") == [b"old", b"new"]
    assert lines(tmp_path / "C2") == [b"new"]
    assert recover(tmp_path / "absent") == 0


def test_two_receivers_on_one_home_are_refused(tmp_path):
    lock = tmp_path / "listen" / "receiver.lock"
    with only_receiver(lock):
        second = only_receiver(lock)
        with pytest.raises(AlreadyReceiving, match=rf"{tmp_path} \(PID {os.getpid()}\)"):
            second.__enter__()
    with only_receiver(lock):
        assert lock.read_text() == str(os.getpid())


def test_a_bucket_lets_through_what_is_allowed_and_says_how_long_to_wait():
    now = 0.0
    bucket = TokenBucket(10, burst_s=2, clock=lambda: now)

    assert [bucket.wait_s(10), bucket.wait_s(10), bucket.wait_s(15)] == [0, 0, 2]
    now = 1.0
    assert [bucket.wait_s(11), bucket.wait_s(10), bucket.wait_s(1)] == [1, 0, 1]


def test_a_batch_larger_than_the_bucket_passes_when_it_is_full_and_has_its_price():
    now = 0.0
    bucket = TokenBucket(10, burst_s=1, clock=lambda: now)

    assert bucket.wait_s(100) == 0
    assert bucket.wait_s(1) == 10
    now = 9.2
    assert bucket.wait_s(1) == 0
