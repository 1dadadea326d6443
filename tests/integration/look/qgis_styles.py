"""Run by the system's Python, where QGIS lives: loads every style into its layer and saves it again, as people do.

Usage: python3 qgis_styles.py STYLES PACKAGE.gpkg FOLDER
"""

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import QgsApplication, QgsVectorLayer

styles, package, folder = map(Path, sys.argv[1:])
application = QgsApplication([b"qgis"], True)
application.initQgis()
messages: list[str] = []
QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: messages.append(f"{tag}: {text}"))
seen = {}
for path in sorted(styles.glob("*.qml")):
    table = {"decisions": "plot_points"}.get(path.stem, path.stem)
    # Provinces come with QGIS, not with the package.
    fields = "MultiPolygon?field=name:string&field=admin:string"
    source = (
        (fields, path.stem, "memory") if table == "provinces" else (f"{package}|layername={table}", path.stem, "ogr")
    )
    layer = QgsVectorLayer(*source)
    # As its dialog does for a file; without the flag it takes the style that the GeoPackage holds.
    said, loaded = layer.loadNamedStyle(str(path), True)
    _, saved = layer.saveNamedStyle(str(folder / path.name))
    seen[path.stem] = {
        "said": said,
        "loaded": loaded,
        "saved": saved,
        "renderer": layer.renderer().type(),
        "legend": [item.label() for item in layer.renderer().legendSymbolItems()],
    }
sys.stdout.write(json.dumps({"messages": messages, "styles": seen}))
sys.stdout.flush()
# QGIS may fall over while it takes itself apart; everything has been said.
os._exit(0)
