"""A currency as a source writes it, code in any case or sign, in; its ISO 4217 code out."""

from __future__ import annotations

import polars as pl

SIGNS = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "us$": "USD", "us dollar": "USD",
    "us dollars": "USD", "a$": "AUD", "c$": "CAD", "ca$": "CAD", "hk$": "HKD", "mx$": "MXN",
    "nt$": "TWD", "nz$": "NZD", "r$": "BRL", "s$": "SGD", "fr.": "CHF", "sfr": "CHF", "kč": "CZK",
    "zł": "PLN", "ft": "HUF", "лв": "BGN", "₡": "CRC", "₦": "NGN", "₩": "KRW", "₪": "ILS",
    "₫": "VND", "₮": "MNT", "₱": "PHP", "₲": "PYG", "₴": "UAH", "₸": "KZT", "₹": "INR", "₺": "TRY",
    "₽": "RUB", "₾": "GEL",
}  # fmt: skip
"""Of one currency each: `$`, `¥` and `kr` are of several, and stay as they are written."""

_CODE = r"^[A-Z]{3}$"


def currency_codes(written: pl.Series) -> pl.Series:
    """Return the code of what is one in any case or a sign, and as it is what is neither."""
    others = written.drop_nulls().unique()
    others = others.filter(~others.str.contains(_CODE))
    if others.is_empty():
        return written
    shouted = others.str.strip_chars().str.to_uppercase()
    signs = pl.Series([SIGNS.get(other.strip().lower()) for other in others], dtype=pl.String)
    codes = pl.select(pl.when(shouted.str.contains(_CODE)).then(shouted)).to_series()
    return written.replace(others, signs.fill_null(codes).fill_null(others))
