/* Decisions of people: what was decided, a form for each plot that is open, and one file to save. */
const KEPT = new Map(), ASKED = D => Object.keys(D.to_review).map(Number);
let reviewer = "", unsaved = false;
const today = () => { const now = new Date(); return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10); };
const hex = bytes => [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, "0")).join("");
const plain = text => text.replace(/[;=\u0000-\u001f]/g, "_").trim();

function decidedBox(i) {
  const rows = D.reviews[i];
  if (!rows) return P.review[i] ? el("p", {}, T("review_noted", { review: P.review[i] })) : null;
  const line = row => [`${row.review} · ${[row.reviewer, row.second_reviewer].filter(Boolean).join(", ")} · ${row.date}`, `${T("review_decision_" + row.decision)} · ${T("review_grounds_" + row.grounds)}`, ...Object.keys(row.evidence), ...Object.entries(row.imagery).map(([name, day]) => `${name} (${day})`)];
  return el("div", {}, el("h3", {}, T("review_form_reviews")), el("ul", { class: "findings" }, ...rows.map(row => el("li", { class: row.counts && !row.fault ? "info" : "warn" }, el("b", {}, row.said[lang]), ...line(row).map(text => el("div", { class: "code" }, el("bdi", {}, text)))))));
}

/* A reason as the list of reasons words it, and its code. */
function reasonValues(row) {
  const R = D.reasons, area = number(R.area[row], 3), threshold = number(R.threshold[row], 3);
  return { area, area_ha: area, threshold, threshold_ha: threshold, margin_ha: number(R.area[row] == null || R.threshold[row] == null ? null : R.area[row] - R.threshold[row], 3), layers: R.layers[row] };
}
function reasonInWords(i, code) {
  const row = (REASONS.get(i) || []).find(one => D.reasons.codes[D.reasons.code[one]] === code);
  const said = row === undefined ? "" : sentence("reasons", code, reasonValues(row), "");
  return said ? `${said} (${code})` : code;
}

/* What a decision still lacks, by the rules that `review add` applies. */
function verdict(i, one) {
  const asked = D.to_review[i];
  const lacks = [[!one.decision, "decision"], [!one.grounds, "grounds"], [!one.reason.length, "reasons"], [!one.reviewer.trim(), "reviewer"]].filter(([lack]) => lack).map(([, key]) => T("review_form_" + key));
  if (lacks.length) return [false, T("review_form_lacks", { what: lacks.join(", ") })];
  if (one.decision === "confirm") return [true, T("review_form_high")];
  const days = Object.values(one.imagery).filter(day => day >= "2020-01-01"), not = text => [true, T("review_form_not_yet", { why: text })];
  if (one.grounds === "self_declaration") return not(T("review_self_declaration_alone"));
  if (!Object.keys(one.evidence).length && !Object.keys(one.imagery).length) return not(T("review_no_evidence_named"));
  if (asked.outcome === "high" && !days.length || asked.outcome === "undetermined" && !days.some(day => day > "2020-12-31")) return not(T("review_needs_" + asked.outcome));
  const left = asked.reason.filter(code => !one.reason.includes(code));
  if (left.length) return not(left.map(code => reasonInWords(i, code)).join("; "));
  return [true, T(asked.outcome === "high" ? "review_form_second" : "review_form_enough")];
}

