"""Faults put into the program on purpose, so that one sees which tests find them."""
