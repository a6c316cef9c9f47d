"""All that a release must have held, in pieces that are kept as they are done."""
