"""`python -m bpodsl`."""

from bpodsl.cli import main

main()
