"""An e-mail address in, whether it is one of ours out."""

from __future__ import annotations

from ingest.source import Company


def is_ours(email: str | None, company: Company) -> bool:
    """Return whether the address belongs to a domain of the company or to one below it."""
    if email is None or "@" not in email:
        return False
    domain = email.rsplit("@", 1)[1].lower().rstrip(".")
    return any(
        domain == own.lower() or domain.endswith("." + own.lower()) for own in company.domains
    )
