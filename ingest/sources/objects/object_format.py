"""What a CRM's files look like, for ``read_objects``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from ingest.sources.objects.native_object import NativeObject

Fields = dict[str, Any]


@dataclass(frozen=True, eq=False)
class ObjectFormat:
    """One CRM.

    Parameters
    ----------
    objects
        What its files may hold; the order in which evidence is looked at.
    list_keys
        Keys under which a page of the API holds its records.
    flat
        Turns a decoded record into its fields.
    stated
        Returns the name of the object that a decoded record says it is, or None.
    by_id
        Returns the object that the ids in a frame are of, or None.
    with_id
        Returns the objects that a record with an id may be of, where nothing but its fields says
        more.
    has_exact_names
        Whether a file is called as its object is, numbers aside: ``OpportunityTeamMember.csv``
        holds no opportunities.
    field_names
        Turns the header of a CSV file into names of fields.
    children
        Returns the records that are within a decoded one, and what is missing of them.
    """

    name: str
    objects: tuple[NativeObject, ...]
    list_keys: tuple[str, ...]
    flat: Callable[[Fields], Fields]
    stated: Callable[[Fields], str | None]
    by_id: Callable[[pl.DataFrame], NativeObject | None]
    with_id: Callable[[object], tuple[NativeObject, ...]]
    field_names: Callable[[list[str], NativeObject | None], list[str]]
    has_exact_names: bool = False
    children: Callable[[Fields], tuple[list[Fields], list[str]]] | None = None
