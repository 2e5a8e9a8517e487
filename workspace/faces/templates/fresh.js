"use strict";
(() => {
  // While this page is in sight it asks now and then whether what it shows has changed, and says so or shows it, as its
  // reader chose. To who comes back it says what changed since they last looked: what that was is kept in this browser.
  const FIRST = 10_000, LONGEST = 300_000; // ms between two questions; longer while nothing changes
  const LOOKED = 3_000; // ms in sight after which a page has been seen
  const meta = () => document.getElementById("meta");
  const place = meta()?.dataset.state;
  if (!place) return;
  const kept = (store, name, value) => {
    try {
      if (value === undefined) return JSON.parse(store.getItem(name));
      store.setItem(name, JSON.stringify(value));
    } catch { /* a browser that keeps nothing compares nothing */ }
    return null;
  };
  const SEEN = `noapp-seen ${place}`, CHOICE = "noapp-fresh";
  const now = () => ({ mark: meta().dataset.mark, at: meta().dataset.asOf });
  const known = (seen) => seen && typeof seen.mark === "string" && typeof seen.at === "string";
  // With parameters set it shows something else each time; a page that is not whole yet, nothing to come back to.
  const plain = () => meta().dataset.plain === "1" && meta().dataset.unready !== "1";

  // ------------------------------------------------------------------------------------ since you last looked
  let base = null; // what was last seen before this visit; a reload is the same visit
  function begin() {
    if (base || !plain()) return;
    base = kept(sessionStorage, SEEN);
    if (!known(base)) base = kept(localStorage, SEEN);
    if (!known(base)) base = now();
    kept(sessionStorage, SEEN, base);
  }
  function seen() {
    base = now();
    kept(sessionStorage, SEEN, base);
    kept(localStorage, SEEN, base);
    document.getElementById("since")?.remove();
  }
  async function tell() {
    begin();
    if (!base || !plain()) return;
    const from = base;
    if (from.mark === now().mark) { document.getElementById("since")?.remove(); return; }
    let news;
    try {
      const answer = await fetch(`${place}/news?${new URLSearchParams({ since: from.mark, before: from.at })}`);
      if (!answer.ok) return;
      news = await answer.json();
    } catch { return; }
    document.getElementById("since")?.remove();
    if (news.nothing) return;
    const box = made("div", "", "news since");
    box.id = "since";
    const when = news.since || new Date(from.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const head = made("p");
    head.append(made("strong", "Since you last looked"), ` (${when}), `, `${news.summary || "something here"} changed.`);
    box.append(head);
    if (news.lines.length) {
      const list = made("ul");
      list.append(...news.lines.map((line) => made("li", line)));
      box.append(list);
    }
    const act = made("p", "", "act");
    if (news.href) {
      const link = made("a", "All changes");
      link.href = news.href;
      act.append(link);
    }
    act.append(button("Seen", seen));
    box.append(act);
    meta().after(box);
  }

  // -------------------------------------------------------------------------------------------- the data changed
  let pause = FIRST, timer = 0, offered = "", asking = false;
  function later() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, pause * (0.9 + Math.random() / 5)); // many readers, not all at once
  }
  async function ask() {
    if (document.hidden || asking) return;
    if (document.fullscreenElement) { later(); return; } // nobody presents a notice
    asking = true;
    try {
      const answer = await fetch(`${place}/state${location.search}`, { cache: "no-cache" });
      if (answer.status === 404 || answer.status === 410) {
        say([made("span", "This page is not here any more. What you see is how it last was.")]);
        return; // it will not come back
      }
      const found = answer.ok ? await answer.json() : null;
      if (found && found.mark !== now().mark) {
        pause = FIRST;
        changed(found);
      } else {
        pause = Math.min(pause * 1.5, LONGEST);
      }
    } catch {
      pause = Math.min(pause * 2, LONGEST);
    } finally {
      asking = false;
    }
    later();
  }
  function changed(found) {
    if (kept(localStorage, CHOICE) === "show") { offered = found.mark; refresh(); return; }
    if (offered === found.mark) return; // said already
    offered = found.mark;
    const edited = found.mark.split("-")[0] !== now().mark.split("-")[0];
    say([
      made("span", edited ? `This page was changed at ${found.at}.` : `The data changed at ${found.at}.`),
      button("Show it", refresh),
      button("Always show at once", () => { kept(localStorage, CHOICE, "show"); refresh(); }),
    ]);
  }
  const refresh = () => document.dispatchEvent(new Event("refresh"));
  document.addEventListener("exchanged", () => {
    const bar = document.getElementById("fresh");
    if (offered && offered === now().mark) {
      offered = "";
      bar?.remove();
      if (kept(localStorage, CHOICE) === "show") {
        say([made("span", "New data is shown."), button("Ask me first", () => {
          kept(localStorage, CHOICE, "ask");
          document.getElementById("fresh")?.remove();
        })], 10_000);
      }
    }
    tell();
  });

  // ------------------------------------------------------------------------------------------------------ parts
  function say(parts, ms = 0) {
    document.getElementById("fresh")?.remove();
    const bar = made("div", "", "news fresh");
    bar.id = "fresh";
    bar.setAttribute("role", "status");
    bar.append(...parts);
    document.body.append(bar);
    if (ms) setTimeout(() => bar.remove(), ms);
  }
  function made(tag, text = "", name = "") {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (name) node.className = name;
    return node;
  }
  function button(text, act) {
    const node = made("button", text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  let since = document.hidden ? 0 : Date.now();
  function left() {
    if (since && Date.now() - since > LOOKED && plain()) kept(localStorage, SEEN, now());
    since = 0;
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { clearTimeout(timer); left(); return; }
    since = Date.now();
    pause = FIRST;
    ask();
  });
  addEventListener("pagehide", left);
  addEventListener("pageshow", () => { since = since || Date.now(); });
  tell();
  later();
})();
