"""One entry of ``sources`` in; a ``Source`` out."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from ingest.collect.listen.settings import check_webhook, is_webhook
from ingest.collect.settings import read_collect
from ingest.config.company import read_time_zone
from ingest.config.options import read_options
from ingest.config.setting import Setting
from ingest.contracts import CONTRACTS
from ingest.errors import ConfigError, nearest
from ingest.identifiers import ID_TYPES
from ingest.mapping import MappingError, entity_map
from ingest.source import Company, Source
from ingest.sources import FORMATS, TABULAR_FORMATS

KEYS = ("format", "path", "namespace", "namespaces", "time_zone", "options", "collect")
TABLE_KEYS = (
    "entity", "columns", "recorded_at", "is_deleted", "merged_into", "where", "unmapped",
)  # fmt: skip

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_NAME_RULE = "use letters, digits, _ . and - only"


def read_source(name: str, setting: Setting, company: Company) -> Source:
    """Check one entry; every mistake is shown with its line and the remedy."""
    if not re.fullmatch(_NAME, name):
        raise setting.error(f"{name!r} is no name of a source; {_NAME_RULE}")
    items = setting.known_items((*KEYS, *TABLE_KEYS))
    for key in ("format", "path"):
        if key not in items:
            raise setting.error(f"needs the key {key}")
    format_ = items["format"].choice(FORMATS, "format")
    given: dict[str, Any] = {
        "name": name,
        "format": format_,
        "path": _glob(items["path"]),
        "namespace": _namespace(items["namespace"]) if "namespace" in items else name,
        "company": company,
    }
    if "namespaces" in items:
        given["namespaces"] = _namespaces(items["namespaces"])
    if "time_zone" in items:
        given["time_zone"] = read_time_zone(items["time_zone"])
    if "options" in items:
        given["options"] = read_options(items["options"], format_)
    if "collect" in items:
        if is_webhook(items["collect"]):
            check_webhook(name, setting)
            given["is_received"] = True
        else:
            given["collect"] = read_collect(items["collect"], format_, given["path"])
    if format_ not in TABULAR_FORMATS:
        for key in TABLE_KEYS:
            if key in items:
                message = f"format {format_} has its own entities and columns; remove {key}"
                raise items[key].error(message)
        return Source(**given)
    for key in ("recorded_at", "is_deleted", "merged_into", "where", "entity"):
        if key in items:
            given[key] = items[key].plain()
    if "unmapped" in items:
        given["unmapped"] = items["unmapped"].choice(("keep", "drop"), "way with unmapped columns")
    if "columns" in items:
        given["columns"] = {key: value.plain() for key, value in items["columns"].items().items()}
    source = Source(**given)
    try:
        entity_map(source)
    except MappingError as error:
        raise _located(setting, error) from error
    return source


def _located(setting: Setting, error: MappingError) -> ConfigError:
    """Point at the deepest of the error's keys that stands in the file."""
    for key in error.keys:
        items = setting.items() if not setting.is_scalar else {}
        if key not in items:
            break
        setting = items[key]
    return setting.error(error.message)


def _glob(setting: Setting) -> str:
    pattern = setting.text()
    parts = PurePosixPath(pattern).parts
    if pattern.startswith(("/", "~")) or "\\" in pattern or ".." in parts:
        raise setting.error(f"{pattern!r} must be relative to landing/ and stay within it")
    if any("**" in part and part != "**" for part in parts):
        raise setting.error(f"{pattern!r}: ** stands for folders, alone between two slashes")
    return pattern


def _namespace(setting: Setting) -> str:
    namespace = setting.text()
    if not re.fullmatch(_NAME, namespace):
        raise setting.error(f"{namespace!r} is no namespace; {_NAME_RULE}")
    return namespace


def _namespaces(setting: Setting) -> dict[str, str]:
    kinds = (*CONTRACTS, *ID_TYPES, "conversation")
    namespaces = {}
    for kind, value in setting.items().items():
        if kind not in kinds:
            message = f"{kind!r} is no entity or type of identifier; {nearest(kind, kinds)}"
            raise value.error(message)
        namespaces[kind] = _namespace(value)
    return namespaces
