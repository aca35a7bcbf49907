"""Authors and participants of Twilio conversations in; which side they are on out.

An address (a number, ``whatsapp:`` or ``messenger:`` and an id, the mailbox of a participant by
e-mail) is a customer's, unless it is the
one that Twilio sends from. An identity is a user of the Conversations SDK, which in one company
are the agents and in another the visitors of its web chat: ``options: {agents: [...]}`` lists
those of colleagues, ``*`` standing for anything; all others are customers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ingest.source import Company, Source
from ingest.sources.gathering import Row
from ingest.sources.json_values import as_object, as_text
from ingest.sources.own_domains import is_ours
from ingest.sources.person_names import split_name

SYSTEM = "system"
"""Author that Twilio writes where a message was sent without one."""

_NUMBER = re.compile(r"(?:(?P<medium>whatsapp|rcs|sms):)?(?P<number>\+[0-9]{5,15})")
_MEDIUM = re.compile(r"(?P<medium>messenger|whatsapp|rcs|email|instagram|gbm):(?P<id>\S+)")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in a conversation.

    Parameters
    ----------
    side
        customer, agent or system; None where nothing tells.
    name
        Identity, or address without its medium.
    ref
        The customer as a person.
    medium
        sms, whatsapp ...; None for users of the SDK.
    """

    side: str | None
    name: str
    ref: str | None = None
    medium: str | None = None


@dataclass(slots=True)
class People:
    """Who takes part, as far as participants among the same records tell."""

    agents: tuple[str, ...] | None
    company: Company = field(default_factory=Company)
    ours: set[str] = field(default_factory=set)
    mailboxes: set[str] = field(default_factory=set)
    customers: dict[str, dict[str, Party]] = field(default_factory=dict)

    def learn(self, participants: Iterable[dict[str, Any]]) -> None:
        """Remember participants: first our own addresses, then who is on which side."""
        participants = list(participants)
        for one in participants:
            binding = as_object(one.get("messaging_binding"))
            addresses = (binding.get("proxy_address"), binding.get("projected_address"))
            self.ours |= {text for address in addresses if (text := as_text(address))}
            if as_text(binding.get("type")) == "email" and (
                mailbox := as_text(binding.get("address"))
            ):
                self.mailboxes.add(mailbox)
            if binding.get("projected_address") and (name := as_text(one.get("identity"))):
                self.ours.add(name)
        for one in participants:
            party = self.participant(one)
            conversation = as_text(one.get("conversation_sid"))
            if conversation and party is not None and party.side == "customer":
                self.customers.setdefault(conversation, {})[party.name] = party

    def participant(self, participant: dict[str, Any]) -> Party | None:
        """Return a participant as a party; None for one with neither identity nor address."""
        binding = as_object(participant.get("messaging_binding"))
        name = as_text(participant.get("identity")) or as_text(binding.get("address"))
        return None if name is None else self.party(name)

    def party(self, name: str) -> Party:
        """Return who an author or participant is."""
        if name in self.ours:
            return Party("agent", name)
        if (number := _NUMBER.fullmatch(name)) is not None:
            plain = number["number"]
            return Party("customer", plain, f"phone:{plain}", number["medium"] or "sms")
        if (account := _MEDIUM.fullmatch(name)) is not None:
            ref = f"email:{account['id']}" if account["medium"] == "email" else f"contact:{name}"
            return Party("customer", name, ref, account["medium"])
        if name in self.mailboxes and "@" in name:
            if is_ours(name, self.company):
                return Party("agent", name)
            return Party("customer", name, f"email:{name}", "email")
        if name == SYSTEM:
            return Party("system", name)
        if self.agents is None:
            return Party(None, name)
        if any(fnmatchcase(name, pattern) for pattern in self.agents):
            return Party("agent", name)
        return Party("customer", name, f"user_id:{name}")

    def customer_of(self, conversation: str | None) -> Party | None:
        """Return the customer of a conversation; None where it has several or none is known."""
        known = list(self.customers.get(conversation or "", {}).values())
        return known[0] if len(known) == 1 else None


def people_of(source: Source) -> People:
    """Return an empty circle of people with the agents that the source names."""
    agents = source.options.get("agents")
    if agents is None:
        return People(None, source.company)
    listed = [agents] if isinstance(agents, (str, int)) else agents
    return People(tuple(str(one) for one in listed), source.company)


def contact_row(party: Party, participant: dict[str, Any]) -> Row:
    """Return a customer as a contact, with the name that their address has."""
    stated = as_text(as_object(participant.get("messaging_binding")).get("name"))
    first, last = split_name(stated)
    is_number = party.ref is not None and party.ref.startswith("phone:")
    is_email = party.ref is not None and party.ref.startswith("email:")
    is_identity = party.ref is not None and party.ref.startswith("user_id:")
    return {
        "contact_id": party.name,
        "first_name": first,
        "last_name": last,
        "phone": party.name if is_number else None,
        "email": party.name.removeprefix("email:") if is_email else None,
        "user_id": party.ref if is_identity else None,
    }
