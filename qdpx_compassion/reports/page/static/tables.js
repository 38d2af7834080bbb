// Tables: a click on a heading sorts; long ones show their first rows until all are asked for.
(() => {
  const SHOWN = 30;
  const TOLERATED = 10; // a table that is hardly longer is shown whole
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  for (const table of document.querySelectorAll("main table")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length < 2) continue;
    const kept = table.dataset.total === "1" ? 1 : 0;
    const start = rows.slice(kept);
    let whole = rows.length <= SHOWN + TOLERATED;
    const fold = () => [...body.rows].forEach((row, number) => (row.hidden = !whole && number >= SHOWN));
    fold();
    if (!whole) addButton(table, body, rows.length, () => ((whole = true), fold()));
    if (start.length > 1) [...table.tHead.rows[0].cells].forEach((cell, place) => sortable(cell, place));

    function sortable(heading, place) {
      const name = heading.querySelector(".heading");
      if (heading.classList.contains("quotes") || !name.textContent) return;
      const button = report.make("button", { type: "button", class: "sort" });
      name.replaceWith(button);
      button.append(name);
      button.addEventListener("click", () => {
        const before = heading.getAttribute("aria-sort");
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        const numbers = ["number", "people", "percent", "decimal", "heat"].some((kind) => heading.classList.contains(kind));
        const down = before === null ? numbers : before === "ascending";
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => row.cells[place].dataset.sort ?? row.cells[place].textContent.trim();
        const compare = numbers
          ? (one, other) => (key(one) === "" ? -Infinity : Number(key(one))) - (key(other) === "" ? -Infinity : Number(key(other))) || 0
          : (one, other) => collator.compare(key(one), key(other));
        body.append(...[...start].sort((one, other) => (down ? compare(other, one) : compare(one, other))));
        fold();
      });
    }
  }

  // Only a table that is wider than its place is a stop for the keyboard and a region of its own; it shows that more follows.
  const follows = (box) => box.classList.toggle("more-follows", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  const fitted = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      const named = { role: "region", tabindex: "0", "aria-labelledby": box.querySelector("caption").id };
      for (const [name, value] of Object.entries(named)) {
        if (wide) box.setAttribute(name, value);
        else box.removeAttribute(name);
      }
      follows(box);
    }
  });
  for (const box of document.querySelectorAll(".table")) {
    fitted.observe(box);
    box.addEventListener("scroll", () => follows(box), { passive: true });
  }

  function addButton(table, body, number, show) {
    const name = table.caption.firstElementChild.textContent;
    const button = report.make("button", { type: "button", class: "all-rows" }, `Show all ${report.number.format(number)} rows`);
    button.append(report.make("span", { class: "visually-hidden" }, ` of ${name}`));
    button.addEventListener("click", () => {
      show();
      const row = body.rows[SHOWN]; // the first of those that were not there
      button.remove();
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
    });
    table.parentElement.after(button);
  }
})();
