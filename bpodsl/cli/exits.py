"""Exit codes. Each has one meaning, and a test that reaches it."""

OK = 0
FOUND = 1  # a test failed, or what was asked to fail on was found
USAGE = 2
AGREEMENT = 3  # the agreement has errors
EVENTS = 4  # events were quarantined, or the input is incomplete
IO = 6  # a file could not be read or written; safe to run again
LIMIT = 8  # a limit was reached
INTERNAL = 70  # a defect of bpodsl; a report file says more
STOPPED = 130  # somebody stopped it (Ctrl-C)
