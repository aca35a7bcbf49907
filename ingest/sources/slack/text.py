"""Slack's markup in, the text that a reader saw out."""

from __future__ import annotations

import html
import re

from ingest.sources.json_values import as_object, as_text
from ingest.sources.slack.people import People

_MARK = re.compile(r"<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>")


def readable(text: str, people: People) -> str:
    """Return ``text`` with names for ids, addresses for links, and entities decoded."""

    def shown(mark: re.Match[str]) -> str:
        kind, target, label = mark.groups()
        if kind == "@":
            profile = as_object(as_object(people.get(target)).get("profile"))
            name = label or as_text(profile.get("real_name")) or target
            return f"@{name}"
        if kind == "#":
            return f"#{label or target}"
        if kind == "!":
            name, _, rest = target.partition("^")
            if name == "date":
                # what a reader without the sender's clock was shown
                return label or rest
            return f"@{(label or name).removeprefix('@')}"
        return f"{label} ({target})" if label and label != target else target

    return html.unescape(_MARK.sub(shown, text))


def mentioned(text: str) -> list[str]:
    """Return the ids of the members that the text mentions."""
    return [mark.group(2) for mark in _MARK.finditer(text) if mark.group(1) == "@"]
