"""The map: fields on a plain widget, and the tools that draw and edit them."""
