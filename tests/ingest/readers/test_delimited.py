"""Every record of a delimited file is read or rejected, one by one."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parsed import UnreadableFile
from ingest.readers import TableRequest, limited
from ingest.readers.delimited import read_delimited
from ingest.readers.tidy import is_tidy


def read(file: Path, delimiter: str = ",", **options: object) -> tuple[list, list, int]:
    """Return rows (position, fields…), rejected (position, code, reason) and records read."""
    request = TableRequest(entity="contact", used=(), options=options)
    chunks = list(read_delimited(file, request, delimiter))
    rows = [row for chunk in chunks for row in chunk.frame.rows()]
    rejected = [
        (row["position"], row["reason_code"], row["reason"], row["payload"])
        for chunk in chunks
        for row in chunk.rejected.rows(named=True)
    ]
    read_count = sum(chunk.read for chunk in chunks)
    positions = [row[0] for row in rows] + [row[0] for row in rejected]
    assert sorted(positions) == list(range(1, read_count + 1))
    return rows, rejected, read_count


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_quoted_fields_may_hold_delimiters_quotes_and_lines(file: Path) -> None:
    file.write_text('a,b\r\n1,"x, ""y"""\r\n2,"two\nlines"\r\n')

    assert read(file)[0] == [(1, "1", 'x, "y"'), (2, "2", "two\nlines")]


def test_a_ragged_line_is_rejected_with_its_number_and_nothing_else(file: Path) -> None:
    file.write_text('a,b\n1,2\n3,4,5\n"6\n6",7\n8\n9,10\n')

    rows, rejected, _ = read(file)

    assert rows == [(1, "1", "2"), (3, "6\n6", "7"), (5, "9", "10")]
    assert rejected == [
        (2, "malformed_line", "line 3 has 3 fields, not 2", "3,4,5"),
        (4, "malformed_line", "line 6 has 1 fields, not 2", "8"),
    ]


def test_ragged_lines_at_both_ends_and_side_by_side_cost_no_other(file: Path) -> None:
    file.write_text("a,b\n1\n2,2\n3,3,3\n\n4\n5,5\n6,6\n7")

    rows, rejected, _ = read(file)

    assert rows == [(2, "2", "2"), (5, "5", "5"), (6, "6", "6")]
    assert [(at, payload) for at, _, _, payload in rejected] == [
        (1, "1"), (3, "3,3,3"), (4, "4"), (7, "7"),
    ]  # fmt: skip


def test_a_stray_quote_is_a_letter(file: Path) -> None:
    file.write_text('a,b\n1,5" pipe\n2,"ok"\n3,x "y"\n')

    assert read(file)[0] == [(1, "1", '5" pipe'), (2, "2", "ok"), (3, "3", 'x "y"')]


def test_a_quote_that_never_closes_costs_one_line(file: Path) -> None:
    file.write_text('a,b\n1,2\n3,"4\n5,6\n7,8\n')

    rows, rejected, _ = read(file)

    assert [row[1] for row in rows] == ["1", "5", "7"] or [row[1] for row in rows] == [
        "1", "3", "5", "7",
    ]  # fmt: skip
    assert len(rows) + len(rejected) == 4


def test_blank_lines_are_no_records_and_the_last_newline_may_be_missing(file: Path) -> None:
    file.write_text("a,b\n\n1,2\n\r\n3,4")

    assert read(file)[0] == [(1, "1", "2"), (2, "3", "4")]


@pytest.mark.parametrize("content", ["", "\n\n", "a,b", "a,b\n", "\ufeffa,b\r\n"])
def test_a_file_without_records_has_none(content: str, file: Path) -> None:
    file.write_text(content)

    assert read(file) == ([], [], 0)


