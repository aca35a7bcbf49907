"""The text of Segment calls: sessions and their events in, one JSON line per event out.

What is the same for all events of a session is written once a session.
"""

from __future__ import annotations

import polars as pl

from demo.company.experiments import EXPERIMENTS, VARIANTS
from demo.company.world import World
from demo.timeline import iso, timestamps

SITE = "https://www.nordlicht.example"
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
)
CHATGPT = "https://chatgpt.com/"
REFERRERS = (
    "",
    "https://www.google.com/",
    "",
    "https://www.google.com/",
    "https://www.bing.com/",
    "https://blog.fjordlicht.example/",
    CHATGPT,
    "https://www.perplexity.ai/",
)
VIEWED = ("Product Viewed", "Product Added")


def session_texts(world: World, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return ``sessions`` with the parts of the calls that a session decides.

    ``ids``, ``traits``, ``query`` and ``campaign_text`` (of the entry page), ``referrer`` (of the
    entry page), ``goods`` (of product events), ``tested`` (of Experiment Viewed), ``bought`` (of
    Order Completed), ``tail`` (rest of the context).
    """
    # who has an account in the shop gives its address
    known = world.shop_accounts.select("person", "shop_email")
    people = (
        world.people.select("person", "email", "first", "last", "locale", "time_zone")
        .join(known, on="person", how="left", maintain_order="left")
        .with_columns(email=pl.coalesce("shop_email", "email"))
        .drop("shop_email")
    )
    buyers = world.customers.table.select("person", "user_id", "start")
    orders = world.orders.table.select("order", "order_id", "total", "currency")
    campaigns = world.campaigns.select(
        "campaign", "utm_campaign", "utm_source", "utm_medium", campaign_type="type"
    )
    frame = (
        sessions.join(people, on="person", how="left", maintain_order="left")
        .join(buyers, on="person", how="left", maintain_order="left")
        .join(orders, on="order", how="left", maintain_order="left")
        .join(campaigns, on="campaign", how="left", maintain_order="left")
        .with_columns(device=pl.col("anonymous_id").str.slice(0, 2).str.to_integer(base=16))
    )
    logged_in = pl.col("kind").is_in(["visit", "order"]) & (pl.col("start") <= pl.col("day"))
    click = (
        pl.when(pl.col("campaign_type") == "paid_social")
        .then(pl.lit("fbclid"))
        .otherwise(pl.lit("gclid"))
    )
    paid, social = pl.col("campaign_type").str.starts_with("paid"), "https://l.facebook.com/"
    referrer = (
        pl.when(pl.col("campaign_type") == "paid_social")
        .then(pl.lit(social))
        .when(paid)
        .then(pl.lit(REFERRERS[1]))
        .when(pl.col("campaign_type").is_not_null())
        .then(pl.lit(""))
        .otherwise(_pick("device", REFERRERS))
    )
    frame = frame.with_columns(referrer=referrer)
    by_chatgpt = pl.col("campaign_type").is_null() & (pl.col("referrer") == CHATGPT)
    # lines whose parts are null (no campaign, no order, nobody known) become empty texts
    return frame.select(
        "day", "kind", "pricing", "identifies", "experiment", "carted", "referrer",
        ids=pl.concat_str(
            pl.lit(',"anonymousId":"'), "anonymous_id", pl.lit('"'),
            pl.when(logged_in).then(pl.format(',"userId":"{}"', "user_id")).fill_null(""),
        ),
        traits=pl.concat_str(
            pl.lit(',"traits":{"email":"'), "email", pl.lit('","firstName":"'), "first",
            pl.lit('","lastName":"'), "last", pl.lit('"}'),
        ).fill_null(""),
        query=pl.when(by_chatgpt).then(pl.lit("?utm_source=chatgpt.com")).otherwise(
            pl.format(
                "?utm_source={}&utm_medium={}&utm_campaign={}&{}=x{}", "utm_source", "utm_medium",
                "utm_campaign", click, pl.col("anonymous_id").str.slice(0, 8),
            ).fill_null("")
        ),
        campaign_text=pl.concat_str(
            pl.lit(',"campaign":{"name":"'), "utm_campaign", pl.lit('","source":"'),
            "utm_source", pl.lit('","medium":"'), "utm_medium", pl.lit('"}'),
        ).fill_null(""),
        goods=_goods(world),
        tested=pl.concat_str(
            pl.lit(',"properties":{"experiment_id":"'), _of_experiment("experiment_id"),
            pl.lit('","experiment_name":"'), _of_experiment("name"),
            pl.lit('","variation_id":"'), _variant(), pl.lit('","variation_name":"'), _variant(),
            pl.lit('"}'),
        ).fill_null(""),
        bought=pl.concat_str(
            pl.lit(',"properties":{"order_id":"'), "order_id", pl.lit('","total":'),
            (pl.col("total") / 100).round(2).cast(pl.String), pl.lit(',"currency":"'),
            "currency", pl.lit('"}'),
        ).fill_null(""),
        tail=pl.concat_str(
            pl.lit(',"ip":"198.51.100.'), pl.col("device").cast(pl.String),
            pl.lit('","userAgent":"'), _pick("device", USER_AGENTS), pl.lit('","locale":"'),
            pl.col("locale").fill_null("de-DE"), pl.lit('","timezone":"'),
            pl.col("time_zone").fill_null("Europe/Berlin"),
            pl.lit('","library":{"name":"analytics.js","version":"2.11.1"}}}'),
        ),
    )  # fmt: skip


def call_lines(month: int, events: pl.DataFrame) -> pl.Series:
    """Return the lines of events that carry the texts of their sessions."""
    frame = events.with_columns(
        timestamps(events["moment"].to_numpy(), "at"),
        serial=pl.int_range(pl.len()),
        title=pl.col("path").str.strip_chars("/").str.replace("/", " ", literal=True),
    ).with_columns(
        pl.col("title").replace("", "Home"),
        stamp=iso("at", ""),
        search=pl.when("entry").then("query").otherwise(pl.lit("")),
        came_from=pl.when("entry").then("referrer").otherwise(pl.lit(f"{SITE}/")),
    )
    kind, event = pl.col("type"), pl.col("event")
    named = (
        pl.when(kind == "page")
        .then(pl.format(',"name":"{}"', "title"))
        .when(kind == "track")
        .then(pl.format(',"event":"{}"', "event"))
        .otherwise("traits")
    )
    properties = (
        pl.when(event == "Order Completed")
        .then("bought")
        .when(event.is_in(VIEWED))
        .then("goods")
        .when(event == "Experiment Viewed")
        .then("tested")
        .otherwise(pl.lit(""))
    )
    page = pl.when(kind == "identify").then(pl.lit("}")).otherwise(
        pl.concat_str(
            pl.lit('"path":"'), "path", pl.lit(f'","url":"{SITE}'), "path", "search",
            pl.lit('","referrer":"'), "came_from", pl.lit('","search":"'), "search",
            pl.lit('","title":"'), "title", pl.lit('"}'),
        )
    )  # fmt: skip
    line = pl.concat_str(
        pl.lit('{"type":"'), "type", pl.lit(f'","messageId":"ajs-{month}-'),
        pl.col("serial").cast(pl.String), pl.lit('"'), "ids",
        pl.lit(',"timestamp":"'), "stamp", pl.lit('.000Z","sentAt":"'), "stamp",
        pl.lit('.400Z","receivedAt":"'), "stamp", pl.lit('.900Z"'), named, properties,
        pl.lit(',"context":{"page":{'), page,
        pl.when("entry").then("campaign_text").otherwise(pl.lit("")), "tail",
    )  # fmt: skip
    return frame.select(line=line)["line"]


def _goods(world: World) -> pl.Expr:
    """Return the properties of the product that a session is about, in a cart of its own."""
    price = pl.format("{}", pl.col("list_price").round(2))
    texts = world.products.select(
        text=pl.concat_str(
            pl.lit('","sku":"'), "sku", pl.lit('","name":"'), "name", pl.lit('","price":'), price,
            pl.lit(',"currency":"EUR","quantity":1}'),
        )
    )["text"].to_list()  # fmt: skip
    day = pl.col("day").cast(pl.Int64).cast(pl.String)
    return pl.concat_str(
        pl.lit(',"properties":{"cart_id":"cart-'), pl.col("anonymous_id").str.slice(0, 13),
        pl.lit("-"), day, _pick("device", tuple(texts)),
    )  # fmt: skip


def _of_experiment(field: str) -> pl.Expr:
    texts = {number: getattr(one, field) for number, one in enumerate(EXPERIMENTS)}
    return pl.col("experiment").replace_strict(texts, default=None, return_dtype=pl.String)


def _variant() -> pl.Expr:
    return pl.col("variant").replace_strict(
        dict(enumerate(VARIANTS)), default=None, return_dtype=pl.String
    )


def _pick(column: str, texts: tuple[str, ...]) -> pl.Expr:
    return (pl.col(column) % len(texts)).replace_strict(
        dict(enumerate(texts)), return_dtype=pl.String
    )
