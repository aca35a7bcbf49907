"""An address in; the proxy that the environment has for it, without its password, out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ingest.collect.errors import CollectError


def proxy_of(url: str) -> str | None:
    """Return host and port of the proxy on the way to an address; None if there is none."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc):
        return None
    # HTTPS_PROXY may hold a user and password
    return proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")


@contextmanager
def proxied(proxy: str | None) -> Iterator[None]:
    """Turn what a client says of the proxies in the environment into a sentence.

    Raises
    ------
    CollectError
        If one is no proxy that can be used; only those over HTTP can.
    """
    try:
        yield
    except (ImportError, ValueError) as error:
        named = f" ({proxy})" if proxy else ""
        raise CollectError(
            f"the proxy of the environment{named} cannot be used; let HTTPS_PROXY and ALL_PROXY "
            "be e.g. http://proxy.example.com:3128, or unset them"
        ) from error
