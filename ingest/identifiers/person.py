"""Person identifiers ``<id_type>:<value>`` as parsers give them in; the final form out.

E-mail and phone are the same in every system; every other type gets the namespace of the
system that gave it: ``user_id:17`` becomes ``user_id:shop:17``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from ingest.expressions.empty_text import null_if_empty
from ingest.expressions.prefixed import prefixed
from ingest.identifiers.distinct import map_distinct
from ingest.identifiers.email import normalize_emails
from ingest.identifiers.phone import normalize_phones

QUALIFIED_TYPES = ("user_id", "anonymous_id", "contact", "lead", "device", "social")
ID_TYPES = ("email", "phone", *QUALIFIED_TYPES)
"""Every type of person identifier there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRules:
    """What a source's identifiers mean.

    Parameters
    ----------
    namespace
        Namespace of plain ids.
    namespaces
        Other namespaces by entity name or identifier type.
    region
        ISO 3166 code assumed for phone numbers without a country code.
    """

    namespace: str
    namespaces: dict[str, str] = field(default_factory=dict)
    region: str = "DE"
    email_provider_rules: tuple[str, ...] = ()

    def namespace_of(self, kind: str) -> str:
        """Return the namespace of an entity or identifier type."""
        return self.namespaces.get(kind, self.namespace)


def normalize_persons(values: pl.Series, rules: IdentifierRules) -> pl.Series:
    """Bring typed person identifiers into their final form; null where one cannot be read."""
    id_type = _only_qualified_type(values)
    if id_type is not None:
        # they need no look at each: to find the distinct ones takes five times as long as this
        plain = values.str.strip_prefix(f"{id_type}:")
        return normalize_identifiers(plain, id_type, rules).alias(values.name)
    return map_distinct(values, lambda distinct: _normalize(distinct, rules))


def _only_qualified_type(values: pl.Series) -> str | None:
    """Return the type of all ``values`` if it is one that gets a namespace and no other form."""
    place = values.is_not_null().arg_max()
    first = None if place is None else values[place]
    id_type = None if first is None else first.partition(":")[0]
    if id_type in QUALIFIED_TYPES and values.str.starts_with(f"{id_type}:").all():
        return str(id_type)
    return None


def normalize_identifiers(
    values: pl.Series, id_type: str, rules: IdentifierRules, region: str | None = None
) -> pl.Series:
    """Bring plain values of one type into the form that ``identifier`` columns hold.

    Bare for ``email`` and ``phone``, typed and qualified for every other type.

    Parameters
    ----------
    region
        Region of the phone numbers, where the rows know better than the rules.
    """
    if id_type == "email":
        return normalize_emails(values, rules.email_provider_rules)
    if id_type == "phone":
        return normalize_phones(values, region or rules.region)
    prefix = f"{id_type}:{rules.namespace_of(id_type)}:"
    plain = pl.col("value").str.strip_chars().str.strip_prefix(f"{id_type}:").str.strip_chars()
    typed = prefixed(prefix, null_if_empty(plain))
    return values.to_frame("value").select(typed.alias(values.name)).to_series()


def person_type(value: pl.Expr) -> pl.Expr:
    """Guess the type of an untyped identifier: an e-mail, a phone number, else a user id.

    Digits alone are a user id: customer numbers are as long as phone numbers, and a wrong
    guess would join strangers.
    """
    digits = value.str.replace_all(r"[^0-9]", "").str.len_chars()
    phone_like = value.str.contains(r"^\s*(?:\+|00|\()[0-9 ().\/-]+$") & digits.is_between(7, 15)
    return (
        pl.when(value.str.contains("@", literal=True))
        .then(pl.lit("email"))
        .when(phone_like)
        .then(pl.lit("phone"))
        .otherwise(pl.lit("user_id"))
    )


def _normalize(values: pl.Series, rules: IdentifierRules) -> pl.Series:
    frame = pl.DataFrame({"raw": values}).select(
        type=pl.col("raw").str.extract(r"^\s*([A-Za-z_]+):").str.to_lowercase(),
        value=pl.col("raw").str.extract(r"(?s)^\s*[A-Za-z_]+:(.*)$"),
    )
    result = pl.lit(None, dtype=pl.String)
    normalized = {}
    for id_type in ID_TYPES:
        of_type = frame.select(pl.when(pl.col("type") == id_type).then("value")).to_series()
        if of_type.null_count() == len(of_type):
            continue
        normalized[id_type] = normalize_identifiers(of_type, id_type, rules)
        final = pl.col(id_type)
        if id_type in {"email", "phone"}:
            final = pl.concat_str(pl.lit(id_type + ":"), final)
        result = pl.when(pl.col("type") == id_type).then(final).otherwise(result)
    return frame.with_columns(**normalized).select(result.alias(values.name)).to_series()
