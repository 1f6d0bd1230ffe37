"""Fields in other programs' files: read with every doubt told, written so that those programs understand them."""
