"""Which column of a file is which of ours: said in the harvest, or recognised by its header and always reported."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from eudr_check.names import plain
from eudr_check.resources import read_yaml

FIELDS = (
    "plot_id",
    "producer_name",
    "producer_id",
    "producer_country",
    "production_place",
    "region",
    "planted_year",
    "declared_area_ha",
    "declared_area_m2",
    "longitude",
    "latitude",
    "geometry",
    "vertex",
    "accuracy_m",
)
DBF_NAME_LENGTH = 10
_PLOT_WORDS = frozenset(
    {
        "plot", "field", "farm", "parcel", "parcela", "parcelle", "lote", "finca", "chacra", "predio", "champ",
        "talhao", "gleba", "lahan", "kebun", "thua", "vuon",
    }
)  # fmt: skip
_HOUSE_WORDS = frozenset(
    {
        "house", "home", "household", "casa", "vivienda", "hogar", "maison", "domicile", "moradia", "rumah",
        "nha", "start", "end", "interview", "entrevista", "encuesta", "entretien", "enquete", "wawancara",
        "device", "office", "oficina", "bodega", "acopio", "residence", "residencia", "domicilio",
        "dwelling", "homestead", "houses", "casas", "maisons", "offices", "oficinas", "viviendas",
        "moradias", "escritorio", "bureau", "inicio", "debut", "begin", "background", "encuestador",
        "encuestadora", "entrevistador", "entrevistadora", "enumerator", "surveyor", "interviewer",
        "enqueteur", "logement", "habitation", "morada", "warehouse", "magasin", "gudang", "kantor",
        "domisili",
    }
)  # fmt: skip
_RECORD_WORDS = frozenset({"polygon", "poligono", "polygone", "record", "registro", "feature", "parcels", "plots"})
_ID_WORDS = frozenset(
    {"id", "no", "n", "nr", "nro", "num", "numero", "number", "nomor", "code", "cod", "codigo", "kode", "key", "clave",
     "identifier", "identificador", "identifiant", "so"}
)  # fmt: skip
_OF_ID = frozenset(
    {"de", "da", "do", "del", "la", "du", "the", "unique", "unico", "unica", "farmer", "producer", "productor",
     "producteur", "produtor", "petani", "gps", "cafe", "coffee"}
)  # fmt: skip
OF_AREA = frozenset(
    {
        "area", "areas", "superficie", "extension", "extensao", "tamano", "tamanho", "surface", "size", "luas",
        "dien", "tich", "total", "cafe", "coffee", "cacao", "cocoa", "en", "em", "in", "de", "do", "da", "del", "of",
        "land", "terreno", "cultivo", "cultivada", "sembrada", "plantada", *_PLOT_WORDS,
    }
)  # fmt: skip
"""Words beside the unit in the header of an area."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_AXES = ("longitude", "latitude")
_OF_HEADER = frozenset(
    {"s", "n", "e", "w", "o", "sur", "sul", "sud", "south", "north", "norte", "nord", "east", "este", "est", "west",
     "oeste", "ouest", "leste", "selatan", "utara", "timur", "barat", "decimal", "decimales", "dd", "deg", "degrees",
     "grados", "graus", "wgs84", "wgs"}
)  # fmt: skip
"""Words beside `latitude` that say how it is written, not whose it is."""


_PLACE_WORDS = frozenset(
    {"gps", "geopoint", "geo", "punto", "point", "ponto", "coordenadas", "coordinates", "ubicacion", "location",
     "localizacion", "localisation", "localizacao", "de", "la", "del", "of"}
)  # fmt: skip
"""Words of a question for the place of a plot; any other word may say that it is somebody else's place."""
_EXPORTED = re.compile(r"_(.+)_(latitude|longitude|altitude|precision)")
"""Headers of the four numbers of a place, as KoboToolbox and ODK export them."""


@cache
def known_headers() -> dict[str, tuple[str, ...]]:
    """Our field: headers it is known by, most telling first."""
    content = read_yaml(__package__, "headers.yaml")
    return {field: tuple(str(header) for header in content[field]) for field in FIELDS}


@cache
def all_known_headers() -> frozenset[str]:
    """Every header some field of ours is known by."""
    return frozenset(header for headers in known_headers().values() for header in headers)


def is_of_plot(header: str) -> bool:
    """Whether a header says that its place is the plot's."""
    return not is_of_house(header) and bool(_PLOT_WORDS & set(plain(header).split("_")))


def is_of_house(header: str) -> bool:
    """Whether a header says that its place is that of a house, an office or an interview."""
    return bool(_HOUSE_WORDS & set(plain(header).split("_")))


def names_house(text: str) -> bool:
    """Whether the first telling word of a name is one for a house: `Casa de la finca`, but not `Finca Casa Blanca`."""
    telling = [word for word in plain(text).split("_") if word in _HOUSE_WORDS | _PLOT_WORDS]
    return bool(telling) and telling[0] in _HOUSE_WORDS


