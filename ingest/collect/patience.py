"""How long and how often a system that does not answer is asked again."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.collect.time_limit import TimeLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Bounds of waiting; all times in seconds.

    Parameters
    ----------
    first_wait_s
        Wait after the first failure; doubled, with jitter, up to ``longest_wait_s``.
    longest_retry_after_s
        A system that asks for a longer pause is left for the next run.
    longest_transfer_s
        The body of one answer must have arrived by then, however steadily it drips.
    longest_source_s
        A source is left for the next run then, whatever it does; ``max_minutes`` says otherwise.
    limit
        What is left of that time.
    """

    attempts: int = 8
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    longest_retry_after_s: float = 300.0
    longest_transfer_s: float = 600.0
    longest_source_s: float = 1_800.0
    limit: TimeLimit = field(default_factory=TimeLimit, compare=False)


PATIENCE = Patience()
