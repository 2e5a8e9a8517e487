// One listener for the whole page. It is replaced at each run of the page, so that it knows the newest question.
const KEYS = [
  ["/", "Go to the question"],
  ["↑", "Bring back the last question"],
  ["p", "Pin the newest answer"],
  ["n", "New chat"],
  ["?", "Show this list"],
  ["Esc", "Close, or leave the question"],
];

function typing(node) {
  return node instanceof HTMLElement && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));
}

function question() {
  return document.querySelector('[data-testid="stChatInputTextArea"]');
}

// React keeps its own copy of the value, which only the native setter and an input event reach.
function write(field, text) {
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.setSelectionRange(text.length, text.length);
}

function list() {
  let box = document.getElementById("na-keys");
  if (box) { box.open ? box.close() : box.showModal(); return; }
  box = document.createElement("dialog");
  box.id = "na-keys";
  box.setAttribute("aria-labelledby", "na-keys-title");
  const title = document.createElement("h2");
  title.id = "na-keys-title";
  title.textContent = "Keyboard";
  const rows = document.createElement("dl");
  for (const [key, what] of KEYS) {
    const name = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = key;
    name.append(cap);
    const text = document.createElement("dd");
    text.textContent = what;
    rows.append(name, text);
  }
  box.append(title, rows);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  (document.querySelector('[data-testid="stApp"]') || document.body).append(box);
  box.showModal();
}

export default function (component) {
  const last = component.data?.last || "";
  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = question();
    if (event.target === field) {
      if (event.key === "ArrowUp" && field.value === "" && last) { event.preventDefault(); write(field, last); }
      if (event.key === "Escape") field.blur();
      return;
    }
    if (typing(event.target) || document.querySelector('[role="dialog"]')) return;
    if (event.key === "/" && field) { event.preventDefault(); field.focus(); }
    else if (event.key === "?") { event.preventDefault(); list(); }
    else if (event.key === "p") {
      const pins = document.querySelectorAll('[class*="st-key-pin-"] button');
      if (pins.length) { event.preventDefault(); pins[pins.length - 1].click(); }
    } else if (event.key === "n") {
      const link = document.querySelector('.st-key-nav a');
      if (link) { event.preventDefault(); link.click(); }
    }
  }
  // Before Streamlit, whose own fields keep their keys to themselves.
  document.addEventListener("keydown", press, true);
  return () => document.removeEventListener("keydown", press, true);
}