function reviewBox(i) {
  const asked = D.to_review[i];
  if (!asked) return null;
  const looks = (D.looks[i] || []).filter(look => look.item), kept = KEPT.get(i);
  const one = kept ? structuredClone(kept) : { plot: asked.plot, decision: "", reason: [...asked.reason], grounds: "", evidence: {}, imagery: Object.fromEntries(looks.map(look => [look.item, look.date])), reviewer, date: today(), evidence_digest: asked.evidence_digest };
  const said = el("p", { role: "status" }), files = el("ul"), keep = el("button", { type: "submit" }, T("review_form_keep")), undo = el("button", { type: "button", hidden: !kept, onclick: () => { KEPT.delete(i); unsaved = true; decideBar(); open(i); } }, T("review_form_undo"));
  const check = () => { const [whole, text] = verdict(i, one); keep.disabled = !whole; said.textContent = (KEPT.has(i) ? T("review_form_kept", { decision: T("review_decision_" + KEPT.get(i).decision) }) + " " : "") + text; };
  const tick = (name, on, change, text) => { const box = el("input", { type: "checkbox", name, checked: on, onchange: () => { change(box.checked); check(); } }); return el("label", { class: "tick" }, box, " ", el("bdi", {}, text)); };
  const group = (key, ...parts) => el("fieldset", {}, el("legend", {}, T("review_form_" + key)), ...parts);
  const field = (key, input) => el("label", { class: "field" }, el("span", {}, T("review_form_" + key)), input);
  const listed = () => files.replaceChildren(...Object.entries(one.evidence).map(([name, digest]) => el("li", {}, el("bdi", {}, name), el("div", { class: "code" }, "SHA-256 " + digest), el("button", { type: "button", "aria-label": `${T("review_form_undo")}: ${name}`, onclick: () => { delete one.evidence[name]; listed(); check(); } }, "×"))));
  const chosen = el("input", { type: "file", multiple: true, onchange: async () => {
    if (!globalThis.crypto?.subtle) { said.textContent = T("review_form_no_hash"); return; }
    said.textContent = T("review_form_hashing"); keep.disabled = true;
    for (const file of chosen.files) one.evidence[plain(file.name)] = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    chosen.value = ""; listed(); check();
  } });
  const image = el("input", { type: "text", autocomplete: "off" }), day = el("input", { type: "date", max: today() }), images = el("div");
  const shownImages = () => images.replaceChildren(...[...new Set([...looks.map(look => look.item), ...Object.keys(one.imagery)])].map(name => { const date = looks.find(look => look.item === name)?.date ?? one.imagery[name]; return tick("image", name in one.imagery, on => { if (on) one.imagery[name] = date; else delete one.imagery[name]; }, `${name} · ${date}`); }));
  const addImage = () => { const name = plain(image.value); if (name && day.value) { one.imagery[name] = day.value; image.value = day.value = ""; shownImages(); check(); } };
  image.addEventListener("change", addImage); day.addEventListener("change", addImage);
  const radio = name => { const box = el("input", { type: "radio", name: "decision", value: name, checked: one.decision === name, onchange: () => { one.decision = name; check(); } }); return el("label", { class: "tick" }, box, " ", T("review_decision_" + name)); };
  const grounds = el("select", { onchange: () => { one.grounds = grounds.value; check(); } }, el("option", { value: "" }, T("review_form_choose")), ...["imagery", "field_visit", "official_record", "land_record", "self_declaration"].map(name => el("option", { value: name, selected: one.grounds === name }, T("review_grounds_" + name))));
  const who = el("input", { type: "text", autocomplete: "name", value: one.reviewer, maxlength: 200, oninput: () => { one.reviewer = who.value; check(); } });
  shownImages(); listed(); check();
  return el("form", { class: "decide", onsubmit: event => { event.preventDefault(); reviewer = one.reviewer; KEPT.set(i, { ...structuredClone(one), date: today() }); unsaved = true; undo.hidden = false; decideBar(); check(); } },
    el("h3", {}, T("review_form_title")), el("p", { class: "help" }, T("review_form_needs", { needs: T("review_needs_" + asked.outcome) })),
    group("decision", radio("clear"), radio("confirm")),
    group("reasons", ...asked.reason.map(code => tick("reason", one.reason.includes(code), on => { one.reason = asked.reason.filter(other => other === code ? on : one.reason.includes(other)); }, reasonInWords(i, code)))),
    field("grounds", grounds), field("files", chosen), files,
    group("imagery", looks.length ? null : el("p", { class: "help" }, T("review_form_no_pictures")), images, el("div", { class: "pair" }, field("image", image), field("image_date", day))),
    field("reviewer", who), said, el("p", {}, keep, " ", undo, " ", el("button", { type: "button", onclick: nextToDecide }, T("review_form_next")), " ", el("button", { type: "button", onclick: saveDecisions }, T("review_form_save"))));
}

function decideBar() {
  const all = ASKED(D);
  $("decide").hidden = !all.length;
  $("decided").textContent = T("review_form_bar", { open: number(all.filter(i => !KEPT.has(i)).length), kept: number(KEPT.size) });
  $("save").disabled = !KEPT.size; $("save").onclick = saveDecisions; $("decide-next").onclick = nextToDecide;
}
function nextToDecide() {
  const left = ASKED(D).filter(i => !KEPT.has(i)), at = rows.filter(i => left.includes(i)), list = at.length ? at : left;
  const next = list[(list.indexOf(selected) + 1) % list.length];
  if (next !== undefined) open(next);
}
function saveDecisions() {
  if (!KEPT.size) return;
  const text = JSON.stringify({ kind: "eudr-check decisions", version: 1, harvest: D.harvest, decisions: [...KEPT.values()] }, null, 1);
  const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: `decisions-${D.harvest}-${today()}.json` });
  document.body.append(link); link.click(); link.remove();
  unsaved = false; setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
addEventListener("beforeunload", event => { if (unsaved) event.preventDefault(); });
