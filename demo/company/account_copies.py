"""Companies entered twice: accounts in, their second records in another spelling out."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.chance import choose, stream
from demo.company.people import ascii_fold
from demo.timeline import LAST_MOMENT

COPIED_SHARE, MERGED_SHARE = 0.06, 0.4
"""Of the accounts; of their second records, which the CRM's users merge later."""

OWN_CONTACTS_SHARE = 0.4
"""Share of a company's contacts that hang on its second record."""

FEWEST = 3
KINDS = {"legal_form": 1.0, "spelling": 1.0, "other_domain": 1.0}
LEGAL_FORMS = {
    "GmbH": "Gesellschaft mbH", "AG": "Aktiengesellschaft", "KG": "Kommanditgesellschaft",
    "SE": "S.E.", "Ltd": "Limited", "BV": "B.V.", "GmbH & Co. KG": "GmbH u. Co. KG",
    "Inc": "Incorporated", "LLC": "L.L.C.",
}  # fmt: skip


def make_account_copies(seed: int, accounts: pl.DataFrame, known_from: np.ndarray) -> pl.DataFrame:
    """Return the second records: ``account`` (whose), their own ids, names, domains and ``kind``.

    One differs in the legal form, one in the spelling and lacks the domain, one has another domain.

    Parameters
    ----------
    known_from
        Per account the day its first record was made, infinite where it never was.
    """
    rng = stream(seed, "account copies")
    known = np.flatnonzero(np.isfinite(known_from))
    count = min(len(known), max(FEWEST, int(len(known) * COPIED_SHARE)))
    chosen = np.sort(rng.permutation(known)[:count])
    created = known_from[chosen] + 1 + 60 * rng.random(count)
    merged = np.where(
        rng.random(count) < MERGED_SHARE, created + 30 + 90 * rng.random(count), np.nan
    )
    # one merge is always recent, however small the company is
    merged[np.argmin(created)] = LAST_MOMENT - 1
    kinds = choose(rng, KINDS, count).astype(str)
    stem = pl.col("name").str.strip_suffix(pl.format(" {}", "form"))
    spelling = (
        pl.when(pl.col("account") % 2 == 0)
        .then(stem.str.to_uppercase())
        .otherwise(ascii_fold(stem))
    )
    return accounts[chosen].with_columns(
        account_id=pl.format("A{}", 90_001 + pl.int_range(pl.len())),
        kind=pl.Series(kinds),
        created=pl.Series(created),
        merged=pl.Series(merged).fill_nan(None),
        merged_into="account_id",
    ).with_columns(
        name=pl.when(pl.col("kind") == "legal_form")
        .then(pl.format("{} {}", stem, pl.col("form").replace_strict(LEGAL_FORMS)))
        .when(pl.col("kind") == "spelling")
        .then(pl.format("{} {}", spelling, "form"))
        .otherwise("name"),
        domain=pl.when(pl.col("kind") == "other_domain")
        .then(pl.col("domain").str.replace(".example", "-gruppe.example", literal=True))
        .when(pl.col("kind") == "legal_form")
        .then("domain"),
    )  # fmt: skip
