// Chips as buttons with a menu each; arrow keys move in the menu, Escape closes it, Delete drops the chip.
function button(className, text) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = className;
  node.textContent = text;
  return node;
}

function close(menu, opener, back) {
  if (!menu || menu.hidden) return;
  menu.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  if (back) opener.focus();
}

// Below its chip, or above where there is more room; never under the field for the question, which stays in view.
function place(menu, opener) {
  const field = document.querySelector('[data-testid="stBottom"]');
  const chip = opener.getBoundingClientRect();
  const below = (field ? field.getBoundingClientRect().top : window.innerHeight) - chip.bottom - 8;
  const above = chip.top - 72; // the page's head stays free
  const up = menu.scrollHeight + 4 > below && above > below;
  menu.classList.toggle("up", up);
  menu.style.maxHeight = Math.max(120, Math.min(300, up ? above : below)) + "px";
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".chips") || document.createElement("div");
  root.className = "chips";
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "How the question was read; each part can be changed");
  root.replaceChildren();
  if (!root.isConnected) parentElement.append(root);
  const menus = [];
  const closeAll = () => menus.forEach(([menu, opener]) => close(menu, opener, false));
  const choose = (chip, option) => { closeAll(); setTriggerValue("change", { chip, option }); };

  (data?.chips || []).forEach((chip, index) => {
    const item = document.createElement("span");
    item.className = "chip" + (chip.quiet ? " quiet" : "");
    const label = button("label", chip.text);
    item.append(label);
    if (chip.options.length) {
      label.setAttribute("aria-haspopup", "menu");
      label.setAttribute("aria-expanded", "false");
      label.setAttribute("aria-label", chip.text + ", change " + chip.name);
      const menu = document.createElement("div");
      menu.className = "menu";
      menu.setAttribute("role", "menu");
      menu.hidden = true;
      chip.options.forEach((text, option) => {
        const entry = button("entry", text);
        entry.setAttribute("role", "menuitem");
        entry.tabIndex = -1;
        entry.addEventListener("click", () => choose(index, option));
        menu.append(entry);
      });
      const open = () => {
        closeAll();
        menu.hidden = false;
        menu.style.left = "0";
        label.setAttribute("aria-expanded", "true");
        const over = menu.getBoundingClientRect().right - (document.documentElement.clientWidth - 12);
        if (over > 0) menu.style.left = -over + "px";
        place(menu, label);
        menu.firstElementChild.focus();
      };
      label.addEventListener("click", () => (menu.hidden ? open() : close(menu, label, true)));
      label.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown") { event.preventDefault(); open(); }
      });
      menu.addEventListener("keydown", (event) => {
        const entries = [...menu.children];
        const here = entries.indexOf(menu.getRootNode().activeElement);
        const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: entries.length - 1 }[event.key];
        if (to !== undefined) { event.preventDefault(); entries[(to + entries.length) % entries.length].focus(); }
        if (event.key === "Escape") { event.stopPropagation(); close(menu, label, true); }
        if (event.key === "Tab") close(menu, label, false);
      });
      menus.push([menu, label]);
      item.append(menu);
    } else {
      label.disabled = true;
    }
    if (chip.drop) {
      const drop = button("drop", "×");
      drop.setAttribute("aria-label", "Leave out " + chip.text);
      drop.title = "Leave this out";
      drop.addEventListener("click", () => choose(index, -1));
      item.append(drop);
      label.addEventListener("keydown", (event) => { if (event.key === "Delete") choose(index, -1); });
    }
    root.append(item);
  });

  const away = (event) => { if (!event.composedPath().includes(root)) closeAll(); };
  document.addEventListener("pointerdown", away);
  return () => document.removeEventListener("pointerdown", away);
}
