(() => {
  const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  // What a cell sorts by: a number, a moment in time, or its text; an empty one (–) comes last in either direction.
  const key = (text) => {
    const plain = text.replace(/,/g, "").replace("−", "-").trim();
    if (plain === "–" || plain === "") return null;
    if (/^-?\d+(\.\d+)?(e[-+]?\d+)?%?$/.test(plain)) return parseFloat(plain);
    let part = /^(?:(\d{1,2}) )?([A-Z][a-z]{2}) (\d{4})(?: (\d\d):(\d\d))?$/.exec(plain);
    if (part && months.includes(part[2]))
      return Date.UTC(+part[3], months.indexOf(part[2]), +(part[1] || 1), +(part[4] || 0), +(part[5] || 0));
    part = /^Q([1-4]) (\d{4})$/.exec(plain);
    if (part) return +part[2] * 4 + +part[1];
    part = /^week (\d+) (\d{4})$/.exec(plain);
    if (part) return +part[2] * 60 + +part[1];
    return text.trim();
  };
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const sort = (table, at, down) => {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => [key(row.cells[at].textContent), row]);
    const numbers = rows.every(([value]) => value === null || typeof value === "number");
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return (down ? -1 : 1) * (numbers ? a - b : order.compare(String(a), String(b)));
    });
    body.append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table")) {
    if (!table.tHead || table.tBodies[0].rows.length < 2) continue;
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, at, down);
      });
    });
  }
})();
