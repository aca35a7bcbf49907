"""Landing files: true facts in, the bytes that real systems would have exported out."""
