"""Maps that are polygons of a vector file, laid on plots exactly as they are drawn.

`settings` says what a definition of one may hold, `files` reads the file, `zones` gives the ground of a tile with the
values of EVIDENCE, and `drawn` shows it on the cells of a cube for pictures.
"""
