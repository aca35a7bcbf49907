"""How the evidence of who is who reads ``raw``: whose rows are people, which time counts.

Sightings (``identity_sightings``) and what sources state outright (``identity_statements``) agree
on these.
"""

from __future__ import annotations

from collections.abc import Callable

RECORDS = ("contact", "lead", "account")
"""Entities whose records are people or organizations themselves."""

Rows = Callable[[str], str]
"""Where the rows of an entity are read: ``raw`` itself, or a view of some of them."""

# Never ingested_at: the founder of a customer follows from these times, and the same data must
# give the same customers whenever it is loaded.
TIME = {
    "event": "coalesce(occurred_at, recorded_at)",
    "state": "coalesce(recorded_at, occurred_at)",
}
"""Moment of a row by the kind of its entity."""
