"""``raw`` in, the pairs of records that are alike out; scored as Splink scores.

What every record states, its block keys and the counts of what is stated are kept.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import polars as pl

from ingest.from_contracts.schema import raw_table
from models_ml.identity import Guards
from models_ml.identity.evidence import MATCHES
from models_ml.identity.matching.blocking import block_keys
from models_ml.identity.matching.candidates import candidates
from models_ml.identity.matching.frequencies import COUNTED, trait_counts
from models_ml.identity.matching.profiles import PROFILES, profiles_of
from models_ml.identity.matching.scoring import match_records
from orchestration.identity.rows import RECORDS, Rows
from orchestration.identity.tables import replace_all

_NOT_STATED = {name: f"null::{'date' if name == 'birth_date' else 'varchar'}" for name in PROFILES}

_CONTACT = {
    "first_name": "first_name",
    "last_name": "last_name",
    "birth_date": "birth_date",
    # a date that no calendar has; of most records there is nothing to look into
    "unreadable_birth_date": "case when birth_date is null and contains(attributes, 'unreadable') "
    "then attributes ->> '$.unreadable.birth_date' end",
    "email": "email",
    # a mobile is one person's, a landline the household's or the company's
    "phone": "coalesce(mobile, phone)",
    "company": "employer.name",
    "street": "street",
    "city": "city",
    "postal_code": "postal_code",
}
_LEAD = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "phone": "phone",
    "company": "company",
}
_ACCOUNT = {
    "company": "name",
    "domain": "coalesce(domain, website)",
    "street": "coalesce(billing_street, shipping_street)",
    "city": "coalesce(billing_city, shipping_city)",
    "postal_code": "coalesce(billing_postal_code, shipping_postal_code)",
}


def read_profiles(
    con: duckdb.DuckDBPyConnection,
    guards: Guards,
    rows: Rows = raw_table,
    entities: Collection[str] = RECORDS,
) -> pl.DataFrame:
    """Return what every version of every contact, lead and account states of itself.

    Parameters
    ----------
    entities
        Those that have rows to read.
    """
    employer = (
        f"left join (select distinct record_key as account_ref, name from {raw_table('account')}) "  # noqa: S608
        "as employer using (account_ref)"
    )
    parts = [
        _stating(entity, traits, rows, employer if entity == "contact" else "")
        for entity, traits in (("contact", _CONTACT), ("lead", _LEAD), ("account", _ACCOUNT))
        if entity in entities
    ]
    if not parts:
        return profiles_of(pl.DataFrame(schema=PROFILES), guards)
    query = " union all ".join(parts)
    return profiles_of(con.execute(query).pl().select(PROFILES.names()).cast(PROFILES), guards)


def find_matches(
    con: duckdb.DuckDBPyConnection, profiles: pl.DataFrame, guards: Guards
) -> pl.DataFrame:
    """Keep profiles and what follows from them for the next run, and compare them all.

    Returns
    -------
    pl.DataFrame
        The pairs that are worth a question or more, columns of ``MATCHES``; they are kept too.
    """
    counts = trait_counts(profiles)
    for table, rows in (
        ("profiles", profiles),
        ("block_keys", block_keys(profiles)),
        ("trait_counts", counts),
    ):
        replace_all(con, table, rows)
    pairs, full = candidates(con, "identity.profiles", "identity.block_keys", guards.matching)
    replace_all(con, "full_keys", full.to_frame())
    matches = _scored(con, profiles, pairs, counts, guards)
    replace_all(con, "matches", matches)
    return matches


def score(con: duckdb.DuckDBPyConnection, pairs: pl.DataFrame, guards: Guards) -> pl.DataFrame:
    """Compare pairs of ``identity.profiles``; return those worth a question or more."""
    if pairs.is_empty():
        return pl.DataFrame(schema=MATCHES)
    compared_pairs = pairs.to_arrow()  # noqa: F841 - read by the query
    compared = con.execute(
        'from identity.profiles where profile in (select unnest(["left", "right"]) '
        "from compared_pairs)"
    ).pl()
    stated = compared.unpivot(COUNTED, value_name="value").select("value").drop_nulls()
    stated_values = stated.unique().to_arrow()  # noqa: F841 - read by the query
    # of other traits too, for two columns are looked up in half as long again
    counts = con.execute(
        "from identity.trait_counts where value is null or value in (from stated_values)"
    ).pl()
    return _scored(con, compared, pairs, counts, guards)


def _scored(
    con: duckdb.DuckDBPyConnection,
    profiles: pl.DataFrame,
    pairs: pl.DataFrame,
    counts: pl.DataFrame,
    guards: Guards,
) -> pl.DataFrame:
    return match_records(
        con,
        profiles,
        pairs,
        counts,
        guards.matching,
        from_probability=guards.matching.asked_from,
    )


def _stating(entity: str, traits: dict[str, str], rows: Rows, join: str = "") -> str:
    own = f"'{entity}:' || record_key"
    columns = {**_NOT_STATED, **traits, "identifier": own}
    stated = ", ".join(f"{value} as {name}" for name, value in columns.items())
    return f"select distinct {stated} from {rows(entity)} as record {join}"  # noqa: S608
