"""Whatever a file holds, every format gives rows, rejects or UnreadableFile, nothing else.

What comes out goes on through mapping and conforming, as in a load. CRM_FUZZ_EXAMPLES sets how many
damaged files of each format are tried; the few of a usual run are the same every time.
"""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from format_samples import REAL_FILES, SAMPLES, Sample, gzipped
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reshaping import reshaped

from ingest.clock import utc_now
from ingest.conform import Origin
from ingest.loading.buffer import Buffer
from ingest.loading.landing import LandedFile, landed_files
from ingest.loading.pending import PendingFile
from ingest.loading.reading import read_chunks
from ingest.loading.tally import FileTally
from ingest.parsed import REJECTED_SCHEMA, UnreadableFile
from ingest.source import Source
from ingest.sources import FORMATS

EXAMPLES = int(os.environ.get("CRM_FUZZ_EXAMPLES", "5"))
MEGABYTE = 1 << 20
MAX_GROWTH_MB = 700

NASTY = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b'"', b"\\", b"{", b"[", b"}",
    b"]", b"\n", b"\r\n", b"\n\n", b",", b":", b"<", b">", b"=?x?b?", b"=?utf-8?q?=", b"From x",
    b"1e999", b"-1", b"NaN", b"null", b"true", b"[]", b"{}", b"99999999999999999999",
    b"9999-12-31T23:59:59.999999+00:00", b"0000-00-00", b"(" * 50, b"[" * 80, b"\xf0\x9f\x92\xa1",
    b"Content-Transfer-Encoding: x-uuencode\n\nbegin 666 x\nzzz\n", b"charset=idna", b"$", b"\t",
    b"''", b"0001-01-01T00:00:00Z", b"1e400", b"253402300800000", b"-62135596801", b"<!DOCTYPE x>",
)  # fmt: skip


def survives(format_: str, path: Path, source: Source) -> int:
    """Read a file as a load does, up to the tables; return how many records came out.

    Raises
    ------
    UnreadableFile
        If the parser says so; a file that breaks off raises it after its records.
    """
    landed = LandedFile(path.name, path)
    tally = FileTally(PendingFile(landed, path.name, ""))
    buffer = Buffer(Origin(source=source, batch_id="b"))
    now = pl.lit(utc_now(), dtype=pl.Datetime("us"))
    broken: UnreadableFile | None = None
    try:
        for chunk in FORMATS[format_](path, source):
            assert dict(chunk.rejected.schema) == REJECTED_SCHEMA
            assert chunk.rejected.null_count().sum_horizontal().item() == 0
            tally.add(chunk)
            buffer.add(chunk, tally.file, now)
    except UnreadableFile as unreadable:
        broken = unreadable
    tally.check_positions()
    buffer.conform()
    if broken is not None:
        assert str(broken)
        raise broken
    return tally.records_read


def attempt(format_: str, path: Path, source: Source) -> None:
    """Require that reading a file ends in one of the ways that are allowed."""
    try:
        survives(format_, path, source)
    except UnreadableFile:
        return


def put(folder: Path, sample: Sample, content: bytes | None = None, suffix: str = "") -> Path:
    path = folder / (sample.path + suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sample.content if content is None else content)
    return path


