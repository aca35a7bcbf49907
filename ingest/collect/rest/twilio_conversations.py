"""Conversations of Twilio's Conversations API in, each with its new messages out.

The short addresses are those of the account's default service; what belongs to another service, as
Flex and separate environments have them, is read below that service. The API cannot be asked for
what changed: all conversations are listed, and the messages of those
that are open, or have changed since they were last seen, are read from the newest back to the
last one that was landed. A message that was not two days old when it was last seen is landed again
if it differs: it is delivered, read or edited after it was sent. A page of conversations makes one
file, with the lists ``conversations``, ``participants`` and ``messages``, each object as it was
delivered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.collect.batch import Batch, StreamPreview
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client, RequestRefused

CONVERSATIONS_URL = "https://conversations.twilio.com"
PAGE_SIZE = 100
LATE = timedelta(days=2)
"""Digests of older messages are not kept: the cursor is written anew with every page."""

_GONE = 404

Lists = dict[str, list[dict[str, Any]]]


class Conversations:
    """Conversations of one account."""

    def __init__(self, client: Client, since: str) -> None:
        self._client = client
        self._since = since
        self._kept_from = (datetime.now(UTC) - LATE).date().isoformat()

    def batches(self, state: Any) -> Iterator[Batch]:
        """Yield a batch per page of conversations; the position is what is known of each."""
        known: dict[str, list[Any]] = dict(state or {})
        yield from self._below("v1", known)
        for service in self._other_services():
            try:
                yield from self._below(f"v1/Services/{service}", known)
            except RequestRefused as refused:
                # deleted since it was listed, and its conversations with it
                if refused.status != _GONE:
                    raise

    def _below(self, root: str, known: dict[str, list[Any]]) -> Iterator[Batch]:
        first = {"PageSize": PAGE_SIZE, "StartDate": self._since}
        for page in self._pages(f"{root}/Conversations", first):
            lists: Lists = {"conversations": [], "participants": [], "messages": []}
            for conversation in _listed(page, "conversations"):
                self._add_changed(root, lists, conversation, known)
            records = sum(map(len, lists.values()))
            content = json.dumps(lists, ensure_ascii=False).encode() if records else None
            yield Batch(state=dict(known), content=content, records=records)

    def _other_services(self) -> list[str]:
        """Return the services that are not the default one, whose conversations ``v1`` lists."""
        default = self._client.get("v1/Configuration").get("default_chat_service_sid")
        return [
            str(service["sid"])
            for page in self._pages("v1/Services", {"PageSize": PAGE_SIZE})
            for service in _listed(page, "services")
            if service["sid"] != default
        ]

    def preview(self) -> StreamPreview:
        """Ask for one conversation."""
        page = self._client.get("v1/Conversations", {"PageSize": 1, "StartDate": self._since})
        some = "there are" if _listed(page, "conversations") else "there are no"
        detail = f"connected; {some} conversations, Twilio does not count them"
        return StreamPreview(stream="conversations", waiting=None, detail=detail)

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _add_changed(
        self, root: str, lists: Lists, conversation: dict[str, Any], known: dict[str, list[Any]]
    ) -> None:
        sid = str(conversation["sid"])
        mark = _digest(conversation)
        last_mark, last_index, *kept = known.get(sid, ["", -1])
        digests: dict[str, str] = kept[0] if kept else {}
        if mark == last_mark and conversation.get("state") == "closed":
            return
        path = f"{root}/Conversations/{sid}"
        try:
            read = self._newest(path, int(last_index))
            changed = [one for one in read if _is_changed(one, int(last_index), digests)]
            highest = max((int(one["index"]) for one in read), default=-1)
            state = [mark, max(highest, int(last_index)), self._recent(read)]
            if mark == last_mark and not changed:
                known[sid] = state
                return
            participants = [
                one
                for page in self._pages(f"{path}/Participants", {"PageSize": PAGE_SIZE})
                for one in _listed(page, "participants")
            ]
        except RequestRefused as refused:
            # deleted since it was listed
            if refused.status != _GONE:
                raise
            return
        known[sid] = state
        lists["conversations"].append(conversation)
        lists["participants"] += participants
        lists["messages"] += changed

    def _recent(self, read: list[dict[str, Any]]) -> dict[str, str]:
        """Return the digests of messages that may still change, by their index."""
        return {
            str(one["index"]): _digest(one)
            for one in read
            if str(one.get("date_created")) >= self._kept_from
        }

    def _newest(self, path: str, last_index: int) -> list[dict[str, Any]]:
        """Return the messages of the pages back to the last one that was landed, oldest first."""
        read: list[dict[str, Any]] = []
        newest_first = {"Order": "desc", "PageSize": PAGE_SIZE}
        for page in self._pages(f"{path}/Messages", newest_first):
            found = _listed(page, "messages")
            read += found
            if any(int(one["index"]) <= last_index for one in found):
                break
        return sorted(read, key=lambda one: int(one["index"]))

    def _pages(self, path: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        page = self._client.get(path, params)
        passed = set()
        while True:
            yield page
            meta = page.get("meta")
            address = meta.get("next_page_url") if isinstance(meta, dict) else None
            if not address:
                return
            if address in passed:
                raise UnexpectedAnswer(f"Twilio's pages of {path} lead back to themselves")
            passed.add(address)
            page = self._client.get(address)


def _listed(page: dict[str, Any], key: str) -> list[dict[str, Any]]:
    records = page.get(key)
    if not isinstance(records, list) or not all(
        isinstance(one, dict) and one.get("sid") for one in records
    ):
        raise UnexpectedAnswer(f"Twilio's answer holds no list of {key}")
    return records


def _is_changed(message: dict[str, Any], last_index: int, digests: dict[str, str]) -> bool:
    """Say so of a message that is new, or not what it was; of older ones nothing is known."""
    index = int(message["index"])
    if index > last_index:
        return True
    was = digests.get(str(index))
    return was is not None and was != _digest(message)


def _digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]
