/* The desk: kilograms ready and held back, what to do next by the kilograms it frees, lots with the plots that spoil them. */
const GRAVEST = ["high", "unknown_plot", "plot_blocked", "quantity_implausible", "animals", "animals_unknown", "more_info_needed", "undetermined", "other"];
const SETTLE = () => [...new Set(D.reasons.codes.map(code => D.sentences.settle[code]?.[D.languages[0]]).filter(Boolean))];
const settles = code => D.sentences.settle[code]?.[D.languages[0]];
const kg = value => number(Math.round(value)) + " kg";
const sum = values => values.reduce((total, value) => total + value, 0);
/* Hectares that layers left unread on a plot, of whatever is asked of them; null where nobody knows what there was to read. */
const unseen = i => D.unread.unknown[i] == null;
const unread = i => unseen(i) ? null : Math.max(D.unread.unknown[i], D.unread.kind[i], D.unread.use[i]);
const MEASURED = ["forest", "loss", "deforestation", "agreed"];
/* A figure as far as it was measured: unknown is never written as nought, and nothing that was found as nought. */
function hectares(i, key, digits) {
  const value = P[key][i], least = 10 ** -digits;
  if (value == null) return "–";
  if (MEASURED.includes(key) && D.unread[key][i] !== 0) return value >= least ? "≥ " + number(value, digits) : "–";
  return value > 0 && value < least / 2 ? "< " + number(least, digits) : number(value, digits);
}
const figure = (i, key) => hectares(i, key, 3) + (MEASURED.includes(key) && D.unread[key][i] > 0 ? ` (${T("unread", { area: number(D.unread[key][i], 3) })})` : "");
const gaps = i => ["unknown", "kind", "use"].map(key => ["unread_" + key, D.unread[key][i]]).filter(([key, area]) => key === "unread_unknown" || area > 0).map(([key, area]) => [key, number(area, 3)]);
const says = i => T(P.says[i], { area: hectares(i, "deforestation", 3) });
const flips = i => P.flips[i] ? T("flips", { flips: P.flips[i].split(" ").map(one => { const at = one.lastIndexOf("="), change = one.slice(0, at), to = one.slice(at + 1); return `${D.text["flip_" + change] ? T("flip_" + change) : change.replace(/^without:/, T("flip_without") + " ")} → ${D.text["outcome_" + to] ? T("outcome_" + to) : to}`; }).join("; ") }) : T("fragile");
function plotLink(one) {
  return one.plot == null ? el("span", {}, el("bdi", {}, one.name), " ", el("span", { class: "code" }, T("held_" + one.code))) : el("button", { class: "link", onclick: () => open(one.plot) }, mark(P.outcome[one.plot]), el("bdi", {}, one.name));
}
function desk() {
  $("pictured").hidden = D.pictured.shown >= D.pictured.all;
  $("pictured").textContent = T("pictured", { shown: number(D.pictured.shown, 0), all: number(D.pictured.all, 0) });
  const lots = D.desk.lots, ready = lots.filter(lot => lot.ready), held = lots.filter(lot => !lot.ready), groups = new Map();
  const worst = lot => GRAVEST.find(code => lot.spoilers.some(one => one.code === code)) || "other";
  for (const lot of held) { const key = JSON.stringify(lot.spoilers.map(one => [one.code, one.plot ?? one.name])); groups.has(key) ? groups.get(key).push(lot) : groups.set(key, [lot]); }
  const order = [...groups.values()].map(group => ({ kg: sum(group.map(lot => lot.kg)), lots: group, spoilers: group[0].spoilers })).sort((a, b) => b.kg - a.kg || a.spoilers.length - b.spoilers.length);
  const blocked = P.usable.filter(usable => !usable).length, open_ones = P.outcome.filter((o, i) => D.outcomes[o].name === "undetermined" && P.usable[i]).length;
  const tile = (text, value, colour) => el("div", { class: "sum", css: { borderLeftColor: colour } }, el("b", {}, value), el("span", {}, text));
  $("d-tiles").replaceChildren(...(D.desk.known ? [tile(T("desk_ready", { lots: number(ready.length) }), kg(sum(ready.map(lot => lot.kg))), D.outcomes[4].colour), tile(T("desk_held", { lots: number(held.length) }), kg(sum(held.map(lot => lot.kg))), D.outcomes[0].colour)] : []),
    tile(T("desk_faults"), number(blocked), D.outcomes[1].colour), tile(T("desk_maps"), number(open_ones), D.outcomes[2].colour));
  $("d-none").hidden = D.desk.known; $("d-lots").hidden = !lots.length; $("d-next").hidden = !held.length;
  $("d-why").replaceChildren(...GRAVEST.map(code => [code, sum(held.filter(lot => worst(lot) === code).map(lot => lot.kg))]).filter(([, mass]) => mass > 0).map(([code, mass]) => el("li", {}, `${kg(mass)} · ${T("held_" + code)}`)));
  $("d-actions").replaceChildren(...order.slice(0, 5).map(one => el("li", {}, el("b", {}, T("desk_frees", { kg: kg(one.kg), lots: one.lots.map(lot => lot.lot) })), " ", ...one.spoilers.slice(0, 12).flatMap(spoiler => [plotLink(spoiler), " "]), one.spoilers.length > 12 ? `+${one.spoilers.length - 12}` : "", el("div", { class: "help" }, [...new Set(one.spoilers.map(spoiler => T("do_" + spoiler.code)))].join(" ")))));
  $("lots").replaceChildren(el("thead", {}, el("tr", {}, ...["lot", "lot_kg", "lot_state", "lot_spoilers"].map((key, c) => el("th", { scope: "col", class: c === 1 ? "num" : false }, T(key))))),
    el("tbody", {}, ...lots.slice(0, FIRST).map(lot => el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, lot.lot)), el("td", { class: "num" }, number(Math.round(lot.kg))), el("td", {}, T(lot.ready ? "lot_ready" : "lot_held")), el("td", {}, ...lot.spoilers.slice(0, 20).flatMap(one => [plotLink(one), " "]), lot.spoilers.length > 20 ? `+${lot.spoilers.length - 20}` : "")))));
  more("lots", lots.length, "tables/lots.csv");
}
function deliveriesBox(i) {
  const rows = D.desk.deliveries[i];
  if (!D.desk.known) return null;
  const state = name => T(D.desk.lots.find(lot => lot.lot === name)?.ready ? "lot_ready" : "lot_held");
  return el("div", {}, el("h3", {}, T("deliveries")), rows ? el("ul", {}, ...rows.map(([lot, mass]) => el("li", {}, el("bdi", {}, lot), ` · ${kg(mass)} · ${state(lot)}`))) : el("p", {}, T("no_deliveries")));
}

