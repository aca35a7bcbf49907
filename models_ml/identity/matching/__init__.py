"""Records that share no identifier: profiles in, scored pairs and why they scored so out."""
