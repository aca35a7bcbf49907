"""CRM export of what is offered in a deal: states of deals in, their product lines as CSV out.

The lines of a deal add up to its amount at every moment: when the amount changes, so do they.
"""

from __future__ import annotations

import polars as pl

from demo.chance import stream
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, CellDirt
from demo.files.export_columns import cents, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv
from demo.timeline import iso

SECOND_LINE_SHARE, SECOND_LINE_PERCENT = 0.3, 30


def write_deal_lines(landing: Landing, world: World) -> None:
    """Write the lines as added, once more after each change of the amount, and as deleted."""
    frame = stamped(deal_lines(world), created_at="created", modified_at="day")
    rows = frame.select(
        Id="line_id",
        OpportunityId="opportunity_id",
        Product2Id="sku",
        ProductCode="sku",
        Name="name",
        Quantity="quantity",
        ListPrice=cents("list_price"),
        UnitPrice=cents("list_price").alias("UnitPrice"),
        Discount=cents("discount"),
        TotalPrice=cents("amount"),
        CurrencyIsoCode=pl.lit("EUR"),
        CreatedDate=iso("created_at"),
        IsDeleted="deleted",
        SystemModstamp=iso("modified_at"),
    )
    dirt = (
        DUPLICATE_ROW,
        CellDirt("missing_required", "quarantined", 0.003, "OpportunityId", None),
    )
    export_csv(
        landing, "crm/{day}/opportunity_lines.csv", rows, frame["day"],
        kind="opportunity_lines", dirt=dirt,
    )  # fmt: skip


def deal_lines(world: World) -> pl.DataFrame:
    """Return every state of every line; money in cents."""
    rng = stream(world.seed, "deal lines")
    deals = world.opportunities
    count = len(deals)
    plan = deals.select(
        "opportunity_id", "created", "product", opportunity=pl.int_range(pl.len()),
        other=(pl.col("product") + 1 + pl.Series(rng.integers(0, len(world.products) - 1, count)))
        % len(world.products),
        has_other=pl.Series(rng.random(count) < SECOND_LINE_SHARE),
    )  # fmt: skip
    changed = pl.col("amount") != pl.col("amount").shift(1).over("opportunity")
    states = (
        world.opportunity_states.filter(changed.fill_null(value=True) | pl.col("deleted"))
        .select("opportunity", "day", "deleted", total=(pl.col("amount") * 100).cast(pl.Int64))
        .join(plan, on="opportunity", maintain_order="left")
        .with_columns(
            side=pl.when("has_other")
            .then(pl.col("total") * SECOND_LINE_PERCENT // 100)
            .otherwise(0)
        )
    )
    first = states.with_columns(line=pl.lit(1), amount=pl.col("total") - pl.col("side"))
    second = states.filter("has_other").with_columns(line=pl.lit(2), amount="side", product="other")
    goods = world.products.select(
        "product", "sku", "name", list_price=(pl.col("list_price") * 100).round().cast(pl.Int64)
    )
    price, amount = pl.col("list_price"), pl.col("amount")
    return (
        pl.concat([first, second])
        .join(goods, on="product", maintain_order="left")
        .with_columns(quantity=(amount + price - 1) // price)
        .with_columns(
            line_id=pl.format("{}-{}", "opportunity_id", "line"),
            discount=pl.col("quantity") * price - amount,
        )
        .sort("day", "opportunity", "line")
    )
