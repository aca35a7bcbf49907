"""Typed columns in; identifiers normalised and references qualified out.

A value that cannot be normalised becomes null and is kept in ``attributes``, under
``unreadable``: the row is worth more than the identifier.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ingest.codes.countries import country_codes
from ingest.codes.currencies import currency_codes
from ingest.codes.language_tags import language_tags
from ingest.contracts import Column, Contract
from ingest.expressions.json_text import members
from ingest.identifiers import (
    ID_TYPES,
    IdentifierRules,
    normalize_emails,
    normalize_identifiers,
    normalize_persons,
    normalize_phones_by_country,
    qualify,
)
from ingest.times.named_zones import iana_zones

_CODES = {
    "country": country_codes,
    "currency": currency_codes,
    "language": language_tags,
    "time_zone": iana_zones,
}


@dataclass(frozen=True, slots=True)
class Identified:
    """Columns in their final form.

    Parameters
    ----------
    unreadable
        Per row the members of a JSON object of what could not be normalised; null if none.
    lost
        Names of columns in which a value could not be normalised.
    """

    frame: pl.DataFrame
    unreadable: pl.Series
    lost: tuple[str, ...]


def identify(
    frame: pl.DataFrame, contract: Contract, rules: IdentifierRules, lost: dict[str, pl.Series]
) -> Identified:
    """Normalise every identifier of an entity's rows; non-person references stay plain.

    Parameters
    ----------
    lost
        By column the texts that have been lost already, to be kept with the others.
    """
    # first, for numbers without a country's code are read as those of the row's country
    changed = {
        column.name: _CODES[column.codes](frame[column.name])
        for column in contract.columns
        if column.codes is not None
    }
    frame = frame.with_columns(**changed)
    lost = dict(lost)
    for column in contract.columns:
        before = frame[column.name]
        if before.null_count() == len(before):
            continue
        if column.type == "text[]" and column.ref == "person":
            after, unreadable = _normalize_list(before, rules)
        elif (final := _normalize_column(frame, contract, column, rules)) is not None:
            after = final
            unreadable = _where(before.is_not_null() & after.is_null(), before)
        else:
            continue
        changed[column.name] = after
        if unreadable.null_count() < len(unreadable):
            lost[column.name] = unreadable
    if contract.name == "identifier":
        changed |= _stated_identifier(frame, rules, lost)
    nothing = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    unreadable = nothing
    if lost:
        parts = {name: pl.col(name) for name in lost}
        unreadable = pl.DataFrame(lost).select(members(parts)).to_series()
    return Identified(frame.with_columns(**changed), unreadable, tuple(lost))


def qualified_references(contract: Contract, rules: IdentifierRules) -> list[pl.Expr]:
    """Return the expressions that give plain references their namespace."""
    kinds = {
        column.name: "conversation" if column.name == "conversation_ref" else column.ref
        for column in contract.columns
        if column.ref != "person"
    }
    return [
        qualify(pl.col(name), rules.namespace_of(kind)).alias(name)
        for name, kind in kinds.items()
        if kind is not None
    ]


def _where(rows: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(rows).then(values)).to_series()


def _normalize_column(
    frame: pl.DataFrame, contract: Contract, column: Column, rules: IdentifierRules
) -> pl.Series | None:
    """Return the normalised column, or None where it is no identifier."""
    values = frame[column.name]
    if column.ref == "person":
        return normalize_persons(values, rules)
    if column.identifier == "phone" and "country_code" in contract.column_names:
        return normalize_phones_by_country(values, frame["country_code"], rules.region)
    if column.identifier is not None:
        return normalize_identifiers(values, column.identifier, rules)
    if contract.name == "agent" and column.name == "email":
        return _or_as_given(normalize_emails(values, rules.email_provider_rules), values)
    if contract.name == "agent" and column.name == "phone":
        # an extension is no phone number, but it is how a switchboard names a colleague
        return _or_as_given(normalize_identifiers(values, "phone", rules), values)
    if (contract.name, column.name) == ("ticket_event", "actor_ref"):
        return _actors(values, frame["actor_type"], rules)
    return None


def _or_as_given(after: pl.Series, before: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(after, before)).to_series()


def _normalize_list(values: pl.Series, rules: IdentifierRules) -> tuple[pl.Series, pl.Series]:
    """Normalise the elements of lists; the second result holds those that cannot be."""
    before = values.explode(empty_as_null=False, keep_nulls=False).drop_nulls().unique()
    after = normalize_persons(before, rules)
    final = pl.element().replace_strict(before, after, default=None, return_dtype=pl.String)
    bad = before.filter(after.is_null())
    frame = values.to_frame("v").select(
        final=pl.col("v").list.eval(final).list.drop_nulls().list.unique(maintain_order=True),
        bad=pl.col("v").list.eval(pl.element().filter(pl.element().is_in(bad.implode()))),
    )
    nonempty = frame.select(
        pl.when(pl.col(name).list.len() > 0).then(name).alias(name) for name in ("final", "bad")
    )
    return nonempty["final"].alias(values.name), nonempty["bad"]


def _actors(values: pl.Series, types: pl.Series, rules: IdentifierRules) -> pl.Series:
    """Bring the actor of a ticket event into the form of an agent or of a person."""
    frame = pl.DataFrame({"value": values, "type": types})
    is_person = pl.col("value").str.contains(rf"(?i)^({'|'.join(ID_TYPES)}):")
    is_person &= (pl.col("type") != "agent").fill_null(value=True)
    persons = normalize_persons(frame.select(pl.when(is_person).then("value")).to_series(), rules)
    agent = qualify(pl.col("value"), rules.namespace_of("agent"))
    return frame.select(
        pl.when(is_person).then(persons).otherwise(agent).alias(values.name)
    ).to_series()


def _stated_identifier(
    frame: pl.DataFrame, rules: IdentifierRules, lost: dict[str, pl.Series]
) -> dict[str, pl.Series]:
    """Normalise ``id_value`` for its ``id_type``: the two joined by a colon are the identifier."""
    typed = frame.select(
        pl.concat_str(pl.col("id_type").str.to_lowercase(), pl.lit(":"), "id_value")
    ).to_series()
    after = normalize_persons(typed, rules).str.replace(r"^[a-z_]+:", "")
    unreadable = _where(frame["id_value"].is_not_null() & after.is_null(), frame["id_value"])
    if unreadable.null_count() < len(unreadable):
        lost["id_value"] = unreadable
    return {
        "id_type": frame["id_type"].str.to_lowercase(),
        "id_value": after.alias("id_value"),
    }
