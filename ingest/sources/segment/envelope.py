"""Lines without a call where it is looked for in; the reason to refuse each, with remedy, out."""

from __future__ import annotations

import json

import polars as pl

CALL_TYPES = ("page", "screen", "track", "identify", "group", "alias")


def misplaced_reasons(lines: pl.Series, envelope: str | None, otherwise: str) -> pl.Series:
    """Return a reason per line, which names the option if the call is not where it is looked for.

    Parameters
    ----------
    envelope
        The option of the source as it stands.
    otherwise
        The reason of a line in which there is no call.
    """
    return pl.Series([_reason(line, envelope) or otherwise for line in lines], dtype=pl.String)


def _reason(line: str, envelope: str | None) -> str | None:
    if '"type"' not in line:
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    if envelope is not None and _is_call(record):
        return f"the line itself is a call, nothing wraps it: remove options.envelope ({envelope})"
    wraps = [key for key, value in record.items() if _is_call(value) and key != envelope]
    if len(wraps) == 1:
        return f"the call is wrapped under {wraps[0]!r}: set options.envelope to {wraps[0]}"
    return None


def _is_call(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    return isinstance(kind, str) and kind in CALL_TYPES
