"""Maps that lie under the fields, in square tiles: from files, or over HTTP with a cache; bytes in, bytes out."""
