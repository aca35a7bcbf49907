"""``sources.yml`` in; the webhooks to receive, checked, with their secrets, out."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.collect.listen.setting_values import (
    FOLDER_NAME,
    default_path,
    read_channels,
    read_flag,
    read_origins,
    read_path,
    read_public_url,
    read_rate,
)
from ingest.collect.listen.webhook import EVENTS_PER_SECOND, Webhook
from ingest.collect.secret import secret_of

if TYPE_CHECKING:  # ingest.config imports this module
    from ingest.config.setting import Setting

SECRETS = {
    "segment": "write_key",
    "twilio": "auth_token",
    "intercom": "client_secret",
    "slack": "signing_secret",
    "hubspot": "client_secret",
}
"""The APIs there are, each with the key of its secret."""

_KEYS = ("kind", "api", "path", "events_per_second")
_KEYS_OF = {
    "segment": ("origins", "keep_ip"),
    "twilio": ("public_url",),
    "intercom": (),
    "slack": ("channels",),
    "hubspot": ("public_url",),
}

_FOLDERS = {"slack": ("C024BE91L",), "hubspot": ("contacts",)}
"""Below that of the source, where there are some."""


def read_webhooks(file: Path, environment: Mapping[str, str] = os.environ) -> tuple[Webhook, ...]:
    """Return the sources that have ``collect: {kind: webhook, ...}``.

    Raises
    ------
    ConfigError
        If there is none, or for the first mistake in one.
    """
    from ingest.config.setting import read_settings

    root = read_settings(file)
    sources = root.items().get("sources")
    webhooks: list[Webhook] = []
    for name, entry in (sources.items() if sources else {}).items():
        collect = entry.items().get("collect")
        if collect is None or not is_webhook(collect):
            continue
        webhook = _read(name, entry, collect, environment)
        for other in webhooks:
            _check_together(webhook, other, collect)
        webhooks.append(webhook)
    if not webhooks:
        raise root.error(
            "no source is received; give one collect: "
            "{kind: webhook, api: segment, write_key: env:NAME}"
        )
    return tuple(webhooks)


def is_webhook(collect: Setting) -> bool:
    """Return whether a ``collect`` section is one of a source that is received."""
    kind = collect.items().get("kind")
    return kind is not None and kind.is_scalar and kind.text() == "webhook"


def check_webhook(name: str, entry: Setting) -> None:
    """Check the ``collect`` section of a source that is received, without its secret.

    Whoever only loads what was landed needs no secret.

    Raises
    ------
    ConfigError
        For the first mistake.
    """
    _read(name, entry, entry.items()["collect"], None)


def _read(
    name: str, entry: Setting, collect: Setting, environment: Mapping[str, str] | None
) -> Webhook:
    given = collect.items()
    if "api" not in given:
        raise collect.error(f"needs the key api: one of {', '.join(SECRETS)}")
    api = given["api"].choice(SECRETS, "API with webhooks")
    items = collect.known_items((*_KEYS, SECRETS[api], *_KEYS_OF[api]))
    _check_source(name, entry, api)
    if SECRETS[api] not in items:
        raise collect.error(f"needs the key {SECRETS[api]}, as env:NAME of a variable")
    return Webhook(
        source=name,
        api=api,
        path=read_path(items["path"]) if "path" in items else default_path(name, api),
        secret=_secret(items[SECRETS[api]], environment),
        events_per_second=(
            read_rate(items["events_per_second"])
            if "events_per_second" in items
            else EVENTS_PER_SECOND
        ),
        origins=read_origins(items["origins"]) if "origins" in items else (),
        keep_ip=read_flag(items["keep_ip"]) if "keep_ip" in items else False,
        public_url=(
            read_public_url(items.get("public_url"), collect)
            if "public_url" in _KEYS_OF[api]
            else ""
        ),
        channels=read_channels(items["channels"]) if "channels" in items else {},
    )


def _check_source(name: str, entry: Setting, api: str) -> None:
    """Require that what is landed will be read: the right format, a glob that finds it."""
    items = entry.items()
    for key in ("format", "path"):
        if key not in items:
            raise entry.error(f"needs the key {key}")
    if items["format"].text() != api:
        raise items["format"].error(f"webhooks of {api} are read by format {api}")
    if not re.fullmatch(FOLDER_NAME, name):
        raise entry.error(f"{name!r} is no name of a folder; use letters, digits, _ . and - only")
    options = items.get("options")
    if options is not None and "envelope" in options.items():
        raise options.error("what is received has no envelope; remove the option")
    landed = Path(name, *_FOLDERS.get(api, ()), "20260101T000000-000000Z.jsonl")
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / landed
        file.parent.mkdir(parents=True)
        file.touch()
        if file not in Path(scratch).glob(items["path"].text()):
            message = f"does not find what is received; use {name}/**/*.jsonl"
            raise items["path"].error(message)


def _check_together(webhook: Webhook, other: Webhook, collect: Setting) -> None:
    for above, below in ((webhook, other), (other, webhook)):
        if above.api == "segment" and below.path.startswith(f"{above.path}/"):
            message = (
                f"path {below.path} of {below.source} lies below that of source {above.source}"
            )
            raise collect.error(f"{message}; choose another")
    if webhook.path != other.path:
        return
    if webhook.api != "segment" or other.api != "segment":
        raise collect.error(f"path {webhook.path} is that of source {other.source} too")
    if webhook.secret == other.secret:
        raise collect.error(f"write_key is that of source {other.source} too; give each its own")


def _secret(setting: Setting, environment: Mapping[str, str] | None) -> bytes:
    secret = secret_of(setting.text())
    if secret is None:
        # the value itself is not shown: it may be the secret
        raise setting.error("a secret must not stand here; write env:NAME and set the variable")
    if environment is None:
        return b""
    value = environment.get(secret.variable, "").strip()
    if not value:
        raise setting.error(
            f"the environment variable {secret.variable} is not set; export it first"
        )
    return value.encode()
