"""What the simulated company is and what happens to it: a seed in, tables of true facts out."""
