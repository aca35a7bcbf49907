"""Settings of a mail server in, a connection that only reads out.

Always encrypted, certificates always checked. Folders are opened with EXAMINE and bodies read
with BODY.PEEK: nothing on the server changes, not even that a message was seen.
"""

from __future__ import annotations

import base64
import imaplib
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from ingest.collect.errors import (
    AccessRefused,
    CollectError,
    StreamMissing,
    UnexpectedAnswer,
    Unreachable,
)
from ingest.collect.imap_connection import connected, log_out
from ingest.collect.imap_refusal import login_ended, words
from ingest.collect.mailbox_name import folder_name, imap_name
from ingest.collect.oauth import AccessTokens
from ingest.collect.patience import Patience
from ingest.collect.secret import Secret, redacted
from ingest.errors import nearest
from ingest.source import Collect

SET_OCTETS = 900
"""RFC 2683 lets commands have about 1,000; Exchange answers longer ones with ``BAD``."""

REFUSED_AT_ONCE = 5
"""Messages of one command; a server that refuses more has a trouble of its own."""

BUSY = "[UNAVAILABLE]"
"""RFC 5530: what checks passwords is down, which says nothing about this one."""

_LISTED = re.compile(rb'\((?P<marks>[^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.*)', re.DOTALL)


class ConnectionLost(Unreachable):
    """The connection broke while it was used."""


