"use strict";
const D = JSON.parse(document.getElementById("data").textContent), P = D.plots, N = P.id.length;
const $ = id => document.getElementById(id), ROW = 40;
const LOCALE = { en: "en-GB", es: "es", fr: "fr", pt: "pt-PT", id: "id", vi: "vi", sw: "sw", am: "am-u-ca-gregory" };
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => key in values ? show(values[key]) : `{${key}}`);
const T = (key, values = {}) => fill(D.text[key][lang], values);
const number = (value, digits) => value == null ? "–" : new Intl.NumberFormat(LOCALE[lang], { useGrouping: "always", minimumFractionDigits: digits ?? 0, maximumFractionDigits: digits ?? 6 }).format(value);
const show = value => typeof value === "number" && !Number.isInteger(value) ? number(value) : Array.isArray(value) ? value.join(", ") : Object.entries(D.sentences.withheld).reduce((text, [mark, words]) => text.replaceAll(mark, words[lang]), String(value ?? "–"));
let lang = D.languages[0], filter = { outcome: -1, text: "", coop: -1, reason: -1, settle: -1, fragile: false, faulty: false }, sort = { key: "outcome", up: true }, rows = [], selected = -1;

/* Elements are made from text only; nothing from a plot file is ever parsed as markup. */
function el(tag, attributes = {}, ...children) {
  const node = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "css") Object.assign(node.style, value);
    else if (value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter(child => child != null));
  return node;
}
const PATHS = { circle: "M1 5a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", square: "M1.5 1.5h7v7h-7z", diamond: "M5 0L10 5L5 10L0 5z", triangle: "M5 .5L9.8 9.2H.2z" };
const mark = outcome => el("svg:svg", { class: "mark", viewBox: "0 0 10 10", "aria-hidden": "true" }, el("svg:path", { d: PATHS[D.outcomes[outcome].mark], fill: D.outcomes[outcome].colour }));
const FIRST = 500; /* Long tables end after their first rows, and say so. */
function more(id, all, file) { $(id + "-more").hidden = all <= FIRST; $(id + "-more").textContent = T("first_ones", { all: number(all, 0), file }); }
const outcomeName = outcome => T("outcome_" + D.outcomes[outcome].name);

/* Rows of reasons and findings by plot; outlines as flat coordinates with a box per plot. */
function byPlot(table) {
  const found = new Map();
  table.plot.forEach((plot, row) => found.has(plot) ? found.get(plot).push(row) : found.set(plot, [row]));
  return found;
}
const REASONS = byPlot(D.reasons), FINDINGS = byPlot(D.findings);
function unpack(lines, count) {
  const xs = new Float64Array(lines.steps.length / 2), ys = xs.slice(), box = new Float64Array(count * 4).fill(NaN), first = new Int32Array(count + 1), start = new Int32Array(lines.rings.length + 1);
  let x = lines.origin[0], y = lines.origin[1];
  for (let i = 0; i < xs.length; i++) { xs[i] = (x += lines.steps[2 * i]) / 1e5; ys[i] = (y += lines.steps[2 * i + 1]) / 1e5; }
  lines.rings.forEach((length, ring) => { start[ring + 1] = start[ring] + length; first[lines.of[ring] + 1]++; });
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  lines.rings.forEach((_, ring) => {
    const at = 4 * lines.of[ring];
    for (let i = start[ring]; i < start[ring + 1]; i++) {
      if (!(box[at] <= xs[i])) box[at] = xs[i];
      if (!(box[at + 1] <= ys[i])) box[at + 1] = ys[i];
      if (!(box[at + 2] >= xs[i])) box[at + 2] = xs[i];
      if (!(box[at + 3] >= ys[i])) box[at + 3] = ys[i];
    }
  });
  return { xs, ys, box, first, start };
}
const SETTLES = SETTLE(), PLOT = unpack(D.outlines, N), PATCH = unpack(D.patches.outlines, D.patches.year.length), AREA = unpack(D.areas.outlines, D.areas.of.length);
const WORDS = P.id.map((id, i) => [id, P.cooperatives[P.cooperative[i]], P.names[P.cooperative[i]], P.place[i], P.producer[i], ...(REASONS.get(i) || []).map(row => D.reasons.codes[D.reasons.code[row]]), ...(FINDINGS.get(i) || []).map(row => D.findings.codes[D.findings.code[row]])].join(" ").toLowerCase());
const LINKS = [], AT = new Map(); /* Plots in the address of the page, of those with one name on paper each. */
P.id.forEach((id, i) => { const name = P.cooperatives[P.cooperative[i]] + "/" + id; LINKS.push(AT.has(name) ? `${name}~${i}` : name); AT.set(LINKS[i], i); });

