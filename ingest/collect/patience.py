"""How long and how often a system that does not answer is asked again."""

from __future__ import annotations

from dataclasses import dataclass


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
        One answer must have arrived by then, however steadily it drips.
    """

    attempts: int = 8
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    longest_retry_after_s: float = 300.0
    longest_transfer_s: float = 600.0


PATIENCE = Patience()
