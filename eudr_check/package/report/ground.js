/* Forest of 2020 under the plots: tiles, or the pictures of single plots where a cell of a tile would be a block. The page paints again once a picture is unpacked. */
const PICTURES = new Map();
function unpacked(key, png) {
  if (!PICTURES.has(key)) { const one = new Image(); one.onload = draw; one.src = "data:image/png;base64," + png; PICTURES.set(key, one); }
  return PICTURES.get(key);
}
function ground() {
  if (!$("forest").checked) return;
  const lay = (key, { bounds: [w, s, e, n], png }) => {
    const x = px(w), y = py(n), across = px(e) - x, down = py(s) - y;
    if (x > width || y > height || x + across < 0 || y + down < 0) return;
    const one = unpacked(key, png);
    if (one.complete && one.naturalWidth) pen.drawImage(one, x, y, across, down);
  };
  pen.imageSmoothingEnabled = false;
  if (D.forest.tiles.length && D.forest.cell * view.k < 24) D.forest.tiles.forEach((tile, t) => lay("tile" + t, tile));
  else if (view.k > 8000) for (const [i, shot] of Object.entries(D.pictures)) lay("plot" + i, shot);
}
function groundKey() {
  const there = D.forest.tiles.length + Object.keys(D.pictures).length > 0, swatch = (colour, key) => el("span", {}, el("i", { class: "swatch", css: { background: colour } }), T(key));
  $("ground").hidden = !there;
  $("forest-name").textContent = D.forest.tiles.length ? T("show_forest", { metres: D.forest.metres, map: D.forest.column }) : T("show_forest_near");
  $("ground-key").replaceChildren(swatch(D.ground.forest, "picture_forest"), swatch(D.ground.no_forest, "picture_no_forest"), swatch(D.ground.unknown, "picture_unknown"), ...(Object.keys(D.pictures).length ? [swatch(D.ground.before, "picture_before")] : []));
}

/* Where a plot is: to copy anywhere; on a telephone for its map application, elsewhere for a map that asks the network. */
function placeBox(latitude, longitude) {
  const text = `${latitude}, ${longitude}`, said = el("span", { role: "status" });
  const copy = async () => {
    try { await navigator.clipboard.writeText(text); said.textContent = " " + T("copied"); } catch { getSelection().selectAllChildren(shown); said.textContent = " " + T("copy_marked"); }
  };
  const shown = el("bdi", {}, text), touch = matchMedia("(pointer: coarse)").matches;
  return el("dd", {}, shown, " ", el("button", { type: "button", class: "link", onclick: copy }, T("copy")), said, el("br", {}),
    touch ? el("a", { href: `geo:${latitude},${longitude}` }, T("open_map")) : el("a", { href: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`, target: "_blank", rel: "noreferrer" }, T("open_osm")));
}
