"""A message about another message's delivery in; per recipient what became of it out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.sources.email.bodies import Contents, header_blocks
from ingest.sources.email.headers import Headers, addresses, message_ids

MAX_RECIPIENTS = 1_000

_TYPED = re.compile(r"^\s*(?:[a-z0-9\-]+\s*;)?\s*(.+?)\s*$", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\d|\.\d)")
"""Neither within a longer number nor the beginning of an address such as 4.31.198.44."""
_CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_QMAIL = re.compile(r"^<([^<>\s]{1,300}@[^<>\s]{1,300})>:[ \t]*\n?(.{0,500})", re.MULTILINE)
_INLINE = re.compile(
    r"deliver[a-z]{0,4}+ [^\n<>@]{0,40}to:?\s{1,3}<([^<>\s@\"]{1,128}@[^<>\s@\"]{1,255})>",
    re.IGNORECASE,
)
_ON_ITS_OWN = re.compile(
    r"^[ \t]*(<?[^<>\s@\"]{1,128}@[^<>\s@\"]{1,255}>?)(?::?[ \t]*|[ \t]+on[ \t]+\d.{0,60})$",
    re.MULTILINE,
)
_RETURNED = re.compile(
    r"^(?:>|-{2,}.{0,40}(?:original|returned|copy|below).{0,60}|(?:Received|Return-Path|From|To|"
    r"Message-ID|Subject):[ \t])",
    re.MULTILINE | re.IGNORECASE,
)
"""Where the message that came back begins: whoever stands in it was not necessarily missed."""
_MAYBE_LATER = ("2.2", "3.1", "3.2")
"""Mailbox full, disk full, system not accepting: permanent by number, temporary in fact."""

EVENTS = {
    "failed": "bounce",
    "delayed": "deferred",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
    "complained": "spam_report",
    "opted-out": "unsubscribe",
}
"""Action of RFC 3464, or what a person did (``refusals``), to ``event_type`` of an
``email_event``."""

_OTHER_WORDS = {"failure": "failed", "expired": "delayed"}
"""What some servers write for an action of RFC 3464."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a report (RFC 3464) says about one recipient.

    Parameters
    ----------
    recipient
        The address that was written to.
    forwarded_to
        Where a server sent the message on to, which is nobody that anybody wrote to.
    """

    recipient: str | None
    action: str
    status: str | None = None
    diagnostic: str | None = None
    forwarded_to: str | None = None

    def bounce_category(self) -> str | None:
        """Return hard, soft or block; None where neither status nor diagnosis has a number."""
        status = self.status
        if status is None:
            code = _CODE.search(self.diagnostic or "")
            return None if code is None else "soft" if code.group(1) == "4" else "hard"
        if status[0] == "4" or status[2:] in _MAYBE_LATER:
            return "soft"
        return "block" if status[2] == "7" else "hard" if status[0] == "5" else None


def deliveries(contents: Contents) -> list[Delivery]:
    """Return what the delivery reports of a message say, one entry per recipient."""
    found = [_delivery(headers) for headers in _groups(contents) if headers.raw("action")]
    return found[:MAX_RECIPIENTS]


def receipt_for(contents: Contents) -> str | None:
    """Return the id of the message that was read, as a receipt (RFC 8098) tells it."""
    told = (message_ids(headers.raw("original-message-id")) for headers in _groups(contents))
    return next((ids[0] for ids in told if ids), None)


def _groups(contents: Contents) -> list[Headers]:
    return [
        headers
        for report in contents.reports
        for part in report.parts or []
        # Python takes a report of RFC 6533 for a message, its second block for the text of that
        for headers in (part.headers, *header_blocks(part))
    ]


def _delivery(fields: Headers) -> Delivery:
    final = _address(fields.text("final-recipient"))
    original = _address(fields.text("original-recipient"))
    diagnostic = fields.text("diagnostic-code")
    status = _STATUS.search(fields.raw("status"))
    if status is None or status.group().endswith(".0.0"):
        # 5.0.0 says no more than that it failed; what the other server answered may say why
        status = _STATUS.search(diagnostic or "") or status
    action = fields.raw("action").lower().split()[0].strip(";,.")
    return Delivery(
        recipient=original or final,
        action=_OTHER_WORDS.get(action, action),
        status=status.group() if status else None,
        diagnostic=diagnostic,
        forwarded_to=final if original and (final or "").lower() != original.lower() else None,
    )


def _address(value: str | None) -> str | None:
    """Return the address of ``rfc822; jane@x.example``."""
    inside = _TYPED.match((value or "")[:1_000])
    named = addresses(inside.group(1)) if inside else []
    return named[0] if named else None


def told_in_words(headers: Headers, text: str) -> list[Delivery]:
    """Return who was not reached by a bounce without a report.

    Exim names them in a header, qmail in front of the reason, others on a line of their own.
    """
    named = addresses(headers.raw("x-failed-recipients"))[:MAX_RECIPIENTS]
    if named:
        return [_in_words(address, "") for address in named]
    told = _RETURNED.split(text[:100_000], maxsplit=1)[0]
    reasoned = [
        _in_words(address, why)
        for recipient, why in _QMAIL.findall(told)[:MAX_RECIPIENTS]
        for address in addresses(recipient)[:1]
    ]
    if reasoned:
        return reasoned
    named_there = _ON_ITS_OWN.findall(told) or _INLINE.findall(told)
    listed = [one for line in named_there for one in addresses(line)]
    return [_in_words(address, "") for address in dict.fromkeys(listed[:MAX_RECIPIENTS])]


def _in_words(recipient: str, why: str) -> Delivery:
    status = _STATUS.search(why)
    return Delivery(recipient, "failed", status.group() if status else None, why.strip() or None)


def returned_message(contents: Contents) -> Headers | None:
    """Return the headers of the message that a report is about, None if it came without them."""
    for headers in contents.enclosed:
        if message_ids(headers.raw("message-id")):
            return headers
    return contents.enclosed[0] if contents.enclosed else None
