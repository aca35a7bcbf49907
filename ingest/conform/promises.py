"""A contract in; the faults that break its promises out: missing, not allowed, out of range."""

from __future__ import annotations

import polars as pl

from ingest.conform.fault import Fault, shown
from ingest.contracts import Column, Contract


def promise_faults(contract: Contract, unreadable: tuple[str, ...]) -> list[Fault]:
    """Return every way in which rows can break the contract's promises.

    Parameters
    ----------
    unreadable
        Columns in which an identifier could not be read: what is missing there was given.
    """
    faults = []
    for column in contract.columns:
        value = pl.col(column.name)
        if column.required:
            faults.append(_missing(column, column.name in unreadable))
        if column.allowed:
            reason = pl.concat_str(
                pl.lit(f"{column.name} is "),
                shown(value),
                pl.lit(f", not one of {', '.join(column.allowed)}"),
            )
            faults.append(Fault("not_allowed", ~value.is_in(column.allowed), reason))
        if column.minimum is not None:
            reason = _beyond(column, f"below the minimum {column.minimum:g}")
            faults.append(Fault("out_of_range", value < column.minimum, reason))
        if column.maximum is not None:
            reason = _beyond(column, f"above the maximum {column.maximum:g}")
            faults.append(Fault("out_of_range", value > column.maximum, reason))
    return faults


def _missing(column: Column, is_unreadable: bool) -> Fault:
    rows = pl.col(column.name).is_null()
    if is_unreadable:
        reason = f"{column.name} is missing or no identifier that can be read"
        return Fault("unreadable_identifier", rows, pl.lit(reason))
    return Fault("missing_required", rows, pl.lit(f"{column.name} is missing"))


def _beyond(column: Column, how: str) -> pl.Expr:
    value = pl.col(column.name).cast(pl.String)
    return pl.concat_str(pl.lit(f"{column.name} is "), value, pl.lit(f", {how}"))
