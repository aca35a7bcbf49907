"""What ``small_sales_company`` sold of each product, counted a second time."""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from sales_counted_again import DEALS, LINES, ORDERS, total, value_of
from small_sales_company import AS_OF, COSTS, FAMILIES, Record


def expected_products() -> dict[tuple[str], Record]:
    status = {order["order_id"]: order["status"] for order in ORDERS}
    lines = [line for line in LINES if status[bare_order(line)] != "cancelled"]
    articles = defaultdict(set)
    for line in lines:
        if line["quantity"] > 0:
            articles[line["order_ref"]].add(line["product_ref"])
    found: dict[tuple[str], Record] = {}
    for product in [*FAMILIES, "t:p6", "t:p9", "sku:gift"]:
        own = [line for line in lines if (line["product_ref"] or "sku:gift") == product]
        sold = [line for line in own if line["quantity"] > 0]
        back = [line for line in own if line["quantity"] < 0]
        orders = {line["order_ref"] for line in sold}
        attached = {order for order in orders if len(articles[order]) > 1}
        cost, revenue = COSTS.get(product), total(map(revenue_of, own))
        last, prior = (
            total(revenue_of(line) for line in own if is_days_ago(line, days)) for days in (90, 180)
        )
        margin = (
            None if cost is None or not own
            else revenue - cost * sum(line["quantity"] for line in own)
        )  # fmt: skip
        cv = variation(sold)
        deals = [deal for deal in DEALS if deal.get("product_ref") == product]
        won = [deal for deal in deals if deal["is_won"]]
        closed = [deal for deal in deals if deal["is_closed"]]
        found[(product,)] = {
            "order_count": len(orders),
            "attached_order_count": len(attached),
            "attach_rate": len(attached) / len(orders) if orders else None,
            "quantity": float(sum(line["quantity"] for line in sold)),
            "revenue_base": revenue,
            "gross_margin_base": margin,
            "gross_margin_rate": None if margin is None else float(margin / revenue),
            "returned_order_count": len(
                {line["order_ref"] for line in own if status[bare_order(line)] == "returned"}
            ),
            "returned_quantity": float(len(back)),
            "returned_revenue_base": -total(map(revenue_of, back)),
            "revenue_90d_base": last,
            "revenue_prior_90d_base": prior,
            "growth_90d": float((last - prior) / prior) if prior > 0 else None,
            "variation_coefficient": cv,
            "won_count": len(won),
            "lost_count": len(closed) - len(won),
            "open_count": len(deals) - len(closed),
            "win_rate": len(won) / len(closed) if closed else None,
            "won_value_base": total(map(value_of, won)),
            "xyz_class": None if cv is None else "X" if cv <= 0.5 else "Y" if cv <= 1 else "Z",
        }
    whole, before = total(one["revenue_base"] for one in found.values()), Decimal(0)
    for one in sorted(found.values(), key=lambda one: -one["revenue_base"]):
        share = before / whole
        is_sold = one["revenue_base"] > 0
        one["abc_class"] = (
            "A" if share < 0.8 and is_sold else "B" if share < 0.95 and is_sold else "C"
        )
        one["revenue_share"] = float(one["revenue_base"] / whole)
        before += one["revenue_base"]
    return found


def expected_product_months() -> dict[tuple[str, date], Record]:
    status = {order["order_id"]: order["status"] for order in ORDERS}
    groups: dict[tuple[str, date], list[Record]] = defaultdict(list)
    for line in LINES:
        if line["product_ref"] and status[bare_order(line)] != "cancelled":
            groups[line["product_ref"], line["placed_at"].date().replace(day=1)].append(line)
    revenue = {key: total(map(revenue_of, lines)) for key, lines in groups.items()}
    found = {}
    for (product, month), lines in groups.items():
        before = revenue.get((product, (month - timedelta(days=1)).replace(day=1)), Decimal(0))
        own = revenue[product, month]
        of_month = [value for (_, when), value in revenue.items() if when == month]
        sold = [line for line in lines if line["quantity"] > 0]
        found[product, month] = {
            "order_count": len({line["order_ref"] for line in sold}),
            "quantity": float(sum(line["quantity"] for line in sold)),
            "returned_quantity": float(-sum(line["quantity"] for line in lines)
            + sum(line["quantity"] for line in sold)),
            "revenue_base": own,
            "growth_month": float((own - before) / before) if before > 0 else None,
            "growth_year": None,
            "share_of_month": float(own / sum(of_month)),
            "rank_in_month": 1 + sum(value > own for value in of_month),
            "is_complete": month < AS_OF.date().replace(day=1),
        }  # fmt: skip
    return found


def bare_order(line: Record) -> str:
    return str(line["order_ref"]).removeprefix("t:")


def revenue_of(line: Record) -> Decimal:
    return line["quantity"] * line["unit_price"] - (line["discount"] or 0)


def is_days_ago(line: Record, days: int) -> bool:
    start = AS_OF - timedelta(days=days)
    return start <= line["placed_at"] < start + timedelta(days=90)


def variation(sold: list[Record]) -> float | None:
    whole = [line for line in sold if line["placed_at"] < AS_OF.replace(day=1)]
    if not whole:
        return None
    first = min(line["placed_at"].month for line in whole)
    units = [
        sum(line["quantity"] for line in whole if line["placed_at"].month == month)
        for month in range(first, AS_OF.month)
    ]
    return statistics.stdev(units) / statistics.fmean(units) if len(units) >= 2 else None
