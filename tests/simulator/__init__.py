"""Whole seeded weeks of a laptop, its user, colleagues and a bad line, in milliseconds and without a network.

`uv run python -m tests.simulator --schedules 2000` runs two thousand of them; `--help` says what else there is.
"""
