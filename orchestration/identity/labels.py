"""``identity_labels.csv`` of the home  ->  pairs a person has judged; or the sentence why not.

Columns ``identifier_a``, ``identifier_b`` and ``same`` (yes or no); identifiers as
``identity.identifier_map`` holds them. Further columns are passed over.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ingest.plain_files import NO_FILE, is_plain

COLUMNS = ("identifier_a", "identifier_b", "same")
_SAME = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class MalformedLabels(Exception):
    """The file cannot be read as labels; the text is one sentence that names the line."""


@dataclass(frozen=True, slots=True)
class Label:
    """Whether two identifiers are one customer, as a person says."""

    identifier_a: str
    identifier_b: str
    same: bool


def labels_file(home: Path) -> Path:
    """Return where a company puts its labelled sample."""
    return home / "identity_labels.csv"


def read_labels(file: Path) -> list[Label]:
    """Return the labels, each pair once; none if there is no file.

    Raises
    ------
    MalformedLabels
        If it is no file or no text, a column is missing or there twice, a cell is empty or no yes
        or no, or a pair is judged both ways. The message quotes no identifier: it is published.
    """
    if not file.exists():
        return []
    if not is_plain(file):
        raise MalformedLabels(f"{file.name} {NO_FILE}.")
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, strict=True)
            header = list(rows.fieldnames or ())
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise MalformedLabels(
                    f"{file.name} has no column {', '.join(missing)}: its first line must name "
                    f"{', '.join(COLUMNS)}, with commas between them."
                )
            twice = [name for name in COLUMNS if header.count(name) > 1]
            if twice:
                raise MalformedLabels(f"{file.name} has two columns {', '.join(twice)}.")
            return _judged(file.name, [(rows.line_num, row) for row in rows])
    except OSError as error:
        raise MalformedLabels(f"{file.name} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedLabels(
            f"{file.name} is no CSV in UTF-8 ({error}): export it anew."
        ) from error


def _judged(name: str, rows: list[tuple[int, dict[str, str | None]]]) -> list[Label]:
    found: dict[frozenset[str], Label] = {}
    for line, row in rows:
        a, b, same = ((row[column] or "").strip() for column in COLUMNS)
        if not a or not b or a == b:
            raise MalformedLabels(f"{name} line {line} must name two different identifiers.")
        if same.lower() not in _SAME:
            raise MalformedLabels(f"{name} line {line}: same must be yes or no.")
        label = Label(a, b, _SAME[same.lower()])
        if found.setdefault(frozenset({a, b}), label).same != label.same:
            raise MalformedLabels(
                f"{name} line {line} says the opposite of an earlier line about the same two."
            )
    return list(found.values())
