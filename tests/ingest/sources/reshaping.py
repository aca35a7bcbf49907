"""A sound file in; the same one with members or cells of another shape out.

Bytes changed at random seldom leave JSON that can be read. What vendors change are shapes: a text
becomes an object, a list has one element, a column is gone.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
from collections.abc import Iterator
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3.7, 1e308, 2**63, 2**70, -(2**63), "", " ", "\x00", "\ud800",
    "x" * 3000, [], {}, [None], [[]], [{}], {"": None}, {"a": [1]}, 99999999999999, 10**18,
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2025-13-45", "2025-06-02T10:00:00+99:99",
    "1748858400", "1e999", "NaN", "12,50", "1.234,56", "5 EUR", "+49", "@", "a@", "a@b..c", '"',
    "\\", "%s", "{}", "{0", "USD", "a,b;c|d", "\t", "\r\n", "\u202e", "\u0661\u0662", "=1+1",
)  # fmt: skip
"""What stands where something else is expected."""

Path = tuple[str | int, ...]


def reshaped(content: bytes, chance: random.Random) -> bytes | None:
    """Return the file with a few of its members or cells changed; None if it has neither."""
    try:
        text = content.decode().strip()
        if text[:1] in ("{", "["):
            return _of_json(text, chance)
    except ValueError:
        return None
    for delimiter in ("\t", ","):
        if text.partition("\n")[0].count(delimiter) >= 2:
            return _of_cells(text, delimiter, chance)
    return None


def _of_json(text: str, chance: random.Random) -> bytes:
    try:
        return json.dumps(_changed(json.loads(text), chance)).encode()
    except ValueError:
        lines = text.split("\n")
    place = chance.randrange(len(lines))
    lines[place] = json.dumps(_changed(json.loads(lines[place]), chance))
    return "\n".join(lines).encode()


def _changed(document: Any, chance: random.Random) -> Any:
    document = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 2, 3))):
        paths = [path for path in _paths(document) if path]
        if not paths:
            return chance.choice(VALUES)
        *above, last = chance.choice(paths)
        parent = document
        for step in above:
            parent = parent[step]
        value = parent[last]
        match chance.randrange(10):
            case 0:
                del parent[last]
            case 1:
                parent[last] = [value]
            case 2:
                parent[last] = {"x": value}
            case 3:
                parent[last] = json.dumps(value)
            case _:
                # its own: what a later step changes must not come back in another place
                parent[last] = copy.deepcopy(chance.choice(VALUES))
    return document


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    yield above
    if isinstance(value, dict):
        for key in value:
            yield from _paths(value[key], (*above, key))
    elif isinstance(value, list):
        for place, element in enumerate(value):
            yield from _paths(element, (*above, place))


def _of_cells(text: str, delimiter: str, chance: random.Random) -> bytes:
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    for _ in range(chance.choice((1, 1, 2, 4))):
        row = chance.choice(rows)
        place = chance.randrange(len(row))
        match chance.randrange(8):
            case 0 if len(row) > 1:
                del row[place]
            case 1:
                row.insert(place, "x")
            case 2:
                rows.insert(0, list(row))
            case _:
                value = chance.choice(VALUES)
                row[place] = "" if value is None else str(value)
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return written.getvalue().encode("utf-8", "surrogatepass")
