"use strict";
/* Dated pictures: native cells enlarged, outlines over them, before and after under one slider. */
const spoken = look => look.said[lang] ?? look.said.en;
const drawn = { kind: "true", plot: true, forest: true, loss: true };
function shot(look, clipped) {
  const lines = (name, colour, width) => drawn[name] ? look.rings[name].flatMap(ring => [["#22262e", width + .18], [colour, width]].map(([stroke, thick]) => el("svg:polyline", { points: ring.map(point => point.join(",")).join(" "), fill: "none", stroke, "stroke-width": thick * look.width / 60, "stroke-linejoin": "round" }))) : [];
  return el("svg:svg", { viewBox: `0 0 ${look.width} ${look.height}`, role: "img", class: clipped ? "over" : false, "aria-label": [spoken(look).name, look.date].filter(Boolean).join(", ") },
    el("svg:image", { href: "data:image/webp;base64," + (look.chips.radar || look.chips[drawn.kind]), width: look.width, height: look.height }), ...lines("forest", "#37d67a", .28), ...lines("loss", "#ff4fb0", .28), ...lines("plot", "#ffffff", .4), ...rule(look));
}
/* A bar of 100 m (1 km where that is shorter than a thumb), and an arrow to the north of the scene's grid. */
function rule(look) {
  const unit = Math.max(look.width, look.height) / 40, metres = 100 / look.cell_m >= 2.5 * unit ? 100 : 1000, left = 1.2 * unit, right = left + metres / look.cell_m, low = look.height - 1.2 * unit, x = look.width - 1.8 * unit;
  const bar = (stroke, width) => el("svg:line", { x1: left, x2: right, y1: low, y2: low, stroke, "stroke-width": width * unit });
  const word = (text, x, y, anchor) => el("svg:text", { x, y, fill: "#fff", stroke: "#22262e", "stroke-width": .3 * unit, "paint-order": "stroke", "font-size": 1.5 * unit, "text-anchor": anchor }, text);
  return [bar("#22262e", .55), bar("#fff", .25), word(metres === 100 ? "100 m" : "1 km", left, low - .7 * unit, "start"),
    el("svg:path", { d: `M${x} ${unit}l${-.6 * unit} ${1.9 * unit}l${.6 * unit} ${-.45 * unit}l${.6 * unit} ${.45 * unit}z`, fill: "#fff", stroke: "#22262e", "stroke-width": .1 * unit }), word("N", x, 4.4 * unit, "middle")];
}
const caption = look => el("figcaption", {}, el("b", {}, spoken(look).name), ...spoken(look).lines.map(line => el("span", {}, el("bdi", {}, line))));
function lookParts(looks) {
  const found = looks.filter(look => look.chips), [first, last] = [looks[0], looks[looks.length - 1]], pair = looks.length > 1 && first.chips && last.chips && first.width === last.width && first.height === last.height, parts = [];
  if (pair) {
    const over = shot(last, true), range = el("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": T("looks_slider"), oninput: () => cut() }), edge = el("i", {});
    const cut = () => { over.style.clipPath = `inset(0 0 0 ${range.value}%)`; edge.style.left = `${range.value}%`; };
    cut();
    parts.push(el("figure", { class: "slide" }, el("div", {}, shot(first), over, edge), range, el("figcaption", { class: "ends" }, el("b", {}, first.date), el("b", {}, last.date))));
  }
  const shots = (some, none) => el("div", { class: "shots" }, ...some.map(look => el("figure", {}, look.chips ? shot(look) : el("div", { class: "none" }, none), caption(look))));
  return [...parts, shots(looks, T("looks_none")), last.radar && last.radar.length ? shots(last.radar, T("looks_radar_none")) : null, found.length ? el("p", { class: "help" }, T("looks_credit", { years: [...new Set(found.map(look => look.date.slice(0, 4)))].sort() })) : null];
}
/* Vegetation at one clear date a month: dots are measured, lines between them only lead the eye. */
function yearsFigure(line) {
  const wide = 640, high = 150, left = 30, right = 8, top = 10, foot = 24, low = high - foot, days = line.points.map(point => Date.parse(point[0])), first = new Date(Math.min(...days)).getUTCFullYear(), last = Math.max(new Date(Math.max(...days)).getUTCFullYear(), ...line.losses);
  const start = Date.UTC(first, 0, 1), span = Date.UTC(last + 1, 0, 1) - start, x = time => left + (wide - left - right) * (time - start) / span, y = value => top + (low - top) * (1 - Math.max(value, -.2)) / 1.2;
  const stroke = (x1, y1, x2, y2, ink, dash) => el("svg:line", { x1, y1, x2, y2, stroke: ink, "stroke-dasharray": dash || false }), word = (x, y, text, anchor) => el("svg:text", { x, y, "text-anchor": anchor, "font-size": 12, fill: "#4a5558" }, text);
  const parts = [0, .5, 1].flatMap(value => [stroke(left, y(value), wide - right, y(value), "#d9dee0"), word(left - 5, y(value) + 4, number(value, value % 1 ? 1 : 0), "end")]);
  for (let year = first; year <= last; year++) parts.push(stroke(x(Date.UTC(year, 0, 1)), top, x(Date.UTC(year, 0, 1)), low, "#d9dee0"), word(x(Date.UTC(year, 6, 2)), high - 5, String(year), "middle"));
  const cutoff = x(Date.UTC(2020, 11, 31));
  if (cutoff >= left && cutoff <= wide - right) parts.push(stroke(cutoff, top, cutoff, low, "#4a5558", "4 3"));
  parts.push(...line.losses.map(year => el("svg:rect", { x: x(Date.UTC(year, 0, 1)) + 1, y: low - 4, width: x(Date.UTC(year + 1, 0, 1)) - x(Date.UTC(year, 0, 1)) - 2, height: 8, fill: "#d6207f" }, el("svg:title", {}, T("looks_line_loss") + ": " + year))));
  for (const [at, name, ink] of [[1, "NDVI", "#1b7f4b"], [2, "NBR", "#9a5b00"]]) {
    const known = line.points.filter(point => point[at] !== null), place = point => [x(Date.parse(point[0])), y(point[at])];
    parts.push(el("svg:polyline", { points: known.map(point => place(point).map(n => n.toFixed(1)).join(",")).join(" "), fill: "none", stroke: ink, "stroke-width": 1.2 }));
    parts.push(...known.map(point => { const [a, b] = place(point), said = el("svg:title", {}, `${name} ${number(point[at], 2)} · ${point[0]} · ${point[3]}`); return at === 1 ? el("svg:circle", { cx: a, cy: b, r: 2.6, fill: ink }, said) : el("svg:rect", { x: a - 2.3, y: b - 2.3, width: 4.6, height: 4.6, fill: ink }, said); }));
  }
  return el("figure", { class: "years" }, el("svg:svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": T("looks_years") }, ...parts), el("figcaption", {}, el("b", {}, T("looks_years")), el("span", {}, T("looks_years_help"))));
}
function lookBox(i) {
  const looks = D.looks[i];
  if (!looks) return null;
  const line = looks[looks.length - 1].line;
  const place = el("div", {}, ...lookParts(looks).filter(Boolean)), again = () => place.replaceChildren(...lookParts(looks).filter(Boolean));
  const kind = el("select", { "aria-label": T("looks_kind"), onchange: () => { drawn.kind = kind.value; again(); } }, ...["true", "nir"].map(name => el("option", { value: name, selected: drawn.kind === name }, T("looks_" + name))));
  const boxes = ["plot", "forest", "loss"].map(name => { const box = el("input", { type: "checkbox", checked: drawn[name], onchange: () => { drawn[name] = box.checked; again(); } }); return el("label", {}, box, " ", T("looks_line_" + name)); });
  return el("div", { class: "looks" }, el("h3", {}, T("looks")), el("p", { class: "help" }, T("looks_help")), el("p", { class: "choices" }, kind, ...boxes), place, line ? yearsFigure(line) : null);
}
