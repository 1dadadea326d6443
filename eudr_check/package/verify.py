"""A finished package checked with nothing but itself: hashes, EU file rules, papers, and the outcomes once more.

Whoever changes a file and every hash of it leaves no trace here: that takes a signature on the ZIP.
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import geopandas as gpd
import numpy as np
import pandas as pd
from lxml import etree

from eudr_check.config import Production
from eudr_check.errors import EudrCheckError, PackageError
from eudr_check.package import eu_check, payload
from eudr_check.package.bag import MANIFEST, sha256
from eudr_check.package.unpack import opened, safe
from eudr_check.tables import SETTLED
from eudr_check.variables import Variable

Assess = Callable[[pd.DataFrame, pd.DataFrame, Sequence[Variable], Mapping[str, Any], Production | None], pd.DataFrame]
"""PLOTS, EVIDENCE, variables, policy (as written in `policy.json`) and production to ASSESSMENTS."""

HECTARES = ("forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "agreed_deforestation_ha", "unknown_ha")
TOLERANCE_HA = 1e-9


@dataclass(frozen=True, order=True)
class Difference:
    """One thing in a package that is not as it says."""

    file: str
    code: str
    message: str


def verify(path: Path, *, assess: Assess | None = None) -> list[Difference]:
    """Everything that differs; an empty list is a package that holds what it says.

    Args:
        path: the ZIP, the unpacked bag, or the package folder.
        assess: recomputes ASSESSMENTS; None leaves the outcomes as they stand.

    Raises:
        PackageError: no package, or one that is not safe to open.
    """
    with opened(path) as top:
        content = top / "data" if (top / "bagit.txt").is_file() else top
        if not (content / MANIFEST).is_file():
            raise PackageError(f"{path}: no {MANIFEST} inside; this is no package of eudr-check")
        found = list(_bag(top)) if content != top else []
        manifest = _json(content, MANIFEST, found)
        if manifest is None:
            return sorted(set(found))
        found += _files(content, manifest)
        for folder in sorted(content.glob("statement-*")):
            found += _statement(content, folder, draft=bool(manifest.get("draft")))
        if assess is not None:
            found += _outcomes(content, assess)
        return sorted(set(found))


def _bag(top: Path) -> Iterator[Difference]:
    """The bag's own manifests against its files (RFC 8493)."""
    for name, wanted in (("manifest-sha256.txt", "data"), ("tagmanifest-sha256.txt", None)):
        path = top / name
        if not path.is_file():
            yield Difference(name, "missing", "the bag lacks this manifest")
            continue
        listed = _lines(path)
        present = (
            {f.relative_to(top).as_posix() for f in (top / "data").rglob("*") if f.is_file()} if wanted else set(listed)
        )
        yield from _compared(top, listed, present)


def _lines(path: Path) -> dict[str, str]:
    listed = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        digest, _, name = line.partition(" ")
        # BagIt writes line breaks and percent signs of file names in percent code.
        name = name.strip().lstrip("*").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        if not safe(name):
            raise PackageError(f"{path.name}: '{name}' leads out of the package; refused")
        listed[name] = digest
    return listed


def _files(content: Path, manifest: Mapping[str, Any]) -> Iterator[Difference]:
    """`MANIFEST.json` against the files; the bag's ZIP beside them is none of its own."""
    listed = {name: entry["sha256"] for name, entry in manifest["files"].items()}
    for name in listed:
        if not safe(name):
            raise PackageError(f"{MANIFEST}: '{name}' leads out of the package; refused")
    present = {
        file.relative_to(content).as_posix()
        for file in content.rglob("*")
        if file.is_file() and not (file.parent == content and (file.suffix == ".zip" or file.name == MANIFEST))
    }
    yield from _compared(content, listed, present)


def _compared(root: Path, listed: Mapping[str, str], present: set[str]) -> Iterator[Difference]:
    for name, digest in sorted(listed.items()):
        if not (root / name).is_file():
            yield Difference(_inner(name), "missing", "listed in the manifest but not here")
        elif sha256(root / name) != digest:
            yield Difference(_inner(name), "changed", "its content is not what the manifest lists")
    for name in sorted(present - listed.keys()):
        yield Difference(_inner(name), "added", "here but not listed in the manifest")


def _inner(name: str) -> str:
    return name.removeprefix("data/")


