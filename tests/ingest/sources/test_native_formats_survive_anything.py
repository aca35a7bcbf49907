"""Whatever bytes a file holds, a parser gives rows, rejects or UnreadableFile, nothing else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.parsed import UnreadableFile

SAMPLES = {
    "email": ("email/team.mbox", {}),
    "intercom": ("intercom/conversations.json", {}),
    "slack": ("slack/ext-acme/2025-06-02.json", {"customer_channels": "^ext-"}),
    "asterisk_cdr": ("asterisk_cdr/csv.csv", {}),
    "twilio": ("twilio/page.json", {}),
    "segment": ("segment/calls.jsonl", {}),
    "access_log": ("access_log/access.log", {}),
}

NASTY = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b'"', b"\\", b"{", b"[", b"}",
    b"]", b"\n", b"\r\n", b"\n\n", b",", b":", b"<", b">", b"=?x?b?", b"=?utf-8?q?=", b"From x",
    b"1e999", b"-1", b"NaN", b"null", b"true", b"[]", b"{}", b"99999999999999999999",
    b"9999-12-31T23:59:59.999999+00:00", b"0000-00-00", b"(" * 50, b"[" * 80, b"\xf0\x9f\x92\xa1",
    b"Content-Transfer-Encoding: x-uuencode\n\nbegin 666 x\nzzz\n", b"charset=idna", b"$", b"\t",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, sample: bytes) -> bytes:
    data = bytearray(sample)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 30))
        inserted = draw(st.one_of(st.sampled_from(NASTY), st.binary(max_size=8)))
        data[at : at + length] = inserted
    return bytes(data)


def survives(read, format_: str, name: str, data: bytes, folder: Path, **options) -> None:
    path = folder / Path(name).name
    path.write_bytes(data)
    with suppress(UnreadableFile):
        read(format_, path, **options)


@pytest.mark.parametrize("format_", SAMPLES)
def test_a_damaged_file_gives_rows_and_reasons(read, fixtures, tmp_path, format_):
    name, options = SAMPLES[format_]
    sample = (fixtures / name).read_bytes()

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(mutated(sample))
    def check(data: bytes) -> None:
        survives(read, format_, name, data, tmp_path, **options)

    check()


@pytest.mark.parametrize("format_", SAMPLES)
def test_arbitrary_bytes_give_rows_and_reasons(read, tmp_path, format_):
    name, options = SAMPLES[format_]

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=200))
    @example(b"")
    @example(b"\x00" * 100)
    @example(b"[" * 100_000)
    @example(b'{"a":' * 100_000)
    @example(b"\xef\xbb\xbf")
    def check(data: bytes) -> None:
        survives(read, format_, name, data, tmp_path, **options)

    check()


@pytest.mark.parametrize("format_", ["segment", "access_log", "asterisk_cdr"])
def test_a_line_of_ten_megabytes_is_rejected_with_the_limit(read, tmp_path, format_):
    path = tmp_path / "x"
    path.write_bytes(b"a" * 10_000_000 + b"\n")

    outcome = read(format_, path)

    assert outcome.read == 1
    assert outcome.rejected[0]["reason_code"] == "line_too_long"
    assert "1,000,000 bytes" in outcome.rejected[0]["reason"]


@pytest.mark.parametrize("format_", ["intercom", "twilio", "slack"])
def test_a_record_of_more_than_ten_megabytes_on_a_line_is_rejected(read, tmp_path, format_):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"id":"' + b"a" * 10_000_001 + b'"}\n')

    outcome = read(format_, path)

    assert outcome.reasons() == {1: "line_too_long"}
    assert "10,000,000 bytes" in outcome.rejected[0]["reason"]
