"""What lets us into a mailbox is shown to nobody, though the server repeats it."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from own_certificate import own_certificate
from vendor_server import Asked, Told, serving

from ingest.collect.errors import AccessRefused, CollectError
from ingest.collect.run import collect
from ingest.source import Source

Make = Callable[..., Source]

PASSWORD = 'pa\\ss "w0rd" of ours'
GIVEN = "ya29.given-for-an-hour"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate of this machine and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed here")
    return own_certificate(tmp_path_factory.mktemp("certificate"))


@contextmanager
def repeating(
    certificate: tuple[Path, Path], capabilities: str, refusal: str
) -> Iterator[tuple[int, list[str]]]:
    """Serve one connection of IMAP that repeats what it is sent; yield port and what that was."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[str] = []

    def serve() -> None:
        with listener.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as line:
            lines = line.makefile("rb")
            line.sendall(f"* OK [CAPABILITY {capabilities}] ready\r\n".encode())
            for read in lines:
                tag, command, *_ = said = read.decode().split()
                if command == "CAPABILITY":
                    line.sendall(f"* CAPABILITY {capabilities}\r\n{tag} OK done\r\n".encode())
                    continue
                if command == "LOGOUT":
                    line.sendall(f"* BYE\r\n{tag} OK\r\n".encode())
                    return
                sent = read
                if said[1] == "AUTHENTICATE":
                    line.sendall(b"+ \r\n")
                    sent = next(lines)
                heard.append(sent.decode().strip())
                decoded = b"" if said[1] == "LOGIN" else base64.b64decode(sent)
                plainly = decoded.translate(None, b"\0\1").decode()
                told = refusal.format(tag=tag, sent=heard[-1], plainly=plainly)
                line.sendall(f"{told}\r\n".encode())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        listener.close()
        thread.join(10)


REFUSALS = (
    "{tag} NO no such user: {sent}",
    "{tag} BAD cannot read {sent}",
    "{sent} is what you said",
    "{tag} NO {plainly}",
)


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("capabilities", ["IMAP4rev1 AUTH=PLAIN", "IMAP4rev1"])
def test_a_password_that_a_server_repeats_is_not_shown(
    refusal: str,
    capabilities: str,
    certificate: tuple[Path, Path],
    source_of: Make,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    with repeating(certificate, capabilities, refusal) as (port, heard):
        source = source_of("email", "mail/*.mbox", kind="imap", host="localhost", port=port,
                           user="sales", password="env:IMAP_PASSWORD",
                           ca_file=str(certificate[0]))  # fmt: skip
        with pytest.raises(CollectError) as caught:
            collect(source, home)

    assert len(heard) == 1
    said = str(caught.value)
    assert "w0rd" not in said
    assert base64.b64encode(PASSWORD.encode()).decode()[8:24] not in said
    assert heard[0].split()[-1] not in said
    assert "***" in said or "plainly" in refusal


@pytest.mark.parametrize("refusal", REFUSALS)
def test_an_access_token_that_a_server_repeats_is_not_shown(
    refusal: str,
    certificate: tuple[Path, Path],
    source_of: Make,
    home: Path,
) -> None:
    def give(asked: Asked) -> Told:
        return Told({"access_token": GIVEN, "expires_in": 3600})

    with (
        serving(give) as url,
        repeating(certificate, "IMAP4rev1 AUTH=XOAUTH2", refusal) as (port, heard),
    ):
        source = source_of("email", "mail/*.mbox", kind="imap", host="localhost", port=port,
                           user="sales", client_id="id", client_secret="env:VENDOR_TOKEN",
                           token_url=url, ca_file=str(certificate[0]))  # fmt: skip
        with pytest.raises(CollectError) as caught:
            collect(source, home)

    said = str(caught.value)
    assert heard[0] not in said
    assert GIVEN not in said
    assert "***" in said
    assert "is what" in refusal or isinstance(caught.value, AccessRefused)