def test_marks_and_encodings_are_understood(file: Path) -> None:
    for content, options in (
        ("a,b\n1,ü\n".encode("utf-8-sig"), {}),
        ("a,b\n1,ü\n".encode("utf-16"), {}),
        ("a,b\n1,ü\n".encode("cp1252"), {"encoding": "cp1252"}),
        ("a,b\n1,ü\n".encode("utf-16-le"), {"encoding": "utf-16-le"}),
    ):
        file.write_bytes(content)
        assert read(file, **options)[0] == [(1, "1", "ü")]


def test_a_line_in_another_encoding_is_read_as_windows_1252_and_noted(file: Path) -> None:
    file.write_bytes("a,b\n1,ü\n".encode() + "2,ö€\n".encode("cp1252") + b"3,\x81\n")
    request = TableRequest(entity="contact", used=())

    chunks = list(read_delimited(file, request, ","))

    assert [row[2] for chunk in chunks for row in chunk.frame.rows()] == ["ü", "ö€", "\x81"]
    assert any("Windows-1252" in note for chunk in chunks for note in chunk.notes)


def test_a_header_in_another_encoding_is_read_as_its_lines_are(file: Path) -> None:
    file.write_bytes("Größe,b\n1,ö\n".encode("cp1252"))
    request = TableRequest(entity="contact", used=("Größe",))

    (chunk,) = read_delimited(file, request, ",")

    assert chunk.frame["Größe"].to_list() == ["1"]
    assert chunk.notes == ("has lines that are no UTF-8; they were read as Windows-1252",)


def test_a_byte_that_the_stated_encoding_does_not_know_is_kept(file: Path) -> None:
    for content, encoding, text in (
        (b"a,b\n1,\x80\x81\n", "cp1252", "€\x81"),
        (b"a,b\n1,\xe4\n", "ascii", "ä"),
    ):
        file.write_bytes(content)
        assert read(file, encoding=encoding)[0] == [(1, "1", text)]


@pytest.mark.parametrize("options", [{}, {"skip_lines": 1}, {"delimiter": "|"}, {"block": 3}])
@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_in_which_excel_names_the_delimiter_is_no_header(
    file: Path, first: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"{first}\r\na;b\r\n1;2,5\r\n", encoding="utf-8-sig")
    monkeypatch.setattr(limited, "BLOCK_BYTES", options.pop("block", 1 << 20))

    assert read(file, **options)[0] == [(1, "1", "2,5")]


@pytest.mark.parametrize("stray", ["", '3,"x" y\n'])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_the_header_of_a_file_that_was_put_behind_is_no_record(
    file: Path, stray: str, mark: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"id,b\n1,2\n{mark}id,b\n1,id,b\n,id,b\n5,6\n{stray}")
    monkeypatch.setattr(limited, "BLOCK_BYTES", block)

    rows, rejected, _ = read(file)

    assert [row[1:] for row in rows][:2] == [("1", "2"), ("5", "6")]
    assert [code for _, code, *_ in rejected] == ["malformed_line"] * 2


def test_utf16_without_mark_is_refused_with_the_remedy(file: Path) -> None:
    file.write_bytes("a,b\n1,2\n".encode("utf-16-le"))

    with pytest.raises(UnreadableFile, match=r"options\.encoding"):
        read(file)


def test_compressed_files_are_unpacked(tmp_path: Path) -> None:
    content = b"a,b\n1,2\n"
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(content))
    assert read(packed)[0] == [(1, "1", "2")]
    packed = tmp_path / "a.csv.zst"
    packed.write_bytes(pa.compress(content, codec="zstd", asbytes=True))
    assert read(packed)[0] == [(1, "1", "2")]


def test_a_bomb_is_stopped_at_the_limit(tmp_path: Path) -> None:
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 100_000))

    with pytest.raises(UnreadableFile, match="max_bytes"):
        read(packed, max_bytes=10_000)


def test_a_line_without_end_is_rejected_and_passed_over(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "BLOCK_BYTES", 64)
    file.write_text("a,b\n1,2\n" + "x" * 5_000 + "\n3,4\n")

    rows, rejected, _ = read(file, max_line_bytes=200)

    assert rows == [(1, "1", "2"), (3, "3", "4")]
    assert [(position, code) for position, code, *_ in rejected] == [(2, "line_too_long")]