def _statement(content: Path, folder: Path, *, draft: bool) -> Iterator[Difference]:
    """GeoJSON, index, payload and outcomes of one statement against one another."""
    by_name = {file.name.removeprefix("DRAFT-"): file for file in folder.iterdir()}
    place = folder.name
    geojson = by_name.get("plots.geojson")
    if geojson is None:
        yield Difference(place, "missing", "no plots.geojson in the statement")
        return
    name, text = f"{place}/{geojson.name}", geojson.read_bytes()
    for fault in eu_check.check(text):
        where = f"feature {fault.feature}: " if fault.feature else ""
        yield Difference(name, f"eu:{fault.code}", where + fault.message)
    lines = _feature_lines(text)
    if "plots_index.csv" in by_name:
        yield from _index(content, f"{place}/{by_name['plots_index.csv'].name}", lines, draft)
    if "dds.json" in by_name:
        found: list[Difference] = []
        told = _json(content, f"{place}/{by_name['dds.json'].name}", found)
        yield from found
        if told is not None and told["geolocation"]["sha256"] != hashlib.sha256(text).hexdigest():
            yield Difference(
                f"{place}/{by_name['dds.json'].name}", "geolocation", "states another SHA-256 of plots.geojson"
            )
    if "dds.xml" in by_name:
        yield from _payload(f"{place}/{by_name['dds.xml'].name}", by_name["dds.xml"], lines)


def _index(content: Path, name: str, lines: list[str], draft: bool) -> Iterator[Difference]:
    index = pd.read_csv(content / name, dtype=str, keep_default_na=False)
    digests = [hashlib.sha256(line.encode()).hexdigest() for line in lines]
    if list(index["sha256"]) != digests:
        yield Difference(name, "index", "does not belong to plots.geojson, feature by feature")
    unsettled = index.loc[~index["final_outcome"].isin(SETTLED), "plot"]
    if len(unsettled) and not draft:
        yield Difference(
            name, "not_settled", f"declares {len(unsettled)} plots that are not settled, e.g. {unsettled.iloc[0]}"
        )


def _payload(name: str, path: Path, lines: list[str]) -> Iterator[Difference]:
    try:
        # Entities stay unread: a payload needs none, and they can name files or grow without end.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        yield Difference(name, "xml", str(error))
        return
    for fault in payload.schema_faults(root):
        yield Difference(name, "schema", fault)
    sent = []
    for geometry in root.iter(f"{{{payload.DDS}}}geometryGeojson"):
        try:
            sent += _feature_lines(base64.b64decode(geometry.text or "", validate=True))
        except ValueError:
            return
    if [_geometry(line) for line in sent] != [_geometry(line) for line in lines]:
        yield Difference(name, "geolocation", "its geolocation is not that of plots.geojson")


def _outcomes(content: Path, assess: Assess) -> Iterator[Difference]:
    """ASSESSMENTS recomputed from the PLOTS, EVIDENCE and policy inside."""
    name = "tables/ASSESSMENTS.parquet"
    try:
        tables = content / "tables"
        plots, stored = gpd.read_parquet(tables / "PLOTS.parquet"), pd.read_parquet(tables / "ASSESSMENTS.parquet")
        evidence = pd.read_parquet(tables / "EVIDENCE.parquet")
        settings = json.loads((content / "settings.json").read_text(encoding="utf-8"))
        policy = json.loads((content / "policy.json").read_text(encoding="utf-8"))
        variables = [_variable(entry) for entry in settings["variables"]]
        production = Production.model_validate(settings["production"]) if settings["production"] else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Difference(name, "unreadable", f"outcomes cannot be recomputed: {' '.join(str(error).split())[:200]}")
        return
    try:
        fresh = assess(plots, evidence, variables, policy, production).reindex(stored.index)
    except EudrCheckError as error:
        yield Difference(name, "not_recomputed", str(error))
        return
    for plot, was, now in zip(map(str, stored.index), stored["outcome"], fresh["outcome"], strict=True):
        if was != now:
            yield Difference(name, "outcome", f"{plot}: says {was!s}, the evidence inside gives {now!s}")
    unexplained = (stored["final_outcome"] != stored["outcome"]) & stored["review"].isna()
    for plot in map(str, stored.index[unexplained]):
        yield Difference(name, "final_outcome", f"{plot}: another final outcome than outcome, and no review names it")
    for column in HECTARES:
        apart = ~np.isclose(stored[column], fresh[column], rtol=0, atol=TOLERANCE_HA, equal_nan=True)
        for row in np.flatnonzero(apart)[:20]:
            was_ha, now_ha = float(stored[column].iloc[row]), float(fresh[column].iloc[row])
            told = f"{stored.index[row]!s}: {column} {was_ha:.6f}, recomputed {now_ha:.6f}"
            yield Difference(name, "hectares", told)


def _variable(entry: Mapping[str, Any]) -> Variable:
    dates = {name for name, kind in get_type_hints(Variable).items() if kind is dt.date}
    read: dict[str, Any] = {k: dt.date.fromisoformat(v) if k in dates else v for k, v in entry.items()}
    return Variable(**read)


def _json(content: Path, name: str, found: list[Difference]) -> Any:
    try:
        return json.loads((content / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        found.append(Difference(name, "unreadable", str(error)))
        return None


def _feature_lines(geojson: bytes) -> list[str]:
    """The features of a collection as we write it: one to a line."""
    lines = geojson.decode("utf-8", errors="replace").splitlines()
    return [line.removesuffix(",") for line in lines[1:-1]]


def _geometry(line: str) -> str:
    return line.partition('"geometry":')[2]
