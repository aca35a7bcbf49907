from __future__ import annotations

import os
from pathlib import Path

from orchestration.home import Home
from orchestration.landing_watch import look


def land(home: Home, name: str, text: str) -> Path:
    path = home.landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_an_empty_landing_folder_asks_for_nothing(tmp_path: Path):
    assert look(Home(tmp_path), None).reason == "landing/ is empty"


def test_files_that_have_come_to_rest_ask_for_one_run(tmp_path: Path):
    home = Home(tmp_path)
    land(home, "mail/a.eml", "a")

    first = look(home, None)
    second = look(home, first.cursor)
    third = look(home, second.cursor)

    assert (first.run_key, first.reason) == (None, "files are arriving")
    assert second.run_key
    assert (third.run_key, third.reason) == (None, "nothing new in landing/")


def test_a_file_that_still_grows_is_waited_for(tmp_path: Path):
    home = Home(tmp_path)
    land(home, "mail/a.eml", "a")
    cursor = look(home, None).cursor
    land(home, "mail/a.eml", "a and more")

    growing = look(home, cursor)

    assert growing.run_key is None
    assert look(home, growing.cursor).run_key


def test_a_later_file_asks_for_another_run_with_another_key(tmp_path: Path):
    home = Home(tmp_path)
    land(home, "mail/a.eml", "a")
    asked = look(home, look(home, None).cursor)
    land(home, "mail/b.eml", "b")

    again = look(home, look(home, asked.cursor).cursor)

    assert again.run_key not in (None, asked.run_key)


def test_a_file_of_the_same_size_with_another_time_is_new(tmp_path: Path):
    home = Home(tmp_path)
    path = land(home, "a.csv", "1")
    asked = look(home, look(home, None).cursor)
    os.utime(path, ns=(1, 1))

    assert look(home, asked.cursor).reason == "files are arriving"
