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
    QgsDistanceArea,
    QgsEditFormConfig,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayoutExporter,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsTrackedVectorLayerTools,
    QgsVectorLayer,
)
from qgis.gui import (
    QgsAbstractRelationEditorWidget,
    QgsAdvancedDigitizingDockWidget,
    QgsAttributeEditorContext,
    QgsAttributeForm,
    QgsGui,
    QgsMapCanvas,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QTabWidget

project_path, folder = Path(sys.argv[1]), Path(sys.argv[2])
application = QgsApplication([b"qgis"], True)
application.initQgis()
QgsGui.editorWidgetRegistry().initEditors()
messages: list[str] = []
QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: messages.append(f"{tag}: {text}"))
project = QgsProject.instance()
project.loadingLayerMessageReceived.connect(lambda layer, said: messages.extend(text for _, text in said))
opened = project.read(str(project_path))


def tips(layer) -> list[str]:
    """The map tips of some rows, as QGIS hands them to its browser."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    made = []
    for feature in list(layer.getFeatures())[:100]:
        context.setFeature(feature)
        made.append(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
    return made


def areas(layer) -> list[float]:
    """Of each plot, the share by which `$area` of QGIS differs from `area_ha`."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    expression = QgsExpression("$area")
    measure = QgsDistanceArea()
    measure.setSourceCrs(layer.crs(), project.transformContext())
    measure.setEllipsoid(project.ellipsoid())
    expression.setGeomCalculator(measure)
    expression.setAreaUnits(project.areaUnits())
    differing = []
    for feature in layer.getFeatures():
        if feature.hasGeometry() and isinstance(feature["area_ha"], float):
            context.setFeature(feature)
            differing.append(abs(expression.evaluate(context) / feature["area_ha"] - 1))
    return differing


def shown(layer) -> dict:
    """The first rows as the attribute table shows them: visible columns in order, values in words."""
    config = layer.attributeTableConfig()
    names = [column.name for column in config.columns() if not column.hidden and column.name]
    rows = []
    for feature in list(layer.getFeatures())[:60]:
        row = {}
        for name in names:
            index = layer.fields().indexOf(name)
            setup = layer.editorWidgetSetup(index)
            formatter = QgsApplication.fieldFormatterRegistry().fieldFormatter(setup.type())
            row[name] = formatter.representValue(layer, index, setup.config(), None, feature[name])
        rows.append(row)
    tabs = layer.editFormConfig().tabs() if layer.editFormConfig().layout() == QgsEditFormConfig.TabLayout else []
    return {"columns": names, "rows": rows, "tabs": [tab.name() for tab in tabs]}


layers = []
for node in project.layerTreeRoot().findLayers():
    layer = node.layer()
    if isinstance(layer, QgsRasterLayer):
        layers.append(
            {
                "raster": True,
                "name": layer.name(),
                "group": node.parent().name(),
                "valid": layer.isValid(),
                "crs": layer.crs().authid(),
                "placed": layer.crs().isValid(),
                "visible": node.isVisible(),
                "renderer": layer.renderer().type(),
            }
        )
        continue
    renderer = layer.renderer() if layer.isSpatial() else None
    legend = [item.label() for item in renderer.legendSymbolItems()] if renderer else []
    alone = QgsVectorLayer(layer.source().partition("|subset=")[0], "alone", "ogr")
    message, loaded = alone.loadDefaultStyle() if layer.isSpatial() else ("", True)
    layers.append(
        {
            "raster": False,
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
            "visible": node.isVisible(),
            "box": [] if not layer.isSpatial() or layer.extent().isEmpty() else layer.extent().toRectF().getCoords(),
            "areas": areas(layer) if layer.source().partition("|subset=")[0].endswith("layername=plots") else [],
            "table": shown(layer),
            "rights": layer.metadata().rights(),
            "licences": layer.metadata().licenses(),
            "rights_in_file": alone.metadata().rights(),
            "tips": tips(layer) if layer.isSpatial() else [],
            "crs": layer.crs().authid(),
            "style_in_file": bool(loaded),
            "style_renderer": alone.renderer().type() if layer.isSpatial() else None,
        }
    )

order = [layer.name() for layer in project.layerTreeRoot().layerOrder()]
extent = project.viewSettings().defaultViewExtent()


def draw(name: str, box, size: QSize, only=()) -> None:
    """A picture of what is visible, or of some layers."""
    settings = QgsMapSettings()
    tree = project.layerTreeRoot()
    settings.setLayers(only or [layer for layer in tree.layerOrder() if tree.findLayer(layer).isVisible()])
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
plots = next(
    layer for layer in project.mapLayers().values() if layer.source().endswith('layername=plots|subset="usable" = 1')
)
worst = sorted(
    (feature for feature in plots.getFeatures() if feature["final_outcome"] == "high" and feature.hasGeometry()),
    key=lambda feature: feature["plot"],
)
if worst:
    box = worst[0].geometry().boundingBox()
    box.grow(0.001)
    draw("plot.png", box, QSize(900, 900))
