// What pages can do beyond links and forms; without it they all still work.
"use strict";

const every = (selector, of = document) => [...of.querySelectorAll(selector)];

// ---------------------------------------------------------------- live: load again what has changed
async function watch() {
  const seen = document.body.dataset.version;
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch("/now", { headers: { accept: "application/json" } });
      const now = await answer.json();
      if (String(now.version) !== seen) await again();
      document.body.classList.remove("away");
    } catch {
      document.body.classList.add("away");
    }
  }
  setTimeout(watch, 1000);
}

// Takes the new page's content over, and leaves what is open, chosen or typed as it is.
async function again(asked = false) {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("main");
  const at = document.activeElement?.id;
  if (!main || (!asked && document.activeElement?.matches("input, select, textarea"))) return;
  const open = new Set(every("main details[open] > summary").map((each) => each.textContent));
  const top = window.scrollY;
  const box = view();
  document.querySelector("main").replaceWith(main);
  const about = page.querySelector(".side");
  if (about) document.querySelector(".side")?.replaceWith(about);
  for (const each of every("main details > summary")) if (open.has(each.textContent)) each.parentElement.open = true;
  document.body.dataset.version = page.body.dataset.version;
  begin(box);
  window.scrollTo(0, top);
  if (asked && at) document.getElementById(at)?.focus({ preventScroll: true });
}

