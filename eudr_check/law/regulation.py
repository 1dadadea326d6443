"""Figures of Regulation (EU) 2023/1115 that several rooms count with."""

from eudr_check.law.dates import legal_day

CUTOFF = legal_day("cut_off")
"""Deforestation after this day counts (Article 2(13))."""
CUTOFF_YEAR = CUTOFF.year
POINT_AREA_HA = 4.0
"""Up to this area a plot may be a point (Article 2(28)); the EU system takes a point without an area for so much."""
FOREST_HA = 0.5
"""Land can only be forest where it spans more than this (Article 2(4))."""
KEEP_YEARS = 5
"""Statements, and what stands behind them, are kept so long (Article 9(2), Article 12(5))."""
