"""Marts of a whole company counted a second time, in Polars: raw rows in, expected rows out.

Nothing of the models is read; what a mart means is written down here once more. Amounts are whole
ten-thousandths, so that sums are exact.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import polars as pl

TEN_THOUSAND = 10_000
FX_DAYS = 7
SESSION_PAUSE = timedelta(minutes=30)
Keyed = dict[Any, tuple[Any, ...]]


def exact(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with decimals as whole ten-thousandths."""
    decimals = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
    return frame.with_columns(
        (pl.col(name).cast(pl.Float64) * TEN_THOUSAND).round().cast(pl.Int64) for name in decimals
    )


class Raw:
    """The records of one warehouse as they are now, and what its amounts are worth."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        ((as_of,),) = con.execute("select value from meta.settings where name = 'as_of'").fetchall()
        self.as_of = datetime.fromisoformat(as_of)
        self.customers = con.execute(
            "select identifier, customer_id from identity.identifier_map where is_current"
        ).pl()
        self._rates = self._daily_rates()

    def current(self, entity: str) -> pl.DataFrame:
        """Return the last version of each record that is neither deleted nor merged away."""
        versions = self._con.execute(f'select * from raw."{entity}"').pl()
        return (
            exact(versions)
            .sort("recorded_at", "file", "position", "record_hash", nulls_last=False)
            .unique("record_key", keep="last", maintain_order=True)
            .filter(~pl.col("is_deleted") & pl.col("merged_into_ref").is_null())
        )

    def with_customer(self, frame: pl.DataFrame, reference: str) -> pl.DataFrame:
        """Add ``customer_id``, the customer whom the reference belongs to."""
        return frame.join(self.customers, left_on=reference, right_on="identifier", how="left")

    def with_base(self, frame: pl.DataFrame, moment: str, *amounts: str) -> pl.DataFrame:
        """Add each amount in euro, at the rate of the moment's day or the last one before it."""
        day = pl.col(moment).cast(pl.Date).alias("day")
        dated = frame.with_columns(day).sort("day").join_asof(
            self._rates, on="day", by="currency", strategy="backward",
            tolerance=timedelta(days=FX_DAYS), check_sortedness=False,
        )  # fmt: skip
        return dated.with_columns(
            pl.when(pl.col("currency") == "EUR")
            .then(pl.col(amount))
            .otherwise(
                (pl.col(amount) / TEN_THOUSAND * pl.col("rate") * TEN_THOUSAND)
                .round(mode="half_away_from_zero")
                .cast(pl.Int64)
            )
            .alias(f"{amount}_base")
            for amount in amounts
        ).drop("rate", "day")

    def _daily_rates(self) -> pl.DataFrame:
        rates = self.current("fx_rate").filter(pl.col("to_currency") == "EUR")
        return rates.select("rate", currency="from_currency", day=pl.col("rate_date")).sort("day")


def keyed(frame: pl.DataFrame, *columns: str) -> Keyed:
    """Return the rows as a mapping from the first column, the key, to the others."""
    rows = frame.select(columns).rows()
    assert len({row[0] for row in rows}) == len(rows), f"{columns[0]} is no key"
    return {row[0]: row[1:] for row in rows}


def orders(raw: Raw) -> pl.DataFrame:
    lines = raw.current("order_line").group_by("order_ref").agg(line_count=pl.len())
    frame = raw.with_customer(raw.current("order"), "customer_ref").join(
        lines, left_on="record_key", right_on="order_ref", how="left"
    )
    status = pl.col("status").str.to_lowercase()
    return raw.with_base(frame, "placed_at", "revenue", "total").with_columns(
        line_count=pl.col("line_count").fill_null(0),
        is_cancelled=(status == "cancelled").fill_null(value=False)
        | pl.col("cancelled_at").is_not_null(),
        is_returned=status.is_in(["refunded", "returned"]).fill_null(value=False)
        | (pl.col("refunded_amount").fill_null(0) > 0),
    )


