"""The command line, Leafdesk's second front end: what people script, and what tests drive from outside."""

from leafdesk.cli.root import run
from leafdesk.cli.start import Front

__all__ = ["Front", "run"]
