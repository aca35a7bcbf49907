"""A Slack message in; its text in Slack's markup out, also where only its blocks hold it.

Apps may leave ``text`` empty, which is then what a notification would show and not the message.
"""

from __future__ import annotations

import html
from typing import Any

from ingest.sources.json_values import as_object, as_objects, as_text

_PLACES = ("section", "header", "context", "rich_text")


def written(message: dict[str, Any]) -> str:
    """Return what the author wrote, empty where there is no text at all."""
    text = as_text(message.get("text"))
    if text:
        return text
    parts = [_block(block) for block in as_objects(message.get("blocks"))]
    parts += [
        as_text(one.get("text")) or as_text(one.get("fallback")) or ""
        for one in as_objects(message.get("attachments"))
    ]
    return "\n".join(part for part in parts if part)


def _block(block: dict[str, Any]) -> str:
    if block.get("type") not in _PLACES:
        return ""
    if block["type"] == "rich_text":
        return "\n".join(_rich(part) for part in as_objects(block.get("elements")))
    texts = [
        block.get("text"),
        *as_objects(block.get("fields")),
        *as_objects(block.get("elements")),
    ]
    return "\n".join(found for text in texts if (found := _text_object(as_object(text))))


def _text_object(text: dict[str, Any]) -> str:
    found = as_text(text.get("text")) or ""
    return found if text.get("type") == "mrkdwn" else _escaped(found)


def _rich(part: dict[str, Any]) -> str:
    """Return a paragraph, quotation, piece of code or list; an entry of a list is a line."""
    between = "\n" if part.get("type") == "rich_text_list" else ""
    return between.join(
        _rich(one) if "elements" in one else _leaf(one) for one in as_objects(part.get("elements"))
    )


def _leaf(leaf: dict[str, Any]) -> str:
    kind, stated = leaf.get("type"), leaf.get("text")
    # its blanks are those between it and the next
    text = stated if isinstance(stated, str) else ""
    if kind == "user":
        return f"<@{as_text(leaf.get('user_id')) or ''}>"
    if kind == "channel":
        return f"<#{as_text(leaf.get('channel_id')) or ''}>"
    if kind == "broadcast":
        return f"<!{as_text(leaf.get('range')) or ''}>"
    if kind == "emoji":
        return f":{as_text(leaf.get('name')) or ''}:"
    if kind == "link":
        url = as_text(leaf.get("url")) or ""
        return f"<{url}|{_escaped(text)}>" if text else f"<{url}>"
    return _escaped(text)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
