"""Further addresses and numbers of a person's record in; ``identifier`` rows out.

A contact or lead has one address and two numbers in the warehouse; a CRM may keep more. Whoever
writes from the second address is the same person.
"""

from __future__ import annotations

import polars as pl

from ingest.identifiers import normalize_emails, normalize_phones_by_country
from ingest.sources.objects.expressions import typed
from ingest.sources.objects.native_object import ObjectMap

_TYPE, _VALUE = "$id_type", "$id_value"


def other_identifiers(
    person: str,
    key: str,
    created: pl.Expr,
    *,
    emails: tuple[str, ...] = (),
    phones: tuple[str, ...] = (),
    country: pl.Expr,
) -> ObjectMap:
    """Return the map of the identifiers that a person's record states beside its columns.

    What is no address and no number makes no row; it stays where it was, in the record's
    ``attributes``.

    Parameters
    ----------
    person
        ``contact`` or ``lead``.
    key
        The field with the record's id.
    created
        When the record was made: the two are not known to be together any earlier.
    emails, phones
        Fields that hold them; several to a text are parted by ``;``.
    country
        ISO 3166 code of the person's country, for numbers without one.
    """
    read = tuple(dict.fromkeys([*created.meta.root_names(), *country.meta.root_names()]))

    def explode(frame: pl.DataFrame) -> pl.DataFrame:
        stated = [
            # a record without an id is refused once, as the person that it is not
            frame.filter(pl.col(field).is_not_null(), pl.col(key).is_not_null()).select(
                "$position",
                "$region",
                key,
                *read,
                pl.lit(id_type).alias(_TYPE),
                pl.col(field).str.split(";").alias(_VALUE),
            )
            for id_type, fields in (("email", emails), ("phone", phones))
            for field in fields
        ]
        each = pl.concat(stated).explode(_VALUE, empty_as_null=False)
        each = each.with_columns(pl.col(_VALUE).str.strip_chars())
        return each.with_columns(_readable(each, country)).filter(pl.col(_VALUE).is_not_null())

    return ObjectMap(
        "identifier",
        {
            "person_ref": typed(person, pl.col(key)),
            "id_type": _TYPE,
            "id_value": _VALUE,
            "first_seen_at": created,
        },
        rows=explode,
        fields=(key, *read, *emails, *phones),
        keep_rest=False,
    )


def _readable(each: pl.DataFrame, country: pl.Expr) -> pl.Series:
    """Return the values that are what their type says, null for the others."""
    is_email = each[_TYPE] == "email"
    emails = pl.select(pl.when(is_email).then(each[_VALUE])).to_series()
    numbers = pl.select(pl.when(~is_email).then(each[_VALUE])).to_series()
    region = str(each["$region"][0]) if each.height else ""
    countries = each.select(country.alias("country")).to_series()
    return (
        pl.select(
            pl.coalesce(
                normalize_emails(emails), normalize_phones_by_country(numbers, countries, region)
            )
        )
        .to_series()
        .alias(_VALUE)
    )
