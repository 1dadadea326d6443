"""The line through the years on the pages of a statement: NDVI and NBR of a plot, and when layers date a loss."""

import datetime as dt

from eudr_check.law.regulation import CUTOFF
from eudr_check.package.pictures import Line

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 150, 34, 8, 10, 24
INKS = {"ndvi": "#1b7f4b", "nbr": "#9a5b00"}
"""Dots of NDVI are round, those of NBR square: nobody needs colours to see which is which."""
LOSS, _INK, _FAINT = "#d6207f", "#4a5558", "#d9dee0"
LOWEST = -0.2
"""Of the axis; what lies lower is drawn on it."""


def draw(line: Line) -> str:
    """SVG of a line, from the first to the last year it has a date of."""
    days = [point.day for point in line.points]
    first, last = min(days).year, max([*(day.year for day in days), *line.losses])
    begin, end = dt.date(first, 1, 1), dt.date(last + 1, 1, 1)
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(day: dt.date) -> float:
        return LEFT + wide * (day - begin).days / (end - begin).days

    def y(value: float) -> float:
        return TOP + tall * (1 - max(value, LOWEST)) / (1 - LOWEST)

    body = []
    for value in (0, 0.5, 1):
        body += [
            _stroke(LEFT, y(value), WIDTH - RIGHT, y(value), _FAINT),
            _text(LEFT - 5, y(value) + 4, f"{value:g}", "end"),
        ]
    for year in range(first, last + 1):
        at = x(dt.date(year, 1, 1))
        body += [
            _stroke(at, TOP, at, HEIGHT - BOTTOM, _FAINT),
            _text(at + wide / (last - first + 1) / 2, HEIGHT - 5, str(year), "middle"),
        ]
    if begin <= CUTOFF < end:
        at = x(CUTOFF)
        body.append(_stroke(at, TOP, at, HEIGHT - BOTTOM, _INK, 'stroke-dasharray="4 3"'))
    for year in line.losses:
        low = HEIGHT - BOTTOM
        left, right = x(dt.date(year, 1, 1)), x(dt.date(year + 1, 1, 1))
        body.append(f'<rect x="{left + 1:.1f}" y="{low - 4}" width="{right - left - 2:.1f}" height="8" fill="{LOSS}"/>')
    for name, ink in INKS.items():
        known = [(x(point.day), y(value)) for point in line.points if (value := getattr(point, name)) is not None]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in known)
        body.append(f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="1.2"/>')
        body += [_dot(name, a, b, ink) for a, b in known]
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>' + "".join(body) + "</svg>"


def _dot(name: str, x: float, y: float, ink: str) -> str:
    if name == "ndvi":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{ink}"/>'
    return f'<rect x="{x - 2.2:.1f}" y="{y - 2.2:.1f}" width="4.4" height="4.4" fill="{ink}"/>'


def _stroke(x1: float, y1: float, x2: float, y2: float, ink: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" stroke-width="1" {more}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    font = 'font-family="Libertinus Serif" font-size="12"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font} fill="{_INK}" text-anchor="{anchor}">{text}</text>'
