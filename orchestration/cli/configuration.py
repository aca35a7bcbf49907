"""``sources.yml``, read with errors that say what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.errors import Refused, WrongUse, sentence
from orchestration.home import Home

if TYPE_CHECKING:
    from ingest.config import Config


def configuration(home: Home) -> Config:
    """Return the home's configuration.

    Raises
    ------
    WrongUse
        If the home or its ``sources.yml`` is missing, unreadable or says something impossible.
    """
    from ingest.config import read_config
    from ingest.errors import ConfigError

    home.require()
    try:
        return read_config(home.sources_file)
    except ConfigError as error:
        raise WrongUse(sentence(error)) from error
    except OSError as error:
        raise WrongUse(
            f"{home.sources_file} cannot be read ({error.strerror}): correct its permissions."
        ) from error


def require_landed_files(home: Home, config: Config) -> None:
    """Raise ``Refused`` if nothing has ever landed."""
    if not any(path.is_file() for path in home.landing.rglob("*")):
        is_collected = any(source.collect is not None for source in config.sources)
        first = "fetch with `crm collect`, " if is_collected else ""
        raise Refused(
            f"{home.landing} holds no file: {first}put exports there as the paths in "
            f"{home.sources_file} say, or try `crm demo`."
        )
