"""What a bookkeeping table is: a name, and columns with a DuckDB type and a description."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table outside of the contracts.

    Parameters
    ----------
    columns
        Name, DuckDB type (with constraints) and description of each column, in order.
    """

    schema: str
    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]

    @property
    def qualified(self) -> str:
        """``schema.name``, quoted."""
        return f'"{self.schema}"."{self.name}"'
