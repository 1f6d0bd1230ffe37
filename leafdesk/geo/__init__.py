"""Pure geometry on longitude and latitude (WGS 84)."""