def order_lines(raw: Raw) -> pl.DataFrame:
    of_orders = orders(raw).select(
        "customer_id", "is_cancelled", order_ref="record_key", order_returned="is_returned"
    )
    lines = raw.current("order_line").join(of_orders, on="order_ref", how="left")
    paid = (pl.col("quantity") * pl.col("unit_price")).round().cast(pl.Int64)
    frame = lines.with_columns(revenue=paid - pl.col("discount").fill_null(0))
    return raw.with_base(frame, "placed_at", "revenue", "cogs").with_columns(
        is_returned=(pl.col("quantity") < 0) | pl.col("order_returned").fill_null(value=False)
    )


def products_by_month(raw: Raw) -> pl.DataFrame:
    lines = order_lines(raw).filter(
        ~pl.col("is_cancelled")
        & pl.col("product_ref").is_not_null()
        & (pl.col("placed_at") < raw.as_of)
    )
    sold = pl.col("quantity") > 0
    months = lines.group_by(
        "product_ref", month=pl.col("placed_at").dt.truncate("1mo").cast(pl.Date)
    ).agg(
        orders=pl.col("order_ref").filter(sold).n_unique(),
        quantity=pl.col("quantity").filter(sold).sum(),
        returned=-pl.col("quantity").filter(pl.col("quantity") < 0).sum(),
        revenue=pl.col("revenue_base").sum(),
        margin=(pl.col("revenue_base") - pl.col("cogs_base")).sum(),
    )
    return months.with_columns(
        rank=pl.col("revenue").rank("min", descending=True).over("month").cast(pl.Int64),
    )


