"""``raw`` in, ``identity.*`` out: who is who, by the evidence and by what people decided."""
