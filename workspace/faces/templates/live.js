"use strict";
(() => {
  // Forms and links of this page fetch the page they lead to and exchange the parts that differ. Without this script
  // they are plain forms and links, and lead to the same page.
  const root = document.documentElement;
  root.classList.add("live");
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  let turn = 0;

  async function show(address, { push = true, forms = false } = {}) {
    const mine = ++turn;
    const late = push && setTimeout(() => root.classList.add("busy"), 200);
    let next;
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      next = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      if (mine === turn && push) location.assign(address); // its page says what is wrong
      return;
    } finally {
      clearTimeout(late);
      if (mine === turn) root.classList.remove("busy");
    }
    if (mine !== turn) return; // something newer was asked for meanwhile
    if (push) history.pushState(null, "", address);
    exchange(next, forms);
    document.title = next.title;
    document.dispatchEvent(new Event("exchanged"));
    document.getElementById("said").textContent = push ? "Updated" : "";
    wait();
  }

  function exchange(next, forms) {
    const active = document.activeElement, held = active && active.id;
    const open = all("details[open][id]").map((one) => one.id);
    const names = (where) => all("[data-part]", where).map((one) => one.id).join(" ");
    const main = document.querySelector("main"), other = next.querySelector("main");
    const height = scrollY ? main.getBoundingClientRect().height + "px" : ""; // a shorter page would move under the reader
    if (forms || names(main) !== names(other)) main.replaceWith(other);
    for (const old of all(forms ? "[data-live],[data-part],header [data-form]" : "[data-live],[data-part]")) {
      const made = old.id ? next.getElementById(old.id) : next.querySelector("header [data-form]");
      // What a reader chose is not in the nodes of a form: they look equal when they are not.
      if (made && (old.matches("[data-form]") || !made.isEqualNode(old))) old.replaceWith(made);
    }
    document.querySelector("main").style.minHeight = height;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (held && document.activeElement !== active) {
      const again = document.getElementById(held);
      again?.focus({ preventScroll: true });
      if (again && again.selectionStart !== undefined && /search|text/.test(again.type)) {
        again.value = active.value;
        again.setSelectionRange(active.selectionStart, active.selectionEnd);
      }
    }
  }

  function asked(form) {
    const address = new URL(form.action), said = new URLSearchParams();
    const given = [...new FormData(form)];
    const filled = new Set(given.filter(([, text]) => text).map(([name]) => name));
    const days = (name) => filled.has(name + ".from") || filled.has(name + ".to");
    // Nothing chosen has to be said where something else is usual.
    const usual = new Set([...form.querySelectorAll("[data-usual]")].map((one) => one.dataset.usual));
    for (const [name, text] of given) {
      if (text || (usual.has(name) && !filled.has(name) && !days(name))) said.append(name, text);
    }
    address.search = said;
    return address;
  }

  function wait() {
    const late = document.querySelector("[data-late]");
    if (late) show(late.href, { push: false, forms: Boolean(document.querySelector("[data-waiting]")) });
  }

  let soon = 0;
  const react = (form, after) => {
    clearTimeout(soon);
    soon = setTimeout(() => show(asked(form)), after);
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-form]");
    if (form && event.target.form && event.target.type !== "search") react(form, 0);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-form]");
    if (form && event.target.type === "search") react(form, 250);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-form]")) return;
    event.preventDefault();
    react(event.target, 0);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link.href);
  });
  document.addEventListener("keydown", (event) => {
    const list = event.key === "Escape" && event.target.closest?.("details.many[open]");
    if (list) { list.open = false; list.firstElementChild.focus(); }
  });
  document.addEventListener("click", (event) => {
    for (const list of all("details.many[open]")) if (!list.contains(event.target)) list.open = false;
  });
  let place = location.pathname + location.search;
  addEventListener("popstate", () => {
    const now = location.pathname + location.search;
    if (now !== place) show(location.href, { push: false, forms: true });
    place = now;
  });
  document.addEventListener("exchanged", () => { place = location.pathname + location.search; });
  document.addEventListener("refresh", () => show(location.href, { push: false, forms: true }));
  wait();
})();
