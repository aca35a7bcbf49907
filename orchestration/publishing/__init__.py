"""The build database in; generations of ``published/crm.duckdb`` out."""