def hunting(examples: int) -> Callable[[Any], Any]:
    """Return hypothesis settings for files that are the same in every run."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def mutated(draw: st.DrawFn, sample: bytes) -> bytes:
    data = bytearray(sample)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 30))
        inserted = draw(st.one_of(st.sampled_from(NASTY), st.binary(max_size=8)))
        data[at : at + length] = inserted
    return bytes(data)


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(FORMATS)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_sound_file_gives_rows(format_, tmp_path):
    for sample in SAMPLES[format_]:
        assert survives(format_, put(tmp_path, sample), sample.source(format_)) > 0


@pytest.mark.parametrize("format_", FORMATS)
def test_a_damaged_file_gives_rows_and_reasons(tmp_path, format_):
    @hunting(EXAMPLES)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        sample = data.draw(st.sampled_from(SAMPLES[format_]))
        content = data.draw(mutated(sample.content))
        attempt(format_, put(tmp_path, sample, content), sample.source(format_))

    check()


@pytest.mark.parametrize(
    "format_",
    [
        name
        for name, samples in SAMPLES.items()
        if any(reshaped(sample.content, random.Random(0)) for sample in samples)
    ],
)
def test_members_and_cells_of_another_shape_give_rows_and_reasons(tmp_path, format_):
    samples = [one for one in SAMPLES[format_] if reshaped(one.content, random.Random(0))]

    @hunting(EXAMPLES)
    @given(st.sampled_from(samples), st.randoms(use_true_random=False))
    def check(sample: Sample, chance: random.Random) -> None:
        content = reshaped(sample.content, chance)
        attempt(format_, put(tmp_path, sample, content), sample.source(format_))

    check()


@pytest.mark.parametrize("format_", FORMATS)
def test_arbitrary_bytes_give_rows_and_reasons(tmp_path, format_):
    sample = SAMPLES[format_][0]

    @hunting(max(EXAMPLES // 4, 3))
    @given(st.binary(max_size=200))
    @example(b"")
    @example(b"\x00" * 100)
    @example(b"\xef\xbb\xbf")
    @example(b"\xff\xfe")
    @example(b"\n" * 50)
    def check(data: bytes) -> None:
        attempt(format_, put(tmp_path, sample, data), sample.source(format_))

    check()


@pytest.mark.parametrize("format_", FORMATS)
def test_files_cut_off_or_in_mixed_encodings_give_rows_and_reasons(tmp_path, format_):
    sample = SAMPLES[format_][0]
    text = sample.content.decode("latin-1")
    half = len(sample.content) // 2
    for content in (
        sample.content[:half],
        sample.content + sample.content[half:],
        sample.content[:half] + text[half:].encode("utf-16-le"),
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        sample.content.replace(b"e", b"\xe9"),
        b"\x00".join(sample.content[at : at + 7] for at in range(0, len(sample.content), 7)),
        sample.content.replace(b"\n", b"\r"),
        sample.content.replace(b"\n", b"\x00\n\xff"),
    ):  # fmt: skip
        attempt(format_, put(tmp_path, sample, content), sample.source(format_))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_compressed_file_that_breaks_off_gives_rows_and_reasons(tmp_path, format_, suffix):
    sample = SAMPLES[format_][0]
    whole = gzipped([sample.content])
    if suffix == ".zst":
        whole = pa.Codec("zstd").compress(sample.content, asbytes=True)
    for content in (whole[: len(whole) // 2], whole[:5], whole + b"junk", sample.content):
        path = put(tmp_path, sample, content, suffix)
        attempt(format_, path, sample.source(format_))


def nested_mail(depth: int) -> bytes:
    """Return a message of multiparts within multiparts."""
    head = b"From: a@x.example\nDate: Mon, 2 Jun 2025 10:00:00 +0000\nMessage-ID: <1@x.example>\n"
    parts = (
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return head + b"".join(parts) + b"Content-Type: text/plain\n\nHi\n"


@pytest.mark.parametrize("format_", FORMATS)
def test_what_nests_ten_thousand_deep_is_read_in_bounded_time(tmp_path, format_):
    sample = SAMPLES[format_][0]
    depth = 10_000
    started = time.monotonic()
    for content in (
        b"[" * depth + b"]" * depth,
        b'{"a":' * depth + b"1" + b"}" * depth + b"\n",
        b'[{"id":"1","properties":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}]",
        b"<a>" * depth + b"</a>" * depth,
        nested_mail(depth),
        b'"' * depth,
        b"(" * depth + b")" * depth,
    ):
        attempt(format_, put(tmp_path, sample, content), sample.source(format_))

    assert time.monotonic() - started < 30


def archive(names: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, "x" * 100)
    return buffer.getvalue()


@pytest.mark.parametrize("format_", FORMATS)
def test_an_archive_with_paths_out_of_it_writes_nothing_anywhere(tmp_path, format_):
    names = ("../../evil.txt", str(tmp_path / "evil.txt"), "xl/workbook.xml", "users.json")
    sample = SAMPLES[format_][0]
    folder = tmp_path / "a" / "b" / "landing"
    path = put(folder, sample, archive(names))
    zipped = put(folder, sample, archive(names), ".zip")
    before = sorted(tmp_path.rglob("*"))

    for file in (path, zipped):
        attempt(format_, file, sample.source(format_))

    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("format_", FORMATS)
def test_a_link_out_of_landing_is_refused_and_not_read(tmp_path, format_):
    sample = SAMPLES[format_][0]
    secret = put(tmp_path / "elsewhere", sample)
    landing = tmp_path / "landing"
    (landing / sample.path).parent.mkdir(parents=True)
    (landing / sample.path).symlink_to(secret)
    source = sample.source(format_)

    (landed,) = landed_files(landing, source)
    tally = FileTally(PendingFile(landed, landed.path, ""))
    (chunk,) = read_chunks(tally.file, source, tally)

    assert chunk.rows == {}
    assert chunk.rejected["reason_code"].to_list() == ["unreadable_file"]
    assert "leads out of landing/" in chunk.rejected["reason"].item()


HUNGRY = """
import json, sys
from pathlib import Path

