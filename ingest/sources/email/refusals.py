"""A message in; who asks in it for no more mail, or called ours spam, out.

A complaint comes as a report of RFC 5965 from a feedback loop, or as Hotmail sends it: the message
alone, with a header for whom it went to. A wish to leave a list comes as the mail that
List-Unsubscribe (RFC 2369) has programs send, or is written by hand. The address to leave by, the
subject or the text may say it there: ``news-unsubscribe@``, ``news@`` with the subject
``unsubscribe``, ``news-request@`` with the text ``unsubscribe news``. An answer to one of our mails
may say it in a word that is none in a mail of its own: ``STOP``.
"""

from __future__ import annotations

import re

from ingest.sources.email.automatic import is_postmaster
from ingest.sources.email.bodies import Contents, header_blocks
from ingest.sources.email.deliveries import MAX_RECIPIENTS, Delivery
from ingest.sources.email.headers import Headers, addresses
from ingest.sources.email.sides import Sides
from ingest.sources.email.threads import bare_subject, is_reply_form

_COMPLAINTS = {
    "abuse": "complained",
    "fraud": "complained",
    "opt-out": "opted-out",
    "opt-out-list": "opted-out",
}
"""Feedback-Type to what the person did; ``auth-failure``, ``virus`` and ``not-spam`` are no
complaint of anybody."""

_HOTMAIL_RECIPIENT = "x-hmxmroriginalrecipient"
_HIDDEN = re.compile(r"redacted|undisclosed|^\[", re.IGNORECASE)

_WISH = re.compile(
    r"(?:please )?(?:unsubscribe|opt[- ]?out|remove me)(?: me)?(?: please)?"
    r"(?:[\s:=_#-]+\S*\d\S*)?|list-unsubscribe=one-click|"
    r"(?:bitte )?(?:(?:vom )?newsletter )?(?:abmelden|abbestellen)|newsletter-?abmeldung|"
    r"(?:se |me )?d[ée]sabonner|d[ée]sabonnement|d[ée]sinscription|"
    r"dar(?:me)? de baja|cancelar (?:la )?suscripci[óo]n|disiscri(?:vi|vimi|zione)|"
    r"uitschrijven|afmelden|cancelar (?:a )?(?:inscri[çc][ãa]o|subscri[çc][ãa]o)|"
    r"avregistrera|avprenumerera|wypisz mnie",
    re.IGNORECASE,
)
"""Nothing but the wish: words that may as well mean an order or a contract are none."""
_STOP = re.compile(r"(?:please )?stopp?(?: ?all)?(?: please)?|remove", re.IGNORECASE)
"""What telephones have taught people to answer; 15 U.S.C. 7704 (a)(3) names the reply first. Of the
other words of SMS, CANCEL, END, QUIT and REVOKE may as well answer what was said of an order."""
MAX_WISH_CHARACTERS = 200
"""Who writes more than that beside the wish says something else, too."""
_LEAVING_ADDRESS = re.compile(
    r"^(?:(?:list-?)?unsubscribe|[^@]+[+-]unsubscribe)(?:[+\-_.=].*)?@", re.IGNORECASE
)
_LEAVING_IF_BLANK = re.compile(r"^[^@]+-(?:leave|off)@", re.IGNORECASE)
"""An address to leave by, as Mailman's, or one of who plans holidays: there people write."""
_OF_A_LIST = re.compile(r"unsubscribe\s+(\S+)", re.IGNORECASE)
_TAKES_COMMANDS = re.compile(r"^([^@]+)-(?:request|manager)@", re.IGNORECASE)


def refusals(
    headers: Headers, contents: Contents, sides: Sides, text: str, *, is_automatic: bool
) -> list[Delivery]:
    """Return who refuses mail, one entry a person.

    Parameters
    ----------
    text
        What the sender newly wrote.
    is_automatic
        Whether a machine answered: absent people have not refused anything.
    """
    found = _reported(contents, sides) or _reported_by_hotmail(headers, contents)
    if found or is_automatic or sides.direction != "inbound" or is_postmaster(sides.sender):
        return found
    subject = bare_subject(headers.text("subject") or "")
    brief = [said for said in (subject, text) if len(said) <= MAX_WISH_CHARACTERS]
    asks = [said.strip(" \t\n.!") for said in brief]
    delivered = [*headers.all("delivered-to"), *headers.all("x-original-to")]
    asked = [*sides.recipients, *(one for value in delivered for one in addresses(value))]
    answers = is_reply_form(headers.text("subject")) or bool(headers.raw("in-reply-to"))
    if answers and _STOP.fullmatch(text.strip(" \t\n.!")):
        return [Delivery(sides.sender, "opted-out")]
    if any(map(_WISH.fullmatch, asks)) or _leaves(asks, [a for a in asked if sides.is_ours(a)]):
        return [Delivery(sides.sender, "opted-out")]
    return []


def _leaves(said: list[str], ours: list[str]) -> bool:
    """Return whether a mail to our addresses leaves the list that one of them is of."""
    if any(map(_LEAVING_ADDRESS.match, ours)):
        return True
    if not any(said) and any(map(_LEAVING_IF_BLANK.match, ours)):
        return True
    commanded = (_TAKES_COMMANDS.match(one) for one in ours)
    lists = {one.group(1).lower() for one in commanded if one is not None}
    named = (_OF_A_LIST.fullmatch(one) for one in said)
    return any(one is not None and one.group(1).lower() in lists for one in named)


def _reported(contents: Contents, sides: Sides) -> list[Delivery]:
    blocks = [
        fields
        for report in contents.reports
        if report.content_type == "message/feedback-report"
        # Python takes the report for a message whose headers are its fields
        for part in (report, *(report.parts or []))
        for fields in (part.headers, *header_blocks(part))
        if fields.raw("feedback-type")
    ]
    found: list[Delivery] = []
    for fields in blocks:
        action = _COMPLAINTS.get(fields.raw("feedback-type").lower())
        if action is not None:
            named = [
                address
                for name in ("original-rcpt-to", "removal-recipient")
                for value in fields.all(name)
                for address in addresses(value)
            ]
            people = [one for one in named if not _HIDDEN.search(one)]
            people = people or _written_to(contents, sides)
            found += [Delivery(one, action) for one in dict.fromkeys(people)]
            found += [] if people else [Delivery(None, action)]
    return found[:MAX_RECIPIENTS]


def _written_to(contents: Contents, sides: Sides) -> list[str]:
    """Return whom the reported message went to, if it went to one person only."""
    for original in contents.enclosed:
        told = addresses(original.raw(_HOTMAIL_RECIPIENT))
        named = told or [
            one
            for name in ("to", "cc")
            for value in original.all(name)
            for one in addresses(value)
            if not sides.is_ours(one)
        ]
        if len(set(named)) == 1 and not _HIDDEN.search(named[0]):
            return named[:1]
    return []


def _reported_by_hotmail(headers: Headers, contents: Contents) -> list[Delivery]:
    if not (headers.text("subject") or "").lower().startswith("complaint about message from"):
        return []
    return [
        Delivery(address, "complained")
        for original in contents.enclosed
        for address in addresses(original.raw(_HOTMAIL_RECIPIENT))[:1]
    ]
