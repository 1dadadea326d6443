"""Where the invented cooperatives lie: seven sites, each with its own metres east and north."""

from typing import NamedTuple

import numpy as np

from season.noise import Array

HALF_WIDTH_M, HALF_HEIGHT_M = 2300.0, 2100.0
"""Reach of the rasters around a site's centre; parcels stay within `PARCELS_M`."""
PARCELS_WIDTH_M, PARCELS_HEIGHT_M = 1950.0, 1750.0


class Site(NamedTuple):
    """One stretch of coffee land. Metres count from its centre, on a plane good to a few metres over 5 km."""

    key: str
    number: int
    longitude: float
    latitude: float
    metres_per_degree_east: float
    metres_per_degree_north: float
    utm: str
    region: str
    province: str
    districts: tuple[str, str]
    hamlets: tuple[str, str, str]
    forest: float
    """Share of the land under forest, roughly."""

    def to_metres(self, longitude: Array, latitude: Array) -> tuple[Array, Array]:
        """Metres east and north of the centre."""
        return (
            (longitude - self.longitude) * self.metres_per_degree_east,
            (latitude - self.latitude) * self.metres_per_degree_north,
        )

    def to_degrees(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Longitude and latitude (EPSG:4326)."""
        return (
            self.longitude + np.asarray(x) / self.metres_per_degree_east,
            self.latitude + np.asarray(y) / self.metres_per_degree_north,
        )

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees of the ground the rasters must cover."""
        dx, dy = HALF_WIDTH_M / self.metres_per_degree_east, HALF_HEIGHT_M / self.metres_per_degree_north
        return self.longitude - dx, self.latitude - dy, self.longitude + dx, self.latitude + dy


SITES = (
    Site(
        "jaen", 1, -78.872, -5.622, 110791.0, 110585.0, "EPSG:32717", "Cajamarca", "Jaén",
        ("Huabal", "Las Pirias"),
        ("Caserío Inventado Alto", "Caserío La Muestra", "Centro Poblado Supuesto"), 0.40,
    ),
    Site(
        "san-ignacio", 2, -79.046, -5.038, 110892.0, 110582.0, "EPSG:32717", "Cajamarca", "San Ignacio",
        ("Namballe", "San Ignacio"),
        ("Caserío El Ejemplo", "Caserío Ñangalí Inventado", "Caserío Peña Ficticia"), 0.46,
    ),
    Site(
        "bagua", 3, -78.426, -5.689, 110779.0, 110585.0, "EPSG:32717", "Amazonas", "Bagua",
        ("Copallín", "La Peca"),
        ("Anexo Muestrario", "Caserío San Ejemplo", "Anexo El Ensayo"), 0.34,
    ),
    Site(
        "bongara", 4, -78.0, -5.812, 110756.0, 110586.0, "EPSG:32718", "Amazonas", "Bongará",
        ("Florida", "Yambrasbamba"),
        ("Anexo Supuesto Bajo", "Anexo Nuevo Ejemplo", "Caserío Ñuñas Inventadas"), 0.50,
    ),
    Site(
        "mendoza", 5, -77.489, -6.361, 110649.0, 110589.0, "EPSG:32718", "Amazonas", "Rodríguez de Mendoza",
        ("Longar", "Omia"),
        ("Anexo Inventado", "Anexo La Demostración", "Caserío Señal Ficticia"), 0.48,
    ),
    Site(
        "moyobamba", 6, -77.004, -6.001, 110720.0, 110587.0, "EPSG:32718", "San Martín", "Moyobamba",
        ("Moyobamba", "Jepelacio"),
        ("Caserío Ejemplo del Mayo", "Caserío Muestra Nueva", "Centro Poblado Ficción"), 0.44,
    ),
    Site(
        "lamas", 7, -76.583, -6.333, 110655.0, 110589.0, "EPSG:32718", "San Martín", "Lamas",
        ("Alonso de Alvarado", "Pinto Recodo"),
        ("Caserío Alto Inventado", "Caserío Supuesta Unión", "Caserío Año Nuevo de Ejemplo"), 0.42,
    ),
)  # fmt: skip
BY_KEY = {site.key: site for site in SITES}
