"""A file of a Slack export in; the name under which its channel was first exported out.

A channel keeps its id when it is renamed. An export has all of its messages in a folder of the name
that it has then, also those that an earlier export has in a folder of the old one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.parsed import UnreadableFile
from ingest.sources.json_records import json_records
from ingest.sources.json_values import as_text

CHANNELS = ("channels.json", "groups.json", "mpims.json")
"""Where an export lists its public, private and group channels, by id and name."""


def first_name(path: Path) -> str:
    """Return the name that the channel of ``path`` has in the first export that lists it.

    Exports are the folders beside that of ``path``, in the order of their names. A channel that the
    list of its own export lacks has the name of its folder, as has one of a name that two share.
    """
    folder, export = path.parent.name, path.parent.parent
    ids = {one for listed in _lists(export) for one in listed.ids.get(folder, ())}
    if len(ids) != 1:
        return folder
    (channel_id,) = ids
    for earlier in _exports_before(export):
        for listed in _lists(earlier):
            if channel_id in listed.names:
                return listed.names[channel_id]
    return folder


@dataclass(frozen=True, slots=True)
class _List:
    """Channels of one kind, the name of each id and the ids of each name."""

    names: dict[str, str]
    ids: dict[str, list[str]]


def _exports_before(export: Path) -> list[Path]:
    beside = (one for one in export.parent.iterdir() if one.name < export.name)
    # a link may lead out of the landing folder
    return sorted(one for one in beside if one.is_dir() and not one.is_symlink())


def _lists(export: Path) -> Iterator[_List]:
    for name in CHANNELS:
        file = export / name
        if file.is_file() and not file.is_symlink():
            stat = file.stat()
            yield _list(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _list(file: Path, changed_ns: int, size: int) -> _List:
    names: dict[str, str] = {}
    ids: dict[str, list[str]] = defaultdict(list)
    try:
        for record in json_records(file):
            channel = record.value or {}
            channel_id, name = as_text(channel.get("id")), as_text(channel.get("name"))
            if channel_id is not None and name is not None:
                names[channel_id] = name
                ids[name].append(channel_id)
    except UnreadableFile:
        return _List({}, {})
    return _List(names, dict(ids))
