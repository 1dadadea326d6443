/* Groups of cattle: outcome of the chain, and which link makes it. */
function animals() {
  const places = name => D.outcomes.findIndex(one => one.name === name), columns = ["animal_group", "outcome", "animal_stays", "animal_born", "animal_slaughtered", "animal_why"];
  $("animals").hidden = !D.animals.length;
  $("chains").replaceChildren(el("thead", {}, el("tr", {}, ...columns.map((key, c) => el("th", { scope: "col", class: c === 2 ? "num" : false }, T(key))))),
    el("tbody", {}, ...D.animals.slice(0, FIRST).map(one => el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, one.group)), el("td", {}, mark(places(one.outcome)), outcomeName(places(one.outcome))), el("td", { class: "num" }, number(one.stays, 0)), el("td", {}, one.born || "–"), el("td", {}, one.slaughtered || "–"),
      el("td", {}, one.why.map(part => T("chain_" + part.code, { what: part.what })).join(" "))))));
  more("chains", D.animals.length, "tables/ANIMALS.parquet");
}