/* Filters, order, counts. */
const COLUMNS = [
  ["plot", i => P.id[i]], ["cooperative", i => P.names[P.cooperative[i]]], ["outcome", i => P.outcome[i], i => outcomeName(P.outcome[i])],
  ["area", i => P.area[i], i => number(P.area[i], 2)], ["forest", i => P.forest[i], i => hectares(i, "forest", 2)],
  ["deforestation", i => P.deforestation[i], i => hectares(i, "deforestation", 3)], ["unknown", i => unread(i), i => number(unread(i), 2)]];
const kept = (i, ignoreOutcome) => (ignoreOutcome || filter.outcome < 0 || P.outcome[i] === filter.outcome) && (filter.coop < 0 || P.cooperative[i] === filter.coop)
  && (!filter.faulty || FINDINGS.has(i)) && (!filter.fragile || P.fragile[i]) && (filter.settle < 0 || D.outcomes[P.outcome[i]].name !== "low" && D.outcomes[P.outcome[i]].name !== "cleared_by_review" && (REASONS.get(i) || []).some(row => settles(D.reasons.codes[D.reasons.code[row]]) === SETTLES[filter.settle])) && (filter.reason < 0 || (REASONS.get(i) || []).some(row => D.reasons.code[row] === filter.reason)) && (!filter.text || filter.text.split(/\s+/).every(word => WORDS[i].includes(word)));
function apply() {
  const value = COLUMNS.find(column => column[0] === sort.key)[1], text = typeof value(0) === "string", order = new Intl.Collator(LOCALE[lang], { numeric: true });
  rows = [];
  for (let i = 0; i < N; i++) if (kept(i)) rows.push(i);
  rows.sort((a, b) => {
    const x = value(a), y = value(b), step = x == null ? (y == null ? 0 : 1) : y == null ? -1 : (text ? order.compare(x, y) : x - y) * (sort.up ? 1 : -1);
    return step || (P.deforestation[b] || 0) - (P.deforestation[a] || 0) || a - b;
  });
  $("count").textContent = N === 0 ? T("no_plots") : rows.length ? T("shown", { shown: number(rows.length), all: number(N) }) : T("none");
  $("list").scrollTop = 0;
  frame(); tiles(); head(); list(); draw();
}
function tiles() {
  const count = D.outcomes.map(() => 0), area = D.outcomes.map(() => 0), without = D.outcomes.map(() => 0);
  for (let i = 0; i < N; i++) if (kept(i, true)) { const o = P.outcome[i], ha = P.area[i] ?? P.declared[i]; count[o]++; area[o] += ha || 0; without[o] += ha == null; }
  $("tiles").replaceChildren(...D.outcomes.map((outcome, o) => (outcome.name === "cleared_by_review" && !P.outcome.includes(o)) ? null : el("button", {
    class: "tile", "aria-pressed": String(filter.outcome === o), css: { borderLeftColor: outcome.colour }, onclick: () => { filter.outcome = filter.outcome === o ? -1 : o; apply(); $("tiles").children[[...$("tiles").children].findIndex(tile => tile.dataset.outcome == o)].focus(); }, "data-outcome": o },
  el("b", {}, number(count[o])), el("span", {}, mark(o), outcomeName(o)), el("span", { class: "help" }, T("plots_and_ha", { area: number(area[o], 1) }), without[o] ? " · " + T("tile_without", { count: number(without[o]) }) : ""))).filter(Boolean));
}
function coops() {
  const shown = D.outcomes.map((_, o) => o).filter(o => D.outcomes[o].name !== "cleared_by_review" || P.outcome.includes(o));
  const line = (name, members, tag) => {
    const count = D.outcomes.map(() => 0);
    members.forEach(i => count[P.outcome[i]]++);
    return el("tr", {}, el(tag, { scope: "row", title: name }, el("bdi", {}, name)), el("td", { class: "wide" }, el("div", { class: "bar", "aria-hidden": "true" }, ...shown.map(o => el("i", { css: { width: 100 * count[o] / (members.length || 1) + "%", background: D.outcomes[o].colour } })))),
      ...shown.map(o => el("td", { class: "num" }, number(count[o]))), el("td", { class: "num" }, number(members.length)));
  };
  const groups = P.names.map(() => []), every = [];
  for (let i = 0; i < N; i++) { groups[P.cooperative[i]].push(i); every.push(i); }
  $("coops").replaceChildren(el("thead", {}, el("tr", {}, el("th", { scope: "col" }, T("cooperative")), el("td", { class: "wide" }), ...shown.map(o => el("th", { scope: "col", class: "num", title: outcomeName(o), "aria-label": outcomeName(o) }, mark(o), el("span", { class: "wide" }, outcomeName(o)))), el("th", { scope: "col", class: "num" }, T("total")))),
    el("tbody", {}, ...P.names.map((name, c) => line(name, groups[c], "th"))), el("tfoot", {}, line(T("total"), every, "th")));
}

