"""The head of a message, and what the only message of a file became."""

from __future__ import annotations

import json

HEAD = (
    "Message-ID: <1@customer.example>\n"
    "From: jane@customer.example\n"
    "To: support@nordlicht.example\n"
    "Date: Mon, 2 Jun 2025 10:00:00 +0200\n"
)


def only(outcome):
    (row,) = outcome.rows["interaction"]
    return row


def said(row):
    return json.loads(row["attributes"] or "{}")
