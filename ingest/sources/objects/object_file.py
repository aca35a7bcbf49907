"""One file of a CRM's objects, and what is known of it before it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ingest.errors import nearest
from ingest.parsed import Parsed, UnreadableFile
from ingest.source import Source
from ingest.sources.objects.native_object import NativeObject
from ingest.sources.objects.object_format import ObjectFormat
from ingest.sources.objects.object_name import object_called, object_of_path

UNKNOWN = "object"
"""Entity named in rejects of records that are of no known object."""


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """A file to read.

    Parameters
    ----------
    label
        Path below ``landing/``; elsewhere the name of the file.
    by_option, by_path
        The object that the source's option names, and the one that the path names.
    """

    path: Path
    source: Source
    format: ObjectFormat
    label: str
    by_option: NativeObject | None
    by_path: NativeObject | None

    @classmethod
    def of(cls, path: Path, source: Source, format_: ObjectFormat) -> ObjectFile:
        """Look at the option and the path.

        Raises
        ------
        UnreadableFile
            If ``options.object`` names no object.
        """
        parts = path.parts
        below = len(parts) - parts[::-1].index("landing") if "landing" in parts else len(parts) - 1
        label = "/".join(parts[below:])
        by_option = by_path = None
        option = source.options.get("object")
        if option is None:
            exact = format_.has_exact_names
            by_path = object_of_path(label, format_.objects, is_exact=exact)
        else:
            by_option = object_called(str(option), format_.objects)
            if by_option is None:
                remedy = nearest(str(option), [each.name for each in format_.objects])
                message = f"options.object is {option!r}, no object of {format_.name}; {remedy}"
                raise UnreadableFile(message)
        return cls(path, source, format_, label, by_option, by_path)

    @property
    def unknown(self) -> str:
        """What to say of a record that is of no known object."""
        names = ", ".join(each.name for each in self.format.objects)
        return (
            f"is no object of {self.format.name} that the warehouse knows; if it is one of {names},"
            " say so in options.object of the source or in the file's name"
        )

    def require_place(self, native: NativeObject | None) -> None:
        """Refuse the file if the warehouse has no place for what it holds."""
        if native is None:
            raise UnreadableFile(self.unknown)
        if native.no_place is not None:
            raise UnreadableFile(f"holds {native.name}: {native.no_place}")


def add_rows(parsed: Parsed, rows: dict[str, pl.DataFrame]) -> None:
    """Add the rows of one object to those of a chunk."""
    for entity, frame in rows.items():
        if frame.is_empty():
            continue
        before = parsed.rows.get(entity)
        parsed.rows[entity] = (
            frame if before is None else pl.concat([before, frame], how="diagonal_relaxed")
        )
