"""The language server: what an editor asks of an agreement while it is written.

`server` speaks the protocol. The rest answers from texts alone: `shelf` holds the texts, `desk` what they mean, and
there is a module for each question. Nothing outside of this package knows of it but the command that starts it.
"""