def cohorts(raw: Raw) -> dict[tuple[date, int], tuple[int, int, int, int]]:
    """Return customers, customers who came back, orders, and revenue by cohort and month."""
    bought = orders(raw).filter(
        pl.col("customer_id").is_not_null()
        & ~pl.col("is_cancelled")
        & (pl.col("placed_at") < raw.as_of)
    )
    number = pl.col("placed_at").dt.year() * 12 + pl.col("placed_at").dt.month() - 1
    first = pl.col("month").min().over("customer_id")
    bought = bought.with_columns(month=number.cast(pl.Int64)).with_columns(first=first)
    sizes = bought.group_by("first").agg(pl.col("customer_id").n_unique()).rows()
    active = {
        (cohort, month): tuple(figures)
        for cohort, month, *figures in bought.group_by("first", "month")
        .agg(pl.col("customer_id").n_unique(), pl.len(), pl.col("revenue_base").sum())
        .iter_rows()
    }
    last_moment = raw.as_of - timedelta(microseconds=1)
    last = last_moment.year * 12 + last_moment.month - 1
    return {
        (date(cohort // 12, cohort % 12 + 1, 1), month - cohort): (
            size, *active.get((cohort, month), (0, 0, 0)),
        )
        for cohort, size in sizes
        for month in range(cohort, last + 1)
    }  # fmt: skip


def invoices(raw: Raw) -> pl.DataFrame:
    """Return the invoices with what is settled and open of each."""
    bills = raw.current("invoice")
    alone = bills.filter(pl.col("order_ref").is_not_null() & (pl.len().over("order_ref") == 1))
    alone = alone.select("order_ref", only_invoice="record_key")
    currencies = bills.select(invoice="record_key", billed_in="currency")
    paid = (
        raw.current("payment")
        .filter((pl.col("status") != "failed").fill_null(value=True))
        .filter(pl.col("paid_at") <= raw.as_of)
        .join(alone, on="order_ref", how="left")
        .with_columns(invoice=pl.coalesce("invoice_ref", "only_invoice"))
        .join(currencies, on="invoice")
        .filter(pl.col("currency") == pl.col("billed_in"))
        .group_by("invoice")
        .agg(paid_amount=pl.col("amount").sum())
    )
    status = pl.col("status").str.to_lowercase()
    frame = bills.join(paid, left_on="record_key", right_on="invoice", how="left").with_columns(
        is_void=(status == "void").fill_null(value=False),
        is_paid=(status == "paid").fill_null(value=False)
        | (pl.col("paid_at") <= raw.as_of).fill_null(value=False)
        | (pl.col("paid_amount") >= pl.col("amount")).fill_null(value=False),
    )
    part = pl.col("paid_amount").fill_null(0)
    frame = frame.with_columns(
        settled=pl.when("is_void").then(0).when("is_paid").then("amount").otherwise(part),
        open=pl.when(pl.col("is_void") | pl.col("is_paid")).then(0).otherwise(
            pl.col("amount") - part
        ),
        is_paid=pl.col("is_paid") & ~pl.col("is_void"),
    )  # fmt: skip
    return raw.with_base(frame, "issued_at", "open")


def receivables(raw: Raw) -> pl.DataFrame:
    late = (pl.lit(raw.as_of.date()) - pl.col("due_date")).dt.total_days()
    return (
        invoices(raw)
        .filter((pl.col("open") > 0) & (pl.col("issued_at") <= raw.as_of))
        .with_columns(
            bucket=pl.when(late.is_null()).then(pl.lit("no_due_date"))
            .when(late <= 0).then(pl.lit("not_due"))
            .when(late <= 30).then(pl.lit("1_to_30"))
            .when(late <= 60).then(pl.lit("31_to_60"))
            .when(late <= 90).then(pl.lit("61_to_90"))
            .otherwise(pl.lit("over_90")),
            days=pl.max_horizontal(late, 0),
        )
    )  # fmt: skip


def opportunities(raw: Raw) -> pl.DataFrame:
    """Return the deals, with the moment each was closed."""
    deals = raw.current("opportunity").with_columns(is_won=pl.col("is_won").fill_null(value=False))
    deals = deals.with_columns(
        is_closed=pl.col("is_closed").fill_null(value=False) | pl.col("is_won")
    )
    return deals.with_columns(
        ended_at=pl.when("is_closed").then(
            pl.coalesce("closed_at", pl.col("close_date").cast(pl.Datetime("us")))
        )
    )


def stage_stays(raw: Raw) -> dict[tuple[str, int], tuple[str, datetime, datetime | None]]:
    """Return stage, beginning and end of each stay of a deal that has a history, numbered."""
    deals = raw.current("opportunity").select("record_key")
    changes = (
        raw.current("opportunity_history")
        .filter((pl.col("field") == "stage") & pl.col("new_value").is_not_null())
        .join(deals, left_on="opportunity_ref", right_on="record_key", how="semi")
        .sort("changed_at", "record_key")
    )
    stays: dict[str, list[list[Any]]] = {}
    for deal, stage, moment in changes.select(
        "opportunity_ref", "new_value", "changed_at"
    ).iter_rows():
        own = stays.setdefault(deal, [])
        if own and own[-1][0] == stage:
            continue
        if own:
            own[-1][2] = moment
        own.append([stage, moment, None])
    return {
        (deal, place): (stage, entered, exited)
        for deal, own in stays.items()
        for place, (stage, entered, exited) in enumerate(own, start=1)
    }


def sales_by_month(raw: Raw) -> dict[tuple[str | None, date], tuple[int, int, int, int]]:
    """Return deals created, won, lost, and value won by owner and month."""
    deals = opportunities(raw)
    owner = colleagues(raw)
    months: dict[tuple[str | None, date], list[int]] = {}

    def count(who: str | None, moment: datetime | None, place: int, by: int) -> None:
        if moment is not None:
            key = (owner.get(who or "", who), date(moment.year, moment.month, 1))
            months.setdefault(key, [0, 0, 0, 0])[place] += by

    for who, created, ended, won, amount in deals.select(
        "owner_ref", "created_at", "ended_at", "is_won", "amount"
    ).iter_rows():
        count(who, created, 0, 1)
        count(who, ended, 1 if won else 2, 1)
        if won:
            count(who, ended, 3, amount or 0)
    return {
        key: (figures[0], figures[1], figures[2], figures[3]) for key, figures in months.items()
    }


def colleagues(raw: Raw) -> dict[str, str]:
    """Return for every account of a colleague the one that stands for all of theirs."""
    agents = raw.current("agent").sort(
        pl.col("team").is_null(), pl.col("role").is_null(), "record_key"
    )
    stands: dict[str, str] = {}
    owner: dict[str, str] = {}
    for key, email in agents.select("record_key", "email").iter_rows():
        owner[key] = stands.setdefault((email or key).lower() if email else key, key)
    return owner


def emails(raw: Raw) -> dict[str, tuple[int, int, int, int, int, int]]:
    """Return sent, opens, openers, clicks, clickers and bounced e-mails by campaign."""
    kind = pl.col("event_type")
    each = raw.current("email_event").filter(pl.col("campaign_ref").is_not_null())
    each = each.group_by("campaign_ref", "email_id", "recipient_ref").agg(
        (kind == name).sum().cast(pl.Int64).alias(name)
        for name in ("sent", "open", "click", "bounce")
    )
    totals = each.group_by("campaign_ref").agg(
        sent=(pl.col("sent") > 0).sum(),
        opens=pl.col("open").sum(),
        openers=(pl.col("open") > 0).sum(),
        clicks=pl.col("click").sum(),
        clickers=(pl.col("click") > 0).sum(),
        bounced=(pl.col("bounce") > 0).sum(),
    )
    return {row[0]: row[1:] for row in totals.iter_rows()}


def web_sessions(raw: Raw) -> dict[str, tuple[int, int, datetime, datetime]]:
    """Return events, page views, first and last moment of every session."""
    events = raw.current("web_event").with_columns(
        visitor=pl.coalesce(
            "anonymous_id", "user_id", pl.concat_str(pl.lit("email:"), "email"),
            pl.concat_str(
                "source", pl.lit("|"), "ip", pl.lit("|"), pl.col("user_agent").fill_null("")
            ),
            "record_key",
        ),
        is_view=pl.col("event_type").is_in(["page", "screen"])
        | (
            (pl.col("event_type") == "request")
            & (pl.col("method") == "GET")
            & (pl.col("status").fill_null(200) < 400)
        ).fill_null(value=False),
    ).sort("visitor", "event_at", "record_key")  # fmt: skip
    sessions: dict[str, list[Any]] = {}
    last_visitor, session = None, ""
    for visitor, moment, key, is_view in events.select(
        "visitor", "event_at", "record_key", "is_view"
    ).iter_rows():
        if visitor != last_visitor or moment - sessions[session][3] > SESSION_PAUSE:
            session = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
            sessions[session] = [0, 0, moment, moment]
        last_visitor = visitor
        figures = sessions[session]
        figures[0] += 1
        figures[1] += is_view
        figures[3] = moment
    return {session: tuple(figures) for session, figures in sessions.items()}  # type: ignore[misc]


def tickets(raw: Raw) -> dict[str, tuple[int, datetime | None]]:
    """Return the public replies of agents to every ticket, and when the first one came."""
    found: dict[str, list[Any]] = {}
    begun = {}
    for key, created in raw.current("ticket").select("record_key", "created_at").iter_rows():
        found[key], begun[key] = [0, None], created
    events = raw.current("ticket_event").sort("event_at", "record_key")
    for key, kind, public, actor, moment in events.select(
        "ticket_ref", "event_type", "is_public", "actor_type", "event_at"
    ).iter_rows():
        if key in found and kind == "comment" and public and actor == "agent":
            figures = found[key]
            figures[0] += 1
            if figures[1] is None and moment > begun[key]:
                figures[1] = moment
    return {key: tuple(figures) for key, figures in found.items()}  # type: ignore[misc]


def surveys(raw: Raw) -> pl.DataFrame:
    score, low, high = pl.col("score"), pl.col("scale_min"), pl.col("scale_max")
    is_nps = pl.col("survey_type") == "NPS"
    return raw.current("survey_response").with_columns(
        normalized=(score - low) / (high - low),
        group=pl.when(~is_nps | score.is_null()).then(None)
        .when(score >= 9).then(pl.lit("promoter"))
        .when(score >= 7).then(pl.lit("passive"))
        .otherwise(pl.lit("detractor")),
    )  # fmt: skip


def ad_spend(raw: Raw) -> pl.DataFrame:
    return raw.with_base(raw.current("ad_spend"), "spend_date", "spend")
