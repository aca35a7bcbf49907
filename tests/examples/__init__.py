"""Every example of ``examples/`` on the real data it is about, compared with known figures."""
