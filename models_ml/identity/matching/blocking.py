"""Profiles in, their block keys out: two profiles that share one which few have are compared.

No rule of names or dates is safe alone: any of them can hold a slip. So there are many rules, a
key that more than ``largest_block`` profiles share is left out (a common name, a date that is a
form's default), and for each such rule there is a narrower one. A coarse rule, of one fact and a
few letters, is for small companies: its keys fill up as records come, and every pair of them is
a stranger's, so they are left out from ``largest_coarse_block`` on.
"""

from __future__ import annotations

import polars as pl

_SHORTEST_MAILBOX = 5
"""Letters of a mailbox name that is worth a comparison on another domain: ``anna@`` is not."""

_COARSE = {
    "starts", "starts_city", "last_city", "first_city", "born", "month_last", "month_first",
    "birthday_last", "birthday_first", "day_year_last",
}  # fmt: skip
"""Rules of which every true pair but one in 6,000 has another key, at a million identifiers."""


def block_keys(profiles: pl.DataFrame) -> pl.DataFrame:
    """Return ``profile`` and ``key`` (a number) of every block a profile is in."""
    of_types = [
        (rows.lazy(), rules)
        for rows, rules in (
            (profiles.filter(~_is_account()), _person_rules()),
            (profiles.filter(_is_account()), _account_rules()),
        )
        if len(rows)
    ]
    if not of_types:
        return pl.DataFrame(schema={"profile": pl.Int64, "key": pl.UInt64})
    return (
        pl.concat(
            [
                rows.select(
                    "profile",
                    key=pl.concat_str([pl.lit(rule), *parts], separator="|"),
                    is_coarse=pl.lit(rule in _COARSE).cast(pl.UInt64),
                )
                for rows, rules in of_types
                for rule, parts in rules.items()
            ]
        )
        .drop_nulls("key")
        .select("profile", key=pl.col("key").hash(seed=0) // 2 * 2 + pl.col("is_coarse"))
        # no profile has a key twice, for the rule is part of it
        .collect()
    )


def _is_account() -> pl.Expr:
    return pl.col("identifier").str.starts_with("account:")


def _start(column: str, letters: int) -> pl.Expr:
    return pl.col(column).str.slice(0, letters)


def _town() -> pl.Expr:
    """Return the town without the number of its district, which not everybody states."""
    return pl.col("city").str.strip_chars_end(" 0123456789")


def _person_rules() -> dict[str, list[pl.Expr]]:
    first, last, city = pl.col("first_name"), pl.col("last_name"), _town()
    born, street = pl.col("birth_date"), pl.col("street")
    both_names = first.is_not_null() & last.is_not_null()
    mailbox = pl.col("email").str.extract(r"^([^@]*)", 1)
    domain = pl.col("email").str.extract(r"@(.*)$", 1)
    day_and_month = born.str.slice(5, 5)
    return {
        # the wrong way round is the same key
        "names": [
            pl.when(both_names).then(pl.min_horizontal(first, last)),
            pl.max_horizontal(first, last),
        ],
        "starts": [_start("first_name", 3), _start("last_name", 3)],
        "starts_city": [_start("first_name", 3), _start("last_name", 3), city],
        "last_city": [last, city],
        "first_city": [first, city],
        "last_postal": [_start("last_name", 3), pl.col("postal_code")],
        "first_postal": [_start("first_name", 3), pl.col("postal_code")],
        "born": [born],
        "born_last": [born, _start("last_name", 3)],
        "born_first": [born, _start("first_name", 3)],
        "month_last": [_start("birth_date", 7), _start("last_name", 2)],
        "month_first": [_start("birth_date", 7), _start("first_name", 2)],
        "birthday_last": [day_and_month, _start("last_name", 2)],
        "birthday_first": [day_and_month, _start("first_name", 2)],
        "day_year_last": [_start("birth_date", 4), born.str.slice(8, 2), _start("last_name", 2)],
        "email": [pl.col("email")],
        "mailbox": [pl.when(mailbox.str.len_chars() >= _SHORTEST_MAILBOX).then(mailbox)],
        "mailbox_start": [domain, mailbox.str.slice(0, 1)],
        "phone": [pl.col("phone")],
        "phone_last": [_start("phone", 8), _start("last_name", 2)],
        "street_postal": [street, pl.col("postal_code")],
        "street_first": [street, _start("first_name", 2)],
        "company_last": [pl.col("company"), _start("last_name", 3)],
        "company_first": [pl.col("company"), _start("first_name", 3)],
    }


def _account_rules() -> dict[str, list[pl.Expr]]:
    company, words, city = pl.col("company"), pl.col("company").str.split(" "), _town()
    # Berg Logistik and Logistik Berg
    two_words = words.list.head(2).list.sort().list.join(" ")
    return {
        "name": [company],
        "name_joined": [company.str.replace_all(" ", "")],
        "name_words": [pl.when(words.list.len() > 1).then(two_words)],
        "name_start": [_start("company", 6)],
        "name_start_city": [_start("company", 4), city],
        "name_start_postal": [_start("company", 3), pl.col("postal_code")],
        "last_word_city": [words.list.last(), city],
        "domain": [pl.col("domain")],
        "domain_name": [pl.col("domain").str.extract(r"([^.]+)\.[^.]+$", 1)],
        "street_postal": [pl.col("street"), pl.col("postal_code")],
        "street_city": [pl.col("street"), city],
    }