class ImapSession:
    """One connection to a mail server.

    Raises
    ------
    Unreachable
        If the server does not answer, or its certificate is not accepted.
    AccessRefused
        If it does not accept the user.
    """

    _sent: tuple[str, ...] = ()
    """How what was sent to be let in may come back."""

    def __init__(self, settings: Collect, patience: Patience) -> None:
        self._settings = settings
        self._patience = patience
        given = settings.settings
        self.host = str(given["host"])
        self._secrets = {key: Secret(variable) for key, variable in settings.secrets.items()}
        self._imap = connected(given, patience.limit)
        try:
            self._log_in(given)
        except CollectError:
            self._imap.shutdown()
            raise

    def close(self) -> None:
        """Log out; a connection that is broken already is only shut."""
        log_out(self._imap)

    def examine(self, folder: str) -> tuple[int, int]:
        """Open a folder for reading; return its UIDVALIDITY and the UID of the next message.

        Raises
        ------
        StreamMissing
            If the folder was renamed, deleted or never there, or is not for this user.
        """
        with self.explained("EXAMINE"):
            answer, found = self._imap.select(imap_name(folder), readonly=True)
        if answer != "OK":
            reason = self._refusal(found)
            folders = self.folders()
            if folder in folders:
                raise StreamMissing(
                    f"{self.host} does not open folder {folder!r}: {reason}; the next run asks "
                    "again, and where it stays so, take the folder out of sources.yml"
                )
            raise StreamMissing(
                f"{self.host} has no folder {folder!r} to read: correct folders in sources.yml; "
                f"{nearest(folder, folders)}"
            )
        validity, next_uid = self._told("UIDVALIDITY"), self._told("UIDNEXT")
        if validity is None:
            raise UnexpectedAnswer(f"{self.host} gives folder {folder!r} no UIDVALIDITY")
        if next_uid is None:
            # Winmail and mail.163.com do not say it; of an empty folder some refuse the search
            has_messages = bool(found and found[0] and int(found[0]))
            next_uid = max(self.search("UID", "*"), default=0) + 1 if has_messages else 1
        return validity, next_uid

    def folders(self) -> list[str]:
        """Return the names of the folders that hold messages."""
        with self.explained("LIST"):
            _, lines = self._imap.list()
        names = []
        for line in lines:
            # a name that needs a literal comes as a pair
            raw = line[0].rpartition(b"{")[0] + line[1] if isinstance(line, tuple) else line
            found = _LISTED.fullmatch(raw) if raw else None
            if found is None or b"\\noselect" in found["marks"].lower():
                continue
            name = found["name"].decode("utf-8", "replace")
            if name.startswith('"'):
                name = re.sub(r"\\(.)", r"\1", name[1:-1])
            names.append(folder_name(name))
        return names

    def search(self, *criteria: str) -> list[int]:
        """Return the UIDs that meet the criteria, ascending."""
        with self.explained("SEARCH"):
            answer, found = self._imap.uid("SEARCH", *criteria)
        if answer != "OK":
            reason = self._refusal(found)
            raise UnexpectedAnswer(f"{self.host} does not search {' '.join(criteria)}: {reason}")
        return sorted({int(uid) for line in found if line for uid in line.split()})

    def existing(self, uids: list[int]) -> list[int]:
        """Return those of the UIDs that are in the open folder."""
        wanted = set(uids)
        return [
            uid for part, _ in _uid_sets(uids) for uid in self.search("UID", part) if uid in wanted
        ]

    def fetch(self, uids: list[int], items: str) -> list[Any]:
        """Return what imaplib makes of the answer to FETCH.

        Some servers refuse a whole command for one message that they cannot read. The command is
        then halved until that message stands alone, and what is refused alone is not given.

        Raises
        ------
        UnexpectedAnswer
            If the server refuses more than a few.
        ConnectionLost
            If it refuses because the login has ended.
        """
        fetched: list[Any] = []
        asked = [uids]
        refused: list[int] = []
        while asked:
            wanted = asked.pop()
            for part, held in _uid_sets(wanted):
                with self.explained("FETCH"):
                    answer, found = self._imap.uid("FETCH", part, items)
                if answer == "OK":
                    fetched += found
                    continue
                reason = self._refusal(found)
                if len(held) > 1:
                    asked += [held[len(held) // 2 :], held[: len(held) // 2]]
                else:
                    refused += held
                    if len(refused) > REFUSED_AT_ONCE:
                        raise UnexpectedAnswer(f"{self.host} does not give {items}: {reason}")
        return fetched

    def _refusal(self, found: list[Any]) -> str:
        """Return why the server refuses a command.

        Raises
        ------
        ConnectionLost
            If it would refuse any other as well until somebody logs in anew.
        """
        reason = self._shown(words(found))[:200]
        if login_ended(reason):
            raise ConnectionLost(f"{self.host} has ended the login: {reason}")
        return reason

    def _told(self, name: str) -> int | None:
        """Return a number that the server gave when the folder was opened."""
        found = self._imap.response(name)[1]
        return int(found[0]) if found and found[0] is not None else None

    @contextmanager
    def explained(self, command: str) -> Iterator[None]:
        """Turn what breaks a connection into a sentence without a secret in it."""
        self._patience.limit.waits_for = f"{self.host} to answer {command}"
        try:
            yield
        except imaplib.IMAP4.abort as error:
            said = self._shown(error)
            raise ConnectionLost(f"{self.host} ended the conversation: {said}") from None
        except imaplib.IMAP4.error as error:
            said = self._shown(error)
            if login_ended(said):
                raise ConnectionLost(f"{self.host} has ended the login: {said}") from None
            raise UnexpectedAnswer(f"{self.host} does not obey: {said}") from None
        except OSError as error:
            raise ConnectionLost(f"{self.host} is no longer reached: {error}") from error

    def _shown(self, said: object) -> str:
        """Return what the server says, on one line and without what it was sent to let us in."""
        return redacted(str(said), self._secrets.values(), *self._sent)

    def _log_in(self, given: dict[str, Any]) -> None:
        user = str(given["user"])
        self._patience.limit.waits_for = f"{self.host} to answer the login"
        try:
            if "password" in self._secrets:
                password = self._secrets["password"].reveal()
                reply = f"\0{user}\0{password}".encode()
                self._sent = _spellings(reply, password)
                if "AUTH=PLAIN" in self._imap.capabilities:
                    answer, _ = self._imap.authenticate("PLAIN", lambda _: reply)
                else:
                    answer, _ = self._imap.login(user, password)
            else:
                token = self._access_token(given)
                self._patience.limit.waits_for = f"{self.host} to answer the login"
                reply = f"user={user}\1auth=Bearer {token}\1\1".encode()
                self._sent = _spellings(reply, token)
                # the first challenge is empty; a second one tells why the token is refused
                answer, _ = self._imap.authenticate(
                    "XOAUTH2", lambda challenge: b"" if challenge else reply
                )
        except imaplib.IMAP4.abort as error:
            said = self._shown(error)
            raise Unreachable(f"{self.host} cannot be reached: {said}") from None
        except imaplib.IMAP4.error as error:
            said = self._shown(error)
            if BUSY in said:
                raise Unreachable(f"{self.host} lets nobody in: {said}; later again") from None
            raise AccessRefused(
                f"{self.host} does not accept user {user}: {said}; {self._remedy()}"
            ) from None
        except UnicodeEncodeError:
            raise AccessRefused(
                f"{self.host} takes users and passwords in ASCII alone; {self._remedy()}"
            ) from None
        except OSError as error:
            raise Unreachable(f"{self.host} cannot be reached: {error}") from error
        if answer != "OK":
            raise AccessRefused(f"{self.host} does not accept user {user}")

    def _remedy(self) -> str:
        names = ", ".join(secret.variable for secret in self._secrets.values())
        if "token" in self._secrets:
            return (
                f"check {names}: an access token mostly ends after an hour; with client_id, "
                "refresh_token and token_url it is renewed"
            )
        return f"check {names}"

    def _access_token(self, given: dict[str, Any]) -> str:
        if "token" in self._secrets:
            return self._secrets["token"].reveal()
        with closing(AccessTokens(self._settings, given["token_url"], self._patience)) as tokens:
            return tokens.current()


def _spellings(reply: bytes, secret: str) -> tuple[str, ...]:
    """Return how a server that repeats what lets us in may have it, longest first.

    imaplib sends the reply in base64 and a password of LOGIN in quotes, and shows some of what it
    is told as Python writes bytes.
    """
    escaped = secret.replace("\\", "\\\\").replace('"', '\\"')
    written = [base64.b64encode(reply).decode(), escaped, secret]
    shown = [repr(text.encode())[2:-1] for text in written]
    return tuple(sorted({*written, *shown}, key=len, reverse=True))


def _uid_sets(uids: list[int]) -> Iterator[tuple[str, list[int]]]:
    """Yield e.g. ``3:5,9`` and what it holds, as many as it takes: commands may not be long."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][-1] + 1:
            runs[-1].append(uid)
        else:
            runs.append([uid])
    written, held = "", list[int]()
    for run in runs:
        said = str(run[0]) if len(run) == 1 else f"{run[0]}:{run[-1]}"
        if written and len(written) + len(said) >= SET_OCTETS:
            yield written, held
            written, held = said, run
        else:
            written, held = f"{written},{said}" if written else said, held + run
    if written:
        yield written, held
