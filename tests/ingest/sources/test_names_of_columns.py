"""Columns of CRM exports are found by their names, whatever those mean to others."""

from __future__ import annotations

from pathlib import Path

from ingest.source import Company, Source
from ingest.sources import FORMATS


def test_a_column_called_star_is_one_column(tmp_path: Path) -> None:
    file = tmp_path / "Account.csv"
    file.write_text(
        "Id,Name,LastModifiedDate,*\n001,Firm,2024-06-01T00:00:00Z,x\n002,Berg,2024-06-01T00:00:00Z,y\n"
    )
    source = Source(
        name="crm", format="salesforce", path="*", namespace="crm", columns={}, company=Company()
    )

    (parsed,) = FORMATS["salesforce"](file, source)

    assert parsed.rows["account"]["attributes"].to_list() == ['{"*":"x"}', '{"*":"y"}']
