"""Mail of a real Dovecot lands once, unchanged, and nothing changes on the server."""

from __future__ import annotations

import imaplib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_server import PASSWORD, USER, MailServer

from ingest.collect import imap, imap_session
from ingest.collect.errors import (
    AccessRefused,
    CollectError,
    StreamMissing,
    UnexpectedAnswer,
    Unreachable,
)
from ingest.collect.imap import OMITTED
from ingest.collect.imap_session import ConnectionLost, ImapSession
from ingest.collect.mailbox_name import folder_name, imap_name
from ingest.collect.mbox import mbox
from ingest.collect.patience import Patience
from ingest.collect.run import collect, preview
from ingest.collect.time_limit import TimeLimit
from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.loading.load import load_source
from ingest.source import Source
from ingest.sources.email.mailbox import raw_messages

Make = Callable[..., Source]


@pytest.fixture
def mail(mailbox: MailServer, source_of: Make) -> Make:
    """Return a maker of sources that collect from the server."""

    def make(**more: Any) -> Source:
        given = {"kind": "imap", "host": "localhost", "port": mailbox.port, "user": USER,
                 "ca_file": str(mailbox.ca_file), "password": "env:IMAP_PASSWORD"}  # fmt: skip
        settings = {key: value for key, value in {**given, **more}.items() if value is not None}
        return source_of("email", "mail/*", **settings)

    return make


def message(number: int, body: bytes = b"hello", newline: bytes = b"\r\n") -> bytes:
    head = [
        b"From: Jane <jane@example.com>",
        b"To: sales@nordlicht.example",
        b"Date: Mon, 01 Jan 2024 10:00:00 +0000",
        b"Message-ID: <m%d@example.com>" % number,
        b"Subject: number %d" % number,
        b"",
    ]
    return newline.join([*head, body]) + newline


def landed(home: Path) -> list[bytes]:
    files = sorted((home / "landing").rglob("*.mbox"), key=lambda f: f.stem.rpartition("-")[2])
    return [one.raw for file in files for one in raw_messages(file)]


def same(raw: bytes) -> bytes:
    # an mbox has an empty line behind each message, which a mail may have or not
    return raw.rstrip(b"\r\n")


