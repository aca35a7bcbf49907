"""The file of decisions: what was confirmed is in it, and what is no decision is named."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest
from repair_commands import crm

from orchestration.errors import Refused
from orchestration.home import Home
from orchestration.identity import decisions


@pytest.mark.parametrize("break_", ["\u2028", "\x85", "\x0b", "\r\n", "\n"])
def test_a_reason_may_hold_whatever_a_page_calls_the_end_of_a_line(home: Home, break_: str):
    reason = f"called her{break_}same person"
    arguments = ("join", "contact:crm:3", "contact:crm:2", "--reason", reason)

    assert crm(home, *arguments).exit_code == 0

    (decision,) = decisions.read_decisions(home)
    assert decision.reason == reason
    assert crm(home, "decisions").exit_code == 0


def test_a_file_of_decisions_that_is_no_text_is_refused(home: Home):
    file = decisions.decisions_file(home)
    file.parent.mkdir()
    file.write_bytes(b"{\xff}\n")

    result = crm(home, "decisions")

    assert result.exit_code == 1
    assert "decisions.jsonl line 1 is no decision" in result.stderr


class TestFile:
    ROW: ClassVar = {
        "verdict": "join",
        "identifier_a": "a:1",
        "identifier_b": "b:1",
        "author": "maria",
        "reason": "Zoë said so",
    }

    def test_what_was_written_is_read(self, tmp_path: Path):
        home = Home(tmp_path)

        written = decisions.append(home, [self.ROW, {**self.ROW, "verdict": "split"}], seen=0)

        assert decisions.read_decisions(home) == written
        assert [one.decision_id for one in written] == ["d_0001", "d_0002"]
        assert isinstance(written[0].decided_at, datetime)
        rows = decisions.table(written)
        assert rows["revoked_by"].to_list() == ["d_0002", None]
        assert decisions.in_force(rows)["verdict"].to_list() == ["split"]

    def test_a_line_cut_short_was_never_a_decision_and_gives_way_to_the_next(self, tmp_path: Path):
        home = Home(tmp_path)
        decisions.append(home, [self.ROW], seen=0)
        with decisions.decisions_file(home).open("a") as stream:
            stream.write('{"decision_id": "d_0002", "verdi')

        assert len(decisions.read_decisions(home)) == 1
        decisions.append(home, [self.ROW], seen=1)
        assert [one.decision_id for one in decisions.read_decisions(home)] == ["d_0001", "d_0002"]

    def test_of_two_decisions_in_the_same_moment_the_first_is_written(self, tmp_path: Path):
        home = Home(tmp_path)
        decisions.append(home, [self.ROW], seen=0)

        with pytest.raises(Refused, match="Somebody has decided something in the same moment"):
            decisions.append(home, [{**self.ROW, "verdict": "split"}], seen=0)

        assert [one.verdict for one in decisions.read_decisions(home)] == ["join"]

    @pytest.mark.parametrize(
        "line",
        ["nonsense", "{}", '{"decision_id": "d_1", "verdict": "perhaps", "identifier_a": "a", '
         '"identifier_b": "b", "author": "x", "reason": "r", "decided_at": "2026-01-01"}'],
    )  # fmt: skip
    def test_a_line_that_is_no_decision_is_named(self, tmp_path: Path, line: str):
        home = Home(tmp_path)
        decisions.append(home, [self.ROW], seen=0)
        with decisions.decisions_file(home).open("a") as stream:
            stream.write(line + "\n")

        with pytest.raises(Refused, match="line 2 is no decision"):
            decisions.read_decisions(home)

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"identifier_a": ["a"]}, "identifier_a \\['a'\\] is no text"),
            ({"identifier_a": 5}, "identifier_a 5 is no text"),
            ({"reason": None}, "reason None is no text"),
            ({"reason": "\ud800"}, "surrogates not allowed"),
            ({"author": " "}, "author ' ' is no text"),
            ({"identifier_b": "a:1"}, "verdict 'join' of \\('a:1', 'a:1'\\)"),
            ({"revokes": "d_0001"}, "verdict 'join' of d_0001"),
            ({"verdict": "revoke"}, "verdict 'revoke' of"),
            # the line before was copied, or one was taken out
            ({"decision_id": "d_0001"}, "decision_id 'd_0001' is not d_0002"),
            ({"decision_id": "d_0003"}, "decision_id 'd_0003' is not d_0002"),
        ],
    )
    def test_a_line_changed_by_hand_is_refused_with_what_is_wrong(
        self, tmp_path: Path, changed: dict[str, object], says: str
    ):
        home = Home(tmp_path)
        line = {**self.ROW, "decision_id": "d_0002", "decided_at": "2026-01-01T00:00:00"}
        decisions.append(home, [self.ROW], seen=0)
        with decisions.decisions_file(home).open("a") as stream:
            stream.write(json.dumps({**line, **changed}) + "\n")

        with pytest.raises(Refused, match=f"line 2 is no decision .*{says}.*: restore the file"):
            decisions.read_decisions(home)

    @pytest.mark.parametrize("revoked", ["d_0002", "d_0009", "c_1"])
    def test_what_was_never_decided_before_is_not_taken_back(self, tmp_path: Path, revoked: str):
        home = Home(tmp_path)
        said = {"verdict": "revoke", "author": "maria", "reason": "r"}
        decisions.append(home, [self.ROW, {**said, "revokes": revoked}], seen=0)

        with pytest.raises(Refused, match=f"line 2 is no decision .*'revoke' of {revoked}"):
            decisions.read_decisions(home)

    def test_a_line_of_brackets_without_end_is_refused(self, tmp_path: Path):
        home = Home(tmp_path)
        decisions.append(home, [self.ROW], seen=0)
        with decisions.decisions_file(home).open("a") as stream:
            stream.write("[" * 100_000 + "\n")

        with pytest.raises(Refused, match="line 2 is no decision"):
            decisions.read_decisions(home)

    def test_line_ends_and_mark_of_another_system_change_nothing(self, tmp_path: Path):
        home = Home(tmp_path)
        written = decisions.append(home, [self.ROW, {**self.ROW, "verdict": "split"}], seen=0)
        file = decisions.decisions_file(home)
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

        assert decisions.read_decisions(home) == written

    def test_nothing_is_decided_where_there_is_no_file(self, tmp_path: Path):
        assert decisions.table(decisions.read_decisions(Home(tmp_path))).equals(
            pl.DataFrame(schema=decisions.TABLE)
        )
