"""Records that keep their contract and say what nobody can mean: a seed in, rows out.

Days of the first year and of the last, amounts and quantities at the ends of what the columns
hold, texts with quotes, control characters and 70,000 letters, zones and currencies of nowhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ingest.contracts import CONTRACTS, Column

PEOPLE = (
    "email:ada@x.com", "email:bob@x.com", "user_id:shop:cid", "contact:t:1", "contact:t:2",
    "lead:t:3", "email:new@x.com", "phone:+491701234567",
)  # fmt: skip
CUSTOMERS = {f"c_{number}": [person] for number, person in enumerate(PEOPLE)} | {
    "c_org": ["account:t:1"]
}
RECORDS = 12
AT = (
    "0001-01-01", "1753-01-01", "1900-01-01", "1969-12-31 23:59:59", "2100-01-01", "2262-04-12",
    "9999-12-31 23:59:59.999999",
)  # fmt: skip
AMOUNTS = ("99999999999999.9999", "-99999999999999.9999", "0", "0.0001", "12345678901234")
NUMBERS = (1e308, -1e308, 1e15, 1e18, 9e18, 1e-300, 0.0, -1.0, 1e10)
COUNTS = (2**63 - 1, -(2**63), 2**31, 0, 1, 10**15)
TEXTS = (
    "' or 1=1 --", "a\x01b", "\U0001f600" * 10, "x" * 70_000, "null", "NaN", "-", "{}", "[1,2]",
    "\u202eabc", "ı", "%s", "{{ x }}", "\\", "9" * 400,
)  # fmt: skip
PLAIN = ("a", "b", "won", "lost", "open", "7", "completed", "cancelled")
STATED = {
    "country": ("DE", "US", "Atlantis"),
    "currency": ("EUR", "USD", "XXX", "$"),
    "language": ("de-DE", "en", "Klingon"),
    "time_zone": ("Europe/Berlin", "Nowhere"),
}


@dataclass(frozen=True)
class Strange:
    """A company whose every third value is strange."""

    chance: random.Random = field(compare=False)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        return {entity: self._records(entity) for entity in CONTRACTS}

    def _records(self, entity: str) -> list[dict[str, Any]]:
        contract = CONTRACTS[entity]
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for number in range(RECORDS):
            row = {one.name: self._value(one, number) for one in contract.columns}
            if self.chance.random() < 0.7:
                row["recorded_at"] = self._moment()
            if self.chance.random() < 0.1:
                row["is_deleted"] = True
            found.setdefault(tuple(row[one.name] for one in contract.key), row)
        return list(found.values())

    def _value(self, column: Column, number: int) -> Any:
        if column.key and column.ref is None and column.type == "text" and column.codes is None:
            return str(number)
        if not column.required and self.chance.random() < 0.25:
            return None
        if column.allowed:
            return self.chance.choice(column.allowed)
        if column.ref is not None and column.type == "text":
            return self.chance.choice(PEOPLE) if column.ref == "person" else f"t:{self._id()}"
        if column.codes is not None:
            return self.chance.choice(STATED[column.codes])
        return getattr(self, f"_{column.type.replace('[]', 's')}")(column)

    def _id(self) -> str:
        return str(self.chance.randrange(RECORDS))

    def _is_strange(self) -> bool:
        return self.chance.random() < 0.3

    def _moment(self) -> datetime:
        if self._is_strange():
            return datetime.fromisoformat(self.chance.choice(AT))
        return datetime.fromisoformat("2026-01-01") + timedelta(hours=self.chance.randint(0, 4300))

    def _timestamp(self, _: Column) -> datetime:
        return self._moment()

    def _date(self, _: Column) -> Any:
        return self._moment().date()

    def _text(self, _: Column) -> str:
        return self.chance.choice(TEXTS if self._is_strange() else PLAIN)

    def _texts(self, column: Column) -> list[str]:
        return [self._text(column) for _ in range(self.chance.randint(0, 3))]

    def _boolean(self, _: Column) -> bool:
        return self.chance.random() < 0.5

    def _json(self, _: Column) -> str:
        return self.chance.choice(("{}", '{"a": 1}', '{"subject": [1]}'))

    def _money(self, _: Column) -> Decimal:
        if self._is_strange():
            return Decimal(self.chance.choice(AMOUNTS))
        return Decimal(self.chance.randint(-5_000, 50_000)) / 100

    def _number(self, column: Column) -> float:
        usual = (0.0, 0.5, 1.0, 2.5, 17.0)
        return self._bounded(self.chance.choice(NUMBERS if self._is_strange() else usual), column)

    def _integer(self, column: Column) -> int:
        usual = range(20)
        return int(
            self._bounded(self.chance.choice(COUNTS if self._is_strange() else usual), column)
        )

    def _bounded(self, value: float, column: Column) -> float:
        if column.minimum is not None:
            value = max(value, type(value)(column.minimum))
        return value if column.maximum is None else min(value, type(value)(column.maximum))
