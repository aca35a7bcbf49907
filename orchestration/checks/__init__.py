"""Checks of the newest rows against their contracts, and what every check of a run found."""
