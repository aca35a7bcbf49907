"""The ``collect`` section of a source in; a ``Collect`` out, with references to its secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ingest.collect.addresses import address_problem, host_problem
from ingest.collect.kinds import KINDS, Kind
from ingest.collect.secret import secret_of
from ingest.errors import nearest
from ingest.source import Collect

if TYPE_CHECKING:  # ingest.config imports this module
    from ingest.config.setting import Setting


def read_collect(setting: Setting, format_: str, path: str) -> Collect:
    """Check the section; every mistake is shown with its line and the remedy.

    Parameters
    ----------
    format_, path
        Of the source: what is collected must be what it reads.
    """
    given = setting.items()
    if "kind" not in given:
        kinds = ", ".join(sorted([*KINDS, "webhook"]))
        raise setting.error(f"needs the key kind; there is {kinds}")
    name = given["kind"].choice(KINDS, "kind of system to collect from")
    kind = KINDS[name]
    if format_ not in kind.formats:
        message = f"{name} is read by format {' or '.join(kind.formats)}, not by {format_}"
        raise given["kind"].error(message)
    items = setting.known_items(("kind", *kind.required, *kind.optional, *kind.secrets))
    for key in kind.required:
        if key not in items:
            raise setting.error(f"needs the key {key}")
    secrets = {key: _reference(items[key]) for key in kind.secrets if key in items}
    if not any(set(needed) <= {*secrets, *items} for needed in kind.credentials):
        ways = " or ".join(
            " and ".join(", ".join(needed).rsplit(", ", 1)) for needed in kind.credentials
        )
        raise setting.error(f"needs {ways}; each secret as env:NAME")
    settings = {
        key: _VALUES.get(key, _text)(item)
        for key, item in items.items()
        if key != "kind" and key not in secrets
    }
    if "streams" in items:
        for stream in settings["streams"]:
            if stream not in kind.formats[format_]:
                remedy = nearest(stream, kind.formats[format_])
                raise items["streams"].error(f"{stream!r} is no stream of {name}; {remedy}")
    elif kind.formats[format_]:
        every = kind.formats[format_]
        settings["streams"] = tuple(one for one in every if one not in kind.on_request)
        settings["all_streams"] = True
    return Collect(
        kind=name, folder=_folder(setting, path, kind), settings=settings, secrets=secrets
    )


def _reference(setting: Setting) -> str:
    secret = secret_of(setting.scalar())
    if secret is None:
        # the value is not repeated: it may be the secret
        raise setting.error(
            "a secret must not stand in this file; write env:NAME here and set the "
            "environment variable NAME"
        )
    return secret.variable


def _folder(setting: Setting, path: str, kind: Kind) -> str:
    """Return the fixed beginning of the path, if files put there are found by its glob."""
    fixed: list[str] = []
    rest = list(PurePosixPath(path).parts)
    while rest and not any(sign in rest[0] for sign in "*?["):
        fixed.append(rest.pop(0))
    names = [part for part in rest if part != "**"]
    example = f"example-00000001{kind.suffix}"
    if not fixed or len(names) != 1 or rest[-1] == "**" or not fnmatchcase(example, names[0]):
        raise setting.error(
            f"files are collected as e.g. {example} into one folder, where the path {path!r} does "
            f"not find them; let it be a folder and a pattern, e.g. mail/*{kind.suffix}"
        )
    return "/".join(fixed)


def _text(setting: Setting) -> str:
    return setting.text().strip()


def _texts(setting: Setting) -> tuple[str, ...]:
    texts = tuple(dict.fromkeys(text.strip() for text in setting.texts()))
    if not texts or not all(texts):
        raise setting.error("must be a list of names")
    return texts


def _day(setting: Setting) -> str:
    try:
        return date.fromisoformat(setting.text()).isoformat()
    except ValueError:
        raise setting.error(f"{setting.text()!r} must be a day such as 2024-01-01") from None


def _count(setting: Setting) -> int:
    number = setting.number()
    if number < 1 or number != int(number):
        raise setting.error(f"{setting.text()!r} must be a whole number, one or more")
    return int(number)


def _port(setting: Setting) -> int:
    port = _count(setting)
    if port > 65_535:
        raise setting.error(f"{port} is no port; IMAP over TLS has 993")
    return port


def _security(setting: Setting) -> str:
    return setting.choice(("tls", "starttls"), "way to encrypt")


def _host(setting: Setting) -> str:
    if problem := host_problem(setting.text()):
        raise setting.error(problem)
    return setting.text()


def _address(setting: Setting) -> str:
    if problem := address_problem(setting.text()):
        raise setting.error(problem)
    return setting.text().rstrip("/")


def _subdomain(setting: Setting) -> str:
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9-]*", setting.text()):
        raise setting.error(f"{setting.text()!r} must be acme if your address is acme.zendesk.com")
    return setting.text()


def _api_version(setting: Setting) -> str:
    if not re.fullmatch(r"\d{2}\.0", setting.text()):
        raise setting.error(f"{setting.text()!r} is no version of the API; write e.g. 61.0")
    return setting.text()


_VALUES: dict[str, Callable[[Setting], Any]] = {
    "host": _host,
    "port": _port,
    "security": _security,
    "folders": _texts,
    "streams": _texts,
    "since": _day,
    "base_url": _address,
    "conversations_url": _address,
    "token_url": _address,
    "subdomain": _subdomain,
    "api_version": _api_version,
    "batch_messages": _count,
    "batch_bytes": _count,
    "max_message_bytes": _count,
    "max_response_bytes": _count,
    "page_size": _count,
    "timeout_s": _count,
    "max_minutes": _count,
}
"""How a setting is read; as one text where nothing is said."""
