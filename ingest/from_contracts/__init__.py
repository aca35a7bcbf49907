"""Contracts in; what follows from them out: types, tables, checks, sources of dbt, dictionary."""
