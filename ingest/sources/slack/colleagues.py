"""Members of a Slack export in; which of them are ours out.

By address where there is one, else by the workspace: of members of other companies (Slack Connect)
an export may have no address, and ``is_stranger`` is not set while they share a channel with us.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ingest.source import Company
from ingest.sources.json_values import as_object, as_text
from ingest.sources.own_domains import is_ours

GUEST = ("is_restricted", "is_ultra_restricted", "is_stranger")

SLACKBOT = "USLACKBOT"
"""Slack itself, which no list of members has: it reminds, answers, and signs what was deleted."""


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Who is on our side.

    Parameters
    ----------
    workspaces
        Workspaces and organisations that have a member with an address of ours; empty where no
        member has one, and then the workspace tells nothing.
    """

    company: Company
    workspaces: frozenset[str] = frozenset()

    def has(self, member: dict[str, Any]) -> bool:
        """Return whether a member is one of us: by address, else unless a guest or of elsewhere."""
        email = email_of(member)
        if email is not None:
            return is_ours(email, self.company)
        if any(member.get(mark) is True for mark in GUEST):
            return False
        return not self.are_elsewhere(workspaces_of(member))

    def are_elsewhere(self, workspaces: set[str]) -> bool:
        """Return whether all of these workspaces are known not to be ours."""
        return bool(self.workspaces and workspaces) and self.workspaces.isdisjoint(workspaces)


def colleagues_among(members: Iterable[dict[str, Any]], company: Company) -> Colleagues:
    """Return how to tell colleagues, given all members."""
    workspaces: set[str] = set()
    for member in members:
        email = email_of(member)
        is_guest = any(member.get(mark) is True for mark in GUEST)
        if email is not None and not is_guest and is_ours(email, company):
            workspaces |= workspaces_of(member)
    return Colleagues(company, frozenset(workspaces))


def bots_workspace(message: dict[str, Any]) -> set[str]:
    """Return the workspace of the app that wrote a message without a user, if it says one."""
    team_id = as_text(as_object(message.get("bot_profile")).get("team_id"))
    return set() if team_id is None else {team_id}


def email_of(member: dict[str, Any]) -> str | None:
    """Return the member's address, null where the export has none."""
    email = as_text(as_object(member.get("profile")).get("email"))
    return email if email is not None and "@" in email else None


def workspaces_of(member: dict[str, Any]) -> set[str]:
    """Return the workspace of a member, and in a grid its organisation and further ones."""
    enterprise = as_object(member.get("enterprise_user"))
    listed = enterprise.get("teams")
    teams = listed if isinstance(listed, list) else []
    given = (member.get("team_id"), enterprise.get("enterprise_id"), *teams)
    return {text for one in given if (text := as_text(one)) is not None}
