"""A home folder and a way to read what was landed in it, and a mailbox to collect from."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mail_server import ACCESS_TOKEN, PASSWORD, USER, MailServer, mail_server, why_absent
from vendor_server import TOKEN, Asked, Told, serving

from ingest.collect.patience import Patience
from ingest.config import read_config
from ingest.source import Source


@pytest.fixture
def patience() -> Patience:
    """Return bounds that let a test be over soon."""
    return Patience(attempts=12, first_wait_s=0.001, longest_wait_s=0.01)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def source_of(tmp_path: Path) -> Callable[..., Source]:
    """Return a maker of sources as ``sources.yml`` would give them."""

    def make(format_: str, path: str, **collect: Any) -> Source:
        file = tmp_path / "sources.yml"
        entry = {"format": format_, "path": path, "collect": collect}
        # YAML holds JSON
        file.write_text(json.dumps({"sources": {"live": entry}}))
        return read_config(file).sources[0]

    return make


@pytest.fixture
def landed(home: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Return a reader of the records under a key, of all files in the order they were landed."""

    def read(key: str) -> list[dict[str, Any]]:
        files = sorted(
            (home / "landing").rglob("*.json"), key=lambda file: file.stem.rpartition("-")[2]
        )
        return [record for file in files for record in json.loads(file.read_bytes()).get(key, [])]

    return read


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_TOKEN", TOKEN)


def _token_is_good(asked: Asked) -> Told:
    is_good = asked.body is not None and asked.body.get("token") == ACCESS_TOKEN
    return Told({"active": "true" if is_good else "false", "username": USER})


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    """Return a running mail server; without one here the test is skipped."""
    reason = why_absent()
    if reason is not None:
        pytest.skip(reason)
    # pytest's folders are closed to the user that Dovecot's processes run as
    folder = Path(tempfile.mkdtemp(prefix="mail-server-"))
    try:
        with serving(_token_is_good) as url, mail_server(folder, f"{url}/introspect") as running:
            yield running
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def mailbox(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """Return the server with nothing in it."""
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    monkeypatch.setenv("IMAP_TOKEN", ACCESS_TOKEN)
    for path in server.maildir.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    server.folder()
    return server
