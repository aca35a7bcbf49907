"""The wiring: one Dagster asset graph over ingest, identity, dbt, scores, gate and publishing."""
