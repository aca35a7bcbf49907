"""Salesforce records (CSV of Bulk API or Data Loader, JSON of REST queries) in; rows out.

Which object a file holds: option ``object``, else ``attributes.type`` of a JSON record, else the
first three characters of the ids, else the file's or its folder's name, else the fields. Ids of
an object that is not read keep its records from being taken for another's by their fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.objects import NativeObject
from ingest.sources.objects.object_format import ObjectFormat
from ingest.sources.objects.read_objects import OPTIONS as OPTIONS
from ingest.sources.objects.read_objects import read_objects
from ingest.sources.salesforce.activities import EMAIL_MESSAGE, EVENT_OBJECT, TASK
from ingest.sources.salesforce.children import children_of, is_page
from ingest.sources.salesforce.commerce import (
    OPPORTUNITY_LINE_ITEM,
    ORDER,
    ORDER_ITEM,
    PRICEBOOK_ENTRY,
    PRODUCT,
    QUOTE,
)
from ingest.sources.salesforce.conversations import (
    LIVE_CHAT_TRANSCRIPT,
    MESSAGING_SESSION,
    VOICE_CALL,
)
from ingest.sources.salesforce.history import CASE_HISTORY, OPPORTUNITY_FIELD_HISTORY
from ingest.sources.salesforce.marketing import CAMPAIGN, CAMPAIGN_MEMBER
from ingest.sources.salesforce.people import ACCOUNT, CONTACT, LEAD, USER
from ingest.sources.salesforce.sales import (
    FORECASTING_QUOTA,
    OPPORTUNITY,
    OPPORTUNITY_CONTACT_ROLE,
    OPPORTUNITY_STAGE,
)
from ingest.sources.salesforce.service import CASE, CASE_COMMENT
from ingest.sources.salesforce.snapshots import OPPORTUNITY_HISTORY

OBJECTS: tuple[NativeObject, ...] = (
    OPPORTUNITY_FIELD_HISTORY, OPPORTUNITY_HISTORY, CASE_HISTORY, CASE_COMMENT, CASE,
    CAMPAIGN_MEMBER, CAMPAIGN, OPPORTUNITY_LINE_ITEM, ORDER_ITEM, ORDER, PRICEBOOK_ENTRY, PRODUCT,
    QUOTE, FORECASTING_QUOTA, OPPORTUNITY_STAGE, OPPORTUNITY_CONTACT_ROLE, OPPORTUNITY,
    EMAIL_MESSAGE, VOICE_CALL, LIVE_CHAT_TRANSCRIPT, MESSAGING_SESSION, EVENT_OBJECT, TASK,
    LEAD, CONTACT, USER, ACCOUNT,
)  # fmt: skip

ID_PREFIXES = {
    "001": ACCOUNT, "003": CONTACT, "00Q": LEAD, "005": USER, "006": OPPORTUNITY,
    "008": OPPORTUNITY_HISTORY, "00K": OPPORTUNITY_CONTACT_ROLE,
    "00k": OPPORTUNITY_LINE_ITEM, "00T": TASK, "00U": EVENT_OBJECT,
    "02s": EMAIL_MESSAGE, "500": CASE, "00a": CASE_COMMENT, "701": CAMPAIGN,
    "00v": CAMPAIGN_MEMBER, "801": ORDER, "802": ORDER_ITEM, "01t": PRODUCT,
    "01u": PRICEBOOK_ENTRY, "0Q0": QUOTE, "0LQ": VOICE_CALL, "570": LIVE_CHAT_TRANSCRIPT,
    "0Mw": MESSAGING_SESSION,
}  # fmt: skip
"""Objects by the first three characters of their ids, the same in every organisation."""

_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")

_WITHOUT_PREFIX = tuple(each for each in OBJECTS if each not in ID_PREFIXES.values())

_COMPOUND = ("MailingAddress", "OtherAddress", "BillingAddress", "ShippingAddress", "Address")
"""Fields that repeat others as one object."""


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of ``path``, chunk by chunk."""
    return read_objects(path, source, SALESFORCE)


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record; those of a parent are called ``Owner.Name``."""
    fields: dict[str, Any] = {}
    for given, value in record.items():
        name = given.lstrip("$")
        if name == "attributes" or name in _COMPOUND or is_page(value):
            continue
        if isinstance(value, dict):
            for inner, inner_value in value.items():
                if inner != "attributes":
                    fields[f"{name}.{inner}"] = inner_value
        else:
            fields[name] = value
    return fields


def _stated(record: dict[str, Any]) -> str | None:
    attributes = record.get("attributes")
    stated = attributes.get("type") if isinstance(attributes, dict) else None
    if isinstance(stated, str):
        return stated
    by_prefix = ID_PREFIXES.get(str(record.get("Id"))[:3])
    return None if by_prefix is None else by_prefix.name


def _children(record: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    return children_of(record, _stated(record))


def _by_id(frame: pl.DataFrame) -> NativeObject | None:
    if "Id" not in frame.columns:
        return None
    ids = frame["Id"].drop_nulls().str.strip_chars()
    found = {ID_PREFIXES.get(prefix) for prefix in ids.str.slice(0, 3).unique()}
    return found.pop() if len(found) == 1 else None


def _with_id(value: object) -> tuple[NativeObject, ...]:
    """Return every object, but none that is known by other ids.

    A contract has an address and a name as an account has, a comment of the feed a text as one of
    a case.
    """
    is_other = _ID.fullmatch(str(value)) is not None and str(value)[:3] not in ID_PREFIXES
    return _WITHOUT_PREFIX if is_other else OBJECTS


def _field_names(header: list[str], native: NativeObject | None) -> list[str]:
    """Write fields as Salesforce does: Data Loader writes them as the query did."""
    known = native.fields if native is not None else _ALL_FIELDS
    by_lower = {name.lower(): name for name in known}
    return [by_lower.get(name.lower(), name) for name in header]


_ALL_FIELDS = tuple(
    dict.fromkeys(
        [name for each in OBJECTS for name in each.fields]
        + [name for each in OBJECTS for group in each.evidence for name in group]
    )
)

SALESFORCE = ObjectFormat(
    name="salesforce",
    objects=OBJECTS,
    # the last as sf data query --json writes it
    list_keys=("records", "searchRecords", "result.records"),
    flat=flat,
    stated=_stated,
    by_id=_by_id,
    with_id=_with_id,
    field_names=_field_names,
    has_exact_names=True,
    children=_children,
)