def test_headers_may_be_named_absent_repeated_or_late(file: Path) -> None:
    file.write_text("made by x\n\n1;2\n")
    assert read(file, ";", header=("p", "q"), skip_lines=1)[0] == [(1, "1", "2")]
    assert read(file, ";", header=False, skip_lines=1)[0] == [(1, "1", "2")]
    file.write_text("a,a,\n1,2,3\n")
    request = TableRequest(entity="contact", used=())
    (chunk,) = read_delimited(file, request, ",")
    assert chunk.frame.columns == ["$position", "a", "a_2", "column_3"]


def test_runs_of_blanks_may_separate(file: Path) -> None:
    file.write_text("  a   b\n 00001  1997  \n\t2 3\n")

    request = TableRequest(entity="contact", used=(), options={"delimiter": "whitespace"})
    rows = [row for chunk in read_delimited(file, request, ",") for row in chunk.frame.rows()]
    assert rows == [(1, "00001", "1997"), (2, "2", "3")]


FIELDS = st.text(alphabet='ab ,"\nü\r', max_size=8).filter(lambda text: text != "\r")


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(st.text("xyz", min_size=1, max_size=3), FIELDS), max_size=12),
    block=st.integers(5, 60),
)
def test_what_the_csv_module_writes_is_read_back_at_any_block_size(
    rows: list[tuple[str, str]], block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["a", "b"])
    writer.writerows(rows)
    file = tmp_path_factory.mktemp("csv") / "a.csv"
    file.write_bytes(buffer.getvalue().encode())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limited, "BLOCK_BYTES", block)
        found, rejected, _ = read(file)

    assert rejected == []
    assert [(a, b or "") for _, a, b in found] == [(a, b) for a, b in rows]


@settings(max_examples=100)
@given(content=st.binary(max_size=80), block=st.integers(3, 40))
def test_no_bytes_are_lost_or_an_error(
    content: bytes, block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("csv") / "a.csv"
    file.write_bytes(b"a,b\n" + content.replace(b"x", b'"').replace(b"y", b"\n"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limited, "BLOCK_BYTES", block)
        try:
            read(file, max_line_bytes=30)
        except UnreadableFile:
            return


@given(st.lists(st.text(st.sampled_from("a \t\x0b\r\u00a0ä-"), max_size=4), min_size=1, max_size=4))
def test_only_records_without_blanks_at_the_ends_of_fields_are_tidy(fields: list[str]) -> None:
    tidy = is_tidy(f"{','.join(fields)}\n{','.join(fields)}\n".encode(), ",", '"')

    if tidy:
        assert pl.Series(fields).str.strip_chars().to_list() == fields


def test_plain_records_are_tidy_and_quoted_ones_may_not_be() -> None:
    assert is_tidy(b"1,two words,\n2,b,c\n", ",", '"')
    assert is_tidy(b"1\ttwo words\n", "\t", '"')
    assert not is_tidy(b'1,"b "\n', ",", '"')


def test_many_blocks_give_the_same_as_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pl.DataFrame({"a": range(500), "b": [f'line "{n}"\n' for n in range(500)]}).write_csv(file)
    whole = read(file)
    monkeypatch.setattr(limited, "BLOCK_BYTES", 97)

    assert read(file) == whole


@pytest.mark.parametrize("odd", ["", '3,un"quoted"\n'])
def test_lines_that_the_options_call_no_records_are_none(file: Path, odd: str) -> None:
    file.write_text(f'a,b\n1,x\n# no\n2,"y\n# within"\n{odd}# one, more\n"Total",9\n"Total"\n')

    rows, rejected, read_count = read(file, no_records='^(#|"Total")')

    assert [row[1] for row in rows] == ["1", "2", *(["3"] if odd else [])]
    assert rows[1][2] == "y\n# within"
    assert (rejected, read_count) == ([], len(rows))
