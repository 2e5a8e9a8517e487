export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".link") || document.createElement("div");
  root.className = "link";
  root.replaceChildren();
  if (!root.isConnected) parentElement.append(root);
  const field = document.createElement("input");
  field.readOnly = true;
  field.value = data.url;
  field.setAttribute("aria-label", data.label);
  field.addEventListener("focus", () => field.select());
  const copy = document.createElement("button");
  copy.type = "button";
  copy.textContent = "Copy link";
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(data.url);
    } catch {
      // Without https the clipboard is closed to scripts; the old way works still.
      field.select();
      document.execCommand("copy");
    }
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy link"; }, 2000);
  });
  const open = document.createElement("a");
  open.href = data.url;
  open.target = "_blank";
  open.rel = "noopener";
  open.textContent = "Open";
  root.append(field, copy, open);
}
