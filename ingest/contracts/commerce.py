"""What was bought: products, orders, carts, invoices, payments."""

from __future__ import annotations

from ingest.contracts.contract import Contract
from ingest.contracts.declare import (
    at,
    country,
    currency,
    day,
    key,
    money,
    number,
    person,
    ref,
    text,
)  # fmt: skip

PRODUCT = Contract(
    name="product",
    plural="products",
    grain="one product as it is sold",
    kind="state",
    columns=(
        key("product_id", "Id of the product in its source."),
        text("sku", "Stock-keeping unit."),
        text("name", "Name."),
        text("category", "Category."),
        text("family", "Product family."),
        text("brand", "Brand."),
        text("variant", "Variant."),
        money("list_price", "Price before discount, in currency."),
        money("cost", "Cost of one unit, in currency."),
        currency(),
        day("launched_on", "First day sold."),
        day("retired_on", "Last day sold."),
        number("stock_on_hand", "Units in stock."),
        number("lead_time_days", "Days from reorder to stock."),
    ),
)

ORDER = Contract(
    name="order",
    plural="orders",
    grain="one order, or one cancellation or refund document",
    kind="state",
    occurred_at="placed_at",
    columns=(
        key("order_id", "Id of the order in its source."),
        person("customer_ref", "Who ordered."),
        ref("account_ref", "account", "Company that ordered."),
        ref("opportunity_ref", "opportunity", "Opportunity it closed."),
        text(
            "status",
            "draft (not placed yet: no order in any count), placed, shipped, completed, "
            "cancelled, refunded, returned.",
        ),
        at("placed_at", "When it was placed.", required=True),
        money("subtotal", "Lines before discount, in currency."),
        money("discount", "Discount in currency."),
        money("shipping", "Shipping in currency."),
        money("tax", "Tax in currency."),
        money("total", "What is to be paid, in currency."),
        money("revenue", "Subtotal less discount, in currency."),
        currency(),
        text("coupon", "Coupon code."),
        text("affiliation", "Shop or channel."),
        country("country_code", "Country it went to."),
        at("cancelled_at", "When it was cancelled."),
        money("refunded_amount", "Paid back, in currency."),
    ),
)

ORDER_LINE = Contract(
    name="order_line",
    plural="order_lines",
    grain="one line of one order",
    kind="event",
    occurred_at="placed_at",
    is_revised=True,
    columns=(
        key("order_line_id", "Id of the line, or order and place within it."),
        ref("order_ref", "order", "The order.", required=True),
        ref("product_ref", "product", "Product."),
        person("customer_ref", "Who ordered."),
        text("sku", "Stock-keeping unit."),
        text("product_name", "Name at the time."),
        number("quantity", "Units; negative for a return.", required=True),
        money("unit_price", "Price of one unit, in currency."),
        money("list_price", "Price before discount, in currency."),
        money("discount", "Discount of the line, in currency."),
        money("cogs", "Cost of the line's goods, in currency."),
        currency(),
        at("placed_at", "When the order was placed."),
    ),
)

CART_EVENT = Contract(
    name="cart_event",
    plural="cart_events",
    grain="one event of one cart",
    kind="event",
    occurred_at="event_at",
    columns=(
        key("cart_event_id", "Id of the event."),
        text("cart_id", "Cart.", required=True),
        text("event_type", "What happened.", required=True,
             allowed=("added", "removed", "viewed", "checkout_started", "step", "abandoned")),
        person("customer_ref", "Whose cart."),
        ref("product_ref", "product", "Product."),
        money("price", "Price of one unit, in currency."),
        number("quantity", "Units."),
        currency(),
        at("event_at", "When.", required=True),
    ),
)  # fmt: skip

INVOICE = Contract(
    name="invoice",
    plural="invoices",
    grain="one invoice",
    kind="state",
    occurred_at="issued_at",
    columns=(
        key("invoice_id", "Id of the invoice in its source."),
        ref("order_ref", "order", "Order it bills."),
        person("customer_ref", "Who is to pay."),
        money("amount", "Amount in currency.", required=True),
        currency(),
        at("issued_at", "When it was issued.", required=True),
        day("due_date", "Day it is due."),
        at("paid_at", "When it was paid in full."),
        text("status", "open, paid, overdue, void."),
    ),
)

PAYMENT = Contract(
    name="payment",
    plural="payments",
    grain="one payment or refund",
    kind="event",
    occurred_at="paid_at",
    is_revised=True,
    columns=(
        key("payment_id", "Id of the payment in its source."),
        ref("invoice_ref", "invoice", "Invoice it settles."),
        ref("order_ref", "order", "Order it settles."),
        person("customer_ref", "Who paid."),
        money("amount", "Amount in currency; negative for a refund.", required=True),
        currency(),
        at("paid_at", "When.", required=True),
        text("status", "succeeded, failed, refunded."),
        text("method", "card, transfer, direct_debit."),
    ),
)

CONTRACTS = (PRODUCT, ORDER, ORDER_LINE, CART_EVENT, INVOICE, PAYMENT)
