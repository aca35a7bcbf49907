"""The dbt project in; its models and tests as SQL, run as needed, out."""
