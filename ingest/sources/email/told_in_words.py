"""A bounce without a report in; who was not reached, as its text tells people, out."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.sources.email.deliveries import MAX_CHARACTERS, MAX_RECIPIENTS, STATUS, Delivery
from ingest.sources.email.headers import Headers, addresses

_ADDRESS = r"[^<>\[\]\s@\"]{1,128}@[^<>\[\]()\s@\":]{1,255}"
_QMAIL = re.compile(r"^<([^<>\s]{1,300}@[^<>\s]{1,300})>:[ \t]*\n?(.{0,500})", re.MULTILINE)
_INLINE = re.compile(
    rf"(?:deliver[a-z]{{0,4}}+ [^\n<>@]{{0,40}}to:?\s{{1,3}}|your (?:message|e?-?mail) to )"
    rf"(?:<({_ADDRESS})>|({_ADDRESS})(?=[\s,;:]))|"
    rf"\bmailbox <?({_ADDRESS})>? (?:is|does)\b",
    re.IGNORECASE,
)
"""Within a sentence, as servers of companies and of Mail.ru write it."""
_LABELLED = re.compile(
    r"^[ \t>*-]{0,20}(?:(?:failed |final |intended )?recipient|error-for|unknown user|"
    r"undeliverable(?: {1,3}to| address)|invalid final delivery userid|user's mailbox is full|"
    r"user mailbox exceeds allowed size|delivery failed[^:\n]{0,20}|"
    r"did not reach the following recipient)"
    rf"(?::|(?<= to))[ \t]*(?:[<\[](?:smtp:)?)?({_ADDRESS})[>\]]?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
"""As MailEnable, IMail and gateways write it; a label such as From names somebody else."""
_ON_ITS_OWN = re.compile(
    rf"^[ \t]*(?:[*-]{{1,2}}[ \t]+)?[<\[]?({_ADDRESS})[>\]]?"
    r"(?::?[ \t]*|:[ \t]+[45]\d\d\b.{0,300}|[ \t]+\.\.\.[ \t].{0,100}|"
    r"[ \t]+on[ \t]+(?:[a-z]{3},[ \t]+)?\d.{0,60})$",
    re.MULTILINE | re.IGNORECASE,
)
_RETURNED = re.compile(
    r"^(?:>|-{2,}.{0,40}(?:original|returned|copy|below).{0,60}|(?:Received|Return-Path|From|To|"
    r"Message-ID|Subject):[ \t])",
    re.MULTILINE | re.IGNORECASE,
)
"""Where the message that came back begins: whoever stands in it was not necessarily missed."""
_MISSED = re.compile(r"^[ \t]*did not reach the following recipient", re.MULTILINE | re.IGNORECASE)
_SENT_ON = re.compile(
    rf"^[ \t]*(?:<?({_ADDRESS})>?|\S.{{0,300}})\s{{1,20}}"
    rf"\(?(?:ultimately )?(?:generated (?:from|by)|expanded from):?[ \t]+<?({_ADDRESS})>?",
    re.MULTILINE | re.IGNORECASE,
)
"""As Exim and sendmail say to which address of the sender a failed one belongs."""


def told_in_words(headers: Headers, text: str) -> list[Delivery]:
    """Return who was not reached by a bounce without a report.

    Exim names them in a header, qmail in front of the reason, others on a line of their own.
    """
    named = addresses(headers.raw("x-failed-recipients"))[:MAX_RECIPIENTS]
    if named:
        return [_in_words(address, "") for address in named]
    told = _told(text)
    reasoned = [
        _in_words(address, why)
        for recipient, why in _QMAIL.findall(told)[:MAX_RECIPIENTS]
        for address in addresses(recipient)[:1]
    ]
    if reasoned:
        return reasoned
    named_there = _LABELLED.findall(told) or _ON_ITS_OWN.findall(told) or _INLINE.findall(told)
    listed = [one for line in named_there for one in addresses("".join(line))]
    # of a failed pipe or a hidden address only that is named which led to it
    listed = listed or [one for _, line in _SENT_ON.findall(told) for one in addresses(line)]
    return [_in_words(address, "") for address in dict.fromkeys(listed[:MAX_RECIPIENTS])]


def as_written_to(found: list[Delivery], text: str) -> list[Delivery]:
    """Return the deliveries to the addresses that the sender used.

    A server that sent a message on reports on the address it sent it to, which is nobody that
    anybody wrote to. The text tells whose it is: ``x9@isp.example (expanded from jane@a.example)``.
    """
    if not found:
        return found
    used = {
        last[0].lower(): written_to[0]
        for on, to in _SENT_ON.findall(_told(text))
        if (last := addresses(on)) and (written_to := addresses(to))
    }
    return [
        one
        if one.recipient is None or one.forwarded_to or one.recipient.lower() not in used
        else replace(one, recipient=used[one.recipient.lower()], forwarded_to=one.recipient)
        for one in found
    ]


def _told(text: str) -> str:
    told = text[:MAX_CHARACTERS]
    # Exchange says first of which message it speaks, with the headers of that one
    missed = _MISSED.search(told)
    return _RETURNED.split(told[missed.start() :] if missed else told, maxsplit=1)[0]


def _in_words(recipient: str, why: str) -> Delivery:
    status = STATUS.search(why)
    return Delivery(recipient, "failed", status.group() if status else None, why.strip() or None)
