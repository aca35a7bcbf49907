"""HubSpot records (JSON of the CRM and e-mail APIs, CSV exports) in; rows out.

Which object a file holds: option ``object``, else the file's or its folder's name, else the
fields of each record. Pipelines, memberships and associations are known by their shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.hubspot.activities import COMMUNICATIONS, MEETINGS, NOTES, TASKS
from ingest.sources.hubspot.calls import CALLS, EMAILS
from ingest.sources.hubspot.commerce import LINE_ITEMS, PRODUCTS
from ingest.sources.hubspot.deal_people import ASSOCIATIONS
from ingest.sources.hubspot.deals import DEALS
from ingest.sources.hubspot.email_events import EMAIL_EVENTS
from ingest.sources.hubspot.labels import field_names
from ingest.sources.hubspot.leads import LEADS
from ingest.sources.hubspot.leads import STAGES as LEAD_STAGES
from ingest.sources.hubspot.marketing import (
    CAMPAIGNS,
    EMAIL_CAMPAIGNS,
    LISTS,
    MEMBERSHIPS_OBJECT,
)
from ingest.sources.hubspot.orders import CARTS, ORDERS
from ingest.sources.hubspot.orders import STAGES as ORDER_STAGES
from ingest.sources.hubspot.people import COMPANIES, CONTACTS, OWNERS
from ingest.sources.hubspot.pipelines import GOALS, PIPELINES
from ingest.sources.hubspot.records import flat, is_association
from ingest.sources.hubspot.service import TICKETS
from ingest.sources.hubspot.statuses import SUBSCRIPTION_STATUSES
from ingest.sources.json_values import as_object, as_text
from ingest.sources.objects import NativeObject
from ingest.sources.objects.object_format import ObjectFormat
from ingest.sources.objects.read_objects import OPTIONS as OPTIONS
from ingest.sources.objects.read_objects import read_objects

OBJECTS: tuple[NativeObject, ...] = (
    PIPELINES, DEALS, ORDERS, CARTS, LEADS, TICKETS, CALLS, EMAILS, MEETINGS, NOTES, TASKS,
    COMMUNICATIONS, GOALS,
    EMAIL_EVENTS, EMAIL_CAMPAIGNS, CAMPAIGNS, LISTS, MEMBERSHIPS_OBJECT, LINE_ITEMS, PRODUCTS,
    OWNERS, CONTACTS, COMPANIES, ASSOCIATIONS, SUBSCRIPTION_STATUSES,
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of ``path``, chunk by chunk."""
    return read_objects(path, source, HUBSPOT)


def _stated(record: dict[str, Any]) -> str | None:
    """Return what the shape of a record says, whatever its file is called."""
    if "subscriberIdString" in record:
        return SUBSCRIPTION_STATUSES.name
    if "recordId" in record:
        return MEMBERSHIPS_OBJECT.name
    if is_association(record):
        return ASSOCIATIONS.name
    # a page of them has the key of pages of campaigns, which have properties
    if "appId" in record and "lastUpdatedTime" in record:
        return EMAIL_CAMPAIGNS.name
    if isinstance(record.get("stages"), list):
        return PIPELINES.name
    # a stage tells of no ticket where it is one of another object
    stage = as_text(as_object(record.get("properties")).get("hs_pipeline_stage"))
    if stage in LEAD_STAGES:
        return LEADS.name
    return ORDERS.name if stage in ORDER_STAGES else None


def _no_object(_frame: pl.DataFrame) -> NativeObject | None:
    """HubSpot ids do not say what they are of."""
    return None


def _any_object(_id: object) -> tuple[NativeObject, ...]:
    return OBJECTS


HUBSPOT = ObjectFormat(
    name="hubspot",
    objects=OBJECTS,
    list_keys=("results", "events", "lists", "campaigns", "objects"),
    flat=flat,
    stated=_stated,
    by_id=_no_object,
    with_id=_any_object,
    field_names=field_names,
)
