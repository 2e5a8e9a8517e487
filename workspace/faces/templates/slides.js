"use strict";
(() => {
  // One slide at a time, by keys. Without this script all slides stand below each other.
  const root = document.documentElement;
  const slides = () => [...document.querySelectorAll(".slide")];
  let at = 0;

  function go(to, { focus = true } = {}) {
    const all = slides();
    at = Math.max(0, Math.min(to, all.length - 1));
    all.forEach((slide, place) => slide.classList.toggle("now", place === at));
    if (location.hash !== "#" + all[at].id) history.replaceState(null, "", "#" + all[at].id);
    all[at].scrollTop = 0;
    if (focus) all[at].focus({ preventScroll: true });
  }
  function deck(on) {
    root.classList.toggle("deck", on);
    button.setAttribute("aria-pressed", document.fullscreenElement ? "true" : "false");
    if (on) go(at);
    else slides()[at].scrollIntoView();
  }
  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen?.().catch(() => {});
    deck(true);
  }
  const place = () => {
    const found = slides().findIndex((slide) => "#" + slide.id === location.hash);
    return found;
  };
  const moves = {
    ArrowRight: () => at + 1, PageDown: () => at + 1, " ": () => at + 1, n: () => at + 1, j: () => at + 1,
    ArrowLeft: () => at - 1, PageUp: () => at - 1, Backspace: () => at - 1, p: () => at - 1, k: () => at - 1,
    Home: () => 0, End: () => slides().length - 1,
  };

  const bar = document.createElement("div");
  bar.className = "present";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Full screen";
  button.title = "F";
  button.addEventListener("click", full);
  const keys = document.createElement("span");
  keys.textContent = "← → turn, F full screen, Esc all slides";
  bar.append(keys, button);
  document.querySelector(".top").append(bar);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input,select,textarea,summary,button,pre") && event.key !== "Escape") return;
    if (event.target.closest("a") && event.key === " ") return;
    if (event.key === "f" || event.key === "F") { event.preventDefault(); full(); return; }
    if (event.key === "Escape") { if (!document.fullscreenElement) deck(!root.classList.contains("deck")); return; }
    const move = moves[event.key === " " && event.shiftKey ? "PageUp" : event.key];
    if (!move) return;
    event.preventDefault();
    if (!root.classList.contains("deck")) root.classList.add("deck");
    go(move());
  });
  addEventListener("hashchange", () => {
    const found = place();
    if (found >= 0) go(found);
    else if (location.hash.startsWith("#receipt")) { root.classList.remove("deck"); document.querySelector(location.hash)?.scrollIntoView(); }
  });
  let from = null;
  document.addEventListener("touchstart", (event) => { from = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!from || !root.classList.contains("deck") || event.target.closest(".scroll")) return;
    const far = event.changedTouches[0].clientX - from.clientX, up = event.changedTouches[0].clientY - from.clientY;
    if (Math.abs(far) > 60 && Math.abs(far) > 2 * Math.abs(up)) go(at + (far < 0 ? 1 : -1));
  }, { passive: true });
  document.addEventListener("exchanged", () => { if (root.classList.contains("deck")) go(at, { focus: false }); });

  at = Math.max(0, place());
  if (location.hash && place() < 0) return; // it leads to a receipt
  root.classList.add("deck");
  go(at, { focus: false });
})();
