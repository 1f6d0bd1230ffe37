"""Leafdesk in processes of its own, on a real disk and over real HTTP: killed, short of disk, its clock set.

`uv run python -m tests.processes --kills 1000` kills it a thousand times, `--pull 50000` in the middle of a first pull;
`--help` says what else there is.
"""
