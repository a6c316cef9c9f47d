"""Hostile input: whatever is in a file, each command ends as its page says, in bounded time and memory."""
