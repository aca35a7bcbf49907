"""A file of certificates, or none, in; how a connection is encrypted and its peer checked out."""

from __future__ import annotations

import ssl

from ingest.collect.errors import CollectError

REMEDY = "a server with a certificate of its own needs ca_file"


def trusted_by(url: str, ca_file: str | None) -> ssl.SSLContext:
    """Return what ``trusted`` does; trust in nobody where an address is not encrypted.

    Reading the system's certificates takes 50 ms, which nothing on loopback needs.
    """
    if url.startswith("https:"):
        return trusted(ca_file)
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def trusted(ca_file: str | None) -> ssl.SSLContext:
    """Return a context that checks certificates and host names.

    Parameters
    ----------
    ca_file
        PEM file of the authorities to trust; None for those that the system trusts.

    Raises
    ------
    CollectError
        If the file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise CollectError(f"ca_file {ca_file} cannot be used: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def unaccepted(error: BaseException) -> str | None:
    """Return why a certificate is not accepted and what to do; None for any other error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{cause.verify_message}; {REMEDY}"
        cause = cause.__cause__ or cause.__context__
    return None
