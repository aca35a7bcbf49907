"""A message about another message's delivery in; per recipient what became of it out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.sources.email.bodies import Contents, blocks_of, header_blocks
from ingest.sources.email.headers import Headers, addresses, message_ids

MAX_RECIPIENTS = 1_000
MAX_CHARACTERS = 100_000

_TYPED = re.compile(r"^\s*(?:[a-z0-9\-]+\s*;)?\s*(.+?)\s*$", re.IGNORECASE)
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\d|\.\d)")
"""Neither within a longer number nor the beginning of an address such as 4.31.198.44."""
_CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_MAYBE_LATER = ("2.2", "3.1", "3.2")
"""Mailbox full, disk full, system not accepting: permanent by number, temporary in fact."""
_FULL = re.compile(
    r"(?:mailbox|inbox|account|storage|quota)\b.{0,30}\b(?:full|exceed|over ?quota)|over ?quota|"
    r"quota exceed",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\bspam|\b(?:black|block)[ -]?list|reputation", re.IGNORECASE)
"""What only words tell where the number says no more than that it failed."""

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

_OTHER_WORDS = {"failure": "failed", "error": "failed", "expired": "delayed"}
"""What some servers write for an action of RFC 3464; ``error`` is OpenSMTPD's."""


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
        status, diagnostic = self.status, self.diagnostic or ""
        if status is None or status.endswith(".0.0"):
            if _FULL.search(diagnostic):
                return "soft"
            if _REFUSED.search(diagnostic):
                return "block"
        if status is None:
            code = _CODE.search(diagnostic)
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


def receipt_from(contents: Contents) -> str | None:
    """Return whose mailbox a receipt (RFC 8098) is of, also where a mail system sent it."""
    told = (
        headers.text("final-recipient")
        for headers in _groups(contents)
        if headers.raw("disposition")
    )
    return next((address for address in map(_address, told) if address), None)


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
    status = STATUS.search(fields.raw("status"))
    if status is None or status.group().endswith(".0.0"):
        # 5.0.0 says no more than that it failed; what the other server answered may say why
        status = STATUS.search(diagnostic or "") or status
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


def returned_message(contents: Contents) -> Headers | None:
    """Return the headers of the message that a report is about, None if it came without them."""
    for headers in contents.enclosed:
        if message_ids(headers.raw("message-id")):
            return headers
    return contents.enclosed[0] if contents.enclosed else None


def returned_in_text(text: str) -> Headers | None:
    """Return the headers of a message that a bounce without parts, as qmail's, has in its text."""
    blocks = blocks_of(text[:MAX_CHARACTERS])
    return next((one for one in blocks if message_ids(one.raw("message-id"))), None)
