"""Pages of Twilio calls in; the calls to land, each with all of its legs, out.

Twilio lists a leg that it dialled for a call as a call of its own. A leg changes alone, when its
price becomes known, and the call that it was dialled for may stand on another page: landed without
the others it would count as a second call, and the call would have lost who answered it. So what
is new is landed together with what belongs to it. Lists begin with the newest, legs come before
their call: they are held until the page on which it stands. A call that no page had (it began
before the first day of the sweep) is asked for when the last page has come.
"""

from __future__ import annotations

from typing import Any

from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client, RequestRefused
from ingest.collect.rest.sweep import Page, Records

Call = dict[str, Any]

_GONE = 404


class CallFamilies:
    """Calls of one account.

    Parameters
    ----------
    path
        Of the list of calls, without its ending.
    """

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._path = path

    def complete(self, page: Page, new: Records, held: Any) -> tuple[Records, Any]:
        """Return the calls to land of a page, and those to hold until the next."""
        is_new = {str(one["sid"]) for one in new}
        is_new |= {str(one["sid"]) for one, was_new in held or () if was_new}
        calls = {str(one["sid"]): one for one, _ in held or ()}
        calls |= {_sid(one): one for one in page.records}
        families: dict[str, list[str]] = {}
        for sid in calls:
            families.setdefault(_root(sid, calls), []).append(sid)
        landed: Records = []
        after: list[tuple[Call, bool]] = []
        for root, sids in families.items():
            is_changed = not is_new.isdisjoint(sids)
            is_whole = _parent(calls[root]) is None
            if not is_whole and page.next_page is not None:
                after += [(calls[sid], sid in is_new) for sid in sids]
            elif is_changed and is_whole:
                landed += [calls[sid] for sid in sids]
            elif is_changed:
                landed += self._family({sid: calls[sid] for sid in sids}, root)
        distinct = {str(one["sid"]): one for one in landed}
        return list(distinct.values()), after or None

    def _family(self, known: dict[str, Call], root: str) -> Records:
        """Ask for the calls above ``root`` and for all of their legs."""
        while (parent := _parent(known[root])) is not None and parent not in known:
            try:
                known[parent] = self._client.get(f"{self._path}/{parent}.json")
            except RequestRefused as refused:
                if refused.status != _GONE:
                    raise
                # deleted: the leg is all there is
                break
            root = parent
        for leg in self._legs(root):
            known.setdefault(_sid(leg), leg)
        return list(known.values())

    def _legs(self, root: str) -> Records:
        legs: Records = []
        passed: set[str] = set()
        answer = self._client.get(f"{self._path}.json", {"ParentCallSid": root, "PageSize": 1_000})
        while True:
            page = Page(answer, "calls", answer.get("next_page_uri") or None)
            legs += page.records
            if page.next_page is None:
                return legs
            if page.next_page in passed:
                raise UnexpectedAnswer(
                    f"Twilio's pages of the legs of {root} lead round in a circle"
                )
            passed.add(page.next_page)
            answer = self._client.get(page.next_page)


def _sid(call: Call) -> str:
    if not call.get("sid"):
        raise UnexpectedAnswer("Twilio lists a call without sid")
    return str(call["sid"])


def _parent(call: Call) -> str | None:
    parent = call.get("parent_call_sid")
    return str(parent) if parent else None


def _root(sid: str, calls: dict[str, Call]) -> str:
    """Return the highest call above ``sid`` that is known; a circle has none, it ends anywhere."""
    passed = {sid}
    while (parent := _parent(calls[sid])) in calls and parent is not None and parent not in passed:
        passed.add(parent)
        sid = parent
    return sid
