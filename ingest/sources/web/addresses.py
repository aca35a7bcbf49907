"""Page addresses in; path, query string, campaign parameters and click ids out."""

from __future__ import annotations

from urllib.parse import unquote_plus

import polars as pl

CLICK_IDS = (
    "gclid", "wbraid", "gbraid", "dclid", "msclkid", "yclid", "ttclid", "li_fat_id", "twclid",
    "rdt_cid", "sccid", "fbclid",
)  # fmt: skip
"""Query parameters that advertising platforms add (Google, Microsoft, Yandex, TikTok, LinkedIn, X,
Reddit, Snapchat), the strongest evidence first: fbclid comes with every link on Facebook, paid or
not."""

CAMPAIGN_PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")

_CAMPAIGN_SIGN = r"(?i)(?:^|&)(?:utm_|" + "|".join(CLICK_IDS) + ")"


def without_fragment(url: pl.Expr) -> pl.Expr:
    """Return the address up to its ``#``."""
    return url.str.replace(r"(?s)#.*", "")


def path_of(url: pl.Expr) -> pl.Expr:
    """Return the path of an absolute or relative address, ``/`` for a bare host."""
    path = url.str.extract(r"^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?://[^/?#]*)?([^?#]*)")
    return pl.when(path == "").then(pl.lit("/")).otherwise(path)


def query_of(url: pl.Expr) -> pl.Expr:
    """Return the query string without ``?``, null where there is none."""
    return url.str.extract(r"\?([^#]+)")


def with_campaign(events: pl.DataFrame) -> pl.DataFrame:
    """Add ``click_id`` and fill ``utm_*`` from ``search``, a query string without ``?``.

    What the events already say in their ``utm_*`` columns stays.
    """
    # few hits carry a campaign; eleven expressions over the others would be most of the time
    is_campaign = events["search"].str.contains(_CAMPAIGN_SIGN).fill_null(False)
    if not is_campaign.any():
        return events.with_columns(click_id=pl.lit(None, pl.String))
    searches = events.filter(is_campaign).select("search").unique()
    names = (*CAMPAIGN_PARAMETERS, *CLICK_IDS)
    parameters = searches.with_columns(
        **{name: pl.col("search").str.extract(rf"(?i)(?:^|&){name}=([^&]+)") for name in names}
    )
    is_encoded = parameters.select(pl.col(names).str.contains("[%+]").any()).row(0, named=True)
    parameters = parameters.with_columns(
        _decoded(parameters[name]) for name in names if is_encoded[name]
    )
    click_id = pl.coalesce(pl.lit(f"{name}:") + pl.col(name) for name in CLICK_IDS)
    parameters = parameters.select("search", *CAMPAIGN_PARAMETERS, click_id=click_id)
    # the events themselves are not joined, which would make all their columns anew
    said = events.select("search").join(parameters, on="search", how="left", maintain_order="left")
    filled = [
        pl.coalesce(pl.col(name), said[name]) if said[name].null_count() < len(said) else name
        for name in CAMPAIGN_PARAMETERS
    ]
    return events.with_columns(*filled, click_id=said["click_id"])


def _decoded(values: pl.Series) -> pl.Series:
    """Undo percent encoding; undecodable bytes become U+FFFD as in ``urllib``."""
    encoded = values.filter(values.str.contains("[%+]").fill_null(False)).unique()
    plain = [unquote_plus(value) for value in encoded]
    return values.replace(encoded, pl.Series(plain, dtype=pl.String))
