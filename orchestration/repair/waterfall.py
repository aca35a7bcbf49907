"""The evidence of an edge, taken apart: who states it, what stopped it, what each column told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_REASON = re.compile(r"^(?P<stated>.*?)(?:: (?P<reason>\w+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Told:
    """What one column of two records told.

    Parameters
    ----------
    bits
        Logarithm to base 2 of how much likelier it makes one person than two.
    total
        Sum so far; the last one is the weight of the edge.
    """

    column: str
    relation: str
    bits: float
    total: float


@dataclass(frozen=True, slots=True)
class EdgeEvidence:
    """The column ``evidence`` of ``identity.edges``.

    Parameters
    ----------
    stated_by
        Entity, decision or identifier that gave the edge; of a probable one its probability.
    stopped_by
        Reason code; empty if it was not stopped.
    columns
        The steps of a probable edge, in the order in which they add up; empty for others.
    """

    stated_by: str
    stopped_by: str
    columns: tuple[Told, ...]


def edge_evidence(text: str | None, status: str) -> EdgeEvidence:
    """Read the evidence of an edge; a text that is no JSON is a plain statement."""
    if text and text.startswith("{"):
        row = json.loads(text)
        columns, total = [], 0.0
        for part in row["columns"]:
            total += part["weight"]
            columns.append(Told(part["column"], part["relation"], part["weight"], total))
        return EdgeEvidence(
            f"{100 * row['probability']:.1f} % alike", row.get("stopped_by", ""), tuple(columns)
        )
    if status == "used":
        return EdgeEvidence(text or "", "", ())
    found = _REASON.match(text or "")
    stated, reason = (found["stated"], found["reason"]) if found else ("", "")
    return EdgeEvidence(stated, reason or "", ())
