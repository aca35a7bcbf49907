"""What reads ``published/crm.duckdb``: the SQL shell and exports."""
