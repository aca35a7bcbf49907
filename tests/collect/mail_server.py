"""A real Dovecot on loopback, with a configuration, a user and a certificate of its own."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from own_certificate import own_certificate

DOVECOT = "/usr/sbin/dovecot"
USER, PASSWORD = "sales", "c0rrect horse"
ACCESS_TOKEN = "ya29.secret-access-token"


def why_absent() -> str | None:
    """Return what is missing to run a mail server here; None if nothing is."""
    for program in (DOVECOT, "openssl"):
        if shutil.which(program) is None:
            return f"{program} is not installed here"
    if os.getuid() == 0:
        try:
            pwd.getpwnam("dovecot")
        except KeyError:
            return "there is no user dovecot here"
    return None


@dataclass(frozen=True)
class MailServer:
    port: int
    plain_port: int
    ca_file: Path
    maildir: Path

    def folder(self, name: str = "") -> Path:
        """Return the Maildir of a folder; the INBOX without a name."""
        folder = self.maildir / f".{name}" if name else self.maildir
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        _own(self.maildir)
        return folder

    def put(self, message: bytes, folder: str = "", *, number: int, flags: str = "") -> Path:
        """Deliver a message; ``number`` orders them."""
        place = self.folder(folder) / "cur"
        file = place / f"{1_700_000_000 + number}.M{number}P1.host:2,{flags}"
        file.write_bytes(message)
        os.utime(file, (1_700_000_000 + number, 1_700_000_000 + number))
        _own(self.maildir)
        return file

    def number_anew(self, folder: str = "") -> None:
        """Make the server forget its UIDs, so that UIDVALIDITY changes."""
        place = self.folder(folder)
        for file in place.glob("dovecot*"):
            file.unlink()
        # UIDVALIDITY is the time in seconds
        time.sleep(1.1)


def _own(folder: Path) -> None:
    if os.getuid() == 0:
        user = pwd.getpwnam("dovecot")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(folder: Path, oauth_url: str = "http://127.0.0.1:1/") -> Iterator[MailServer]:
    """Run Dovecot until the end of the block."""
    port, plain_port = _free_port(), _free_port()
    cert, key = own_certificate(folder)
    maildir = folder / "mail"
    maildir.mkdir()
    me = pwd.getpwuid(os.getuid()).pw_name
    user = "dovecot" if os.getuid() == 0 else me
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "oauth.ext").write_text(
        f"introspection_url = {oauth_url}\nintrospection_mode = post\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    uid = pwd.getpwnam(user)
    config = folder / "dovecot.conf"
    config.write_text(
        f"""
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = yes
auth_mechanisms = plain login xoauth2
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {grp.getgrgid(uid.pw_gid).gr_name}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{maildir}
mail_fsync = never
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
  mechanisms = plain login
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth.ext
}}
userdb {{
  driver = static
  args = uid={uid.pw_uid} gid={uid.pw_gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
    )
    for file in (folder / "users", folder / "oauth.ext"):
        # our processes write for themselves and their group only
        file.chmod(0o644)
    for path in [folder, *folder.parents]:
        # Dovecot's processes run as another user and must pass through
        if path.owner() == me and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o011)
    _own(maildir)
    process = subprocess.Popen(
        [DOVECOT, "-F", "-c", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        umask=0o022,
    )
    try:
        _await(process, port, folder / "log")
        yield MailServer(port, plain_port, cert, maildir)
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()  # type: ignore[union-attr]


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for _ in range(100):
        if process.poll() is not None:
            said = process.stderr.read().decode() if process.stderr else ""
            raise RuntimeError(f"dovecot ended: {said} {log.read_text() if log.exists() else ''}")
        try:
            with (
                socket.create_connection(("127.0.0.1", port), 1) as line,
                context.wrap_socket(line) as safe,
            ):
                if safe.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"dovecot does not answer: {log.read_text() if log.exists() else ''}")
