"""The folder of one export in; the rows of its tables that a chunk needs out.

Every table of an export lies in one folder. What is read beside a file is read again for each of
its chunks and filtered to the ids of that chunk: memory is bounded by the chunk.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ingest.parsed import UnreadableFile
from ingest.sources.fivetran.text_frames import text_chunks

logger = logging.getLogger(__name__)

_ENDING = re.compile(r"(?:\.csv(?:\.gz|\.zst)?|\.parquet)$")
_PREFIXES = ("sf_", "salesforce_", "hubspot_", "zendesk_", "stg_")
_IDS = re.compile(r"[^\s\[\];,\"]+")


def table_name(path: Path, known: Iterable[str]) -> str:
    """Return the table that a file is named after.

    ``deal.parquet``, ``DEAL-000001.csv.gz``, ``hubspot_deal_data.csv`` all hold the table
    ``deal``. A name that is not known comes out as it is, without ending and part number.
    """
    # Salesforce's own names have no underscores: OpportunityLineItem, Product2
    names = {spelled: name for name in known for spelled in (name, name.replace("_", ""))}
    stem = re.split(r"[-.]", _ENDING.sub("", path.name.lower()))[0]
    prefix = next((prefix for prefix in _PREFIXES if stem.startswith(prefix)), "")
    bare = stem.removeprefix(prefix)
    for name in (stem, stem.removesuffix("_data"), bare, bare.removesuffix("_data")):
        if name in names:
            return names[name]
    return stem


@dataclass(frozen=True)
class Folder:
    """Tables that lie in one folder.

    Parameters
    ----------
    path
        The folder.
    known
        Names of the tables that the vendor has.
    options
        Options of the source, for the limits of file sizes.
    fields
        Columns by what files may call them, see ``field_names``.
    """

    path: Path
    known: frozenset[str]
    options: dict[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def files(self, tables: Iterable[str]) -> list[Path]:
        """Return the files of some tables, sorted by name."""
        wanted = set(tables)
        return sorted(
            file
            for file in self.path.iterdir()
            # a link may lead out of the landing folder
            if not file.name.startswith(".") and not file.is_symlink() and file.is_file()
            if _ENDING.search(file.name.lower()) and table_name(file, self.known) in wanted
        )

    def rows(
        self,
        tables: Iterable[str],
        key: str,
        ids: pl.Series,
        *,
        splits_key: bool = False,
        with_deleted: bool = False,
    ) -> pl.DataFrame:
        """Return the rows of some tables whose ``key`` is among ``ids``; as a rule no deleted ones.

        A file that cannot be read gives none: it is quarantined as the file of the source that
        it is.
        """
        frames = [pl.DataFrame(schema={key: pl.String()})]
        for file in self.files(tables):
            try:
                frames.extend(
                    _chosen(chunk.frame, key, ids, splits_key, with_deleted)
                    for chunk in text_chunks(file, "", self.options, self.fields)
                    if key in chunk.frame.columns
                )
            except UnreadableFile as unreadable:
                logger.info("%s is read without: it %s", file.name, unreadable)
        return pl.concat(frames, how="diagonal")


def _chosen(
    frame: pl.DataFrame, key: str, ids: pl.Series, splits_key: bool, with_deleted: bool
) -> pl.DataFrame:
    if splits_key:
        frame = frame.with_columns(pl.col(key).str.extract_all(_IDS.pattern)).explode(key)
    found = frame.filter(pl.col(key).is_in(ids.implode()))
    for name in ("_fivetran_deleted", "is_deleted"):
        if name in found.columns and not with_deleted:
            found = found.filter(pl.col(name).str.to_lowercase().ne_missing("true"))
    return found
