"use strict";
(() => {
  // Pointing at a chart, touching it, or its arrow keys: the nearest values, in a layer over the page. The parts of the
  // page stay as they came, so that they can be compared and exchanged.
  const CUT = "\u2063", MARKS = `[aria-label*="${CUT}"]`; // between place, series and value of a mark
  const move = (one, { background = "", ...style }) => { // its place is said as it is seen
    Object.assign(one.style, { background });
    for (const side in style) one.style[side] = `${style[side] + ({ left: scrollX, top: scrollY }[side] || 0)}px`;
    return one;
  };
  const is = ({ mark }, kind) => mark.ariaRoleDescription === kind;
  const put = (name, style = {}, text = "", into = over) => {
    const one = document.createElement("div");
    one.className = name;
    one.textContent = text;
    into.append(one);
    return move(one, style);
  };
  const root = document.documentElement, over = put("over", {}, "", document.body);
  over.ariaHidden = "true"; // a chart has its text, and what the keys come to is said
  root.classList.add("pointed");

  function read(chart) { // its places along the axis, each with its marks
    const { by } = chart.dataset, found = new Map();
    for (const mark of chart.querySelectorAll(MARKS)) {
      const box = mark.getBoundingClientRect(), [place, series, value] = mark.ariaLabel.split(CUT);
      const one = { mark, box, place, series, value, x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const key = by === "x" || by === "y" ? place : found.size;
      found.set(key, [...(found.get(key) || []), one]);
    }
    return [...found.values()].sort(([a], [b]) => a[by] - b[by] || 0);
  }

  let shown, part, at = 0, held; // the chart, its part and place; whether the keyboard is in it
  function show(chart, choose) {
    const places = chart ? read(chart) : [], place = chart ? choose(places) : -1, marks = places[place];
    if (marks && shown === chart && at === place && over.firstChild) return;
    over.replaceChildren();
    shown = marks && chart;
    if (!marks) return;
    [at, part] = [place, chart.closest("[data-part]").id];
    const tip = put("tip"), { by } = chart.dataset, bars = is(marks[0], "bar"), plot = chart.querySelector(".background");
    put("head", {}, marks[0].place, tip);
    for (const { mark, box, x, y, series, value } of marks) {
      const background = getComputedStyle(mark)[is({ mark }, "point") ? "stroke" : "fill"];
      if (bars) put("rim", { left: box.x, top: box.y, width: box.width, height: box.height });
      else if (by !== "slice") put("spot", { left: x, top: y, background });
      const row = put("row", {}, "", tip);
      if (series) put("key", { background }, "", row);
      if (series) put("series", {}, series, row);
      put("value", {}, value, row);
    }
    const { top, height } = plot.getBoundingClientRect(), wide = tip.offsetWidth, high = tip.offsetHeight;
    if (by === "x" && !bars) put("guide", { left: marks[0].x, top, height });
    const each = (what, choose) => choose(...marks.map(what)), room = root.clientWidth - 8 - wide, lies = by === "y";
    const right = each((one) => (lies ? one.box.right : one.x), Math.max) + 12;
    const left = right > room && !lies ? each((one) => one.x, Math.min) - 12 - wide : right;
    const up = lies ? marks[0].y - high / 2 : each((one) => (bars ? one.box.y : one.y), Math.min) - 12 - high;
    move(tip, { left: Math.max(8, Math.min(left, room)), top: Math.max(4, up) });
  }

  const nearest = (x, y, by) => (places) => {
    let best = Infinity, found = -1;
    const far = (one) => by !== "slice" ? Math.hypot(by !== "y" && one.x - x, by !== "x" && one.y - y)
      : one.mark.isPointInFill(new DOMPoint(x, y).matrixTransform(one.mark.getScreenCTM().inverse())) ? 0 : Infinity;
    places.forEach((marks, place) => marks.forEach((one) => {
      if (far(one) < best) [best, found] = [far(one), place];
    }));
    return found;
  };
  function point(event) {
    const chart = event.target.closest?.(".picture > div")?.querySelector("svg.chart");
    if (event.type === "pointerdown") held = null;
    if (chart) show(chart, nearest(event.clientX, event.clientY, chart.dataset.by));
    else if (event.type === "pointerdown" || (event.pointerType !== "touch" && shown !== held)) show();
  }
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  root.addEventListener("pointerleave", point);
  addEventListener("resize", () => show());

  const own = (event) => event.target.closest?.("svg.chart");
  document.addEventListener("focusin", (event) => {
    const chart = held = own(event);
    if (chart) show(chart, ({ length }) => (chart.closest("[data-part]").id === part ? Math.min(at, length - 1) : 0));
  });
  document.addEventListener("focusout", (event) => { if (own(event)) show(); });
  document.addEventListener("keydown", (event) => {
    const chart = own(event);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") show();
    if (!chart || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show(chart, (places) => Math.max(0, Math.min(at + step, places.length - 1)));
    const said = document.getElementById("said");
    if (said) said.textContent = over.firstChild.innerText;
  });

  function ready() { // also the parts that came in place of others
    for (const chart of document.querySelectorAll("svg.chart")) if (chart.querySelector(MARKS)) chart.tabIndex = 0;
    if (shown && !shown.isConnected) show();
    if (held && !held.isConnected) document.querySelectorAll(`#${part} svg.chart`).forEach((one) => one.focus({ preventScroll: true }));
  }
  document.addEventListener("exchanged", ready);
  ready();
})();
