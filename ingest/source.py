"""One entry of ``sources.yml``, read and checked: a format plus a mapping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Whose warehouse this is.

    Parameters
    ----------
    base_currency
        ISO 4217 code that amounts are converted to.
    default_region
        ISO 3166 code assumed for phone numbers without a country code.
    fiscal_year_start_month
        Month, 1 to 12, that a fiscal year begins with.
    domains
        Mail domains of our own colleagues: mail from them is outbound or internal.
    email_provider_rules
        Rules of single mail providers that make two spellings one address, e.g. ``gmail``.
    """

    name: str = "Company"
    base_currency: str = "EUR"
    time_zone: str = "UTC"
    default_region: str = "DE"
    fiscal_year_start_month: int = 1
    domains: tuple[str, ...] = ()
    email_provider_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """From where the files of a source are fetched.

    Parameters
    ----------
    kind
        The system, e.g. ``imap``.
    folder
        Where the files are landed, relative to ``landing/``.
    settings
        Checked by ``ingest.collect.settings``.
    secrets
        Environment variable of each secret by the name of its setting; never a secret itself.
    """

    kind: str
    folder: str
    settings: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source: which files, in which format, and how they map to an entity.

    Parameters
    ----------
    path
        Glob relative to ``landing/``.
    namespace
        Prefix of the source's record keys, so that ids of two systems never collide.
    namespaces
        Namespace per entity name or identifier type, for references into another system.
    time_zone
        IANA zone of times that carry no offset.
    columns
        Canonical column to source column, or to the settings that ``ingest.mapping`` reads.
    where
        Source column to what ``ingest.mapping.conditions`` reads: the rows of a table that the
        source is about; None means all.
    unmapped
        ``keep`` source columns without a place in ``attributes``, or ``drop`` them.
    collect
        From where the files are fetched; None if others put them into the landing folder.
    is_received
        The files come by webhook (``crm collect --listen``).
    """

    name: str
    format: str
    path: str
    namespace: str
    namespaces: dict[str, str] = field(default_factory=dict)
    time_zone: str = "UTC"
    entity: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    recorded_at: Any = None
    is_deleted: Any = None
    merged_into: Any = None
    where: Any = field(default=None, repr=False)
    unmapped: str = "keep"
    collect: Collect | None = None
    is_received: bool = False
    company: Company = field(default_factory=Company)
