"""Mail that S/MIME wraps up with its signature, and what Outlook wraps up: read or kept."""

from __future__ import annotations

import base64
import hashlib

import pytest
from mail_messages import HEAD, only, said

from ingest.sources.email.signed import MAX_ELEMENTS, DamagedStructure, signed_content

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
ENTITY = (
    b"Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe aus Kiel\r\n--q\r\n"
    b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n"
    b"Hello\r\n--q--\r\n"
)


def sized(tag, *parts):
    """Return an element that says its length, as DER has them."""
    body = b"".join(parts)
    size = len(body)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + body


def marked(tag, *parts):
    """Return an element that a mark ends, as programs write that do not know the length yet."""
    return bytes([tag]) + b"\x80" + b"".join(parts) + b"\0\0"


def structure(build, octets, kind=SIGNED_DATA):
    """Return signed data that holds ``octets``; a signature alone without."""
    held = build(0x30, DATA, *([build(0xA0, octets)] if octets else []))
    signers = sized(0x31, sized(0x30, sized(0x02, b"\x01")))
    algorithms = build(0x31, sized(0x30, sized(0x06, b"\x60")))
    signed = build(0x30, sized(0x02, b"\x01"), algorithms, held, signers)
    return build(0x30, kind, build(0xA0, signed))


def in_pieces(entity):
    return marked(0x24, *(sized(0x04, entity[at : at + 50]) for at in range(0, len(entity), 50)))


DER = structure(sized, sized(0x04, ENTITY))
BER = structure(marked, in_pieces(ENTITY))


def wrapped(data, content_type="application/pkcs7-mime; smime-type=signed-data"):
    body = base64.encodebytes(data).decode()
    return (
        f"{HEAD}Content-Type: {content_type}; name=smime.p7m\n"
        f"Content-Transfer-Encoding: base64\n\n{body}"
    )


@pytest.mark.parametrize("data", [DER, BER], ids=["DER", "BER"])
@pytest.mark.parametrize(
    "content_type",
    ["application/pkcs7-mime; smime-type=signed-data", "application/x-pkcs7-mime",
     "application/octet-stream"],
)  # fmt: skip
def test_a_mail_that_is_wrapped_up_with_its_signature_is_read(mail, data, content_type):
    outcome = mail(wrapped(data, content_type))

    assert only(outcome)["body_text"] == "Grüße aus Kiel"
    whole, pdf = outcome.rows["attachment"]
    assert (whole["file_name"], whole["sha256"]) == ("smime.p7m", hashlib.sha256(data).hexdigest())
    assert (pdf["file_name"], pdf["size_bytes"]) == ("a.pdf", 5)
    assert only(outcome)["attachment_count"] == 2


@pytest.mark.parametrize(
    "data",
    [
        structure(sized, b""),
        structure(marked, b""),
        structure(sized, sized(0x04, ENTITY), kind=SIGNED_DATA[:-1] + b"\x03"),
        b"no structure",
        b"",
    ],
    ids=["signature", "signature in BER", "encrypted", "text", "nothing"],
)
def test_what_holds_no_signed_text_is_an_attachment(mail, data):
    outcome = mail(wrapped(data))

    assert signed_content(data) is None
    assert only(outcome)["body_text"] is None
    assert [row["file_name"] for row in outcome.rows["attachment"]] == ["smime.p7m"]
    assert "notes" not in said(only(outcome))


@pytest.mark.parametrize(
    "data",
    [
        DER[:-100],
        BER[:200],
        structure(marked, marked(0x24, *[sized(0x04, b"a")] * (MAX_ELEMENTS + 1))),
        structure(marked, b"\x24\x80" * 100),
        structure(sized, sized(0x02, b"\x01")),
    ],
    ids=["cut off", "cut off in BER", "many pieces", "deep", "a number"],
)
def test_a_damaged_structure_is_kept_with_a_note(mail, data):
    with pytest.raises(DamagedStructure):
        signed_content(data)
    outcome = mail(wrapped(data))

    assert only(outcome)["body_text"] is None
    assert len(outcome.rows["attachment"]) == 1
    assert "what is signed cannot be read" in str(said(only(outcome))["notes"])


def test_parts_without_end_in_what_is_signed_do_not_cost_the_mail(mail):
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 1_500

    outcome = mail(wrapped(structure(sized, sized(0x04, nested))))

    assert "its parts nest too deep" in str(said(only(outcome))["notes"])


def test_what_outlook_wraps_up_is_kept_by_its_hash(mail):
    tnef = bytes.fromhex("789f3e22") + b"\x01\x00 text and files"
    outcome = mail(
        f"{HEAD}Content-Type: application/ms-tnef; name=winmail.dat\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(tnef).decode()}"
    )

    (row,) = outcome.rows["attachment"]
    assert (row["file_name"], row["mime_type"]) == ("winmail.dat", "application/ms-tnef")
    assert (row["size_bytes"], row["sha256"]) == (len(tnef), hashlib.sha256(tnef).hexdigest())
    assert only(outcome)["body_text"] is None
