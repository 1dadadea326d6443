"""The map of a statement, drawn as SVG from the plots alone: no background, no server, same bytes every time."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import metres_per_degree
from eudr_check.package import palette
from eudr_check.typing import Geometries

WIDTH, MOST_HEIGHT, MARGIN = 640.0, 380.0, 34.0
DOT = 2.2
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_INK, _QUIET, _LINE = "#1d2a2f", "#5b6a70", "#d5dde0"


def draw(declared: Geometries) -> str:
    """SVG with graticule, scale bar and the plots of a statement (EPSG:4326; at least one)."""
    frame = _Frame(shapely.total_bounds(declared))
    low = palette.OUTCOMES["low"]
    body = [
        *frame.graticule(),
        frame.clip(),
        *_shapes(frame, declared, fill=low.colour, stroke=low.ink),
        "</g>",
        *frame.scale_bar(),
    ]
    size = f'width="{WIDTH:.0f}" height="{frame.height:.0f}" viewBox="0 0 {WIDTH:.0f} {frame.height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>' + "".join(body) + "</svg>"


class _Frame:
    """Degrees to drawing units: equirectangular, true to scale at the middle latitude."""

    def __init__(self, bounds: NDArray[np.float64]) -> None:
        west, south, east, north = bounds
        middle = (south + north) / 2
        self.shrink = float(np.cos(np.radians(middle)))
        pad = max((east - west) * self.shrink, north - south, 0.002) * 0.06
        self.west, self.east = west - pad / self.shrink, east + pad / self.shrink
        self.south, self.north = south - pad, north + pad
        inner = WIDTH - 2 * MARGIN
        self.scale = min(
            inner / ((self.east - self.west) * self.shrink), (MOST_HEIGHT - 2 * MARGIN) / (self.north - self.south)
        )
        spare = inner / self.scale - (self.east - self.west) * self.shrink
        self.west -= spare / 2 / self.shrink
        self.east += spare / 2 / self.shrink
        self.window = shapely.box(self.west, self.south, self.east, self.north)
        self.height = (self.north - self.south) * self.scale + 2 * MARGIN
        self.metres = float(metres_per_degree(middle)[1]) / self.scale

    def place(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        x = MARGIN + (coordinates[:, 0] - self.west) * self.shrink * self.scale
        y = MARGIN + (self.north - coordinates[:, 1]) * self.scale
        return np.column_stack([x, y])

    def graticule(self) -> list[str]:
        """Lines of longitude and latitude with their degrees, and the frame."""
        step = next((s for s in _STEPS if (self.east - self.west) / s <= 6), _STEPS[-1])
        decimals = max(0, -int(np.floor(np.log10(step))))
        drawn = []
        for k in range(int(np.ceil(self.west / step)), int(np.floor(self.east / step)) + 1):
            x = self.place(np.array([[k * step, 0.0]]))[0, 0]
            drawn.append(_line(x, MARGIN, x, self.height - MARGIN, _LINE, 0.7))
            drawn.append(_label(x, self.height - MARGIN + 14, _degrees(k * step, decimals), "middle"))
        for k in range(int(np.ceil(self.south / step)), int(np.floor(self.north / step)) + 1):
            y = self.place(np.array([[0.0, k * step]]))[0, 1]
            drawn.append(_line(MARGIN, y, WIDTH - MARGIN, y, _LINE, 0.7))
            label = _label(0, 0, _degrees(k * step, decimals), "middle")
            drawn.append(f'<g transform="translate({MARGIN - 6:.1f} {y:.1f}) rotate(-90)">{label}</g>')
        box = f'x="{MARGIN}" y="{MARGIN}" width="{WIDTH - 2 * MARGIN}" height="{self.height - 2 * MARGIN:.1f}"'
        drawn.append(f'<rect {box} fill="none" stroke="{_QUIET}" stroke-width="0.8"/>')
        return drawn

    def clip(self) -> str:
        """Opens a group whose drawing ends at the frame."""
        box = f'x="{MARGIN}" y="{MARGIN}" width="{WIDTH - 2 * MARGIN}" height="{self.height - 2 * MARGIN:.1f}"'
        return f'<clipPath id="frame"><rect {box}/></clipPath><g clip-path="url(#frame)">'

    def scale_bar(self) -> list[str]:
        """A bar of a round length, about a fifth of the width, and an arrow to the north."""
        longest = self.metres * (WIDTH - 2 * MARGIN) / 4
        round_lengths = [m * 10**p for p in range(0, 7) for m in (1, 2, 5)]
        length = max([m for m in round_lengths if m <= longest], default=1)
        text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
        x, y = MARGIN + 10, MARGIN - 10
        end = x + length / self.metres
        right = WIDTH - MARGIN - 8
        return [
            _line(x, y, end, y, _INK, 1.6),
            *(_line(tick, y - 3, tick, y + 3, _INK, 1.2) for tick in (x, end)),
            _label(end + 6, y + 3.5, text, "start"),
            f'<path d="M{right:.1f} {y - 11:.1f}l5 15l-5 -4l-5 4z" fill="{_INK}"/>',
            _label(right - 10, y + 3.5, "N", "end"),
        ]


def _shapes(frame: _Frame, geometries: NDArray[Any], *, fill: str, stroke: str) -> list[str]:
    """Outlines of the plots large enough to be seen, dots for the others; one dot where many fall together."""
    geometries = geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))]
    bounds = shapely.bounds(geometries)
    visible = (bounds[:, 3] - bounds[:, 1]) * frame.scale >= 2 * DOT if len(geometries) else np.zeros(0, dtype=bool)
    style = f'fill="{fill}" stroke="{stroke}"'
    drawn = []
    for part in shapely.get_parts(geometries[visible]):
        rings = [frame.place(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        path = "".join("M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "z" for ring in rings)
        drawn.append(f'<path d="{path}" {style} fill-rule="evenodd" stroke-width="0.6"/>')
    dots = frame.place(shapely.get_coordinates(shapely.centroid(geometries[~visible])))
    for x, y in np.unique(np.round(dots), axis=0) if len(dots) else ():
        drawn.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{DOT}" {style} stroke-width="0.5"/>')
    return drawn


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, width: float) -> str:
    ends = f'x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    font = f'font-family="Libertinus Serif" font-size="10.5" fill="{_QUIET}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font}>{text}</text>'


def _degrees(value: float, decimals: int) -> str:
    """Signed, because W is O in three of the four languages."""
    return f"{value:.{decimals}f}°".replace("-", "−")
