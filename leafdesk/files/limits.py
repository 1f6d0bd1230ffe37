"""How much of a stranger's file is looked at; no farm's own file comes near."""

MB = 1 << 20
LARGEST_FILE = 200 * MB
"""Bytes of one file, unpacked."""
LARGEST_ARCHIVE = 1024 * MB
"""Bytes of everything in an archive, unpacked."""
MOST_ENTRIES = 10_000
STEEPEST = 100
"""So many times larger than packed may a packed file be."""
STEEP_FROM = 10 * MB
"""What unpacks to less than this is no bomb, however small it was: empty columns of a small table pack as well."""
MOST_CORNERS = 200_000
"""Corners of one field; more cannot be edited here."""
MOST_FEATURES = 100_000
DEEPEST = 128
"""Elements inside of each other in a KML file."""
MOST_COLUMNS = 100
LONGEST_TEXT = 1_000
"""Characters of an attribute that are kept."""
SECONDS = 60.0
"""So long may the reading of one file take."""
MEMORY = 3 << 30
"""Bytes that the reading of one file may ask for, where the system can be told."""
