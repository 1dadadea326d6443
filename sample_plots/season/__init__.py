"""How the invented season is made: landscape, parcels, cooperatives with their files and faults, deliveries.

Everything is drawn from `SEED`; nothing here shows a real place, person or clearing. Only the towns the sites are
named after exist.
"""

SEED = 20261120
