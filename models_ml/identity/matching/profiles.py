"""What records state of a person or company in, what is compared of them out."""

from __future__ import annotations

import polars as pl

from models_ml.identity.folding import folded
from models_ml.identity.guards import Guards
from models_ml.identity.matching.postal_codes import postal_code
from models_ml.identity.matching.streets import numbers_last, street_words
from models_ml.identity.organizations import core_name, mail_domain
from models_ml.identity.screening import is_of_many_companies, kind_of

PROFILES = pl.Schema(
    {
        "identifier": pl.String(),
        "first_name": pl.String(),
        "last_name": pl.String(),
        "birth_date": pl.Date(),
        "unreadable_birth_date": pl.String(),
        "email": pl.String(),
        "phone": pl.String(),
        "company": pl.String(),
        "domain": pl.String(),
        "street": pl.String(),
        "city": pl.String(),
        "postal_code": pl.String(),
    }
)
"""Traits as a version of a record states them, under the record's own identifier. ``company``
is an account's own name, and the name of a person's employer. ``unreadable_birth_date`` is, as it
was written, what is stated for a birth date and is none."""

COMPARED = (
    "first_name",
    "last_name",
    "birth_date",
    "email",
    "phone",
    "company",
    "domain",
    "street",
    "city",
    "postal_code",
)
"""Columns of a profile that are compared, all text."""

_ORDINAL = r"([0-9])(?:st|nd|rd|th|er|e|ème|eme)\b"
_CODE = r"[0-9]+(?:[ -][0-9]+)+|[0-9]{3,}"
"""A postal code beside the town, as in ``31-042 Kraków`` and ``114 35 Stockholm``."""
_YEAR_FIRST = r"^(?<year>(?:18|19|20)[0-9]{2})[-./ ]?(?<month>[0-9]{1,2})[-./ ]?(?<day>[0-9]{1,2})$"
_YEAR_LAST = r"^(?<day>[0-9]{1,2})[-./ ]?(?<month>[0-9]{1,2})[-./ ]?(?<year>(?:18|19|20)[0-9]{2})$"
_DISTRICT = r"\b0?[1-9][0-9]?\b"


def profiles_of(stated: pl.DataFrame, guards: Guards) -> pl.DataFrame:
    """Bring traits to the one form in which they are compared.

    Parameters
    ----------
    stated
        Columns of ``PROFILES``.
    guards
        Which values name nobody: blocked ones, mailboxes of several people, free mail.

    Returns
    -------
    pl.DataFrame
        ``profile`` (a number), ``identifier`` and ``COMPARED``; each different profile of a
        record once, in text order, null for what is not stated.
    """
    domain = mail_domain(pl.col("domain"))
    telling = [_telling(stated, id_type, guards) for id_type in ("email", "phone")]
    plain = (
        stated.with_columns(telling)
        .lazy()
        # by itself, for else the words are made once for each time that they are read
        .with_columns(street=street_words(pl.col("street")))
        .select(
            "identifier",
            first_name=folded(pl.col("first_name")),
            last_name=folded(pl.col("last_name")),
            birth_date=pl.coalesce(
                pl.col("birth_date").dt.to_string("%Y-%m-%d"),
                _impossible_date(pl.col("unreadable_birth_date")),
            ),
            email=_stated(pl.col("email").str.to_lowercase().str.strip_chars()),
            phone=_stated(pl.col("phone").str.replace_all(r"\D", "")),
            company=core_name(pl.col("company")),
            domain=pl.when(~is_of_many_companies(domain, guards)).then(domain),
            street=numbers_last(pl.col("street")),
            city=_city(pl.col("city")),
            postal_code=postal_code(pl.col("postal_code")),
        )
    )
    return (
        plain.filter(pl.any_horizontal(pl.col(COMPARED).is_not_null()))
        .unique()
        .collect()
        .pipe(numbered)
    )


def numbered(profiles: pl.DataFrame) -> pl.DataFrame:
    """Return profiles in text order with their numbers, ``profile``."""
    return (
        profiles.select("identifier", *COMPARED)
        .sort("identifier", *COMPARED)
        .with_row_index("profile")
        .with_columns(pl.col("profile").cast(pl.Int64))
    )


def _telling(stated: pl.DataFrame, id_type: str, guards: Guards) -> pl.Series:
    """Return the addresses or numbers that are one person's, null for the others."""
    values = stated.select(
        identifier=pl.concat_str(pl.lit(f"{id_type}:"), pl.col(id_type).str.strip_chars())
    )
    own = values.select(kind_of(guards) == id_type).to_series()
    return stated.select(pl.when(own).then(pl.col(id_type))).to_series().alias(id_type)


def _stated(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _city(city: pl.Expr) -> pl.Expr:
    """Return a town as it is compared, with the number of its district, no postal code.

    ``Dublin 4`` and ``Dublin 6`` are two places, ``75012 Paris`` is ``paris``, ``Paris 12e`` and
    ``12. Paris`` are ``paris 12``.
    """
    plain = city.str.replace_all(_ORDINAL, "$1 ")
    districts = plain.str.replace_all(_CODE, " ").str.extract_all(_DISTRICT)
    numbers = districts.list.eval(pl.element().str.strip_chars_start("0")).list.join(" ")
    # a town of no letters is none
    return pl.concat_str(folded(plain), numbers, separator=" ").str.strip_chars_end(" ")


def _impossible_date(written: pl.Expr) -> pl.Expr:
    """Return a date that no calendar has as it is compared: ``1960-06-50`` for ``1960-6-50``.

    Every tenth slip in a date makes such a one, and its other digits tell what those of any date
    do. Where the year is written last, the day is before the month unless only the other way
    round there is such a month.
    """

    def parts(pattern: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        of = written.str.extract_groups(pattern).struct
        year, month, day = (of.field(name) for name in ("year", "month", "day"))
        return year, month.str.zfill(2), day.str.zfill(2)

    year_first, (year, month, day) = parts(_YEAR_FIRST), parts(_YEAR_LAST)
    month_first = (month > "12") & (day <= "12")
    year_last = (
        year,
        pl.when(month_first).then(day).otherwise(month),
        pl.when(month_first).then(month).otherwise(day),
    )
    return pl.coalesce(pl.concat_str(of, separator="-") for of in (year_first, year_last))
