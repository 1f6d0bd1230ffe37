"""The window: it holds a Workspace and shows it; nothing here reads a file, the network or SQL by itself."""
