"""A file's place and its fields in; which object of the CRM its records are, out."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from pathlib import PurePosixPath

from ingest.sources.objects.native_object import NativeObject


def words_of(name: str) -> str:
    """Return ``_one_two_`` for ``OneTwo``, ``one-two`` and ``one two``."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return f"_{'_'.join(re.findall(r'[a-z0-9]+', apart.lower()))}_"


def object_called(name: str, objects: Sequence[NativeObject]) -> NativeObject | None:
    """Return the object that ``name`` names exactly, whatever the case and the separators."""
    wanted = words_of(name)
    for each in objects:
        if wanted in {words_of(known) for known in (each.name, *each.also_called)}:
            return each
    return None


def object_of_path(
    label: str, objects: Sequence[NativeObject], *, is_exact: bool = False
) -> NativeObject | None:
    """Return the object that the file, else the nearest folder, has in its name.

    The longest name counts, so that ``email_events`` are not ``emails``; of two as long the one
    that stands first.

    Parameters
    ----------
    label
        Path of the file below ``landing/``.
    is_exact
        Whether the name must be the object's, but for numbers (dates, parts).
    """
    path = PurePosixPath(label)
    for part in (path.name.split(".")[0], *(folder.name for folder in path.parents)):
        words = words_of(part)
        if is_exact:
            words = re.sub(r"_(?:\d+_)+$", "_", words)
        found = [
            (-len(known), words.index(known), each)
            for each in objects
            for known in map(words_of, (each.name, *each.also_called))
            if (known == words if is_exact else known in words)
        ]
        if found:
            return min(found, key=lambda match: match[:2])[2]
    return None


def object_with_fields(
    fields: Container[str], objects: Sequence[NativeObject]
) -> NativeObject | None:
    """Return the first object whose evidence is among ``fields``."""
    for each in objects:
        if any(all(name in fields for name in group) for group in each.evidence):
            return each
    return None