function kilograms() {
  const steps = ["ordered_kg", "delivered_kg", "located_kg", "cleared_kg", "declared_kg", "missing_kg"];
  $("shipments").hidden = !(D.shipments.length + D.filings.length + D.withheld.length);
  $("kilograms").replaceChildren(el("thead", {}, el("tr", {}, el("th", { scope: "col" }, T("shipment")), ...steps.map(step => el("th", { scope: "col", class: "num" }, T(step))), el("th", { scope: "col" }, T("shipment_state")))),
    el("tbody", {}, ...D.shipments.flatMap(row => [el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, row.shipment || T("all_lots"))), ...steps.map(step => el("td", { class: "num", "data-step": T(step) }, number(row[step], 0))), el("td", { "data-step": T("shipment_state") }, T("shipment_" + row.state) + (row.filed_as ? ` · ${row.filed_as} · ${row.filed_on}` : ""))),
      ...[...D.filings, ...D.withheld].filter(one => one.shipment === row.shipment).map(one => el("tr", { class: "why" }, el("td", { colspan: 8 }, one[lang])))])));
  $("withheld").replaceChildren(...[...D.filings, ...D.withheld].filter(one => !D.shipments.some(row => row.shipment === one.shipment)).map(one => el("li", {}, one[lang])));
}

/* The list: only the rows in sight are in the document. */
function head() {
  $("plots").tHead.replaceChildren(el("tr", { "aria-rowindex": 1 }, ...COLUMNS.map(([key], c) => el("th", { scope: "col", class: c > 2 ? "num" : "", "aria-sort": sort.key !== key ? "none" : sort.up ? "ascending" : "descending" },
    el("button", { type: "button", "data-key": key, onclick: () => { sort = { key, up: sort.key === key ? !sort.up : c < 3 }; apply(); $("plots").querySelector(`[data-key=${key}]`).focus(); } }, T(key) + (sort.key !== key ? "" : sort.up ? " ↑" : " ↓"))))));
}
function list(limit) {
  const box = $("list"), from = limit ? 0 : Math.max(0, Math.floor(box.scrollTop / ROW) - 8), to = limit || Math.min(rows.length, from + Math.ceil(box.clientHeight / ROW) + 16);
  const spacer = count => el("tr", { class: "spacer", "aria-hidden": "true", css: { height: count * ROW + "px" } }, el("td", {}));
  const held = document.activeElement?.dataset.plot;
  $("plots").setAttribute("aria-rowcount", rows.length + 1);
  $("plots").tBodies[0].replaceChildren(spacer(from), ...rows.slice(from, to).map((i, at) => el("tr", { "data-plot": i, "aria-rowindex": from + at + 2, tabindex: -1, onclick: () => open(i) },
    ...COLUMNS.map(([key, value, text], c) => el("td", { class: c > 2 ? "num" : "", title: c < 2 ? value(i) : false }, key === "outcome" ? mark(P.outcome[i]) : null, el("bdi", {}, (text || value)(i)))))), limit ? "" : spacer(rows.length - to));
  if (held) $("plots").querySelector(`tr[data-plot="${held}"]`)?.focus({ preventScroll: true });
}
function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key], row = event.target.closest("tr[data-plot]");
  if (event.key === "Enter" && row) { event.preventDefault(); return open(Number(row.dataset.plot)); }
  if (!step || event.target.closest("thead") || !rows.length) return;
  event.preventDefault();
  const at = Math.min(rows.length - 1, Math.max(0, row ? rows.indexOf(Number(row.dataset.plot)) + step : 0)), box = $("list"), top = at * ROW;
  if (top < box.scrollTop + ROW) box.scrollTop = Math.max(0, top - ROW); else if (top + 2 * ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + 2 * ROW - box.clientHeight;
  list(); $("plots").querySelector(`[data-plot="${rows[at]}"]`).focus({ preventScroll: true });
}