// ---------------------------------------------------------------- forms that need no button
function forms() {
  document.body.classList.add("eager");
  for (const form of every("form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  // Asked again at every change, in the same place.
  for (const form of every("form[data-swap]")) {
    const ask = () => {
      const said = [...new FormData(form)].filter(([name, value]) => value !== "" || name === "month");
      history.replaceState(null, "", `${form.getAttribute("action")}?${new URLSearchParams(said)}`);
      return again(true);
    };
    form.addEventListener("change", ask);
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  }
  const form = document.querySelector("form.known");
  if (!form) return;
  const day = form.querySelector("input[type=date]");
  const range = document.createElement("input");
  const first = Date.parse(form.dataset.first + "T00:00Z");
  range.type = "range";
  range.min = 0;
  range.max = form.dataset.days;
  range.setAttribute("aria-label", "As known at the end of the day");
  const shown = (n) => new Date(first + n * 86400000).toISOString().slice(0, 10);
  range.value = day.value ? Math.round((Date.parse(day.value + "T00:00Z") - first) / 86400000) : range.max;
  const told = () => range.setAttribute("aria-valuetext", shown(Number(range.value)));
  told();
  const last = shown(Number(range.max));
  if (!day.value) day.value = last;
  // The last day is now, and now needs no saying.
  form.addEventListener("submit", () => { day.disabled = day.value === last; });
  range.addEventListener("input", () => { day.value = shown(Number(range.value)); told(); });
  range.addEventListener("change", () => form.requestSubmit());
  day.addEventListener("change", () => form.requestSubmit());
  day.before(range);
}

// ---------------------------------------------------------------- trees
function trees() {
  for (const tools of every(".tools")) tools.hidden = false;
  for (const button of every("[data-tree]")) {
    button.addEventListener("click", () => {
      for (const each of every(".tree details")) each.open = button.dataset.tree === "open";
    });
  }
}

// ---------------------------------------------------------------- the graph: move, zoom, follow
let place = null;
const view = () => place && { ...place };

function graph(box) {
  const canvas = document.querySelector(".canvas");
  const drawing = canvas?.querySelector("svg.drawing");
  if (!drawing) { place = null; return; }
  const whole = drawing.viewBox.baseVal;
  const wide = { x: 0, y: 0, width: whole.width, height: whole.height };
  const full = { width: wide.width, height: wide.height };
  canvas.classList.add("moves");
  drawing.removeAttribute("width");
  drawing.removeAttribute("height");
  const show = () => drawing.setAttribute("viewBox", `${place.x} ${place.y} ${place.width} ${place.height}`);
  const shape = () => canvas.clientHeight / canvas.clientWidth;
  function fit() {
    const width = Math.max(full.width, full.height / shape());
    place = { x: (full.width - width) / 2, y: 0, width, height: width * shape() };
    show();
  }
  function about(id) {
    const at = drawing.querySelector(`[data-box="${CSS.escape(id)}"]`)?.getBBox();
    if (!at) return;
    const width = Math.max(canvas.clientWidth, 320);
    place = { width, height: width * shape(), x: at.x + at.width / 2 - width / 2, y: at.y + at.height / 2 - width * shape() / 2 };
    show();
  }
  function zoom(by, x = 0.5, y = 0.5) {
    const width = Math.min(Math.max(place.width * by, 160), full.width * 3);
    const height = width * shape();
    place = { x: place.x + (place.width - width) * x, y: place.y + (place.height - height) * y, width, height };
    show();
  }
  const steps = {
    in: () => zoom(0.8), out: () => zoom(1.25), fit,
    full: () => zoom(canvas.clientWidth / place.width),
  };
  for (const button of every("[data-zoom]", canvas)) button.onclick = steps[button.dataset.zoom];
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = place.width / 8;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (moves[event.key]) {
      place.x += moves[event.key][0] * step;
      place.y += moves[event.key][1] * step;
      show();
    } else if (event.key === "+" || event.key === "=") zoom(0.8);
    else if (event.key === "-") zoom(1.25);
    else if (event.key === "0") fit();
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && event.deltaMode === 0 && !event.shiftKey && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      place.x += event.deltaX * place.width / canvas.clientWidth;
      show();
      event.preventDefault();
      return;
    }
    if (!event.ctrlKey && !event.metaKey) return;
    const at = canvas.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.12 : 0.89, (event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height);
    event.preventDefault();
  }, { passive: false });
  let from = null;
  let moved = false;
  const pointers = new Map();
  canvas.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button")) return;
    pointers.set(event.pointerId, event);
    from = { x: event.clientX, y: event.clientY, place: view() };
    moved = false;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from || !pointers.has(event.pointerId)) return;
    if (pointers.size === 2) {
      const far = () => { const [a, b] = [...pointers.values()]; return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY); };
      const before = far();
      pointers.set(event.pointerId, event);
      zoom(before / Math.max(far(), 1));
      moved = true;
      return;
    }
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!moved && Math.hypot(dx, dy) < 5) return;
    moved = true;
    canvas.setPointerCapture(event.pointerId);
    const scale = place.width / canvas.clientWidth;
    place.x = from.place.x - dx * scale;
    place.y = from.place.y - dy * scale;
    show();
  });
  for (const ends of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(ends, (event) => { pointers.delete(event.pointerId); from = null; });
  }
  canvas.addEventListener("click", (event) => { if (moved) { event.preventDefault(); event.stopPropagation(); } }, true);

  // Which boxes lead to one, and where it leads, however far.
  const lines = every("[data-arrows]", drawing);
  const arrows = new Set(lines.flatMap((line) => line.dataset.arrows.split(" ")));
  const ends = [...arrows].map((each) => each.split(">"));
  function reach(start, [here, there]) {
    const found = new Set([start]);
    for (const each of found) for (const arrow of ends) if (arrow[here] === each) found.add(arrow[there]);
    return found;
  }
  function mark(id) {
    const [before, after] = id ? [reach(id, [1, 0]), reach(id, [0, 1])] : [new Set(), new Set()];
    drawing.classList.toggle("marked", Boolean(id));
    for (const each of every("[data-box]", drawing)) {
      each.classList.toggle("near", before.has(each.dataset.box) || after.has(each.dataset.box));
      each.classList.toggle("chosen", each.dataset.box === id);
    }
    for (const line of lines) {
      const on = line.dataset.arrows.split(" ").some((each) => {
        const [start, end] = each.split(">");
        return (before.has(start) && before.has(end)) || (after.has(start) && after.has(end));
      });
      line.classList.toggle("near", on);
    }
  }
  // The panel changes without the drawing being made again.
  async function go(id, remember) {
    const to = new URL(location.href);
    if (id) to.searchParams.set("at", id); else to.searchParams.delete("at");
    const answer = await fetch(to);
    if (!answer.ok) { location.href = to; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("panel").innerHTML = page.getElementById("panel").innerHTML;
    if (remember) history.pushState(null, "", to);
    mark(id);
    const seen = id && drawing.querySelector(`[data-box="${CSS.escape(id)}"]`)?.getBoundingClientRect();
    const frame = canvas.getBoundingClientRect();
    if (seen && (seen.left < frame.left || seen.right > frame.right || seen.top < frame.top || seen.bottom > frame.bottom)) about(id);
  }
  document.querySelector("main").addEventListener("click", (event) => {
    const link = event.target.closest("[data-go], [data-box]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link.dataset.go || link.dataset.box, true);
  });
  window.onpopstate = () => go(new URL(location.href).searchParams.get("at"), false);
  const at = new URL(location.href).searchParams.get("at");
  if (box) { place = box; show(); } else { fit(); if (at) about(at); else if (place.width > canvas.clientWidth * 2) zoom(Math.max(canvas.clientWidth * 1.6, 400) / place.width, 0, 0); }
  mark(at);
}

function begin(box) {
  forms();
  trees();
  document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  graph(box);
}

begin();
watch();
