"""What a load tells its caller, while it runs and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What became of one source in one load.

    Parameters
    ----------
    status
        ``loaded``; ``unchanged`` if there was nothing to do; ``failed``, then all counts of
        rows are 0 and the old data is untouched.
    """

    source: str
    status: str
    batch_id: str | None = None
    started_at: datetime
    finished_at: datetime
    files: int = 0
    records_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the load of a source has come."""

    source: str
    files_done: int
    files_total: int
    rows: int
