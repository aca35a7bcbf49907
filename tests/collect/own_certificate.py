"""A folder in; a certificate of this machine, signed by itself, and its key out."""

from __future__ import annotations

import subprocess
from pathlib import Path


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """Write certificate and key for ``localhost``, good for two days, and return their files."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key
