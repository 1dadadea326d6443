/* What the ground of a plot is, in hectares; and a split that could be considered, drawn and said to be no more than that. */
let splitParts;
const PARTS = () => splitParts ||= { lines: unpack(D.uses.parts.outlines, D.uses.parts.plot.length), of: byPlot(D.uses.parts) };
function splitFigure(i, rows) {
  const box = PLOT.box.slice(4 * i, 4 * i + 4), c = Math.cos((box[1] + box[3]) / 2 * Math.PI / 180), f = 380 / Math.max((box[2] - box[0]) * c, box[3] - box[1]), X = (box[2] - box[0]) * c * f + 20, Y = (box[3] - box[1]) * f + 20;
  const path = (shape, at) => { const line = []; for (let ring = shape.first[at]; ring < shape.first[at + 1]; ring++) { for (let v = shape.start[ring]; v < shape.start[ring + 1]; v++) line.push((v === shape.start[ring] ? "M" : "L") + ((shape.xs[v] - box[0]) * c * f + 10).toFixed(1) + " " + ((box[3] - shape.ys[v]) * f + 10).toFixed(1)); line.push("Z"); } return line.join(""); };
  return el("svg:svg", { viewBox: `0 0 ${X.toFixed(1)} ${Y.toFixed(1)}`, role: "img", "aria-label": T("use_proposed") },
    ...rows.map(row => el("svg:path", { d: path(PARTS().lines, row), fill: D.uses.colours[D.uses.parts.part[row]], "fill-rule": "evenodd", stroke: "#22262e", "stroke-width": 1, "stroke-dasharray": "5 3" })), el("svg:path", { d: path(PLOT, i), fill: "none", stroke: "#22262e", "stroke-width": 2.2, "stroke-linejoin": "round" }));
}
function useBox(i) {
  const hectares = D.uses.hectares[i], S = D.uses.parts, rows = S && PARTS().of.get(i);
  if (!hectares) return null;
  const grounds = (ha, make) => D.uses.names.flatMap((name, k) => ha[k] > 0 ? make(T("use_" + name), ha[k] < .0005 ? "< " + number(.001, 3) : number(ha[k], 3)) : []);
  const part = row => el("li", {}, el("i", { class: "swatch", css: { background: D.uses.colours[S.part[row]] } }), T("use_part", { number: String(S.number[row]), ha: number(S.area[row], 3), what: grounds(S.holds[row], (name, ha) => [`${name} ${ha} ha`]).join("; ") }));
  return el("div", {}, el("h3", {}, T("use_heading")), el("dl", {}, ...grounds(hectares, (name, ha) => [el("dt", {}, name), el("dd", {}, ha + " ha")])),
    ...(rows ? [el("h3", {}, T("use_proposed")), el("div", { class: "two" }, el("div", {}, splitFigure(i, rows)), el("div", {}, el("ul", {}, ...rows.map(part)), el("p", { class: "note" }, T("use_mixed"))))] : []));
}
