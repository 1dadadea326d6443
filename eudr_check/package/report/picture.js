/* The ground of one plot with its outline, or with the disc that a point stands for. */
/* A point stands for a disc of the area it declares, or of what the EU system assumes; its radius in degrees of latitude. */
const isPoint = i => PLOT.box[4 * i + 2] === PLOT.box[4 * i] && PLOT.box[4 * i + 3] === PLOT.box[4 * i + 1];
const disc = i => Math.sqrt((P.declared[i] > 0 ? P.declared[i] : D.point_ha) * 1e4 / Math.PI) / 111320;
function picture(i) {
  const shot = D.pictures[i], box = PLOT.box.slice(4 * i, 4 * i + 4);
  const point = isPoint(i);
  if (!shot && !point && !(box[2] - box[0] > 0)) return null;
  const pad = point ? disc(i) * 1.2 : Math.max(box[2] - box[0], box[3] - box[1]) * .15, [w, s, e, n] = shot ? shot.bounds : [box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad], c = Math.cos((s + n) / 2 * Math.PI / 180), f = 400 / Math.max((e - w) * c, n - s);
  const line = [];
  for (let ring = PLOT.first[i]; ring < PLOT.first[i + 1]; ring++) { for (let v = PLOT.start[ring]; v < PLOT.start[ring + 1]; v++) line.push((v === PLOT.start[ring] ? "M" : "L") + ((PLOT.xs[v] - w) * c * f).toFixed(1) + " " + ((n - PLOT.ys[v]) * f).toFixed(1)); line.push("Z"); }
  const key = (colour, text) => el("span", {}, el("i", { class: "swatch", css: { background: colour } }), text), X = (e - w) * c * f, Y = (n - s) * f;
  return el("div", {}, el("svg:svg", { viewBox: `0 0 ${X.toFixed(1)} ${Y.toFixed(1)}`, role: "img", "aria-label": T("picture") }, shot ? el("svg:image", { href: "data:image/png;base64," + shot.png, width: X, height: Y, preserveAspectRatio: "none" }) : null,
    el("svg:path", { d: line.join(""), fill: shot ? "none" : D.outcomes[P.outcome[i]].colour, "fill-opacity": .4, stroke: "#fff", "stroke-width": 5, "stroke-linejoin": "round" }), el("svg:path", { d: line.join(""), fill: "none", stroke: "#22262e", "stroke-width": 2.2, "stroke-linejoin": "round" }),
    ...(point ? [["#fff", 5], ["#22262e", 2.2]].map(([stroke, wide]) => el("svg:circle", { cx: (box[0] - w) * c * f, cy: (n - box[1]) * f, r: disc(i) * f, fill: "none", stroke, "stroke-width": wide })) : []),
    point ? el("svg:circle", { cx: (box[0] - w) * c * f, cy: (n - box[1]) * f, r: 4, fill: "#22262e", stroke: "#fff" }) : null),
  shot ? el("p", { class: "note" }, key(D.ground.forest, T("picture_forest")), key(D.ground.no_forest, T("picture_no_forest")), key(D.ground.unknown, T("picture_unknown")), key(D.ground.before, T("picture_before")), ...shot.years.map(year => key(D.years[year], T("picture_year", { year })))) : null);
}
