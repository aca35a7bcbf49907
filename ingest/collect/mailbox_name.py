"""The name of a mail folder in, as IMAP writes it out, and back (RFC 3501, section 5.1.3)."""

from __future__ import annotations

import base64
import binascii
import re

_PLAIN = re.compile(r"[\x20-\x7e]*")
_CODED = re.compile(r"&([^-]*)-")


def imap_name(folder: str) -> str:
    """Return e.g. ``Entw&APw-rfe`` for ``Entwürfe``, in quotes for a command."""
    coded = "".join(
        run.replace("&", "&-") if _PLAIN.fullmatch(run) else f"&{_base64(run)}-"
        for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", folder)
    )
    escaped = coded.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def folder_name(name: str) -> str:
    """Return what a name in a list of folders stands for; as it is if it is coded wrongly."""

    def decoded(found: re.Match[str]) -> str:
        if not found.group(1):
            return "&"
        text = found.group(1).replace(",", "/")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        return raw.decode("utf-16-be")

    try:
        return _CODED.sub(decoded, name)
    except (binascii.Error, UnicodeDecodeError):
        return name


def _base64(text: str) -> str:
    raw = text.encode("utf-16-be", "surrogatepass")
    return base64.b64encode(raw).decode().rstrip("=").replace("/", ",")