def test_messages_land_once_and_only_new_ones_the_next_time(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    for number in range(7):
        mailbox.put(message(number), number=number)
    mailbox.put(message(100), "Sent", number=100)
    source = mail(folders=["INBOX", "Sent"], batch_messages=3)
    said = preview(source, home)
    first = collect(source, home)
    assert [one.waiting for one in said.streams] == [7, 1]
    assert first.records == 8
    assert first.files == tuple(
        f"landing/mail/{name}.mbox"
        for name in ("INBOX-00000001", "INBOX-00000002", "INBOX-00000003", "Sent-00000004")
    )
    mailbox.put(message(8), number=8)
    second = collect(source, home)
    third = collect(source, home)

    assert (second.records, third.records, third.files) == (1, 0, ())
    expected = [message(n) for n in (*range(7), 100, 8)]
    assert [same(raw) for raw in landed(home)] == [same(raw) for raw in expected]


def test_messages_land_byte_for_byte_also_where_they_look_like_an_mbox(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    body = b"a\r\n\r\nFrom jane@example.com Mon Jan  1 10:00:00 2024\r\n>From me\r\n\xff\xfe"
    messages = [message(1, body), message(2, b"no end of line")[:-2], message(3, body)]
    for number, one in enumerate(messages):
        mailbox.put(one, number=number)
    collect(mail(), home)

    # Dovecot ends every line with CR LF, as IMAP demands
    assert [same(raw) for raw in landed(home)] == [same(one) for one in messages]


def test_a_server_that_does_not_say_the_next_uid_is_asked_for_the_last_one(
    mailbox: MailServer, mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = imaplib.IMAP4.response

    def silent(self: imaplib.IMAP4, code: str) -> Any:
        return (code, [None]) if code == "UIDNEXT" else response(self, code)

    monkeypatch.setattr(imaplib.IMAP4, "response", silent)
    mailbox.put(message(1), number=1)
    mailbox.folder("Empty")
    source = mail(folders=["Empty", "INBOX"])
    assert collect(source, home).records == 1
    mailbox.put(message(2), number=2)
    assert (collect(source, home).records, collect(source, home).records) == (1, 0)


def test_what_is_removed_while_it_is_fetched_is_left_out(
    mailbox: MailServer, mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [mailbox.put(message(number), number=number) for number in range(4)]
    fetch = ImapSession.fetch

    def removing(self: ImapSession, uids: list[int], items: str) -> list[Any]:
        if "BODY" in items:
            files[1].unlink(missing_ok=True)
        return fetch(self, uids, items)

    monkeypatch.setattr(ImapSession, "fetch", removing)
    assert collect(mail(), home).records == 3
    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in (0, 2, 3)]


@pytest.mark.parametrize("kept_back", ["BODY", "SIZE"])
def test_a_message_that_the_server_does_not_give_holds_up_no_other_and_is_asked_for_again(
    kept_back: str,
    mailbox: MailServer,
    mail: Make,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(4):
        mailbox.put(message(number), number=number)
    mailbox.put(message(9), "Sent", number=9)
    fetch = ImapSession.fetch

    def withholding(self: ImapSession, uids: list[int], items: str) -> list[Any]:
        wanted = [uid for uid in uids if uid != 2 or kept_back not in items]
        return fetch(self, wanted, items) if wanted else [None]

    source = mail(folders=["INBOX", "Sent"], batch_messages=2)
    with monkeypatch.context() as patched:
        patched.setattr(ImapSession, "fetch", withholding)
        first = collect(source, home)
        assert "does not give 1 messages of INBOX, UID 2" in caplog.text
        mailbox.put(message(5), number=5)
        second = collect(source, home)
    third = collect(source, home)

    assert (first.records, second.records, third.records) == (4, 1, 1)
    assert first.cursor["INBOX"]["withheld"] == second.cursor["INBOX"]["withheld"] == [2]
    assert "withheld" not in third.cursor["INBOX"]
    assert third.cursor["INBOX"]["uid"] == 5
    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in (0, 2, 3, 9, 5, 1)]


def test_what_was_not_given_is_not_forgotten_when_the_connection_breaks(
    mailbox: MailServer, mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        mailbox.put(message(number), number=number)
    fetch, asked = ImapSession.fetch, [0]

    def withholding(self: ImapSession, uids: list[int], items: str) -> list[Any]:
        wanted = [uid for uid in uids if uid not in {2, 3} or "BODY" not in items]
        return fetch(self, wanted, items) if wanted else [None]

    def breaking(self: ImapSession, uids: list[int], items: str) -> list[Any]:
        asked[0] += "BODY" in items
        if asked[0] == 2:
            raise ConnectionLost("gone")
        return fetch(self, uids, items)

    source = mail(batch_messages=1)
    with monkeypatch.context() as patched:
        patched.setattr(ImapSession, "fetch", withholding)
        collect(source, home)
        patched.setattr(ImapSession, "fetch", breaking)
        with pytest.raises(ConnectionLost):
            collect(source, home, patience=Patience(attempts=1))
    collect(source, home)
    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in (0, 3, 1, 2)]


def test_a_server_that_gives_nothing_is_refused_and_asked_again_from_where_it_was(
    mailbox: MailServer, mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "FETCHED_AT_ONCE", 2)
    for number in range(4):
        mailbox.put(message(number), number=number)
    with monkeypatch.context() as patched:
        patched.setattr(ImapSession, "fetch", lambda *_: [None])
        with pytest.raises(UnexpectedAnswer, match="does not give 4 messages of INBOX"):
            collect(mail(), home)
    assert collect(mail(), home).records == 4


def test_no_command_is_longer_than_servers_take() -> None:
    sent: list[str] = []

    class Server:
        def uid(self, command: str, uids: str, *_: str) -> tuple[str, list[bytes]]:
            sent.append(f"AAAA99 UID {command} {uids}")
            return "OK", [uids.replace(",", " ").encode()]

    session = ImapSession.__new__(ImapSession)
    session.host, session._patience = "mail.example", Patience()
    session._imap = Server()  # type: ignore[assignment]
    uids = [*range(4_000_000_001, 4_000_004_001, 2), 4_100_000_000, 4_100_000_001]
    said = session.fetch(uids, "(UID FLAGS)")

    asked = b" ".join(said).decode().split()
    assert asked == [*map(str, uids[:-2]), "4100000000:4100000001"]
    assert max(map(len, sent)) <= 1_000


def refusing(broken: set[int]) -> ImapSession:
    """Return a session with a server that refuses commands about some messages."""

    class Server:
        def uid(self, _command: str, uids: str, *_: str) -> tuple[str, list[bytes]]:
            bounds = (one.partition(":") for one in uids.split(","))
            asked = {n for a, _, b in bounds for n in range(int(a), int(b or a) + 1)}
            if asked & broken:
                return "NO", [b"[SERVERBUG] Internal error"]
            return "OK", [str(n).encode() for n in sorted(asked)]

    session = ImapSession.__new__(ImapSession)
    session.host, session._secrets, session._patience = "mail.example", {}, Patience()
    session._imap = Server()  # type: ignore[assignment]
    return session


def test_a_message_that_the_server_refuses_costs_no_other() -> None:
    said = refusing({3, 40}).fetch(list(range(1, 51)), "(UID BODY.PEEK[])")

    assert sorted(map(int, said)) == sorted({*range(1, 51)} - {3, 40})
    assert refusing({7}).fetch([7], "(UID BODY.PEEK[])") == []


def test_a_server_that_refuses_every_message_is_not_asked_for_each() -> None:
    with pytest.raises(UnexpectedAnswer, match="SERVERBUG"):
        refusing(set(range(1_000))).fetch(list(range(1, 500)), "(UID BODY.PEEK[])")


def test_a_folder_that_is_numbered_anew_is_fetched_again(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    for number in range(3):
        mailbox.put(message(number), number=number)
    source = mail()
    collect(source, home)
    mailbox.number_anew()
    again = collect(source, home)

    assert again.records == 3
    assert len({same(raw) for raw in landed(home)}) == 3
    assert collect(source, home).records == 0


def test_a_folder_that_was_fetched_twice_is_loaded_once(
    mailbox: MailServer, mail: Make, home: Path, con: duckdb.DuckDBPyConnection
) -> None:
    for number in range(3):
        mailbox.put(message(number), number=number)
    source = mail()
    create_schemas_and_tables(con)
    collect(source, home)
    load_source(con, source, home / "landing")
    mailbox.number_anew()
    collect(source, home)
    again = load_source(con, source, home / "landing")

    assert (again.records_read, again.rows_loaded) == (3, 0)
    assert con.execute("select count(*) from raw.interaction").fetchone() == (3,)


def test_nothing_changes_on_the_server(mailbox: MailServer, mail: Make, home: Path) -> None:
    file = mailbox.put(message(1), number=1)
    collect(mail(), home)

    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_drafts_are_left_out_and_of_large_messages_the_header_lands(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    mailbox.put(message(1), number=1, flags="DS")
    mailbox.put(message(2, b"x" * 5_000), number=2)
    mailbox.put(message(3), number=3, flags="S")
    collected = collect(mail(max_message_bytes=1_000), home)

    large, small = landed(home)
    assert collected.records == 2
    assert large.startswith(OMITTED + b": 500")
    assert b"Subject: number 2" in large
    assert b"xxx" not in large
    assert same(small) == same(message(3))


def test_only_what_was_received_since_a_day_lands(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    day_s = 86_400
    for number in range(5):
        # from 2023-11-14 on
        mailbox.put(message(number), number=number * day_s)
    collect(mail(since="2023-11-17"), home)

    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in (3, 4)]


def test_a_folder_may_have_any_name_and_an_unknown_one_is_refused_with_a_remedy(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    mailbox.put(message(1), "Entw&APw-rfe & mehr".replace(" & ", " &- "), number=1)
    assert collect(mail(folders=["Entwürfe & mehr"]), home).records == 1

    mailbox.folder("Gesendet")
    with pytest.raises(
        CollectError, match=r"no folder 'Gesendt' to read: .* did you mean Gesendet"
    ):
        collect(mail(folders=["Gesendt"]), home)


def test_folders_that_are_gone_are_told_after_the_others_were_collected(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    mailbox.put(message(1), number=1)
    mailbox.put(message(2), "Sent", number=2)
    source = mail(folders=["Old", "INBOX", "Older", "Sent"])
    with pytest.raises(StreamMissing) as told:
        collect(source, home)

    for said in ("no folder 'Old' to read", "no folder 'Older' to read", "folders in sources.yml"):
        assert said in str(told.value)
    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in (1, 2)]

    mailbox.put(message(3), "Sent", number=3)
    with pytest.raises(StreamMissing):
        collect(source, home)
    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in (1, 2, 3)]
    assert set(collect(mail(folders=["INBOX", "Sent"]), home).cursor) == {"INBOX", "Sent"}


def test_a_preview_tells_of_every_folder_and_names_those_that_are_gone(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    mailbox.put(message(1), number=1)
    mailbox.put(message(2), "Sent", number=2)
    said = preview(mail(folders=["Old", "INBOX", "Older", "Sent"]), home)

    assert [(one.stream, one.waiting) for one in said.streams] == [("INBOX", 1), ("Sent", 1)]
    old, older = said.missing
    assert "no folder 'Old' to read: correct folders in sources.yml" in old
    assert "no folder 'Older' to read" in older


def test_starttls_and_oauth_tokens_are_accepted(
    mailbox: MailServer, mail: Make, home: Path
) -> None:
    mailbox.put(message(1), number=1)
    source = mail(security="starttls", port=mailbox.plain_port, password=None,
                  token="env:IMAP_TOKEN")  # fmt: skip

    assert collect(source, home).records == 1


@pytest.mark.parametrize(
    ("variable", "settings"),
    [
        ("IMAP_PASSWORD", {}),
        ("IMAP_TOKEN", {"password": None, "token": "env:IMAP_TOKEN"}),
    ],
)
def test_a_wrong_secret_is_named_by_its_variable_and_shown_nowhere(
    variable: str,
    settings: dict[str, Any],
    mail: Make,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    monkeypatch.setenv(variable, "wr0ng-but-secret")
    with pytest.raises(AccessRefused, match=variable) as caught:
        collect(mail(**settings), home)

    assert "wr0ng" not in f"{caught.value!r} {caught.value.__context__!r} {caplog.text}"


def test_a_password_that_a_server_cannot_take_is_named_by_its_variable(
    mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", "geheimnisträger")
    capabilities = imaplib.IMAP4._get_capabilities

    def without_plain(self: imaplib.IMAP4) -> None:
        capabilities(self)
        self.capabilities = tuple(one for one in self.capabilities if one != "AUTH=PLAIN")

    monkeypatch.setattr(imaplib.IMAP4, "_get_capabilities", without_plain)
    with pytest.raises(AccessRefused, match="IMAP_PASSWORD") as caught:
        collect(mail(), home)

    assert "geheimnis" not in f"{caught.value!r}"


def test_a_certificate_that_nobody_vouches_for_is_refused(mail: Make, home: Path) -> None:
    with pytest.raises(Unreachable, match="certificate of localhost is not accepted"):
        collect(mail(ca_file=None), home)


def test_a_server_that_is_not_there_is_named(mail: Make, home: Path) -> None:
    with pytest.raises(Unreachable, match="localhost, port 1, cannot be reached"):
        collect(mail(port=1), home)


def test_a_connection_that_breaks_is_made_again(
    mailbox: MailServer, mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        mailbox.put(message(number), number=number)
    fetch = ImapSession.fetch
    calls: list[str] = []

    def breaking(self: ImapSession, uids: list[int], items: str) -> list[Any]:
        calls.append(items)
        if len(calls) in {2, 5}:
            self._imap.sock.shutdown(2)
        return fetch(self, uids, items)

    monkeypatch.setattr(ImapSession, "fetch", breaking)
    patience = Patience(attempts=3, first_wait_s=0.001)
    collected = collect(mail(batch_messages=2), home, patience=patience)

    assert collected.records == 6
    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in range(6)]


def test_a_server_that_restarts_is_waited_for(
    mailbox: MailServer, mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        mailbox.put(message(number), number=number)
    fetch, connected = ImapSession.fetch, imap_session.connected
    calls: list[str] = []
    refusals = [Unreachable("starting"), Unreachable("starting")]

    def breaking(self: ImapSession, uids: list[int], items: str) -> list[Any]:
        calls.append(items)
        if len(calls) == 3:
            self._imap.sock.shutdown(2)
        return fetch(self, uids, items)

    def starting(given: dict[str, Any], limit: TimeLimit) -> imaplib.IMAP4:
        if calls and refusals:
            raise refusals.pop()
        return connected(given, limit)

    monkeypatch.setattr(ImapSession, "fetch", breaking)
    monkeypatch.setattr(imap_session, "connected", starting)
    patience = Patience(attempts=4, first_wait_s=0.001)
    collected = collect(mail(batch_messages=2), home, patience=patience)

    assert (collected.records, refusals) == (6, [])
    assert [same(raw) for raw in landed(home)] == [same(message(n)) for n in range(6)]


@pytest.mark.parametrize(
    "trouble",
    [
        imaplib.IMAP4.abort("socket error: EOF"),
        imaplib.IMAP4.error("[UNAVAILABLE] Temporary authentication failure."),
    ],
)
def test_a_server_in_trouble_does_not_make_the_password_wrong(
    trouble: Exception, mail: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> Any:
        raise trouble

    monkeypatch.setattr(imaplib.IMAP4, "authenticate", failing)
    with pytest.raises(Unreachable) as caught:
        collect(mail(), home)

    assert "IMAP_PASSWORD" not in str(caught.value)


def test_the_cursor_holds_uids_and_no_secret(mailbox: MailServer, mail: Make, home: Path) -> None:
    mailbox.put(message(1), number=1)
    collect(mail(), home)

    cursor = json.loads((home / "collect" / "live.json").read_text())
    assert cursor["streams"]["INBOX"]["uid"] == 1
    assert PASSWORD not in json.dumps(cursor)


@given(messages=st.lists(st.lists(st.sampled_from(
    [b"From a b 10:00 2024", b">From x", b">>From ", b"", b"text", b"From", b"\xff\xfe"]
), min_size=1)))  # fmt: skip
def test_an_mbox_gives_back_what_was_put_in(
    messages: list[list[bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = [message(n, b"\r\n".join(lines)) for n, lines in enumerate(messages)]
    file = tmp_path_factory.mktemp("mbox") / "a.mbox"
    file.write_bytes(mbox((datetime(2024, 1, 31, 10, tzinfo=UTC), one) for one in raw))

    found = [one.raw for one in raw_messages(file)] if raw else []
    assert found == [one + b"\n" for one in raw]


@given(name=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_folder_name_survives_its_coding(name: str) -> None:
    coded = imap_name(name)
    assert coded.isascii()
    unquoted = coded[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    assert folder_name(unquoted) == name
