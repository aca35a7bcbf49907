"""Address headers in; direction, customer and colleague out.

A form of the company's site writes from one of the company's addresses to another, and names who
filled it in under Reply-To: that person wrote, else whoever asks something there would be nobody.
So does a form that somebody hosts for us, from an address of its own that takes no answers.
A mailing list puts its own address in place of a sender whose domain forbids others to send for it
(DMARC), and the sender's into X-Original-From: that person wrote, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.source import Company, Source
from ingest.sources.email.automatic import is_postmaster
from ingest.sources.email.headers import Headers, addresses
from ingest.sources.own_domains import is_ours

_TAKES_NO_ANSWERS = re.compile(
    r"^(?:no-?_?reply|do-?_?not-?_?reply|mailer|notifications?|form-?submissions?|forms?)"
    r"(?:[+.-].*)?@",
    re.IGNORECASE,
)
"""Of the services that host shops and forms (Shopify, Squarespace, Jotform, Typeform, Webflow)."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who wrote to whom.

    Parameters
    ----------
    agent_email
        Our address in the exchange.
    agent_ref
        Id of the colleague who has it, where the option ``agents`` says so.
    form_email
        The address, ours or of who hosts it, under which a form sent it; None where no form did.
    sender_header
        The header that names the sender.
    """

    company: Company
    sender: str | None
    recipients: list[str]
    direction: str
    customer: str | None
    agent_email: str | None
    agent_ref: str | None
    form_email: str | None
    sender_header: str

    @property
    def from_ref(self) -> str | None:
        """The sender as a person."""
        return None if self.sender is None else f"email:{self.sender}"

    @property
    def to_refs(self) -> list[str]:
        """The recipients as persons."""
        return [f"email:{address}" for address in self.recipients]

    @property
    def customer_ref(self) -> str | None:
        """The customer's side as a person."""
        return None if self.customer is None else f"email:{self.customer}"

    def is_ours(self, address: str) -> bool:
        """Return whether an address is one of the company's."""
        return is_ours(address, self.company)


def sides_of(headers: Headers, source: Source) -> Sides:
    """Return the sides of a message.

    Mail from one of our domains is outbound, internal if nobody else gets it; any other mail is
    inbound.
    """
    senders = [
        address
        for name in ("from", "sender", "return-path")
        for value in headers.all(name)
        for address in addresses(value)
    ]
    sender = senders[0] if senders else None
    recipients = [
        address
        for name in ("to", "cc", "bcc")
        for value in headers.all(name)
        for address in addresses(value)
    ]
    recipients = list(dict.fromkeys(recipients))
    delivered = [address for value in headers.all("delivered-to") for address in addresses(value)]
    ours = [one for one in [*recipients, *delivered] if is_ours(one, source.company)]
    others = [one for one in recipients if not is_ours(one, source.company)]
    agents = {str(k).lower(): str(v) for k, v in (source.options.get("agents") or {}).items()}
    form_email, sender_header = None, "from"
    original = addresses(headers.raw("x-original-from"))[:1]
    if (
        sender is not None
        and is_ours(sender, source.company)
        and original
        and not is_ours(original[0], source.company)
    ):
        sender, sender_header = original[0], "x-original-from"
    if sender is not None and ours and not others and is_ours(sender, source.company):
        asked_by = _asked_by(headers, source.company)
        if asked_by is not None and not is_postmaster(sender):
            form_email, sender, sender_header = sender, asked_by, "reply-to"
    elif sender is not None and ours and _is_hosted_form(sender, headers, source.company):
        asked_by = _asked_by(headers, source.company)
        if asked_by is not None and not _are_neighbours(sender, asked_by):
            form_email, sender, sender_header = sender, asked_by, "reply-to"
    if sender is None or not is_ours(sender, source.company):
        direction, customer, agent_email = "inbound", sender, ours[0] if ours else None
    elif others or not recipients:
        direction, customer, agent_email = "outbound", others[0] if others else None, sender
    else:
        direction, customer, agent_email = "internal", None, sender
    return Sides(
        company=source.company,
        sender=sender,
        recipients=recipients,
        direction=direction,
        customer=customer,
        agent_email=agent_email,
        agent_ref=agents.get((agent_email or "").lower()),
        form_email=form_email,
        sender_header=sender_header,
    )


def _is_hosted_form(sender: str, headers: Headers, company: Company) -> bool:
    """Return whether a service of others may have sent what somebody filled in for us.

    Newsletters, too, come from addresses that take no answers.
    """
    return (
        _TAKES_NO_ANSWERS.match(sender) is not None
        and not is_ours(sender, company)
        and "list-unsubscribe" not in headers
    )


def _are_neighbours(one: str, other: str) -> bool:
    """Return whether two addresses are of one organisation: then they are of no form's visitor."""
    domains = [address.rpartition("@")[2].lower().split(".") for address in (one, other)]
    return domains[0][-2:] == domains[1][-2:]


def _asked_by(headers: Headers, company: Company) -> str | None:
    """Return who shall be answered in place of the sender, unless a colleague is among them."""
    answered = [one for value in headers.all("reply-to") for one in addresses(value)]
    return answered[0] if answered and not any(is_ours(one, company) for one in answered) else None
