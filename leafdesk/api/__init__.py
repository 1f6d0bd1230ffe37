"""Leaf over HTTP: one method per endpoint, and the only place that knows Leaf's JSON."""
