"""No published amount is without its currency, and no query adds amounts of several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.contracts import CONTRACTS
from orchestration.dbt.documents import read_document

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
# amounts are exact decimals; what is a float and called so is one by mistake or in IN_BASE
MONEY_WORD = re.compile(
    r"(^|_)(amount|revenue|spend|cost|cogs|price|margin|profit|cac|cpc|cpl|clv|arrears)(_|$)"
)
NUMBER = re.compile(r"^(double|float)")
# a share of money is no money any more
RATIO = re.compile(r"(^|_)(rate|share|ratio|index|lift|rank|r2|months|roas|roi)(_|$)")
SAME_CURRENCY = re.compile(
    r"\s*filter \(where ([a-z_.]*currency = [a-z_.]*currency|is_same_currency)"
)
NO_MONEY_WORD = re.compile(r"(^|_)(days|hours|minutes|seconds|rate|share|ratio|quantity)(_|$)")
INTO_BASE = re.compile(r"\{\{ to_base\(.*?\) \}\}")
AGGREGATE = re.compile(r"\b(sum|avg|median|quantile_cont|stddev_samp|stddev_pop|var_samp)\s*\(")
IN_BASE = {
    "campaign_roi.cac": "spend_base by new customers",
}
RECORDS = {
    "quota_attainment": "a row is one quota; what is counted for it is in the base currency",
    "amounts_without_rate": "a row is one amount",
    "receivables": "a row is one invoice",
    "draft_orders": "a row is one order",
    "int_orders__totalled": "a row is one order, whose lines share its currency or add up to null",
}
BASE_BY_ANOTHER_NAME = {
    "int_customer_activity__bucketed": "amount holds what features/int_order_amounts__known gives",
    "int_customer_activity__summed": "the same, summed once more",
    "int_pipeline__balanced": "amount is amount_base of the day",
    "int_trigger_moments__invoices": "payments of one invoice in its own currency",
}


@dataclass(frozen=True)
class Model:
    name: str
    columns: dict[str, str]
    keys: tuple[tuple[str, ...], ...]
    file: Path

    @property
    def is_record(self) -> bool:
        """A row is what one record of a source says: nothing in it was added up."""
        return self.name.startswith(("fct_", "dim_")) or self.name in RECORDS

    @property
    def is_by_currency(self) -> bool:
        return any("currency" in key for key in self.keys)

    def money(self) -> list[str]:
        return [
            name
            for name, type_ in self.columns.items()
            if is_money(name, type_) and not is_base(name) and f"{self.name}.{name}" not in IN_BASE
        ]


def is_base(name: str) -> bool:
    return name.endswith("_base") or "_base_" in name


def is_money(name: str, type_: str) -> bool:
    if type_.startswith("decimal"):
        return not NO_MONEY_WORD.search(name)
    return bool(NUMBER.match(type_) and MONEY_WORD.search(name) and not RATIO.search(name))


def described_models(*schemas: str) -> Iterator[Model]:
    for schema in schemas:
        for file in sorted((MODELS / schema).rglob("*.yml")) if (MODELS / schema).exists() else []:
            document = read_document(file)
            tables = [table for one in document.get("sources") or [] for table in one["tables"]]
            for model in [*(document.get("models") or []), *tables]:
                yield Model(
                    model["name"],
                    {
                        column["name"]: str(column.get("data_type", "")).lower()
                        for column in model.get("columns", [])
                    },
                    tuple(
                        tuple(test["unique_combination"]["arguments"]["columns"])
                        for test in model.get("data_tests", [])
                        if isinstance(test, dict) and "unique_combination" in test
                    ),
                    file.with_name(f"{model['name']}.sql"),
                )


PUBLISHED = list(described_models("marts", "meta", "crm"))
BY_CURRENCY = {
    model.name
    for model in [*PUBLISHED, *described_models("intermediate", "features")]
    if model.is_by_currency
}


def violations(model: Model) -> list[str]:
    found = []
    for column in model.money():
        if "currency" not in model.columns:
            found.append(f"{column}: name it {column}_base, or give the row its currency")
        elif not model.is_record and not model.is_by_currency:
            found.append(f"{column}: a sum over currencies; make currency part of the grain")
    return found


def mixed_sums(sql: str, by_currency: bool) -> list[str]:
    """Return the aggregates of amounts that are not in the base currency."""
    foreign = {
        column.name
        for contract in CONTRACTS.values()
        for column in contract.columns
        if column.type == "money"
    }
    foreign |= {name for model in PUBLISHED if model.is_record for name in model.money()}
    found = []
    for match in AGGREGATE.finditer(sql):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        inner = sql[match.end() : end - 1]
        if SAME_CURRENCY.match(sql, end):
            continue
        inner = INTO_BASE.sub("", inner)
        if not by_currency and foreign & set(re.findall(r"[a-z_0-9]+", inner)):
            found.append(sql[match.start() : end])
    return found


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.name)
def test_a_published_amount_stands_beside_its_currency(model: Model) -> None:
    assert violations(model) == []


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.name)
def test_a_published_amount_has_its_value_in_the_base_currency(model: Model) -> None:
    if model.name == "amounts_without_rate":
        pytest.skip("it lists the amounts that have none")
    without = [
        name
        for name in model.money()
        if not {f"{name}_base", f"{name.removesuffix('_amount')}_base"} & set(model.columns)
    ]
    assert without == []


@pytest.mark.parametrize(
    "file",
    sorted(
        file
        for layer in ("intermediate", "marts", "features", "meta")
        for file in (MODELS / layer).rglob("*.sql")
    ),
    ids=lambda file: file.stem,
)
def test_no_model_adds_amounts_of_several_currencies(file: Path) -> None:
    safe = file.stem in RECORDS | BASE_BY_ANOTHER_NAME or file.stem in BY_CURRENCY
    assert mixed_sums(file.read_text(), safe) == []


def test_a_violation_is_seen() -> None:
    mixed = Model("sales", {"revenue": "decimal(18, 4)"}, (("month",),), Path("sales.sql"))
    assert len(violations(mixed)) == 1
    beside = Model(
        "sales", {"revenue": "decimal(18, 4)", "currency": "varchar"}, (("month",),), Path("s.sql")
    )
    assert len(violations(beside)) == 1
    by_currency = Model("sales", beside.columns, (("month", "currency"),), Path("s.sql"))
    assert violations(by_currency) == []
    assert mixed_sums("select sum(orders.total) as total from orders", by_currency=False)
    assert not mixed_sums("select sum(orders.total_base) from orders", by_currency=False)
