"""Companies and persons: counts and a seed in, tables of accounts and of people out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, stream
from demo.company.relations import of_kind
from demo.names import (
    AMERICAN_FORM,
    CITIES,
    COMPANY_FIRST,
    COMPANY_FORM,
    COMPANY_SECOND,
    COUNTRIES,
    FEMALE,
    FREEMAIL,
    INDUSTRIES,
    LAST,
    LOCALES,
    MALE,
    STREETS,
    TITLES,
    ZONES,
)
from demo.phones import personal_numbers, switchboard_numbers
from demo.timeline import START

PERSONS_PER_ACCOUNT = 3.5
FIRST_ACCOUNT_ID = 10_001
SWITCHBOARD_FROM = 10
"""Accounts with at least so many persons have a company number that many of them state."""

_FOLD = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "a", "é": "e", "è": "e", "ç": "c", "ş": "s",
    "ı": "i", "ś": "s", "ł": "l", "á": "a", "ń": "n", " ": "", "'": "",
}  # fmt: skip


def ascii_fold(column: pl.Expr) -> pl.Expr:
    """Return lower-case text with umlauts and accents written out, as in mail addresses."""
    return column.str.to_lowercase().str.replace_many(list(_FOLD), list(_FOLD.values()))


def make_accounts(seed: int, business_persons: int) -> pl.DataFrame:
    """Return one row per company that business persons work for."""
    rng = stream(seed, "accounts")
    count = max(8, int(business_persons / PERSONS_PER_ACCOUNT))
    first = rng.choice(COMPANY_FIRST, count)
    second = rng.choice(COMPANY_SECOND, count)
    frame = pl.DataFrame({"stem": [f + s for f, s in zip(first, second, strict=True)]})
    serial = pl.int_range(pl.len()).over("stem")
    employees = np.clip(np.exp(rng.normal(4.4, 1.4, count)), 3, 40_000).astype(int)
    country = choose(rng, COUNTRIES, count)
    form = np.where(
        country == "US", rng.choice(AMERICAN_FORM, count), rng.choice(COMPANY_FORM, count)
    )
    return (
        frame.with_columns(serial=serial)
        .with_columns(
            stem=pl.when(pl.col("serial") > 0)
            .then(pl.format("{} {}", "stem", pl.col("serial") + 1))
            .otherwise("stem"),
        )
        .with_columns(
            account=pl.int_range(count),
            account_id=pl.format("A{}", pl.int_range(count) + FIRST_ACCOUNT_ID),
            name=pl.format("{} {}", "stem", pl.Series(form.astype(str))),
            form=pl.Series(form.astype(str)),
            domain=pl.format("{}.example", ascii_fold(pl.col("stem"))),
            industry=pl.Series(choose(rng, INDUSTRIES, count).astype(str)),
            employees=pl.Series(employees),
            annual_revenue=pl.Series(np.round(employees * rng.uniform(80, 260, count)) * 1000.0),
            country=pl.Series(country.astype(str)),
            city=pl.Series([str(rng.choice(CITIES[c])) for c in country]),
            street=pl.Series(_streets(rng, count)),
            postal_code=pl.Series(rng.integers(10_000, 99_999, count).astype(str)),
            switchboard=pl.Series(switchboard_numbers(rng, count).astype(str)),
            credit_score=pl.Series(rng.integers(210, 600, count)),
            owner=pl.Series(rng.integers(0, 14, count)),
        )
        .drop("serial", "stem")
    )


def _streets(rng: np.random.Generator, count: int) -> list[str]:
    names, numbers = rng.choice(STREETS, count), rng.integers(1, 120, count)
    return [f"{name} {number}" for name, number in zip(names, numbers, strict=True)]


def make_people(
    seed: int, accounts: pl.DataFrame, is_business: np.ndarray, relations: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per person; ``account`` is -1 for private persons.

    Parameters
    ----------
    is_business
        Boolean per person: works for one of ``accounts``.
    relations
        Who lives with whom and who has whose name.
    """
    rng = stream(seed, "people")
    count = len(is_business)
    weights = np.sqrt(accounts["employees"].to_numpy()) * rng.lognormal(0, 0.5, len(accounts))
    account = np.where(is_business, rng.choice(len(accounts), count, p=weights / weights.sum()), -1)
    company_country = accounts["country"].to_numpy()[account]
    country = np.where(is_business, company_country, choose(rng, COUNTRIES, count))
    female = rng.random(count) < 0.48
    first = np.where(female, rng.choice(FEMALE, count), rng.choice(MALE, count))
    last = rng.choice(LAST, count)
    level = np.where(
        is_business,
        choose(rng, {"c_level": 0.13, "director": 0.2, "manager": 0.32, "other": 0.35}, count),
        "unknown",
    )
    pick = rng.integers(0, 4, count)
    title = [TITLES[lv][k] if lv in TITLES else None for lv, k in zip(level, pick, strict=True)]
    business_mail = is_business & (rng.random(count) < 0.8)
    domain = np.where(
        business_mail, accounts["domain"].to_numpy()[account], rng.choice(FREEMAIL, count)
    )
    street, postal_code = np.array(_streets(rng, count)), rng.integers(10_000, 99_999, count)
    of_household = of_kind(relations, "household_phone", "shared_device")
    of_namesake = of_kind(relations, "namesake")
    for (person, other), shared in (
        (of_household, (last, country, pick, street, postal_code)),
        (of_namesake, (first, last, female, country, pick)),
    ):
        for values in shared:
            values[other] = values[person]
    people = pl.DataFrame(
        {
            "person": np.arange(count),
            "account": account,
            "first": first.astype(str),
            "last": last.astype(str),
            "gender": np.where(female, "female", "male"),
            "birth_date": pl.Series(rng.integers(365 * 20, 365 * 66, count)),
            "country": country.astype(str),
            "city": [str(CITIES[c][k]) for c, k in zip(country, pick, strict=True)],
            "street": street,
            "postal_code": postal_code.astype(str),
            "title": pl.Series(title, dtype=pl.String),
            "title_level": level.astype(str),
            "has_business_email": business_mail,
            "domain": domain.astype(str),
            "phone": personal_numbers(rng, country).astype(str),
            "number": rng.integers(60, 99, count),
            "numbered": ~business_mail & (rng.random(count) < 0.5),
        }
    )
    local_part = pl.concat_str(
        ascii_fold(pl.col("first")),
        pl.lit("."),
        ascii_fold(pl.col("last")),
        pl.when("numbered").then(pl.col("number").cast(pl.String)).otherwise(pl.lit("")),
    )
    return (
        people.with_columns(
            person_id=pl.format("p{}", pl.col("person").cast(pl.String).str.zfill(7)),
            local_part=local_part,
            locale=pl.col("country").replace_strict(LOCALES),
            time_zone=pl.col("country").replace_strict(ZONES),
            birth_date=START.date() - pl.duration(days=pl.col("birth_date")),
        )
        .with_columns(serial=pl.int_range(pl.len()).over("local_part", "domain"))
        .with_columns(
            email=pl.concat_str(
                "local_part",
                pl.when(pl.col("serial") > 0)
                .then(pl.format("-{}", "serial"))
                .otherwise(pl.lit("")),
                pl.lit("@"),
                "domain",
            )
        )
        .drop("serial", "local_part", "number", "numbered", "domain")
    )
