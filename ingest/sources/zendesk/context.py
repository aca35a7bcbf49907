"""What reading one Zendesk record needs to know besides the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingest.source import Company
from ingest.sources.gathering import Gathering, Row
from ingest.sources.json_records import JsonRecord
from ingest.sources.zendesk.directory import Directory
from ingest.sources.zendesk.records import Page


@dataclass(frozen=True, slots=True)
class Context:
    """Where a record stands, who its people are, and where its rows go."""

    gathering: Gathering
    position: int
    directory: Directory
    company: Company
    page: Page

    def add(self, entity: str, row: Row, attributes: Row | None = None) -> None:
        """Add a row at the record's position."""
        self.gathering.add(entity, self.position, row, attributes)

    def reject(self, reason_code: str, reason: str, payload: str) -> None:
        """Reject the record, or one part of it."""
        self.gathering.reject(self.position, reason_code, reason, payload)

    def refuse(self, value: dict[str, Any], reason_code: str, reason: str) -> None:
        """Reject an object."""
        self.reject(reason_code, reason, JsonRecord(self.position, value).payload)


def others(value: dict[str, Any], used: set[str]) -> Row:
    """Return what an object says beyond ``used``; its address in the API says nothing."""
    return {name: said for name, said in value.items() if name not in used and name != "url"}
