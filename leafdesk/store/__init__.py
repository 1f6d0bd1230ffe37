"""The local SQLite database: server copies, pending edits, and what the user sees."""
