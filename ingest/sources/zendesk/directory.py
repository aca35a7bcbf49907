"""Users, groups, brands, statuses that a Zendesk file or its neighbours name in; who is who out.

Comments and audits name people by an id alone. Which side one is on stands in ``users`` of the
same page (``include=users``), else in files called ``users*`` beside the file or one folder up,
else in ``options: {agents: [ids]}``. Groups, brands and statuses are named the same way.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.parsed import UnreadableFile
from ingest.source import Source
from ingest.sources.json_records import json_records
from ingest.sources.json_values import as_objects, as_text
from ingest.sources.zendesk.records import Page

SYSTEM = "-1"
"""Author of what Zendesk itself does."""

_AGENT_ROLES = ("agent", "admin")
LISTS = ("users", "groups", "brands", "custom_statuses")

Known = dict[str, tuple[str | None, str | None]]
"""By id: role and e-mail of a user, None and name of a group, brand or status."""


class Directory:
    """Who the ids of one file are.

    Parameters
    ----------
    path
        The file; its neighbours are read when an id is not known from its own pages.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self._path = path
        self._own: dict[str, Known] = {name: {} for name in LISTS}
        self._near: dict[str, Known] = {}
        self._metrics: dict[str, dict[str, Any]] = {}
        self._identities: dict[str, list[dict[str, Any]]] = {}
        agents = source.options.get("agents")
        agents = [agents] if isinstance(agents, (str, int)) else agents
        self._agents = None if agents is None else {str(one) for one in agents}

    def learn(self, page: Page) -> None:
        """Remember whom and what a page names; its metrics and identities until the next page."""
        for name in LISTS:
            self._own[name] |= _known(name, page.get(name))
        self._metrics = {
            ticket_id: metric
            for name in ("metric_sets", "ticket_metrics")
            for metric in as_objects(page.get(name))
            if (ticket_id := as_text(metric.get("ticket_id"))) is not None
        }
        self._identities = {}
        for identity in as_objects(page.get("identities")):
            if (user_id := as_text(identity.get("user_id"))) is not None:
                self._identities.setdefault(user_id, []).append(identity)

    def learn_user(self, user: dict[str, Any]) -> None:
        """Remember one user, for the records after it."""
        self._own["users"] |= _known("users", [user])

    def metric(self, ticket_id: str) -> dict[str, Any]:
        """Return the metrics that the page has of a ticket, an empty object if none."""
        return self._metrics.get(ticket_id, {})

    def identities(self, user_id: str) -> list[dict[str, Any]]:
        """Return the identities that the page has of a user."""
        return self._identities.get(user_id, [])

    def role(self, user_id: str | None) -> str | None:
        """Return ``agent``, ``requester`` (any end user) or ``system``; None where unknown."""
        if user_id is None or user_id == SYSTEM:
            return None if user_id is None else "system"
        role, _ = self._find("users", user_id)
        if role is not None:
            return "agent" if role in _AGENT_ROLES else "requester"
        if self._agents is None:
            return None
        return "agent" if user_id in self._agents else "requester"

    def person_ref(self, user_id: str | None) -> str | None:
        """Return the user as a person; a colleague only by e-mail, as no contact exists."""
        role = self.role(user_id)
        if user_id is None or role == "system":
            return None
        if role != "agent":
            return f"contact:{user_id}"
        _, email = self._find("users", user_id)
        return None if email is None else f"email:{email}"

    def group_name(self, group_id: str | None) -> str | None:
        """Return the name of a group, None where no list of groups has it."""
        return None if group_id is None else self._find("groups", group_id)[1]

    def brand_name(self, brand_id: str | None) -> str | None:
        """Return the name of a brand, None where no list of brands has it."""
        return None if brand_id is None else self._find("brands", brand_id)[1]

    def status_label(self, status_id: str | None) -> str | None:
        """Return what agents call a status of one's own, None where no list of statuses has it."""
        return None if status_id is None else self._find("custom_statuses", status_id)[1]

    def _find(self, name: str, wanted: str) -> tuple[str | None, str | None]:
        found = self._own[name].get(wanted)
        if found is None:
            if name not in self._near:
                self._near[name] = _beside(self._path, name)
            found = self._near[name].get(wanted)
        return found or (None, None)


def _beside(path: Path, name: str) -> Known:
    files = [
        file
        for folder in (path.parent.parent, path.parent)
        for file in sorted(folder.glob(f"{name}*"))
        if ".json" in file.name.lower() or ".ndjson" in file.name.lower()
        # a link may lead out of the landing folder
        if file.is_file() and not file.is_symlink() and file != path
    ]
    return _read(name, tuple((file, *_state(file)) for file in files))


def _state(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=8)
def _read(name: str, files: tuple[tuple[Path, int, int], ...]) -> Known:
    known: Known = {}
    for file, _, _ in files:
        try:
            for record in json_records(file, (name,)):
                value = record.value or {}
                known |= _known(name, value.get(name, [value]))
        except UnreadableFile:
            # the file is one of the source too and is quarantined as such
            continue
    return known


def _known(name: str, listed: Any) -> Known:
    known: Known = {}
    for one in as_objects(listed):
        if (one_id := as_text(one.get("id"))) is None:
            continue
        if name == "users":
            known[one_id] = (as_text(one.get("role")), as_text(one.get("email")))
        elif name == "custom_statuses":
            known[one_id] = (None, as_text(one.get("agent_label")))
        else:
            known[one_id] = (None, as_text(one.get("name")))
    return known