sys.path[:0] = [{here!r}, {root!r}]
from format_samples import SAMPLES
from ingest.parsed import UnreadableFile
from test_native_formats_survive_anything import survives

def memory(what):
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[what].split()[0]) // 1024

for format_, name in json.loads(sys.stdin.read()):
    source = SAMPLES[format_][0].source(format_)
    # the peak is of this file alone: those before it may not hide what it takes
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    try:
        survives(format_, Path(name), source)
        outcome = "read"
    except UnreadableFile:
        outcome = "unreadable"
    except Exception as fault:
        outcome = f"{{type(fault).__name__}}: {{fault}}"
    sys.stdout.write(json.dumps([format_, name, memory("VmHWM") - before, outcome]) + "\\n")
    sys.stdout.flush()
"""


def peaks(files: list[tuple[str, Path]]) -> list[tuple[str, str, int, str]]:
    """Read files in a process of their own.

    Returns
    -------
    Format, file, MB that it took beyond what the process had, and outcome of each.
    """
    here = Path(__file__).resolve()
    script = HUNGRY.format(here=str(here.parent), root=str(here.parents[3]))
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([[format_, str(path)] for format_, path in files]),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(files)
    return rows


def bounded(files: list[tuple[str, Path]]) -> None:
    """Require of bombs that they are read or refused, and that memory stays within its limit."""
    read = peaks(files)

    assert [one for one in read if one[-1] not in ("read", "unreadable")] == []
    # a JSON document is read whole, up to 256 MB: bytes, text and the reader's copy of it
    assert [one for one in read if one[2] > MAX_GROWTH_MB] == []


ONE_OF_EACH_READER = (
    "email", "intercom", "zendesk", "whatsapp", "segment", "snowplow", "salesforce", "google_ads",
    "ecb_rates", "csv", "json",
)  # fmt: skip


def test_a_line_of_100_mb_raises_the_memory_of_no_reader_beyond_its_limit(tmp_path):
    content = gzipped([b"a" * MEGABYTE] * 100)
    assert len(content) < MEGABYTE

    bounded(
        [
            (format_, put(tmp_path / format_, SAMPLES[format_][0], content, ".gz"))
            for format_ in ONE_OF_EACH_READER
        ]
    )


@pytest.mark.pipeline
def test_a_text_of_100_mb_that_never_ends_is_bounded_too(tmp_path):
    files = []
    for number, beginning in enumerate((b"", b'[{"id": "', b"x,", b"From: ")):
        pieces = [beginning, *([b"a" * MEGABYTE] * 100)]
        # the test above reads the line that is nothing but 100 MB with one of each reader
        packed = [one for one in FORMATS if beginning or one not in ONE_OF_EACH_READER]
        # formats of one reader unpack alike
        for suffix, content, formats in (
            (".gz", gzipped(pieces), packed),
            (".zst", pa.Codec("zstd").compress(b"".join(pieces), asbytes=True), ONE_OF_EACH_READER),
        ):
            folder = tmp_path / str(number)
            files += [
                (format_, put(folder / format_, SAMPLES[format_][0], content, suffix))
                for format_ in formats
            ]

    bounded(files)


def test_an_archive_of_100_mb_in_a_few_kilobytes_is_bounded(tmp_path):
    bombs = []
    for format_, name in (("whatsapp", "_chat.txt"), ("xlsx", "xl/worksheets/sheet1.xml")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            file.writestr(name, b"a" * (100 * MEGABYTE))
        sample = SAMPLES[format_][-1]
        bombs.append((format_, put(tmp_path / format_, sample, buffer.getvalue())))

    bounded(bombs)


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


@pytest.mark.real_data
@pytest.mark.parametrize("format_", REAL_FILES)
def test_damaged_real_files_give_rows_and_reasons(real_data, tmp_path, format_):
    chance = random.Random(format_)
    files = [file for glob in REAL_FILES[format_] for file in sorted(real_data.glob(glob))]
    files = [file for file in files if file.is_file() and file.stat().st_size]
    assert files
    sample = SAMPLES[format_][0]
    for file in chance.sample(files, min(len(files), max(EXAMPLES // 2, 4))):
        data = bytearray(file.read_bytes()[:20_000])
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 20)] = chance.choice(NASTY)
        relative = file.relative_to(real_data).as_posix()
        path = put(tmp_path, Sample(relative, bytes(data)))
        attempt(format_, path, sample.source(format_))
