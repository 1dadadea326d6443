"""Files of people beside the plots, read once and checked before any raster is touched."""
