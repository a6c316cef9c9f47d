"""How fast it is, as ratios to a yardstick of the same run: `python -m tests.benchmarks`."""
