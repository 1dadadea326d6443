"""One module per change of the tables, never altered once released."""
