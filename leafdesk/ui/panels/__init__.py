"""The parts of the main window, one file each."""
