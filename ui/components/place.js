// What a reader should see when the page has changed: the newest question with its finding, not the foot of a long answer;
// on a telephone the page, not the sidebar that led to it. What was last shown outlives the runs of the page.
const SETTLING = 1500; // ms in which pictures may still push the question out of sight
const NARROW = 768; // px up to which Streamlit lays the sidebar over the page
const HEADER = 48; // px that stay free above the question

// One press, one step of Back. Streamlit tells the browser a new address in up to two steps, the query on the old page and
// then the page, in either order: whoever pressed Back stood on an address where they had never been. What follows the
// first step, or a step back, before the next press takes its place.
function oneStepAPress() {
  if (window.naSteps) return;
  window.naSteps = { left: 1 };
  const push = history.pushState.bind(history);
  history.pushState = (...step) => (window.naSteps.left-- > 0 ? push(...step) : history.replaceState(...step));
  const pressed = () => (window.naSteps.left = 1);
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, pressed, { capture: true, passive: true });
  window.addEventListener("popstate", () => (window.naSteps.left = 0), { capture: true });
}

function uncover() {
  if (window.innerWidth > NARROW) return;
  document.querySelector('[data-testid="stSidebarCollapseButton"] button[aria-expanded="true"]')?.click();
}

function follow() {
  const until = performance.now() + SETTLING;
  const hands = new AbortController(); // whoever scrolls or types meanwhile is left alone
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    document.addEventListener(kind, () => hands.abort(), { signal: hands.signal, passive: true, capture: true });
  }
  function step() {
    if (hands.signal.aborted) return;
    const page = document.querySelector(".stMain");
    const question = [...document.querySelectorAll("h2.na-question")].pop();
    if (page && question) {
      const top = page.scrollTop + question.getBoundingClientRect().top - page.getBoundingClientRect().top - HEADER;
      const wanted = Math.max(0, Math.min(top, page.scrollHeight - page.clientHeight)); // all of a short answer
      if (Math.abs(page.scrollTop - wanted) > 1) page.scrollTop = wanted;
    }
    if (performance.now() < until) requestAnimationFrame(step);
    else hands.abort();
  }
  requestAnimationFrame(step);
}

export default function ({ data }) {
  oneStepAPress();
  const before = window.naPlace || {};
  window.naPlace = data;
  // Whoever was quicker than the first page to be ready has left the address that was loaded.
  const loaded = performance.getEntriesByType("navigation")[0]?.name;
  if (before.place === undefined ? location.href !== loaded : before.place !== data.place) uncover();
  if (data.newest && before.newest !== data.newest) follow();
}