/* The map: degrees to pixels with the longitudes shortened at the middle latitude; marks far out, outlines near. */
const canvas = $("map"), pen = canvas.getContext("2d");
let view = { x: 0, y: 0, k: 1 }, width = 1, height = 1;
const squeeze = () => Math.cos(view.y * Math.PI / 180), px = x => width / 2 + (x - view.x) * view.k * squeeze(), py = y => height / 2 - (y - view.y) * view.k;
function fit(box) {
  view.x = (box[0] + box[2]) / 2; view.y = (box[1] + box[3]) / 2;
  view.k = Math.min(width / ((box[2] - box[0]) * squeeze() || 1e-9), height / (box[3] - box[1] || 1e-9), 4e5) * .9;
}
function whole(members = [...P.id.keys()]) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const fine = members.some(i => P.usable[i]);
  for (const i of members) if (PLOT.box[4 * i] === PLOT.box[4 * i] && (!fine || P.usable[i])) for (let s = 0; s < 4; s++) box[s] = (s < 2 ? Math.min : Math.max)(box[s], PLOT.box[4 * i + s]);
  fit(box[0] < Infinity ? box : [-180, -80, 180, 80]);
}
const NAMES = P.names.map((_, c) => {
  const members = P.cooperative.flatMap((of, i) => of === c && P.usable[i] && PLOT.box[4 * i] === PLOT.box[4 * i] ? [i] : []), middle = values => values.sort((a, b) => a - b)[values.length >> 1];
  return [middle(members.map(i => PLOT.box[4 * i])), members.reduce((top, i) => Math.max(top, PLOT.box[4 * i + 3]), -90)];
});
const inSight = (box, i) => px(box[4 * i + 2]) > -9 && px(box[4 * i]) < width + 9 && py(box[4 * i + 1]) > -9 && py(box[4 * i + 3]) < height + 9;
function trace(shape, i, path) {
  for (let ring = shape.first[i]; ring < shape.first[i + 1]; ring++) {
    for (let v = shape.start[ring]; v < shape.start[ring + 1]; v++) path[v === shape.start[ring] ? "moveTo" : "lineTo"](px(shape.xs[v]), py(shape.ys[v]));
    path.closePath();
  }
}
const small = i => (PLOT.box[4 * i + 3] - PLOT.box[4 * i + 1]) * view.k < 7;
let queued = false;
function draw() { if (!queued) { queued = true; requestAnimationFrame(paint); } }
function paint() {
  queued = false;
  const ratio = devicePixelRatio || 1, batches = D.outcomes.map(() => [new Path2D(), new Path2D()]);
  width = canvas.clientWidth; height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = width * ratio;
  if (canvas.height !== Math.round(height * ratio)) canvas.height = height * ratio;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0); pen.clearRect(0, 0, width, height); ground(); backdrop(); drawAreas();
  const seen = rows.filter(i => inSight(PLOT.box, i)), size = seen.length > 1500 ? .4 : .8;
  for (const i of seen) {
    const [areas, marks] = batches[P.outcome[i]], reach = isPoint(i) ? disc(i) * view.k : 0;
    if (reach > 3.5) { const x = px(PLOT.box[4 * i]), y = py(PLOT.box[4 * i + 1]); areas.moveTo(x + reach, y); areas.arc(x, y, reach, 0, 2 * Math.PI); }
    if (small(i)) marks.addPath(new Path2D(PATHS[D.outcomes[P.outcome[i]].mark]), new DOMMatrix([size, 0, 0, size, px((PLOT.box[4 * i] + PLOT.box[4 * i + 2]) / 2) - 5 * size, py((PLOT.box[4 * i + 1] + PLOT.box[4 * i + 3]) / 2) - 5 * size]));
    else trace(PLOT, i, areas);
  }
  for (let o = D.outcomes.length - 1; o >= 0; o--) { pen.globalAlpha = .5; pen.fillStyle = D.outcomes[o].colour; pen.fill(batches[o][0]); }
  pen.globalAlpha = .85;
  if ($("patches").checked && view.k > 600) for (let i = 0; i < D.patches.year.length; i++) if (inSight(PATCH.box, i)) {
    const path = new Path2D(), b = PATCH.box.subarray(4 * i, 4 * i + 4);
    /* From afar a patch is smaller than what is seen: a spot of three pixels. */
    if ((b[3] - b[1]) * view.k < 3) path.rect(px((b[0] + b[2]) / 2) - 1.5, py((b[1] + b[3]) / 2) - 1.5, 3, 3); else trace(PATCH, i, path);
    pen.fillStyle = pen.strokeStyle = D.years[D.patches.year[i]]; pen.lineWidth = (b[3] - b[1]) * view.k < 3 ? 1 : 2;
    /* Disturbed canopy is no loss: an edge, and no ground. */
    if (D.patches.disturbed[i]) pen.stroke(path); else pen.fill(path, "evenodd");
  }
  pen.globalAlpha = 1;
  for (let o = D.outcomes.length - 1; o >= 0; o--) {
    pen.strokeStyle = D.outcomes[o].ink; pen.lineWidth = 1.4; pen.stroke(batches[o][0]);
    pen.strokeStyle = "#fff"; pen.lineWidth = 1.5 * size; pen.stroke(batches[o][1]); pen.fillStyle = D.outcomes[o].colour; pen.fill(batches[o][1]);
  }
  if (view.k < 2500) countryNames(P.names.length <= 40 ? labels(width) : []);
  if (selected >= 0 && PLOT.first[selected] < PLOT.first[selected + 1]) { pen.strokeStyle = "#22262e"; pen.lineWidth = 2; pen.strokeRect(px(PLOT.box[4 * selected]) - 5, py(PLOT.box[4 * selected + 3]) - 5, px(PLOT.box[4 * selected + 2]) - px(PLOT.box[4 * selected]) + 10, py(PLOT.box[4 * selected + 1]) - py(PLOT.box[4 * selected + 3]) + 10); }
  const metres = 111320 / view.k, round = 10 ** Math.floor(Math.log10(metres * 120)), long = [5, 2, 1].find(f => f * round <= metres * 120) * round;
  pen.fillStyle = pen.strokeStyle = "#22262e"; pen.lineWidth = 2; pen.font = "12px system-ui, sans-serif";
  pen.strokeRect(14, height - 16, long / metres, 0); pen.fillText(long < 1000 ? `${long} m` : `${number(long / 1000)} km`, 14, height - 22);
}
function zoom(factor, x = width / 2, y = height / 2) {
  const k = Math.min(4e6, Math.max(.5, view.k * factor)), s = 1 / view.k - 1 / k;
  view.x += (x - width / 2) * s / squeeze(); view.y -= (y - height / 2) * s; view.k = k; draw();
}
function hit(x, y) {
  let best = -1, near = 12;
  for (const i of rows) {
    if (!inSight(PLOT.box, i)) continue;
    if (!small(i)) { const path = new Path2D(); if (px(PLOT.box[4 * i]) <= x && x <= px(PLOT.box[4 * i + 2]) && py(PLOT.box[4 * i + 3]) <= y && y <= py(PLOT.box[4 * i + 1])) { trace(PLOT, i, path); pen.setTransform(1, 0, 0, 1, 0, 0); if (pen.isPointInPath(path, x, y, "evenodd")) return i; } continue; }
    const far = Math.hypot(px((PLOT.box[4 * i] + PLOT.box[4 * i + 2]) / 2) - x, py((PLOT.box[4 * i + 1] + PLOT.box[4 * i + 3]) / 2) - y);
    if (far < near) { near = far; best = i; }
  }
  return best;
}
const fingers = new Map();
let dragged = 0;
canvas.addEventListener("pointerdown", event => { canvas.setPointerCapture(event.pointerId); fingers.set(event.pointerId, [event.offsetX, event.offsetY]); dragged = 0; });
canvas.addEventListener("pointermove", event => {
  const before = fingers.get(event.pointerId), tip = $("tip");
  if (before) {
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1], dx = event.offsetX - before[0], dy = event.offsetY - before[1];
    dragged += Math.abs(dx) + Math.abs(dy); fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (other) return zoom(Math.hypot(event.offsetX - other[0], event.offsetY - other[1]) / (Math.hypot(before[0] - other[0], before[1] - other[1]) || 1), (event.offsetX + other[0]) / 2, (event.offsetY + other[1]) / 2);
    view.x -= dx / view.k / squeeze(); view.y += dy / view.k; return draw();
  }
  const found = hit(event.offsetX, event.offsetY);
  tip.hidden = found < 0; canvas.style.cursor = found < 0 ? "grab" : "pointer";
  const land = found < 0 ? areasAt(event.offsetX, event.offsetY) : [];
  if (land.length) { tip.hidden = false; tip.replaceChildren(el("bdi", {}, land.join("; "))); tip.style.left = Math.min(event.offsetX + 14, width - 220) + "px"; tip.style.top = event.offsetY + 14 + "px"; }
  if (found >= 0) { tip.replaceChildren(el("bdi", {}, P.id[found]), ` · ${outcomeName(P.outcome[found])} · ${hectares(found, "deforestation", 3)} ha`); tip.style.left = Math.min(event.offsetX + 14, width - 220) + "px"; tip.style.top = event.offsetY + 14 + "px"; }
});
canvas.addEventListener("pointerup", event => { fingers.delete(event.pointerId); if (dragged < 6) { const found = hit(event.offsetX, event.offsetY); if (found >= 0) open(found); } });
canvas.addEventListener("pointercancel", event => fingers.delete(event.pointerId));
canvas.addEventListener("pointerleave", () => { $("tip").hidden = true; });
canvas.addEventListener("wheel", event => { event.preventDefault(); zoom(2 ** (-event.deltaY / 240), event.offsetX, event.offsetY); }, { passive: false });
canvas.addEventListener("keydown", event => {
  const step = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] }[event.key];
  if (step) { view.x += step[0] / view.k / squeeze(); view.y -= step[1] / view.k; } else if (event.key === "+") zoom(1.6); else if (event.key === "-") zoom(1 / 1.6); else if (event.key === "0") whole(); else return;
  event.preventDefault(); draw();
});

