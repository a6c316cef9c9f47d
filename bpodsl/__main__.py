"""`python -m bpodsl`."""

from bpodsl.cli import main

# A process that a run starts beside itself imports this module again.
if __name__ == "__main__":
    main()
