"""A page of a Zendesk list in; the cursor of the page after it out."""

from __future__ import annotations

from typing import Any

from ingest.collect.errors import UnexpectedAnswer


def following_cursor(answer: dict[str, Any]) -> Any:
    """Return the cursor of the next page, None on the last.

    Raises
    ------
    UnexpectedAnswer
        If there is more and no cursor leads to it: the rest would be missing without a word.
    """
    meta = answer.get("meta")
    if isinstance(meta, dict):
        if not meta.get("has_more"):
            return None
        following = meta.get("after_cursor")
    else:
        # a list that does not know cursors goes on by addresses
        following = None
        if not answer.get("next_page"):
            return None
    if following is None:
        raise UnexpectedAnswer("Zendesk does not say how its list goes on")
    return following
