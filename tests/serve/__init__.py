"""`bpodsl serve`: who is let in, what the pages say, and how they look and act in a real browser."""
