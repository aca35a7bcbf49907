"""A mail file in, its messages as chunks of rows out.

A message is rejected if it has no header, no readable date or more than 25 MB, nests too deep, or
is a draft in a Maildir.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.email.mailbox import MAX_MESSAGE_BYTES, RawMessage, raw_messages
from ingest.sources.email.maildir import maildir_flags
from ingest.sources.email.refusal import NotAMessage
from ingest.sources.email.rows import add_message
from ingest.sources.gathering import Gathering

OPTIONS: Options = {"agents": "mapping"}

CHUNK_MESSAGES = 500
"""Mails are large: 500 of the usual 50 kB are 25 MB of text."""


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the messages of ``path``, 500 at a time."""
    flags = maildir_flags(path)
    messages = raw_messages(path)
    while chunk := list(islice(messages, CHUNK_MESSAGES)):
        gathering = Gathering("interaction")
        gathering.read = len(chunk)
        for message in chunk:
            _add(gathering, message, source, flags)
        yield gathering.parsed()


def _add(gathering: Gathering, message: RawMessage, source: Source, flags: str) -> None:
    head = message.raw[:20_000].decode("utf-8", "replace")
    if message.is_too_large:
        reason = f"message is larger than {MAX_MESSAGE_BYTES // 1024**2} MB"
        gathering.reject(message.position, "message_too_large", reason, head)
    elif message.damage:
        gathering.reject(message.position, "truncated_file", message.damage, head)
    elif "D" in flags:
        reason = "draft in a Maildir, never sent"
        gathering.reject(message.position, "draft", reason, head)
    else:
        try:
            add_message(gathering, message, source, flags)
        except NotAMessage as refusal:
            gathering.reject(message.position, refusal.reason_code, str(refusal), head)
        except RecursionError:
            reason = "parts or comments nest too deep to be read"
            gathering.reject(message.position, "nested_too_deep", reason, head)
