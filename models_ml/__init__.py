"""Data frames in; identities and scores with their reasons out. No database, no Dagster."""
