"""Plot-by-plot deforestation evidence and EU due-diligence packages from public forest maps."""

__version__ = "0.1.0"
