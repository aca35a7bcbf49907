"""``guards.yml`` and ``identity_guards.yml`` of a home in, the guards in force there out."""

from __future__ import annotations

import duckdb

from ingest.plain_files import NO_FILE, is_plain
from models_ml.identity import Guards, load_guards
from orchestration.errors import WrongUse
from orchestration.home import Home


def read_guards(home: Home) -> Guards:
    """Return the guards of a home: the defaults with what its ``identity_guards.yml`` changes.

    Raises
    ------
    WrongUse
        If the file cannot be read or says something impossible; the message names the key.
    """
    file = home.guards_file
    if not is_plain(file):
        raise WrongUse(f"{file} {NO_FILE}.")
    try:
        own = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return load_guards()
    except OSError as error:
        raise WrongUse(
            f"{file} cannot be read ({error.strerror}): correct its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise WrongUse(
            f"{file} is no UTF-8 text (byte {error.start}): save it as UTF-8."
        ) from error
    try:
        guards = load_guards(own=own)
        _check_patterns(guards)
    except ValueError as error:
        raise WrongUse(f"{file}: {error}; correct it, or leave it out for the default.") from error
    return guards


def _check_patterns(guards: Guards) -> None:
    """Raise ``ValueError`` for a pattern of tax numbers that DuckDB, which asks it, cannot read.

    Polars has asked it already, and knows more: ``(?x)``, and more than a thousand repetitions.
    """
    with duckdb.connect() as con:
        for place, patterns in (
            ("blocked.values", guards.blocked_values),
            ("blocked.tax_numbers", guards.blocked_tax_numbers),
        ):
            for pattern in patterns:
                try:
                    con.execute("select regexp_full_match('', ?)", [pattern])
                except duckdb.InvalidInputException as error:
                    said = str(error).removeprefix("Invalid Input Error: ")
                    raise ValueError(
                        f"{place}: {pattern!r} is no regular expression of RE2: {said}"
                    ) from error


def note_role_addresses(con: duckdb.DuckDBPyConnection, guards: Guards) -> None:
    """Tell the marts whose names say nothing of a customer: setting ``role_addresses``."""
    con.execute(
        "insert or replace into meta.settings (name, value) values ('role_addresses', ?)",
        [f"|{'|'.join(guards.role_addresses)}|"],
    )