parts = [layer for layer in project.mapLayers().values() if layer.source().endswith("layername=splits")]
if parts:
    box = parts[0].extent()
    box.grow(0.0005)
    draw("splits.png", box, QSize(900, 900), parts)
layouts = project.layoutManager().printLayouts()
settings = QgsLayoutExporter.ImageExportSettings()
settings.dpi = 60


def print_sheets(layout, most: int) -> list[dict]:
    """The first sheets of a layout as pictures, with what the test asks of each."""
    atlas, made = layout.atlas(), []
    if atlas.enabled() and not (atlas.updateFeatures() and atlas.beginRender()):
        return made
    number = layouts.index(layout)
    for page in range(min(atlas.count(), most) if atlas.enabled() else 1):
        if atlas.enabled():
            atlas.seekTo(page)
        name = f"sheet_{number}_{page}.png"
        done = QgsLayoutExporter(layout).exportToImage(str(folder / name), settings)
        ends = [
            max(item.pos().x() + item.rect().width() - 297, item.pos().y() + item.rect().height() - 210)
            for item in layout.items()
            if isinstance(item, QgsLayoutItem) and item.id() not in ("", "page")
        ]
        said = {label.id(): label.currentText() for label in layout.items() if isinstance(label, QgsLayoutItemLabel)}
        drawn = layout.itemById("map")
        made.append(
            {
                "picture": name,
                "of": atlas.nameForPage(page) if atlas.enabled() else "",
                "done": int(done),
                "scale": drawn.scale(),
                "crs": drawn.crs().authid(),
                "over": max(ends),
                "said": said,
            }
        )
    return made


sheets = {layout.name(): print_sheets(layout, 3) for layout in layouts}


def near(count: int) -> None:
    """The sheet once more around the plot with most loss on forest and its nearest that need attention."""
    open_ones = [
        feature
        for feature in plots.getFeatures()
        if feature["final_outcome"] in ("high", "more_info_needed") and feature.hasGeometry()
    ]
    if not layouts or not open_ones:
        return
    centre = max(open_ones, key=lambda one: (one["deforestation_ha"], one["plot"])).geometry()
    box = QgsRectangle()
    for one in sorted(open_ones, key=lambda one: one.geometry().distance(centre))[:count]:
        box.combineExtentWith(one.geometry().boundingBox())
    box.scale(1.25)
    for node in project.layerTreeRoot().findLayers():
        if isinstance(node.layer(), QgsRasterLayer) and node.layer().renderer().type() == "multibandcolor":
            # Pictures lie on the map of forest, which is what the plots are judged by.
            node.setItemVisibilityChecked(False)
    sheet = layouts[0]
    sheet.itemById("map").zoomToExtent(box)
    QgsLayoutExporter(sheet).exportToImage(str(folder / "near.png"), QgsLayoutExporter.ImageExportSettings())


def opened_form(feature) -> dict:
    """The form of a plot as QGIS opens it: its tabs, and how many rows each table in it has."""
    canvas, tools, context = QgsMapCanvas(), QgsTrackedVectorLayerTools(), QgsAttributeEditorContext()
    digitizing = QgsAdvancedDigitizingDockWidget(canvas)
    # Tables within a form ask for all of these; without them QGIS falls over.
    context.setMapCanvas(canvas)
    context.setVectorLayerTools(tools)
    context.setCadDockWidget(digitizing)
    form = QgsAttributeForm(plots, feature, context)
    form.show()
    pages = form.findChildren(QTabWidget)
    tables = [one.relation() for one in form.findChildren(QgsAbstractRelationEditorWidget)]
    return {
        "tabs": [page.tabText(number) for page in pages for number in range(page.count())],
        "rows": {one.referencingLayer().name(): sum(1 for _ in one.getRelatedFeatures(feature)) for one in tables},
    }


form = opened_form(worst[0]) if worst else {}
near(3)
sys.stdout.write(
    json.dumps(
        {
            "version": Qgis.QGIS_VERSION,
            "opened": opened,
            "crs": project.crs().authid(),
            "title": project.title(),
            "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
            "layers": layers,
            "order": order,
            "relations": [
                [one.isValid(), one.referencingLayer().name(), one.referencedLayer().name()]
                for one in project.relationManager().relations().values()
            ],
            "related": max(
                (
                    sum(1 for _ in one.getRelatedFeatures(feature))
                    for one in project.relationManager().relations().values()
                    for feature in list(one.referencedLayer().getFeatures())[:50]
                ),
                default=0,
            ),
            "layouts": [layout.name() for layout in layouts],
            "sheets": sheets,
            "form": form,
            "themes": {
                name: sorted(
                    one.layer().name() for one in project.mapThemeCollection().mapThemeState(name).layerRecords()
                )
                for name in project.mapThemeCollection().mapThemes()
            },
            "bookmarks": [
                [one.name(), one.group(), one.extent().toRectF().getCoords()]
                for one in project.bookmarkManager().bookmarks()
            ],
            "messages": messages,
        },
        ensure_ascii=False,
    )
)
sys.stdout.flush()
# QGIS may fall over while it takes itself apart; everything has been said.
os._exit(0)