def recognise(headers: Iterable[str], explicit: Mapping[str, str]) -> dict[str, str]:
    """The header taken for each of our fields.

    Args:
        headers: the file's own headers.
        explicit: our field: their header, as the harvest says; it wins, and is not checked here.

    Returns:
        Our field: their header, for the fields that were found.
    """
    taken = dict(explicit)
    free = [header for header in headers if header not in set(explicit.values())]
    last_parts = {header: _last_part(header) for header in free}
    exported = _parts_of_one_place(free)
    for field, known in known_headers().items():
        if field in taken or (field == "declared_area_m2" and "declared_area_ha" in explicit):
            continue
        ranks = {header: rank for rank, header in reversed(list(enumerate(known)))}
        candidates = [
            (rank, position, header)
            for position, header in enumerate(free)
            for form in (
                plain(header),
                last_parts[header],
                exported.get(header, ""),
                *((_bare_axis(header),) if field in _AXES else ()),
            )
            if not (field in ("longitude", "latitude", "geometry") and is_of_house(header))
            and (rank := ranks.get(form, _cut_short(form, known))) is not None
            and header not in taken.values()
        ]
        if candidates:
            taken[field] = min(candidates)[2]
    named = [header for header in free if header not in taken.values() and _names_plot(header)]
    if named:
        taken.setdefault("plot_id", named[0])
    areas = [header for header in free if header not in taken.values() and _names_area(header)]
    # Of two, nobody knows which is the plot's.
    if len(areas) == 1 and not {"declared_area_ha", "declared_area_m2"} & taken.keys():
        taken["declared_area_ha"] = areas[0]
    return taken


def _names_area(header: str) -> bool:
    """Whether a header that nobody listed says nothing but an area in hectares: `Área total (has)`, `Has. de café`.

    >>> [_names_area(one) for one in ("Área total (has)", "Has. café", "has children", "Área total")]
    [True, True, False, False]
    """
    words = plain(header).split("_")
    return names_hectares(header) and all(word in OF_AREA or names_hectares(word) for word in words)


def _names_plot(header: str) -> bool:
    """Whether a header that nobody listed says nothing but number or code of a plot: `N° de parcelle`, `FarmerPlotNo`.

    >>> [_names_plot(one) for one in ("Cód. Talhão", "FarmerPlotNumber", "Plot area", "No. of plots")]
    [True, True, False, False]
    """
    words = set(plain(_CAMEL.sub("_", header)).split("_"))
    kinds = _PLOT_WORDS | _RECORD_WORDS
    return bool(words & kinds) and bool(words & _ID_WORDS) and words <= kinds | _ID_WORDS | _OF_ID


def _bare_axis(header: str) -> str:
    """The header of a coordinate without words for the plot, the side or the unit: `Latitud (S) parcela` is latitud."""
    words = plain(header).split("_")
    return "_".join(word for word in words if word not in _OF_HEADER | _PLOT_WORDS) if len(words) > 1 else ""


def _parts_of_one_place(headers: Iterable[str]) -> dict[str, str]:
    """What the columns hold into which KoboToolbox splits the answer to a question of place.

    Only where the question speaks of a plot or of nothing but a place: any other word may mean where the interview
    began.
    Where a form asks for two such places nobody knows which is the plot's, and none is taken.

    >>> _parts_of_one_place(["_gps_latitude", "_gps_longitude", "_gps_precision"])
    {'_gps_latitude': 'latitude', '_gps_longitude': 'longitude', '_gps_precision': 'precision'}
    """
    found: dict[str, dict[str, str]] = {}
    for header in headers:
        if (parts := _EXPORTED.fullmatch(header)) and set(plain(parts[1]).split("_")) <= _PLACE_WORDS | _PLOT_WORDS:
            found.setdefault(parts[1], {})[header] = parts[2]
    places = [one for one in found.values() if {"latitude", "longitude"} <= set(one.values())]
    return places[0] if len(places) == 1 else {}


def rivals(headers: Iterable[str], taken: Mapping[str, str]) -> list[tuple[str, str]]:
    """Headers that were not taken although they are known for a field that was: our field, their header."""
    free = [header for header in headers if header not in set(taken.values())]
    return [
        (field, header)
        for field, known in known_headers().items()
        if field in taken
        for header in free
        if {plain(header), _last_part(header)} & set(known)
    ]


def _cut_short(form: str, known: tuple[str, ...]) -> int | None:
    """Rank of the first known header that begins so, where a shapefile has cut it at ten characters."""
    if len(form) != DBF_NAME_LENGTH:
        return None
    return next((rank for rank, header in enumerate(known) if header.startswith(form)), None)


def _last_part(header: str) -> str:
    """The question's own name in a survey export such as `grupo/parcela/codigo`."""
    return plain(re.split(r"[/:]", header)[-1])


def names_hectares(header: str) -> bool:
    """Whether a header of an area says that it is in hectares."""
    return any(
        part in ("ha", "has") or part.startswith("hect") or part == "hektar" for part in plain(header).split("_")
    )


def text_of(column: pd.Series) -> pd.Series:
    """Cells as text: whole numbers without a point, everything else as it stands, empty ones None.

    Args:
        column: any dtype.

    Returns:
        Series of object, str or None.
    """
    if column.dtype.kind in "iu":
        return column.astype(str).astype(object)
    if column.dtype.kind == "f":
        return pd.Series([_number_text(value) for value in column], index=column.index, dtype=object)
    values = [
        (value.strip() or None) if type(value) is str else _cell_text(value) for value in column.to_numpy(dtype=object)
    ]
    return pd.Series(values, index=column.index, dtype=object)


def _number_text(value: float) -> str | None:
    if value != value:
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))


def _cell_text(value: object) -> str | None:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, bytes):
        return None
    return str(value).strip() or None