/* One plot: picture, figures, reasons, findings, what settles it. */
function sentence(topic, code, values, otherwise) { const text = D.sentences[topic][code]; return text ? fill(text[lang], values) : otherwise; }
function finding(table, row) {
  const code = table.codes[table.code[row]], severity = ["block", "warn", "info"][table.severity[row]], from = table.row[row] == null ? table.file[row] : T("file_row", { file: table.file[row], row: table.row[row] });
  return el("li", { class: severity }, el("bdi", {}, sentence("findings", code, table.details[row], table.message[row])), el("div", { class: "code" }, `${T("severity_" + severity)} · ${code} · ${from}`));
}
function open(i) {
  selected = i;
  const box = $("detail"), outcome = D.outcomes[P.outcome[i]], at = rows.indexOf(i), pair = (key, text) => text == null || text === "–" ? [] : [el("dt", {}, T(key)), el("dd", {}, el("bdi", {}, text))];
  const why = REASONS.get(i) || [], faults = FINDINGS.get(i) || [], steps = [...new Set(why.map(row => sentence("settle", D.reasons.codes[D.reasons.code[row]], {})).filter(Boolean))];
  const x = (PLOT.box[4 * i] + PLOT.box[4 * i + 2]) / 2, y = (PLOT.box[4 * i + 1] + PLOT.box[4 * i + 3]) / 2, place = x === x;
  box.replaceChildren(el("div", { class: "sheet" },
    el("div", { class: "top" }, ...[["previous", -1], ["next", 1]].map(([key, step]) => el("button", { disabled: at < 0 || !(at + step in rows), onclick: () => open(rows[at + step]) }, T(key))),
      place ? el("button", { onclick: () => { box.close(); const b = PLOT.box.slice(4 * i, 4 * i + 4); fit([b[0] - .002, b[1] - .002, b[2] + .002, b[3] + .002]); draw(); canvas.focus(); canvas.scrollIntoView({ block: "center" }); } }, T("on_map")) : null,
      el("button", { onclick: () => print() }, T("print")), el("button", { onclick: () => box.close() }, T("close"))),
    el("h2", { id: "d-title" }, el("bdi", {}, P.id[i])), el("p", { class: "note" }, el("bdi", {}, P.names[P.cooperative[i]]), ` · ${D.harvest} · ${D.policy || "–"} · ${D.date}`), machineMade().length ? el("p", { class: "note" }, ...machineMade()) : null,
    el("p", { class: "badge", css: { color: outcome.ink, borderColor: outcome.colour } }, mark(P.outcome[i]), outcomeName(P.outcome[i])), el("p", {}, says(i)), decidedBox(i),
    P.before[i] !== P.outcome[i] ? el("p", {}, T("before_review", { outcome: outcomeName(P.before[i]) })) : null, P.fragile[i] ? el("p", {}, flips(i)) : null, P.unobserved[i] ? el("p", {}, T("unobserved", { date: P.unobserved[i] })) : null,
    el("div", { class: "two" }, el("div", {}, picture(i)), el("div", {}, el("h3", {}, T("figures")), el("dl", {}, ...["area", "declared", "forest", "loss", "deforestation", "agreed"].flatMap(key => pair(key, key === "declared" && P.assumed[i] ? T("declared_none", { area: number(D.point_ha) }) : figure(i, key))), ...gaps(i).flatMap(([key, text]) => pair(key, text)), ...pair("margin", figure(i, "margin")),
      ...pair("producer", P.producer[i]), ...pair("place", P.place[i]), ...pair("from_file", T("file_row", { file: P.files[P.file[i]], row: P.row[i] })), ...(place ? [el("dt", {}, T("position")), placeBox(y.toFixed(6), x.toFixed(6))] : [])))),
    deliveriesBox(i), lookBox(i), useBox(i),
    el("h3", {}, T("reasons")), el("ul", { class: "findings" }, ...why.map(row => { const R = D.reasons, code = R.codes[R.code[row]], values = reasonValues(row);
      return el("li", {}, sentence("reasons", code, values, code), el("div", { class: "code" }, [R.area[row] == null ? null : T(R.threshold[row] == null ? "reason_area" : "reason_figures", values), code, R.layers[row]].filter(Boolean).join(" · "))); })),
    steps.length ? el("h3", {}, T("settle")) : null, el("ul", {}, ...steps.map(step => el("li", {}, step))), reviewBox(i),
    el("h3", {}, T("findings")), faults.length ? el("ul", { class: "findings" }, ...faults.map(row => finding(D.findings, row))) : el("p", {}, T("no_findings"))));
  if (!box.open) box.showModal();
  box.scrollTop = 0; history.replaceState(null, "", "#" + encodeURIComponent(LINKS[i])); draw();
}

