"""An e-mail address in, whether it is one of ours out."""

from __future__ import annotations

from functools import lru_cache

from ingest.source import Company

MAX_CHARACTERS = 254
"""Of a domain's name (RFC 1035, 2.3.4) with a dot behind it."""


def is_ours(email: str | None, company: Company) -> bool:
    """Return whether the address belongs to a domain of the company or to one below it."""
    if email is None or "@" not in email:
        return False
    domain = email.rsplit("@", 1)[1]
    return len(domain) <= MAX_CHARACTERS and _is_below(domain, company.domains)


@lru_cache(maxsize=4096)
def _is_below(domain: str, owns: tuple[str, ...]) -> bool:
    """Return whether a domain is one of our own or below one; a mail asks it ten times."""
    domain = domain.lower().rstrip(".")
    return any(domain == own.lower() or domain.endswith("." + own.lower()) for own in owns)
