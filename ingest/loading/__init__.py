"""``sources.yml`` and landing files in; checked rows, stored with their counts, out."""
