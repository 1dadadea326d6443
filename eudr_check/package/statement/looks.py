"""Dated pictures on the pages of a statement: one before the cut-off and one of now, each with what stands under it."""

import base64

from eudr_check.package.pictures import Shot

LINES = (("forest", "#37d67a", 0.28), ("loss", "#ff4fb0", 0.28), ("plot", "#ffffff", 0.4))
"""Outlines from below to above: name, colour and width in sixtieths of a picture."""
_INK, _PAPER = "#1d2a2f", "#ffffff"


def shown(look: Shot, language: str) -> dict[str, object]:
    """A look as the layout takes it: picture (none where nothing clear was seen), name, date and lines.

    Raises:
        PackageError: its picture cannot be read.
    """
    said = look.said[language]
    svg = draw(look) if look.chips else None
    return {"svg": svg, "name": said.name, "date": look.date or "–", "lines": list(said.lines)}


def draw(look: Shot) -> str:
    """SVG of the native cells, true colour or radar, with outlines, 100 m and an arrow to the scene's north."""
    pixels = base64.b64encode(look.png("radar" if "radar" in look.chips else "true")).decode()
    size = f'width="{look.width}" height="{look.height}"'
    body = [f'<image {size} image-rendering="optimizeSpeed" href="data:image/png;base64,{pixels}"/>']
    for name, colour, width in LINES:
        for ring in look.rings.get(name, ()):
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in ring)
            body += [_line(points, ink, (width + more) * look.width / 60) for ink, more in ((_INK, 0.18), (colour, 0))]
    body += _scale_and_north(look)
    box = f'width="{look.width * 10}" height="{look.height * 10}" viewBox="0 0 {look.width} {look.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>' + "".join(body) + "</svg>"


def _line(points: str, colour: str, width: float) -> str:
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width:.2f}"/>'


def _scale_and_north(look: Shot) -> list[str]:
    unit = max(look.width, look.height) / 40
    metres = 100 if 100 / look.cell_m >= 2.5 * unit else 1000
    length, left, bottom = metres / look.cell_m, 1.2 * unit, look.height - 1.2 * unit
    bar = f"{left:.2f},{bottom:.2f} {left + length:.2f},{bottom:.2f}"
    x, y = look.width - 1.8 * unit, 1.0 * unit
    arrow = f"M{x:.2f} {y:.2f}l{-0.6 * unit:.2f} {1.9 * unit:.2f}l{0.6 * unit:.2f} {-0.45 * unit:.2f}"
    arrow += f"l{0.6 * unit:.2f} {0.45 * unit:.2f}z"
    name = "100 m" if metres == 100 else "1 km"
    return [
        _line(bar, _INK, 0.55 * unit),
        _line(bar, _PAPER, 0.25 * unit),
        *_label(left, bottom - 0.7 * unit, name, "start", unit),
        f'<path d="{arrow}" fill="{_PAPER}" stroke="{_INK}" stroke-width="{0.1 * unit:.2f}"/>',
        *_label(x, y + 3.4 * unit, "N", "middle", unit),
    ]


def _label(x: float, y: float, text: str, anchor: str, unit: float) -> list[str]:
    """Bright letters with a dark edge, drawn as two texts: not every reader of SVG paints the edge first."""
    font = f'font-family="Libertinus Serif" font-weight="600" font-size="{1.5 * unit:.2f}" text-anchor="{anchor}"'
    edge = f'fill="{_INK}" stroke="{_INK}" stroke-width="{0.3 * unit:.2f}"'
    place = f'x="{x:.2f}" y="{y:.2f}" {font}'
    return [f"<text {place} {paint}>{text}</text>" for paint in (edge, f'fill="{_PAPER}"')]
