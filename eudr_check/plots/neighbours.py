"""Plots on the same land: duplicates and overlaps."""
