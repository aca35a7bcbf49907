"""A login that ends while a mailbox is collected costs no message and is told as what it is."""

from __future__ import annotations

import imaplib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mail_server import MailServer

from ingest.collect.errors import AccessRefused, StreamMissing, UnexpectedAnswer
from ingest.collect.imap_session import ConnectionLost, ImapSession
from ingest.collect.patience import Patience
from ingest.collect.run import collect
from ingest.source import Source
from ingest.sources.email.mailbox import raw_messages

QUICK = Patience(attempts=3, first_wait_s=0.001)


@pytest.fixture
def source(mailbox: MailServer, source_of: Callable[..., Source]) -> Source:
    """Return a source of a mailbox with four messages in two folders, by an access token."""
    for number in range(4):
        mailbox.put(_message(number), "Sent" if number > 1 else "", number=number)
    return source_of("email", "mail/*.mbox", kind="imap", host="localhost", port=mailbox.port,
                     user="sales", token="env:IMAP_TOKEN", ca_file=str(mailbox.ca_file),
                     folders=["INBOX", "Sent"], batch_messages=1)  # fmt: skip


def _message(number: int) -> bytes:
    return b"Message-ID: <m%d@example.com>\r\nSubject: hello\r\n\r\nhello\r\n" % number


def landed(home: Path) -> list[bytes]:
    files = sorted((home / "landing").rglob("*.mbox"))
    return sorted(one.raw.split(b"\r\n")[0] for file in files for one in raw_messages(file))


ALL = [b"Message-ID: <m%d@example.com>" % number for number in range(4)]


def test_a_token_that_ends_on_the_way_is_named_and_the_next_run_goes_on(
    source: Source, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examine = ImapSession.examine

    def ending(self: ImapSession, folder: str) -> tuple[int, int]:
        if folder == "Sent":
            monkeypatch.setenv("IMAP_TOKEN", "ya29.ended")
            self._imap.sock.shutdown(2)
        return examine(self, folder)

    with monkeypatch.context() as patched:
        patched.setattr(ImapSession, "examine", ending)
        with pytest.raises(AccessRefused, match=r"check IMAP_TOKEN: .* after an hour; .* renewed"):
            collect(source, home, patience=QUICK)
    assert landed(home) == ALL[:2]

    monkeypatch.undo()
    monkeypatch.setenv("IMAP_TOKEN", "ya29.secret-access-token")
    assert collect(source, home).records == 2
    assert landed(home) == ALL


@pytest.mark.parametrize(
    "refusal",
    [
        ("NO", [b"[EXPIRED] token expired"]),
        ("NO", [b"[AUTHENTICATIONFAILED] Invalid credentials"]),
        imaplib.IMAP4.error("UID command error: BAD [b'User is authenticated but not connected.']"),
    ],
)
@pytest.mark.parametrize("command", ["SEARCH", "FETCH"])
def test_a_server_that_ends_the_login_is_asked_by_another(
    command: str,
    refusal: Any,
    source: Source,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uid, refused = imaplib.IMAP4.uid, []

    def refusing(self: imaplib.IMAP4, asked: str, *more: str) -> Any:
        if asked == command and self not in refused and len(refused) < 2:
            refused.append(self)
        if asked == command and self in refused:
            if isinstance(refusal, Exception):
                raise refusal
            return refusal
        return uid(self, asked, *more)

    monkeypatch.setattr(imaplib.IMAP4, "uid", refusing)
    done = collect(source, home, patience=QUICK)

    assert (done.records, len(refused)) == (4, 2)
    assert not any("withheld" in state for state in done.cursor.values())
    assert landed(home) == ALL


def test_a_server_that_ends_every_login_is_told_and_costs_nothing(
    source: Source, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(imaplib.IMAP4, "uid", lambda *_: ("NO", [b"[EXPIRED] token expired"]))
        with pytest.raises(ConnectionLost, match=r"has ended the login: \[EXPIRED\] token"):
            collect(source, home, patience=QUICK)
    assert collect(source, home).records == 4


def test_a_folder_that_is_there_and_not_opened_is_told_with_the_servers_words(
    source: Source, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = imaplib.IMAP4.select

    def refusing(self: imaplib.IMAP4, mailbox: str, readonly: bool = False) -> Any:
        if "INBOX" in mailbox:
            return "NO", [b"[NOPERM] Permission denied"]
        return select(self, mailbox, readonly)

    monkeypatch.setattr(imaplib.IMAP4, "select", refusing)
    with pytest.raises(StreamMissing) as told:
        collect(source, home)

    assert "does not open folder 'INBOX': [NOPERM] Permission denied" in str(told.value)
    assert "did you mean" not in str(told.value)
    assert landed(home) == ALL[2:]


def test_a_search_that_is_refused_is_told_with_the_servers_words(
    source: Source, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaplib.IMAP4, "uid", lambda *_: ("NO", [b"[SERVERBUG] index is broken"]))
    with pytest.raises(UnexpectedAnswer, match=r"does not search UID 1:2: \[SERVERBUG\] index"):
        collect(source, home)
