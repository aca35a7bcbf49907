"""Headers of a message in; its labels in Gmail, and whether it is a draft, out."""

from __future__ import annotations

from ingest.sources.email.headers import Headers

_DRAFTS = frozenset(
    (
        "draft", "drafts", "entwurf", "entwürfe", "brouillons", "borradores", "bozze", "concepten",
        "rascunhos", "wersje robocze", "robocze", "utkast", "kladder", "luonnokset", "koncepty",
        "piszkozatok", "taslaklar", "черновики", "чернетки", "下書き", "草稿", "임시보관함",
    )
)  # fmt: skip
"""Takeout writes labels in the language of the account; these are reserved, nobody can make one."""


def gmail_labels(headers: Headers) -> list[str]:
    """Return the labels that Takeout writes, in the language of the account."""
    if "x-gmail-labels" not in headers:
        return []
    labels = headers.text("x-gmail-labels") or ""
    return [label for one in labels.split(",") if (label := one.strip().strip('"'))]


def is_unsent(headers: Headers) -> bool:
    """Return whether nobody has sent the message yet.

    Thunderbird's X-Mozilla-Draft-Info does not tell: it stays in what is sent.
    """
    if any(label.lower() in _DRAFTS for label in gmail_labels(headers)):
        return True
    # has Outlook open the file for writing; what arrived from somewhere was sent
    return headers.raw("x-unsent") == "1" and "received" not in headers
