"""Work that another core can do ahead of its use in; its results, in their order, out."""
