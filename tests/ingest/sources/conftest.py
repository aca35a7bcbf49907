"""What every parser must keep to, checked on whatever a test reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.conform.fault import UNREADABLE
from ingest.contracts import CONTRACTS
from ingest.parsed import REJECTED_SCHEMA
from ingest.source import Company, Source
from ingest.sources import FORMATS

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
NORDLICHT = Company(name="Nordlicht", domains=("nordlicht.example",))
LOADER_COLUMNS = {
    "position", "recorded_at", "is_deleted", "merged_into_ref", "attributes", UNREADABLE,
}  # fmt: skip


@dataclass
class Outcome:
    """Everything a parser gave for one file."""

    read: int = 0
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reasons(self) -> dict[int, str]:
        return {reject["position"]: reject["reason_code"] for reject in self.rejected}


def read(format_: str, path: Path, source: Source | None = None, **options: Any) -> Outcome:
    """Parse ``path`` and require that no record is lost, doubled or without a reason."""
    if source is None:
        source = Source(
            name="s",
            format=format_,
            path="*",
            namespace="ns",
            company=NORDLICHT,
            time_zone="Europe/Berlin",
            options=options,
        )
    outcome = Outcome()
    positions: set[int] = set()
    for chunk in FORMATS[format_](path, source):
        of_chunk: set[int] = set()
        for entity, frame in chunk.rows.items():
            assert set(frame.columns) <= LOADER_COLUMNS | set(CONTRACTS[entity].column_names)
            of_chunk |= set(frame["position"])
            for name in ("started_at", "event_at", "recorded_at"):
                if name in frame.columns:
                    assert frame[name].dtype == pl.Datetime("us")
            outcome.rows.setdefault(entity, []).extend(frame.to_dicts())
        assert dict(chunk.rejected.schema) == REJECTED_SCHEMA
        assert chunk.rejected.null_count().sum_horizontal().item() == 0
        of_chunk |= set(chunk.rejected["position"])
        assert len(of_chunk) == chunk.read
        assert not of_chunk & positions
        positions |= of_chunk
        outcome.read += chunk.read
        outcome.rejected.extend(chunk.rejected.to_dicts())
    assert positions == set(range(1, outcome.read + 1))
    return outcome


@pytest.fixture(name="read")
def read_fixture() -> Callable[..., Outcome]:
    """Return the checked way to parse a file."""
    return read


@pytest.fixture
def fixtures() -> Path:
    """Return the folder of hand-made files."""
    return FIXTURES


@pytest.fixture
def mail(read, tmp_path):
    """Return a reader of one message given as text or bytes."""

    def read_mail(content, **options):
        path = tmp_path / "m.eml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read("email", path, **options)

    return read_mail


@pytest.fixture
def mbox(read, fixtures):
    return read("email", fixtures / "email" / "team.mbox")
