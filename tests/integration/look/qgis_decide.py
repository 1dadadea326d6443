"""Run by the system's Python, where QGIS lives: opens a map to decide in, decides on a plot, tells what it saw as JSON.

Usage: python3 qgis_decide.py PROJECT.qgz FOLDER PLOT
"""

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject
from qgis.PyQt.QtCore import QDate, QSize
from qgis.PyQt.QtGui import QColor

path, folder, plot = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
application = QgsApplication([], False)
application.initQgis()
messages: list[str] = []
QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: messages.append(f"{tag}: {text}"))
project = QgsProject.instance()
opened = project.read(str(path))
layers = {
    node.layer().source().rpartition("layername=")[2]: node.layer() for node in project.layerTreeRoot().findLayers()
}
reviews = layers["reviews"]
form = reviews.editFormConfig()
fields = {
    field.name(): {
        "alias": field.alias(),
        "widget": reviews.editorWidgetSetup(number).type(),
        "config": reviews.editorWidgetSetup(number).config(),
        "fixed": form.readOnly(number),
    }
    for number, field in enumerate(reviews.fields())
}

settings = QgsMapSettings()
settings.setLayers(project.layerTreeRoot().layerOrder())
settings.setDestinationCrs(project.crs())
settings.setExtent(project.viewSettings().defaultViewExtent())
settings.setOutputSize(QSize(900, 900))
settings.setBackgroundColor(QColor("white"))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(str(folder / "decide.png"))

started = reviews.startEditing()
feature = next(one for one in reviews.getFeatures() if one["plots"] == plot)
decided = {
    "decision": "clear", "grounds": "field_visit", "date": QDate(2026, 10, 5), "evidence": "DCIM/foto.jpg",
    "reviewer": "Elmer Inventado",
}  # fmt: skip
for name, value in decided.items():
    reviews.changeAttributeValue(feature.id(), reviews.fields().indexOf(name), value)
saved = reviews.commitChanges()
seen = {
    "opened": opened,
    "crs": project.crs().authid(),
    "ellipsoid": project.ellipsoid(),
    "messages": messages,
    "valid": {name: layer.isValid() for name, layer in layers.items()},
    "names": [layer.name() for layer in layers.values()],
    "fixed_layers": [name for name, layer in layers.items() if layer.readOnly()],
    "rows": {name: layer.featureCount() for name, layer in layers.items()},
    "legend": [item.label() for item in reviews.renderer().legendSymbolItems()],
    "shown_as": reviews.displayExpression(),
    "tabs": [tab.name() for tab in form.tabs()],
    "fields": fields,
    "locked": reviews.customProperty("QFieldSync/is_geometry_locked"),
    "saved": [started, saved, reviews.commitErrors()],
}
sys.stdout.write(json.dumps(seen, ensure_ascii=False, default=str))
sys.stdout.flush()
# QGIS may fall over while it takes itself apart; everything has been said.
os._exit(0)
