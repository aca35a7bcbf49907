"""Single settings of a webhook in; checked values out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:  # ingest.config imports this module
    from ingest.config.setting import Setting

FOLDER_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"

_RESERVED = ("/healthz", "/metrics")


def default_path(name: str, api: str) -> str:
    """Return where a source is received unless it says so."""
    return "/v1" if api == "segment" else f"/{name}"


def read_path(setting: Setting) -> str:
    """Return the path of an address."""
    path = setting.text()
    if not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+", path) or path in _RESERVED:
        raise setting.error(f"{path!r} is no path; write one such as /hooks/calls")
    return path


def read_rate(setting: Setting) -> float:
    """Return events a second."""
    rate = setting.number()
    if not 0 < rate < 1e9:
        raise setting.error(f"{setting.text()} must be more than 0 events a second")
    return rate


def read_flag(setting: Setting) -> bool:
    """Return true or false."""
    value = setting.text().lower()
    if value not in {"true", "false"}:
        raise setting.error(f"{value!r} must be true or false")
    return value == "true"


def read_origins(setting: Setting) -> tuple[str, ...]:
    """Return web sites as browsers name them."""
    origins = tuple(origin.rstrip("/") for origin in setting.texts())
    for origin in origins:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?", origin):
            message = f"{origin!r} is no web site; write it as https://shop.example, without path"
            raise setting.error(message)
    return origins


def read_public_url(setting: Setting | None, collect: Setting) -> str:
    """Return the address that Twilio or HubSpot calls."""
    if setting is None:
        raise collect.error("needs the key public_url: the sender signs the address that it calls")
    url = setting.text()
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or "?" in url or "#" in url:
        raise setting.error(f"{url!r} is no address; write it as https://crm.example/calls")
    return url


def read_channels(setting: Setting) -> dict[str, str]:
    """Return names of folders by ids of channels."""
    names = {channel: value.text() for channel, value in setting.items().items()}
    for channel, name in names.items():
        if not re.fullmatch(r"[A-Z0-9]+", channel) or not re.fullmatch(FOLDER_NAME, name):
            raise setting.error(f"{channel}: {name} must be a channel id and a plain name")
    return names
