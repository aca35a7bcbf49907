"""Times as sources write them, with or without a zone, in; naive UTC timestamps out."""
