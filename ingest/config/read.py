"""The whole of ``sources.yml`` in; a ``Config`` out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.config.company import read_company
from ingest.config.setting import Setting, read_settings
from ingest.config.sources import read_source
from ingest.errors import ConfigError
from ingest.source import Company, Source

KEYS = ("company", "as_of", "quarantine_limit", "sources")
DEFAULT_QUARANTINE_LIMIT = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the warehouse is set to.

    Parameters
    ----------
    as_of
        A day; ``data`` for the day after the newest event; ``today``.
    quarantine_limit
        Share of a load's rows (0 to 1) above which the load of the source fails.
    """

    company: Company
    sources: tuple[Source, ...]
    as_of: str | date = "data"
    quarantine_limit: float = DEFAULT_QUARANTINE_LIMIT


def read_config(path: Path) -> Config:
    """Read and check ``sources.yml``.

    Raises
    ------
    ConfigError
        For the first mistake found: file, line, keys, what is wrong and what to do.
    """
    root = read_settings(path)
    try:
        return _config(root)
    except RecursionError:
        raise ConfigError("an anchor refers to itself; write it out", file=path) from None


def _config(root: Setting) -> Config:
    items = root.known_items(KEYS)
    if "sources" not in items:
        raise root.error("needs the key sources; each source is a name, a format and a path")
    company = read_company(items["company"]) if "company" in items else Company()
    sources = items["sources"].items()
    if items["sources"].is_null:
        raise items["sources"].error("is empty; each source is a name, a format and a path")
    return Config(
        company=company,
        sources=tuple(read_source(name, entry, company) for name, entry in sources.items()),
        as_of=_as_of(items["as_of"]) if "as_of" in items else "data",
        quarantine_limit=(
            _share(items["quarantine_limit"])
            if "quarantine_limit" in items
            else DEFAULT_QUARANTINE_LIMIT
        ),
    )


def _as_of(setting: Setting) -> str | date:
    value = setting.text()
    if value in {"data", "today"}:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise setting.error(f"{value!r} must be data, today or a day such as 2026-06-30") from None


def _share(setting: Setting) -> float:
    share = setting.number()
    if not 0 <= share <= 1:
        raise setting.error(f"{setting.text()} must be a share from 0 to 1")
    return share
