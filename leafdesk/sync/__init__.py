"""Keeping the laptop and Leaf in step: rules without I/O, and the one engine that drives them."""
