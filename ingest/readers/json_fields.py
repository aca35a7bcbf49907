"""Names of fields in; the SQL that takes them out of JSON objects, and leaves the rest, out.

One expression takes all fields out of a line: DuckDB reads it once for them.
"""

from __future__ import annotations

import json
from typing import Any

from ingest.readers.table_chunk import TableRequest


def fields_query(request: TableRequest) -> tuple[str, dict[str, str | list[str]]]:
    """Return the query of the fields that are used, and its variables.

    It reads ``position`` and ``line``, a JSON object, of the table ``lines``.

    A line is taken apart once for all of them, and once more for those that may be arrays: field by
    field, a ticket of 16 took 31 µs instead of 17.
    """
    texts: list[str] = []
    arrays: list[str] = []
    columns = ['position as "$position"']
    for name in request.used:
        value = _first_of("texts", texts, name)
        if name in request.lists:
            array = _first_of("arrays", arrays, name)
            value = (
                f"case when json_type({array}) = 'ARRAY' then cast({array} as varchar[]) "
                f"when {value} is not null then [{value}] end"
            )
        columns.append(f"{value} as {quoted(name)}")
    variables: dict[str, str | list[str]] = {}
    read = ["position", "line"]
    if texts:
        variables["texts"] = texts
        read.append("json_extract_string(line, getvariable('texts')) as texts")
    if arrays:
        variables["arrays"] = arrays
        read.append("json_extract(line, getvariable('arrays')) as arrays")
    if request.keep_rest:
        patches: list[str] = []
        parents: list[str] = []
        patch = _patch(_removal(request.used), "$", patches, parents)
        variables["patches"] = patches
        columns.append(f'json_merge_patch(line, {patch})::varchar as "$attributes"')
        if parents:
            variables["parents"] = parents
            read.append("json_type(line, getvariable('parents')) as parents")
    query = f"select {', '.join(columns)} from (select {', '.join(read)} from lines)"  # noqa: S608
    return query, variables


def _first_of(found: str, paths: list[str], name: str) -> str:
    """Return the SQL of a field under its name, as it is or dotted; add both to ``paths``."""
    begin = len(paths)
    paths += dict.fromkeys([f"$.{quoted(name)}", _dotted(name)])
    return f"coalesce({', '.join(f'{found}[{n + 1}]' for n in range(begin, len(paths)))})"


def quoted(name: str) -> str:
    """Return a name as a path of JSON takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _dotted(name: str) -> str:
    return "$." + ".".join(quoted(part) for part in name.split("."))


def _patch(removal: dict[str, Any], path: str, patches: list[str], parents: list[str]) -> str:
    """Return the SQL of a line's merge patch; add its texts and the paths it asks about.

    It goes into the objects only that the line has: RFC 7396 makes those which are missing, and
    puts one in place of any other value.
    """
    leaves = {name: None for name, inner in removal.items() if inner is None}
    if len(leaves) == len(removal):
        patches.append(json.dumps(leaves))
        return f"getvariable('patches')[{len(patches)}]"
    members = []
    if leaves:
        patches.append(json.dumps(leaves)[1:-1])
        members.append(f"getvariable('patches')[{len(patches)}]")
    for name, inner in removal.items():
        if inner is not None:
            place = f"{path}.{quoted(name)}"
            parents.append(place)
            is_there = f"parents[{len(parents)}] = 'OBJECT'"
            patches.append(f"{json.dumps(name)}:")
            begin = f"getvariable('patches')[{len(patches)}]"
            inside = _patch(inner, place, patches, parents)
            members.append(f"case when {is_there} then {begin} || {inside} end")
    return f"'{{' || concat_ws(',', {', '.join(members)}) || '}}'"


def _removal(names: tuple[str, ...]) -> dict[str, object]:
    """Return the merge patch (RFC 7396) that takes the used fields out of an object."""
    patch: dict[str, object] = {}
    for name in names:
        patch[name] = None
        *parents, last = name.split(".")
        place = patch
        for parent in parents:
            inner = place.get(parent)
            if not isinstance(inner, dict):
                if parent in place:
                    break  # the whole object is used already
                inner = place[parent] = {}
            place = inner
        else:
            place[last] = None
    return patch
