"""E-mail addresses in any spelling in; ``local@domain`` in lower case, domain in ASCII, out."""

from __future__ import annotations

import unicodedata

import polars as pl

from ingest.identifiers.distinct import map_distinct

PROVIDER_RULES = ("gmail",)
"""Optional rules of single providers. ``gmail``: dots and +tags do not matter, googlemail.com
is gmail.com. Off by default, because a rule that a provider changes would join two people."""

MAX_LENGTH = 254
"""RFC 5321: longest address that fits a path of 256 octets."""

_ADDRESS = (
    r'^(?:"[^"\x00-\x1f]+"|[^\s@<>()\[\],;:"\\\x00-\x1f]+)'
    r"@(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f.:]+\])$"
)


_UNSEEN = r"[\x{ad}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{feff}]"
"""What is copied along with an address from a web page or a mail, and nobody sees: the domain with
a blank of no width at its end was `x.xn--com-7m0a`."""

_WRITTEN_BEFORE = r"(?i)^(?:mailto|smtp|e-?mail)\s*:\s*"
_COMMENT = r"\s*\([^()@]*\)\s*$"
_IN_QUOTES = r"""^(?:"([^"]*@[^"]*)"|'([^']*@[^']*)')$"""
"""What people and exports put around an address: ``E-Mail:``, Exchange's ``SMTP:``, ``(work)``."""

_NEEDLESSLY_QUOTED = r'^"([a-z0-9_%+\-]+(?:\.[a-z0-9_%+\-]+)*)"@'
"""By RFC 5321 the same mailbox as without the quotes."""

_PLAIN = r"^[a-z0-9._%+\-]+@[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?$"
"""An address that is in its final form as it stands, as nearly all are."""


def normalize_emails(values: pl.Series, provider_rules: tuple[str, ...] = ()) -> pl.Series:
    """Bring addresses into one spelling; null where a value is no single address.

    Display names, angle brackets, ``mailto:``, a comma behind and characters that nobody sees go,
    Unicode becomes NFC, letters lower case, and the domain the ASCII form that DNS uses.

    Parameters
    ----------
    provider_rules
        Names from ``PROVIDER_RULES``.
    """
    if provider_rules:
        return map_distinct(values, lambda distinct: _normalize(distinct, provider_rules))
    if _are_plain(values).all():
        return values
    values = values.str.to_lowercase()
    is_plain = _are_plain(values)
    if is_plain.all():
        return values
    others = pl.select(pl.when(~is_plain).then(values)).to_series()
    normalized = map_distinct(others, lambda distinct: _normalize(distinct, ()))
    return (
        pl.select(pl.when(is_plain).then(values).otherwise(normalized))
        .to_series()
        .alias(values.name)
    )


def _are_plain(values: pl.Series) -> pl.Series:
    return values.str.contains(_PLAIN) & (values.str.len_bytes() <= MAX_LENGTH)


def _normalize(values: pl.Series, provider_rules: tuple[str, ...]) -> pl.Series:
    text = pl.col("raw").str.replace_all(_UNSEEN, "").str.normalize("NFC").str.strip_chars()
    bracketed = text.str.extract(r"^[^<>]*<([^<>]*)>\s*$")
    address = (
        pl.coalesce(bracketed, text)
        .str.strip_chars()
        .str.replace(_WRITTEN_BEFORE, "")
        .str.replace(r"\?.*$", "")
        .str.replace(_COMMENT, "")
        .str.replace(_IN_QUOTES, "$1$2")
        .str.to_lowercase()
        .str.normalize("NFC")
        .str.replace(r"[.,;]+$", "")
        .str.replace(_NEEDLESSLY_QUOTED, "$1@")
    )
    frame = pl.DataFrame({"raw": values}).select(address.alias("address"))
    frame = frame.with_columns(
        local=pl.col("address").str.extract(r"^(.*)@[^@]*$"),
        domain=_ascii_domains(frame["address"].str.extract(r"@([^@]*)$")),
    )
    if "gmail" in provider_rules:
        gmail = pl.col("domain").is_in(["gmail.com", "googlemail.com"])
        plain = pl.col("local").str.replace(r"\+.*$", "").str.replace_all(".", "", literal=True)
        frame = frame.with_columns(
            local=pl.when(gmail).then(plain).otherwise("local"),
            domain=pl.when(gmail).then(pl.lit("gmail.com")).otherwise("domain"),
        )
    whole = pl.concat_str("local", pl.lit("@"), "domain")
    valid = whole.str.contains(_ADDRESS) & (whole.str.len_bytes() <= MAX_LENGTH)
    return frame.select(pl.when(valid).then(whole).alias(values.name)).to_series()


def _ascii_domains(domains: pl.Series) -> pl.Series:
    """Turn the labels of internationalised domains into their ``xn--`` form."""
    foreign = domains.drop_nulls().unique()
    foreign = foreign.filter(foreign.str.contains(r"[^\x00-\x7f]"))
    if foreign.is_empty():
        return domains
    return domains.replace(foreign, pl.Series([_ascii_domain(domain) for domain in foreign]))


def _ascii_domain(domain: str) -> str:
    # not the standard library's idna codec: it is IDNA 2003, where straße.de is strasse.de,
    # which today is another owner's domain
    mapped = unicodedata.normalize("NFKC", domain.replace("。", ".")).lower()
    labels = unicodedata.normalize("NFC", mapped).split(".")
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
        for label in labels
    )
