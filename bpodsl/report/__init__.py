"""Shows the record."""