/* The map goes to what is filtered; its legend names every outcome it draws. */
var framed;
function frame() {
  const now = JSON.stringify(filter);
  if (framed !== undefined && framed !== now) whole(rows.length ? rows : undefined);
  framed = now;
  $("key").replaceChildren(...D.outcomes.flatMap((_, o) => P.outcome.includes(o) ? [el("span", {}, mark(o), outcomeName(o))] : []));
}

/* Borders and coasts behind the plots. */
function backdrop() {
  pen.strokeStyle = "#9aa3af"; pen.lineWidth = 1; pen.beginPath();
  for (const line of D.backdrop.lines) for (let v = 0; v < line.length; v += 2) pen[v ? "lineTo" : "moveTo"](px(line[v]), py(line[v + 1]));
  pen.stroke();
}
/* Countries by their names in the reader's language, a little lower or higher where a cooperative's name stands. */
function countryNames(taken) {
  const names = new Intl.DisplayNames([lang], { type: "region", fallback: "code" });
  pen.font = "italic 13px system-ui, sans-serif"; pen.textAlign = "center"; pen.fillStyle = "#5d6673";
  for (const [code, x, y] of D.backdrop.countries) {
    const half = pen.measureText(names.of(code)).width / 2, at = [0, 24, -24, 48, -48, 72, -72].map(step => py(y) + step).find(line => !taken.some(([other, top, wide]) => Math.abs(other - px(x)) < wide + half && Math.abs(top - line) < 18));
    if (at !== undefined) pen.fillText(names.of(code), px(x), at);
  }
  pen.textAlign = "start";
}
/* Names of cooperatives where their plots lie: whole words inside the frame, and none over another. */
function labels(width) {
  const taken = [];
  pen.font = "600 12px system-ui, sans-serif"; pen.textAlign = "center";
  NAMES.forEach(([x, y], c) => {
    const name = P.names[c].length > 34 ? P.names[c].slice(0, 33) + "…" : P.names[c], half = pen.measureText(name).width / 2 + 4, top = py(y) - 8;
    if (px(x) < 0 || px(x) > width) return;
    const middle = Math.max(half, Math.min(width - half, px(x)));
    if (taken.some(([other, line, wide]) => Math.abs(other - middle) < wide + half && Math.abs(line - top) < 16)) return;
    taken.push([middle, top, half]);
    pen.strokeStyle = "#fffd"; pen.lineWidth = 4; pen.strokeText(name, middle, top); pen.fillStyle = "#3c4350"; pen.fillText(name, middle, top);
  });
  pen.textAlign = "start";
  return taken;
}
