"""What identity resolution is given: four frames, their columns checked at the door."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

SIGHTINGS = pl.Schema(
    {
        "identifier": pl.String(),
        "id_type": pl.String(),
        "record": pl.String(),
        "source": pl.String(),
        "first_seen_at": pl.Datetime("us"),
        "last_seen_at": pl.Datetime("us"),
    }
)
"""One identifier in one record. The identifiers of one record belong to one person. ``record``
is ``<entity>:<anything>``; it groups, and its entity is kept as the evidence of the edge."""

LINKS = pl.Schema(
    {
        "identifier_a": pl.String(),
        "identifier_b": pl.String(),
        "edge_type": pl.String(),
        "source": pl.String(),
        "evidence": pl.String(),
        "first_seen_at": pl.Datetime("us"),
        "last_seen_at": pl.Datetime("us"),
    }
)
"""What a source states outright: a lead became a contact, a record was merged into another."""

PERSONS = pl.Schema(
    {
        "identifier": pl.String(),
        "first_name": pl.String(),
        "last_name": pl.String(),
        "birth_date": pl.Date(),
    }
)
"""Names stated by a record, under the record's own identifier; one row per version of it."""

MATCHES = pl.Schema(
    {
        "identifier_a": pl.String(),
        "identifier_b": pl.String(),
        "weight": pl.Float64(),
        "probability": pl.Float64(),
        "waterfall": pl.String(),
    }
)
"""Two records, the smaller text first, that may be one; of several versions the most alike.
``waterfall`` is JSON: a list of ``column``, ``relation`` and ``weight`` in bits, which add up."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is known about who is who.

    Parameters
    ----------
    sightings, links, persons, matches
        Frames of the columns ``SIGHTINGS``, ``LINKS``, ``PERSONS`` and ``matching.MATCHES``.
        Their order, and rows given twice, change nothing.

    Raises
    ------
    ValueError
        If a frame lacks a column or holds another type in it.
    """

    sightings: pl.DataFrame
    links: pl.DataFrame
    persons: pl.DataFrame
    matches: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MATCHES))

    def __post_init__(self) -> None:
        for name, frame, schema in (
            ("sightings", self.sightings, SIGHTINGS),
            ("links", self.links, LINKS),
            ("persons", self.persons, PERSONS),
            ("matches", self.matches, MATCHES),
        ):
            for column, dtype in schema.items():
                found = frame.schema.get(column)
                if found != dtype:
                    raise ValueError(f"{name}.{column} must be {dtype}, got {found or 'nothing'}")
