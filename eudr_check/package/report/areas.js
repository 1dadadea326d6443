/* Protected, indigenous, zoned and titled land under the plots: dashed edges of one colour a topic, names where they fit. */
const DASHES = { protected: [10, 4], indigenous: [3, 3], zoning: [12, 3, 3, 3], tenure: [6, 6] };
const areasInSight = () => $("areas").checked ? D.areas.of.flatMap((_, a) => inSight(AREA.box, a) ? [a] : []) : [];
function drawAreas() {
  pen.font = "italic 12px system-ui, sans-serif"; pen.textAlign = "center";
  for (const a of areasInSight()) {
    const layer = D.areas.layers[D.areas.of[a]], path = new Path2D(), [x, y] = D.areas.label[a], name = D.areas.feature[a];
    trace(AREA, a, path);
    pen.fillStyle = pen.strokeStyle = layer.colour; pen.lineWidth = 1.6; pen.setLineDash(DASHES[layer.topic]);
    pen.globalAlpha = .1; pen.fill(path, "evenodd"); pen.globalAlpha = .9; pen.stroke(path); pen.setLineDash([]);
    const wide = name ? pen.measureText(name).width : 0;
    if (!wide || wide > px(AREA.box[4 * a + 2]) - px(AREA.box[4 * a])) continue;
    pen.globalAlpha = 1; pen.lineWidth = 3; pen.strokeStyle = "#fffc"; pen.strokeText(name, px(x), py(y)); pen.fillText(name, px(x), py(y));
  }
  pen.globalAlpha = 1; pen.textAlign = "start";
}
/* Areas at a position of the map, by their names and layers. */
function areasAt(x, y) {
  return areasInSight().filter(a => { const path = new Path2D(); trace(AREA, a, path); pen.setTransform(1, 0, 0, 1, 0, 0); return pen.isPointInPath(path, x, y, "evenodd"); })
    .map(a => [D.areas.feature[a], D.areas.layers[D.areas.of[a]].title].filter(Boolean).join(" · "));
}
function areasKey() {
  $("areas-shown").hidden = !D.areas.layers.length;
  $("areas-key").replaceChildren(...D.areas.layers.map(layer => el("span", {}, el("i", { class: "swatch dashed", css: { borderColor: layer.colour } }), el("bdi", {}, layer.title), layer.credit ? ` (${layer.credit})` : "", layer.unread ? " · " + T("areas_unread", { count: number(layer.unread) }) : "")));
}
