"""Short constructors, so that a contract reads as a table: name, description, promises."""

from __future__ import annotations

from typing import Any

from ingest.contracts.contract import Column


def text(name: str, description: str, **promises: Any) -> Column:
    """Declare a text column."""
    return Column(name=name, type="text", description=description, **promises)


def key(name: str, description: str, **promises: Any) -> Column:
    """Declare a required text column that names the record, alone or with other keys."""
    return Column(
        name=name, type="text", description=description, key=True, required=True, **promises
    )


def ref(name: str, entity: str, description: str, **promises: Any) -> Column:
    """Declare a reference to the ``record_key`` of another entity's record."""
    return Column(name=name, type="text", description=description, ref=entity, **promises)


def person(name: str, description: str, **promises: Any) -> Column:
    """Declare a person identifier, ``<id_type>:<value>``."""
    return Column(
        name=name,
        type="text",
        description=description,
        ref="person",
        sensitivity="personal",
        **promises,
    )


def at(name: str, description: str, **promises: Any) -> Column:
    """Declare a UTC timestamp."""
    return Column(name=name, type="timestamp", description=description, **promises)


def day(name: str, description: str, **promises: Any) -> Column:
    """Declare a calendar date."""
    return Column(name=name, type="date", description=description, **promises)


def count(name: str, description: str, **promises: Any) -> Column:
    """Declare a whole number, zero or more."""
    return Column(name=name, type="integer", description=description, **{"minimum": 0, **promises})


def number(name: str, description: str, **promises: Any) -> Column:
    """Declare a floating-point number."""
    return Column(name=name, type="number", description=description, **promises)


def money(name: str, description: str, **promises: Any) -> Column:
    """Declare an amount in the row's ``currency``, exact to four decimals."""
    return Column(name=name, type="money", description=description, **promises)


def flag(name: str, description: str, **promises: Any) -> Column:
    """Declare a boolean."""
    return Column(name=name, type="boolean", description=description, **promises)


def country(name: str, description: str, **promises: Any) -> Column:
    """Declare a country; names and longer codes become its code of two letters."""
    return Column(
        name=name,
        type="text",
        description=f"{description} ISO 3166 alpha-2 code, else the name as it is written.",
        codes="country",
        **promises,
    )


def texts(name: str, description: str, **promises: Any) -> Column:
    """Declare a list of texts."""
    return Column(name=name, type="text[]", description=description, **promises)


def currency(description: str = "ISO 4217 code of the row's amounts.") -> Column:
    """Declare the currency column that every row with an amount has."""
    return Column(
        name="currency",
        type="text",
        sensitivity="public",
        description=description,
        codes="currency",
    )
