"""Folders of a mailbox in, mbox files with the messages that are new out.

Each folder is a stream; its position is the UIDVALIDITY and the last UID that was landed. UIDs
only grow, so a message is fetched once. If UIDVALIDITY changes, the server has numbered anew and
the folder is fetched again: the loader knows the messages by their Message-ID. Drafts are left
out, as they were not sent. A message that the server lists and does not give, as Exchange does
with broken ones, is asked for again in every run. Of a message above ``max_message_bytes`` the
header is landed, with a note of what was left out.
"""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import mktime
from typing import Any

from ingest.collect.batch import Batch, StreamPreview
from ingest.collect.errors import UnexpectedAnswer, Unreachable
from ingest.collect.imap_session import ConnectionLost, ImapSession
from ingest.collect.mbox import mbox
from ingest.collect.patience import Patience
from ingest.source import Collect

logger = logging.getLogger(__name__)

BATCH_MESSAGES = 500
BATCH_BYTES = 32 * 1024 * 1024
MAX_MESSAGE_BYTES = 25 * 1024 * 1024
"""What the format ``email`` reads."""

SEARCHED_AT_ONCE = 100_000
"""UIDs; imaplib refuses lines above a million bytes, which 150,000 numbers of seven digits make."""
LISTED_AT_ONCE = 2_000
FETCHED_AT_ONCE = 50

OMITTED = b"X-Crm-Warehouse-Omitted-Bytes"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class _Listed:
    uid: int
    size_bytes: int
    received_at: datetime


def collector(settings: Collect, patience: Patience) -> ImapCollector:
    """Return the collector of a mailbox."""
    return ImapCollector(settings, patience)


