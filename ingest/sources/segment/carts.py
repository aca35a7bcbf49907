"""Cart and checkout events of Segment's e-commerce spec in, ``cart_event`` rows out."""

from __future__ import annotations

import polars as pl

from ingest.sources.segment.amounts import amount
from ingest.sources.web.visitors import customer_ref

CART_EVENTS = {
    "Product Added": "added",
    "Product Removed": "removed",
    "Cart Viewed": "viewed",
    "Checkout Started": "checkout_started",
    "Checkout Step Viewed": "step",
    "Checkout Step Completed": "step",
    "Payment Info Entered": "step",
    "Wishlist Product Added to Cart": "added",
    # names of the first version that the second keeps as aliases
    "Added Product": "added",
    "Removed Product": "removed",
    "Started Order": "checkout_started",
    "Viewed Checkout Step": "step",
    "Completed Checkout Step": "step",
}


def cart_rows(said: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``cart_event``.

    A cart without an id is its visitor's: shops that send none keep one for each.
    """
    quantity = pl.col("p_quantity").cast(pl.Float64, strict=False)
    # in the first version; of a checkout it would be the order's
    product_id = pl.when(pl.col("event_name").str.contains("Product")).then("p_id")
    events = said.filter(pl.col("event_name").is_in(list(CART_EVENTS))).select(
        "position",
        "event_at",
        "recorded_at",
        "attributes",
        cart_event_id="event_id",
        cart_id=pl.coalesce("p_cart_id", "p_checkout_id", "p_order_id", "anonymous_id", "user_id"),
        event_type=pl.col("event_name").replace_strict(CART_EVENTS, default=None),
        customer_ref=customer_ref(),
        product_ref=pl.coalesce("p_product_id", product_id, "p_sku"),
        price=amount(pl.col("p_price")),
        quantity=pl.when(quantity.is_finite()).then(quantity),
        currency=pl.col("p_currency").str.to_uppercase(),
    )
    return {"cart_event": events}
