"""Folders of the tables that Fivetran writes, one file a table, in; canonical entities out."""
