"""May this run be published? What only the whole build shows, and the verdict over all checks."""
