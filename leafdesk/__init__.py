"""Leafdesk: Leaf Agriculture's fields, boundaries and farms on a laptop, with or without a connection."""

__version__ = "0.1.0"
