"""``python -m ingest``: load what is new in the landing folder, without the rest of the job."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingest import storage
from ingest.config import read_config
from ingest.errors import IngestError
from ingest.loading.load import BatchResult, load_all
from ingest.private_files import keep_from_others

logger = logging.getLogger("ingest")


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the sources of a home folder; 0 if all went well, 1 if a source failed, 2 if none ran.

    The log says what became of each source.
    """
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    default_home = Path(os.environ.get("CRM_HOME", "data"))
    parser.add_argument(
        "--home", type=Path, default=default_home, help="default: $CRM_HOME or data"
    )
    parser.add_argument("--source", action="append", help="load this source only; may be repeated")
    parser.add_argument("--replay", action="store_true", help="read every file in landing/ again")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    keep_from_others()
    try:
        config = read_config(options.home / "sources.yml")
        warehouse = options.home / "warehouse.duckdb"
        storage.create(warehouse)
        with duckdb.connect(str(warehouse)) as con:
            results = load_all(
                con, config, options.home, only=options.source, replay=options.replay
            )
    except (IngestError, duckdb.IOException) as error:
        logger.error("%s", error)
        return 2
    for result in results:
        _report(result)
    return 1 if any(result.status == "failed" for result in results) else 0


def _report(result: BatchResult) -> None:
    if result.status == "failed":
        return  # the loader has said so
    logger.info(
        "%s: %s, %d files, %d records read, %d rows loaded, %d duplicate, %d quarantined%s",
        result.source,
        result.status,
        result.files,
        result.records_read,
        result.rows_loaded,
        result.rows_duplicate,
        result.rows_quarantined,
        f" ({result.message})" if result.message else "",
    )


if __name__ == "__main__":
    sys.exit(main())