class ImapCollector:
    """Messages of one mailbox."""

    suffix = ".mbox"

    def __init__(self, settings: Collect, patience: Patience) -> None:
        self._settings = settings
        self._patience = patience
        given = settings.settings
        self._folders: tuple[str, ...] = given.get("folders", ("INBOX",))
        self._since: str | None = given.get("since")
        self._batch_messages = int(given.get("batch_messages", BATCH_MESSAGES))
        self._batch_bytes = int(given.get("batch_bytes", BATCH_BYTES))
        self._max_bytes = int(given.get("max_message_bytes", MAX_MESSAGE_BYTES))
        self._session: ImapSession | None = None

    def streams(self) -> tuple[str, ...]:
        """Return the folders."""
        return self._folders

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield the new messages of a folder, at most 500 or 32 MB at a time.

        A connection that breaks while messages are fetched is made again, also after some failures:
        a server that restarts is away for seconds. One that was never reached is not waited for.
        """
        failures = 0
        while True:
            try:
                session = self._connected()
                for batch in self._batches(session, stream, state):
                    yield batch
                    state = batch.state
                    failures = 0
            except Unreachable as lost:
                if not failures and not isinstance(lost, ConnectionLost):
                    raise
                failures += 1
                if failures >= self._patience.attempts:
                    raise
                logger.info("%s; connecting again", lost)
                self.close()
                wait_s = self._patience.first_wait_s * 2 ** (failures - 1)
                self._patience.limit.sleep(min(wait_s, self._patience.longest_wait_s))
            else:
                return

    def _batches(self, session: ImapSession, folder: str, state: Any) -> Iterator[Batch]:
        validity, uids = self._new_uids(session, folder, state)
        is_known = bool(state) and state["validity"] == validity
        last = state["uid"] if is_known else 0
        again = session.existing(state.get("withheld", [])) if is_known else []
        withheld = set(again)

        def position() -> dict[str, Any]:
            if len(withheld) > FETCHED_AT_ONCE:
                raise UnexpectedAnswer(
                    f"{session.host} does not give {len(withheld)} messages of {folder}, "
                    f"UID {min(withheld)} among them"
                )
            told = {"withheld": sorted(withheld)} if withheld else {}
            return {"validity": validity, "uid": last, **told}

        wanted = sorted({*again, *uids})
        for at in range(0, len(wanted), LISTED_AT_ONCE):
            asked = wanted[at : at + LISTED_AT_ONCE]
            listed, missing = _listed(session, asked)
            # drafts, and what has been removed
            withheld -= set(asked) - {message.uid for message in listed}
            withheld |= set(session.existing(missing))
            for group in self._groups(listed):
                messages, missing = self._messages(session, group)
                withheld -= {message.uid for message in group}
                withheld |= set(session.existing(missing))
                last = max(last, group[-1].uid)
                yield Batch(
                    state=position(),
                    content=mbox(messages) if messages else None,
                    records=len(messages),
                )
        if uids:
            last = max(last, uids[-1])
        if withheld:
            logger.warning(
                "%s does not give %d messages of %s, UID %d among them; they are asked for again",
                session.host, len(withheld), folder, min(withheld),
            )  # fmt: skip
        yield Batch(state=position())

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Count the new messages of a folder."""
        _, uids = self._new_uids(self._connected(), stream, state)
        since = f" received since {self._since}" if self._since else ""
        detail = f"{len(uids)} messages{since} to fetch from {stream}"
        return StreamPreview(stream=stream, waiting=len(uids), detail=detail)

    def close(self) -> None:
        """Log out."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _connected(self) -> ImapSession:
        if self._session is None:
            self._session = ImapSession(self._settings, self._patience)
        return self._session

    def _new_uids(self, session: ImapSession, folder: str, state: Any) -> tuple[int, list[int]]:
        validity, next_uid = session.examine(folder)
        after = state["uid"] if state and state["validity"] == validity else 0
        criteria: list[str] = []
        if self._since:
            day = date.fromisoformat(self._since)
            criteria = ["SINCE", f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"]
        uids: list[int] = []
        for first in range(after + 1, next_uid, SEARCHED_AT_ONCE):
            last = min(first + SEARCHED_AT_ONCE, next_uid) - 1
            uids += session.search("UID", f"{first}:{last}", *criteria)
        return validity, uids

    def _groups(self, listed: list[_Listed]) -> Iterator[list[_Listed]]:
        group: list[_Listed] = []
        size = 0
        for message in listed:
            wanted = min(message.size_bytes, self._max_bytes)
            if group and (len(group) >= self._batch_messages or size + wanted > self._batch_bytes):
                yield group
                group, size = [], 0
            group.append(message)
            size += wanted
        if group:
            yield group

    def _messages(
        self, session: ImapSession, group: list[_Listed]
    ) -> tuple[list[tuple[datetime, bytes]], list[int]]:
        """Return when each message was received and its bytes; and the UIDs of those not given."""
        sizes = {message.uid: message.size_bytes for message in group}
        whole = [uid for uid, size in sizes.items() if size <= self._max_bytes]
        large = [uid for uid, size in sizes.items() if size > self._max_bytes]
        found: dict[int, bytes] = {}
        for uids, item in ((whole, "BODY.PEEK[]"), (large, "BODY.PEEK[HEADER]")):
            for at in range(0, len(uids), FETCHED_AT_ONCE):
                found |= _literals(session.fetch(uids[at : at + FETCHED_AT_ONCE], f"(UID {item})"))
        for uid in large:
            if uid in found:
                found[uid] = b"%s: %d\r\n%s" % (OMITTED, sizes[uid] - len(found[uid]), found[uid])
        given = [(m.received_at, found[m.uid]) for m in group if m.uid in found]
        return given, [uid for uid in sizes if uid not in found]


def _listed(session: ImapSession, uids: list[int]) -> tuple[list[_Listed], list[int]]:
    """Return size and date of the messages that are no drafts; and the UIDs of those not given."""
    listed: dict[int, _Listed] = {}
    drafts = set()
    for line in session.fetch(uids, "(UID RFC822.SIZE INTERNALDATE FLAGS)"):
        if not isinstance(line, bytes):
            continue
        found, size, flags = _UID.search(line), _SIZE.search(line), _FLAGS.search(line)
        received = imaplib.Internaldate2tuple(line)
        if found is None or size is None or received is None:
            # servers tell of changed flags between the answers
            continue
        uid = int(found.group(1))
        if flags is not None and b"\\draft" in flags.group(1).lower().split():
            drafts.add(uid)
            continue
        at = datetime.fromtimestamp(mktime(received), UTC).replace(tzinfo=None)
        listed[uid] = _Listed(uid, int(size.group(1)), at)
    missing = [uid for uid in uids if uid not in listed and uid not in drafts]
    return [listed[uid] for uid in sorted(listed)], missing


def _literals(answer: list[Any]) -> dict[int, bytes]:
    """Return the bytes by UID; imaplib gives a pair per message and a line for what follows it."""
    found: dict[int, bytes] = {}
    for at, part in enumerate(answer):
        if not isinstance(part, tuple):
            continue
        behind = answer[at + 1] if at + 1 < len(answer) else b""
        uid = _UID.search(part[0]) or _UID.search(behind if isinstance(behind, bytes) else b"")
        if uid is not None:
            found[int(uid.group(1))] = part[1]
    return found
