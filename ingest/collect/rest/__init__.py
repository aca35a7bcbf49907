"""HTTP APIs in; pages of records as they were delivered out."""
