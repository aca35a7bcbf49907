"""One run at a time: its lock, its stages, its history, and whom a failure is told."""
