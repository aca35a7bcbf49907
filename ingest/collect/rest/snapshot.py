"""A list that has no date of change in; its pages out if they differ from the last time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from ingest.collect.batch import Batch
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.sweep import Page


def snapshot(state: Any, fetch: Callable[[Any], Page]) -> Iterator[Batch]:
    """Yield all pages of a list as one batch, without contents if nothing has changed.

    Parameters
    ----------
    state
        Digest of what was landed last; None for the first time.
    fetch
        Returns the page at a mark, None for the first.

    Raises
    ------
    UnexpectedAnswer
        If pages lead round in a circle.
    """
    records: list[dict[str, Any]] = []
    page = fetch(None)
    records += page.records
    passed: set[str] = set()
    while page.next_page is not None:
        mark = json.dumps(page.next_page)
        if mark in passed:
            raise UnexpectedAnswer(f"the page {mark[:100]} of {page.key} leads back to itself")
        passed.add(mark)
        page = fetch(page.next_page)
        records += page.records
    content = json.dumps({page.key: records}, ensure_ascii=False).encode()
    digest = hashlib.sha256(content).hexdigest()
    if digest == state or not records:
        yield Batch(state=state)
    else:
        yield Batch(state=digest, content=content, records=len(records))
