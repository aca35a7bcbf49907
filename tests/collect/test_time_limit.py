"""A system that takes for ever is left for the next run; what it gave before stays."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_intercom import FakeIntercom, intercom
from own_certificate import own_certificate
from slow_server import Talk, drip, imap_until, silent, talking
from vendor_server import Asked, Told, serving

from ingest.collect import imap, run
from ingest.collect.errors import OutOfTime
from ingest.collect.patience import Patience
from ingest.collect.rest import intercom as intercom_collector
from ingest.collect.run import collect, preview
from ingest.source import Source

Make = Callable[..., Source]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

SLOW_APIS = {
    "silence": silent,
    "headers that drip": partial(drip, begin=b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "a body that drips": partial(drip, begin=HEAD + b'Content-Length: 99999\r\n\r\n{"a": "'),
}

SLOW_MAIL = {
    "a greeting that drips": partial(drip, begin=b"* OK "),
    "a login that drips": imap_until(b"LOGIN", partial(drip, begin=b"* OK ")),
    "a login without an answer": imap_until(b"LOGIN", silent),
    "a fetch that drips": imap_until(
        b"FETCH", partial(drip, begin=b"* 1 FETCH (UID 1 BODY[] {999999}\r\n")
    ),
    "a fetch without an answer": imap_until(b"FETCH", silent),
}


IMPORTED = (imap, intercom_collector)
"""Before the time counts: that takes longer than all the time which is given here."""


@pytest.fixture
def hurried(patience: Patience) -> Patience:
    """Return bounds that end a source within a second."""
    return dataclasses.replace(patience, longest_source_s=0.7)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return own_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.mark.parametrize("what", SLOW_APIS)
def test_an_api_that_takes_for_ever_is_left_off_when_the_time_is_over(
    what: str, home: Path, source_of: Make, hurried: Patience
) -> None:
    with talking(SLOW_APIS[what]) as port:
        source = intercom(source_of, f"http://127.0.0.1:{port}")
        began = time.monotonic()
        with pytest.raises(OutOfTime, match=r"source live was left off after .* waiting for http"):
            collect(source, home, patience=hurried)
        with pytest.raises(OutOfTime):
            preview(source, home, patience=hurried)

    assert time.monotonic() - began < 20


@pytest.mark.parametrize("what", SLOW_MAIL)
def test_a_mailbox_that_takes_for_ever_is_left_off_when_the_time_is_over(
    what: str,
    home: Path,
    source_of: Make,
    hurried: Patience,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", "c0rrect horse")
    with talking(SLOW_MAIL[what], certificate) as port:
        source = mail(source_of, port, certificate[0])
        began = time.monotonic()
        with pytest.raises(OutOfTime, match=r"live was left off .* waiting for localhost to"):
            collect(source, home, patience=hurried)

    assert time.monotonic() - began < 20


def test_pages_that_came_before_stay_and_the_next_run_goes_on(
    home: Path, source_of: Make, landed: Any, hurried: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = FakeIntercom()
    for number in range(60):
        vendor.put(f"c{number}", 1_700_000_000 + number)
    is_stuck = threading.Event()
    pages: list[Asked] = []

    def answer(asked: Asked) -> Told:
        if asked.path.endswith("/search"):
            pages.append(asked)
            if len(pages) > 1 and not is_stuck.is_set():
                is_stuck.wait(20)
        return vendor.answer(asked)

    with serving(answer) as url:
        source = intercom(source_of, url)
        # it has given something a moment ago
        first = collect(source, home, patience=dataclasses.replace(hurried, longest_source_s=3))
        assert (first.records, "there is more: the next run goes on" in first.left_off) == (7, True)
        # and now it has not for long
        monkeypatch.setattr(run, "STALLED_S", 0.0)
        with pytest.raises(OutOfTime, match="what was landed before stays"):
            collect(source, home, patience=hurried)
        is_stuck.set()
        last = collect(source, home, patience=dataclasses.replace(hurried, longest_source_s=60))

    assert (last.records, last.left_off) == (53, "")
    assert sorted(one["id"] for one in landed("conversations")) == sorted(vendor.conversations)


def test_the_entry_says_how_long_a_source_may_take(
    home: Path, source_of: Make, hurried: Patience
) -> None:
    vendor = FakeIntercom()
    vendor.put("c1", 1_700_000_000)

    def answer(asked: Asked) -> Told:
        time.sleep(1.0)
        return vendor.answer(asked)

    with serving(answer) as url:
        source = intercom(source_of, url, max_minutes=2)
        assert collect(source, home, patience=hurried).records == 1


@pytest.mark.parametrize(
    "talk", [silent, partial(drip, begin=b"* 1 FETCH (UID 1 BODY[] {999999}\r\n")]
)
def test_ctrl_c_ends_within_seconds_although_the_mail_server_does_not_answer(
    talk: Talk, home: Path, source_of: Make, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    is_asked = threading.Event()

    def ask(line: socket.socket, over: threading.Event) -> None:
        is_asked.set()
        talk(line, over)

    with talking(imap_until(b"FETCH", ask), certificate) as port:
        mail(source_of, port, certificate[0])
        (tmp_path / "sources.yml").rename(home / "sources.yml")
        # a process that is started in the background has SIGINT ignored
        command = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from orchestration.cli import main; main()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", command, "collect", "--home", str(home)],
            env={**os.environ, "IMAP_PASSWORD": "c0rrect horse"},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert is_asked.wait(60)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=15)

    assert process.returncode == 130
    assert "Traceback" not in said


def mail(source_of: Make, port: int, ca_file: Path) -> Source:
    return source_of(
        "email", "mail/*.mbox", kind="imap", host="localhost", port=port, user="sales",
        password="env:IMAP_PASSWORD", ca_file=str(ca_file),
    )  # fmt: skip
