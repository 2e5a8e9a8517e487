// A field for a text that tells what is in it while it is written, so that its preview keeps up.
const PAUSE = 350; // ms without a key, after which the text is told

export default function ({ data, parentElement, setStateValue }) {
  let field = parentElement.querySelector("textarea");
  if (!field) {
    field = document.createElement("textarea");
    field.setAttribute("aria-label", "Text");
    field.spellcheck = true;
    field.value = data.text;
    let timer = 0;
    const tell = () => setStateValue("text", field.value);
    const fit = () => { field.style.height = "auto"; field.style.height = `${Math.min(field.scrollHeight + 2, 360)}px`; };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(tell, PAUSE); fit(); });
    field.addEventListener("blur", () => { clearTimeout(timer); tell(); });
    parentElement.append(field);
    requestAnimationFrame(fit);
  }
}
