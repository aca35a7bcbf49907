"""What HubSpot's logged activities have in common: a contact, a colleague, a moment.

A logged call or message without direction counts as outbound: a colleague logged what a
colleague did.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.lineage import CREATED, EVENT
from ingest.sources.hubspot.people import OWNER
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import first_of, typed
from ingest.sources.objects.native_object import Setting

CONTACT = typed("contact", first_of("associations.contacts"))
STARTED = pl.coalesce("hs_timestamp", CREATED)

_COMMON: dict[str, Setting] = {
    "interaction_id": "hs_object_id",
    "sub_channel": {"value": "hubspot"},
    "agent_ref": OWNER,
    "started_at": STARTED,
    "ticket_ref": first_of("associations.tickets"),
    "opportunity_ref": first_of("associations.deals"),
}
_SAID = ("hs_timestamp", "hubspot_owner_id", "createdate", "hs_createdate", "createdAt")


def activity(
    name: str, *also_called: str, columns: dict[str, Setting], absorbed: tuple[str, ...],
    evidence: tuple[tuple[str, ...], ...],
) -> NativeObject:  # fmt: skip
    """Return the object whose records are logged activities of one kind."""
    each = ObjectMap(
        "interaction",
        {"conversation_ref": "hs_object_id", "customer_ref": CONTACT, **_COMMON, **columns},
        **EVENT,
        absorbed=(*_SAID, *absorbed),
    )
    return NativeObject(name=name, also_called=also_called, maps=(each,), evidence=evidence)
