"""Exit codes. Each has one meaning, and a test that reaches it."""

OK = 0
FOUND = 1  # a test failed, or what was asked to fail on was found
USAGE = 2
AGREEMENT = 3  # the agreement has errors
EVENTS = 4  # events were quarantined, or the input is incomplete
VERIFY = 5  # what a store has is not what follows, or not what was read
IO = 6  # a file could not be read or written; safe to run again
IN_USE = 7  # another run writes the store
LIMIT = 8  # a limit was reached
VERSION = 9  # the store is of another version
INTERNAL = 70  # a defect of bpodsl; a report file says more
STOPPED = 130  # somebody stopped it (Ctrl-C)
