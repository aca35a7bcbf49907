"""Live systems in; immutable files in ``landing/`` out, which the loader takes from there."""