/* Words of the page in the chosen language, and the start. */
function machineMade() { const [own, english] = D.machine_made[lang] ?? []; return own ? [own, " ", el("span", { lang: "en" }, english)] : []; }
function speak() {
  document.documentElement.lang = lang; document.title = `${T("title")} · ${D.called}`;
  document.querySelectorAll("[data-text]").forEach(node => { node.textContent = T(node.dataset.text); });
  document.querySelectorAll("[data-label]").forEach(node => { node.setAttribute("aria-label", T(node.dataset.label)); });
  $("machine").replaceChildren(...machineMade()); $("machine").hidden = !machineMade().length;
  $("search").placeholder = T("search"); canvas.setAttribute("aria-label", T("map_label")); $("name").textContent = D.called;
  $("meta").textContent = T("meta", { commodity: T("commodity_" + D.commodity), policy: D.policy || "–", date: new Date(D.date + "T12:00").toLocaleDateString(LOCALE[lang], { dateStyle: "long" }) });
  const choose = (id, all, names, key) => $(id).replaceChildren(el("option", { value: -1 }, T(all)), ...names.map((name, n) => el("option", { value: n, selected: filter[key] === n }, name)));
  choose("coop", "all_cooperatives", P.names, "coop"); choose("reason", "all_reasons", D.reasons.codes, "reason"); choose("settles", "all_settles", SETTLES.map(text => Object.values(D.sentences.settle).find(one => one[D.languages[0]] === text)[lang]), "settle");
  $("years").replaceChildren(...Object.entries(D.years).map(([year, colour]) => el("span", {}, el("i", { class: "swatch", css: { background: colour } }), year)));
  $("elsewhere").hidden = !D.elsewhere.code.length; for (const [id, notes] of [["faults", false], ["notes", true]]) { const found = [...D.elsewhere.code.keys()].filter(row => (D.elsewhere.severity[row] === 2) === notes); $(id).replaceChildren(...found.slice(0, FIRST).map(row => finding(D.elsewhere, row))); more(id, found.length, "tables/FINDINGS.parquet"); }
  $("n-notes").hidden = !$("notes").children.length;
  $("layers").replaceChildren(el("thead", {}, el("tr", {}, ...["layer", "layer_variable", "layer_covers", "layer_tiles"].map(key => el("th", { scope: "col" }, T(key))))),
    el("tbody", {}, ...D.layers.map(layer => el("tr", {}, el("td", {}, layer.layer), el("td", {}, layer.variable, ...(layer.classes ? [el("div", { class: "code" }, T("layer_classes", layer))] : [])), el("td", {}, layer.from === layer.through ? layer.from : `${layer.from} – ${layer.through}`), el("td", {}, layer.tiles.map(count => number(count)).join(" / "))))));
  $("foot").textContent = T("disclaimer", { version: D.version }); coops(); kilograms(); areasKey(); desk(); groundKey(); animals(); decideBar(); apply();
  if ($("detail").open) open(selected);
}
$("language").replaceChildren(...D.languages.map(code => el("option", { value: code }, { en: "English", es: "Español", fr: "Français", pt: "Português", id: "Bahasa Indonesia", vi: "Tiếng Việt", sw: "Kiswahili", am: "አማርኛ" }[code])));
$("language").addEventListener("change", event => { lang = event.target.value; speak(); });
$("filters").addEventListener("submit", event => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(() => { filter = { outcome: -1, text: "", coop: -1, reason: -1, settle: -1, fragile: false, faulty: false }; apply(); }));
$("search").addEventListener("input", event => { filter.text = event.target.value.trim().toLowerCase(); apply(); });
$("coop").addEventListener("change", event => { filter.coop = Number(event.target.value); apply(); });
$("reason").addEventListener("change", event => { filter.reason = Number(event.target.value); apply(); });
$("settles").addEventListener("change", event => { filter.settle = Number(event.target.value); apply(); }); $("fragile").addEventListener("change", event => { filter.fragile = event.target.checked; apply(); });
$("faulty").addEventListener("change", event => { filter.faulty = event.target.checked; apply(); });
$("patches").addEventListener("change", draw); $("areas").addEventListener("change", draw); $("forest").addEventListener("change", draw);
$("list").addEventListener("scroll", () => list()); $("list").addEventListener("keydown", move);
$("in").addEventListener("click", () => zoom(1.6)); $("out").addEventListener("click", () => zoom(1 / 1.6)); $("all").addEventListener("click", () => { whole(); draw(); });
$("detail").addEventListener("close", () => { history.replaceState(null, "", location.pathname); draw(); });
addEventListener("resize", () => { list(); draw(); });
addEventListener("beforeprint", () => { list(Math.min(rows.length, 400)); document.querySelector(".printed").textContent = rows.length > 400 ? T("printed", { count: 400 }) : ""; paint(); });
addEventListener("afterprint", () => list());
width = canvas.clientWidth; height = canvas.clientHeight; whole(); speak();
const wanted = AT.get(decodeURIComponent(location.hash.slice(1))); if (wanted !== undefined) open(wanted);
document.documentElement.dataset.ready = "yes";
