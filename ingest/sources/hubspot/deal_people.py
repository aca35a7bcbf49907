"""The contacts that HubSpot associates with a deal, and their labels: its ``opportunity_contact``.

HubSpot tells of them together with the deal, all of them each time, and of nobody who was taken
out: whom the last version of the deal does not name is none of its people any more. That is
decided where the rows are read (``stg_opportunity_contacts``), which ``told_with`` says of them.
Pages of the associations API tell of the same people without a date, and stay.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.lineage import CHANGED
from ingest.sources.hubspot.records import PEOPLE, PEOPLE_TYPE
from ingest.sources.objects import NativeObject, ObjectMap, Refusal

_IDS = "associations.contacts"
_CHANGED = tuple(sorted(set(CHANGED.meta.root_names())))


def _people(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per contact; a CSV export has their ids alone."""
    listed = (
        pl.col(_IDS)
        .str.split(";")
        .list.eval(
            pl.struct(
                pl.element().str.strip_chars().alias("id"), pl.lit(None, pl.String).alias("label")
            )
        )
    )
    people = pl.when(pl.col(PEOPLE).list.len() > 0).then(PEOPLE).otherwise(listed.cast(PEOPLE_TYPE))
    lines = (
        frame.filter(pl.col(_IDS).is_not_null())
        .select("$position", "hs_object_id", *_CHANGED, people.alias(PEOPLE))
        .explode(PEOPLE)
    )
    person = pl.col(PEOPLE).struct
    return lines.with_columns(
        person.field("id").alias("person"),
        person.field("label").alias("label"),
        pl.lit("opportunity").alias("told_with"),
    ).filter(pl.col("person") != "")


PEOPLE_OF_DEALS = ObjectMap(
    "opportunity_contact",
    {
        "opportunity_contact_id": {"from": ["hs_object_id", "person"]},
        "opportunity_ref": "hs_object_id",
        "contact_ref": "person",
        "role": "label",
    },
    recorded_at=CHANGED,
    rows=_people,
    fields=("hs_object_id", _IDS, PEOPLE, *_CHANGED),
    absorbed=_CHANGED,
)


def _of_pages(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per contact of a page of associations of deals.

    The first, or who is labelled so, is the deal's contact, as of those that a deal itself names.
    """
    person = pl.col(PEOPLE).struct
    first = pl.col(PEOPLE).list.first().struct.field("id")
    return (
        frame.filter(pl.col(PEOPLE).list.len() > 0)
        .select("$position", "from_id", PEOPLE, first.alias("first"))
        .explode(PEOPLE)
        .with_columns(
            person.field("id").alias("person"),
            person.field("label").alias("label"),
            (person.field("id") == pl.col("first")).cast(pl.String).alias("is_first"),
        )
    )


_IS_OF_DEALS = pl.col("$file").str.contains(r"(?i)deals?[^a-z]+(?:to[^a-z]+)?contacts?")

ASSOCIATIONS = NativeObject(
    # no file is called so: a page is known by its shape, and deals may be exported as
    # deals_with_associations.json
    name="association_pages",
    maps=(
        ObjectMap(
            "opportunity_contact",
            {
                "opportunity_contact_id": {"from": ["from_id", "person"]},
                "opportunity_ref": "from_id",
                "contact_ref": "person",
                "role": "label",
                "is_primary": "is_first",
            },
            rows=_of_pages,
            fields=("from_id", PEOPLE),
            keep_rest=False,
        ),
    ),
    refusals=(
        Refusal(
            ~_IS_OF_DEALS,
            "no_place",
            "a page of associations does not say between which objects: call the file of those of "
            "deals with contacts deals_contacts.json; others are read with their objects only, "
            "export these with associations",
        ),
        Refusal(
            pl.col("from_id").is_null(),
            "missing_from",
            "the association does not say of which record it is; export it by batch/read",
        ),
    ),
    without_rows="the record is associated with nobody",
    nested={PEOPLE: PEOPLE_TYPE},
)
