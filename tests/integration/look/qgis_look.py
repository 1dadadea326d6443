"""Run by the system's Python, where QGIS lives: opens a project, draws map and layout, tells what it saw as JSON.

Usage: python3 qgis_look.py PROJECT.qgz FOLDER
"""

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayoutExporter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

project_path, folder = Path(sys.argv[1]), Path(sys.argv[2])
application = QgsApplication([], False)
application.initQgis()
messages: list[str] = []
QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: messages.append(f"{tag}: {text}"))
project = QgsProject.instance()
opened = project.read(str(project_path))


def tips(layer) -> list[str]:
    """The map tips of some rows, as QGIS hands them to its browser."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    made = []
    for feature in list(layer.getFeatures())[:100]:
        context.setFeature(feature)
        made.append(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
    return made


layers = []
for node in project.layerTreeRoot().findLayers():
    layer = node.layer()
    renderer = layer.renderer() if layer.isSpatial() else None
    legend = [item.label() for item in renderer.legendSymbolItems()] if renderer else []
    alone = QgsVectorLayer(layer.source().partition("|subset=")[0], "alone", "ogr")
    message, loaded = alone.loadDefaultStyle() if layer.isSpatial() else ("", True)
    layers.append(
        {
            "name": layer.name(),
            "group": node.parent().name(),
            "valid": layer.isValid(),
            "rows": layer.featureCount(),
            "renderer": renderer.type() if renderer else None,
            "legend": legend,
            "drawn_by_legend": bool(renderer) and renderer.type() in ("categorizedSymbol", "RuleRenderer"),
            "aliases": [field.alias() for field in layer.fields()][1:],
            "labels": bool(layer.labelsEnabled() and layer.labeling()) if layer.isSpatial() else False,
            "map_tip": bool(layer.mapTipTemplate()) if layer.isSpatial() else None,
            "tips": tips(layer) if layer.isSpatial() else [],
            "crs": layer.crs().authid(),
            "style_in_file": bool(loaded),
            "style_renderer": alone.renderer().type() if layer.isSpatial() else None,
        }
    )

extent = project.viewSettings().defaultViewExtent()


def draw(name: str, box, size: QSize) -> None:
    settings = QgsMapSettings()
    settings.setLayers(project.layerTreeRoot().checkedLayers())
    settings.setDestinationCrs(project.crs())
    settings.setExtent(box)
    settings.setOutputSize(size)
    settings.setOutputDpi(110)
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(str(folder / name))


draw("map.png", extent, QSize(1200, 1200))
plots = next(layer for layer in project.mapLayers().values() if layer.source().endswith("layername=plots"))
worst = sorted(
    (feature for feature in plots.getFeatures() if feature["final_outcome"] == "high" and feature.hasGeometry()),
    key=lambda feature: feature["plot"],
)
if worst:
    box = worst[0].geometry().boundingBox()
    box.grow(0.001)
    draw("plot.png", box, QSize(900, 900))
layouts = project.layoutManager().printLayouts()
results = [
    QgsLayoutExporter(layout).exportToImage(str(folder / "layout.png"), QgsLayoutExporter.ImageExportSettings())
    for layout in layouts
]
sys.stdout.write(
    json.dumps(
        {
            "version": Qgis.QGIS_VERSION,
            "opened": opened,
            "crs": project.crs().authid(),
            "title": project.title(),
            "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
            "layers": layers,
            "layouts": [layout.name() for layout in layouts],
            "exported": [int(result) for result in results],
            "messages": messages,
        },
        ensure_ascii=False,
    )
)
sys.stdout.flush()
# QGIS may fall over while it takes itself apart; everything has been said.
os._exit(0)
