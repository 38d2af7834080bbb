// The browser of quotations: filters, a search, pages. A row of the data is an array; these are its places.
(() => {
  const NUMBER = 0, WORDS = 1, PLACE = 2, BEFORE = 3, AFTER = 4, PERSON = 5, SOURCE = 6, CODERS = 7, NOTES = 8, WHY = 9, FILTERS = 10;
  const PAGE = 50;
  const PRINTED = 500;
  const LONG = 1400; // characters after which a quotation is folded
  const { filters, rows, names } = report.data;
  const { make } = report;
  const at = (id) => document.getElementById(id);
  const list = at("list"), remaining = at("remaining"), clear = at("clear"), pages = at("pages"), search = at("search");
  const selects = filters.map((_, place) => at(`filter-${place}`));
  const valueFilter = filters.findIndex((filter) => filter.id === "value");
  const personFilter = filters.findIndex((filter) => filter.id === "participant");
  const groupFilter = filters.findIndex((filter) => filter.id === "group");
  let found = [];
  let page = 0;
  let words = [];
  let haystacks = null;

  // -- finding

  /** What is searched for: words, and phrases in quotes, in any letter case. */
  function asked(text) {
    const parts = text.normalize("NFC").matchAll(/["“”„]([^"“”„]*)["“”„]?|(\S+)/g);
    return [...parts].map((part) => (part[1] ?? part[2]).trim()).filter(Boolean).map((part) => part.replace(/\s+/g, " "));
  }

  /** Any space is a space; programs write apostrophes straight or curved. */
  function pattern(part, flags) {
    const literal = part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    return new RegExp(literal.replace(/ /g, "\\s+").replace(/['‘’ʼ]/g, "['‘’ʼ]"), flags);
  }

  /** The rows that all filters but one let through, and that hold what is searched for. */
  function passing(chosen, without = -1) {
    const patterns = words.map((part) => pattern(part, "iu"));
    if (patterns.length && haystacks === null) {
      haystacks = rows.map((row) => `${row[WORDS] ?? row[PLACE]}\n${row[NOTES]}`.normalize("NFC"));
    }
    return rows.filter(
      (row, number) =>
        chosen.every((option, place) => place === without || option < 0 || row[FILTERS + place].includes(option)) &&
        patterns.every((each) => each.test(haystacks[number])),
    );
  }

  const chosenNow = () => selects.map((select) => Number(select.value));

  function fill(select, filter, chosen, counts) {
    const total = filter.all === "anybody" ? "Anybody" : "Any";
    if (!select.options.length) {
      select.append(make("option", { value: "-1" }, total));
      filter.options.forEach((_, number) => select.append(make("option", { value: String(number) })));
    }
    filter.options.forEach(([, label], number) => {
      const option = select.options[number + 1];
      const text = `${label} (${report.number.format(counts[number])})`;
      if (option.textContent !== text) option.textContent = text;
      option.hidden = counts[number] === 0 && number !== chosen;
    });
    select.value = String(chosen);
    select.classList.toggle("set", chosen >= 0);
  }

  function update({ first = false } = {}) {
    words = asked(search.value);
    const chosen = chosenNow();
    found = passing(chosen);
    filters.forEach((filter, place) => {
      const counts = new Array(filter.options.length).fill(0);
      const others = chosen[place] < 0 ? found : passing(chosen, place);
      for (const row of others) for (const option of row[FILTERS + place]) counts[option] += 1;
      fill(selects[place], filter, chosen[place], counts);
    });
    const filtered = words.length > 0 || chosen.some((option) => option >= 0);
    clear.hidden = !filtered;
    remaining.textContent = told(filtered);
    page = 0;
    show();
    if (!first) remember(chosen);
  }

  /** How many remain, in words; the sentence that a screen reader speaks. */
  function told(filtered) {
    const people = new Set(found.flatMap((row) => row[FILTERS + personFilter])).size;
    const beside = found.filter((row) => row[WHY]).length;
    const of = filtered ? ` of ${report.number.format(rows.length)}` : "";
    const noun = (filtered ? rows.length : found.length) === 1 ? "quotation" : "quotations";
    let text = `${report.number.format(found.length)}${of} ${noun}`;
    if (people) text += ` by ${report.count(people, "participant")}`;
    if (beside) text += ` (${report.number.format(beside)} not counted in the tables)`;
    return `${text}.`;
  }

  // -- showing

  function marked(text) {
    if (!words.length) return [document.createTextNode(text)];
    const shown = text.normalize("NFC");
    const every = new RegExp(words.map((part) => pattern(part, "").source).join("|"), "giu");
    const nodes = [];
    let end = 0;
    for (const hit of shown.matchAll(every)) {
      if (!hit[0]) continue;
      nodes.push(document.createTextNode(shown.slice(end, hit.index)), make("mark", null, hit[0]));
      end = hit.index + hit[0].length;
    }
    nodes.push(document.createTextNode(shown.slice(end)));
    return nodes;
  }

  const named = (number, kind) => (number < 0 ? null : make("bdi", null, names[kind][number]));

  function words_of(row) {
    if (row[WORDS] === null) return make("p", { class: "place-only", dir: "auto" }, ...marked(row[PLACE]));
    const text = row[WORDS];
    const quote = make("blockquote", { dir: "auto" });
    // On lines of their own: whether a quotation begins inside a word is not known here.
    const context = (side) => (row[side] ? [make("span", { class: "context" }, row[side])] : []);
    quote.append(...context(BEFORE), make("span", { class: "words" }, ...marked(text)), ...context(AFTER));
    if (text.length <= LONG || words.length) return quote; // what a search found is not to be folded away
    quote.classList.add("folded");
    const button = make("button", { type: "button", class: "unfold" }, `Show all ${report.number.format([...text].length)} characters`);
    button.addEventListener("click", () => {
      quote.classList.remove("folded");
      button.remove();
    });
    return make("div", null, quote, button);
  }

  function tag(place, option) {
    const filter = filters[place];
    const to = `#quotations?${new URLSearchParams({ [filter.id]: filter.options[option][0] })}`;
    const color = filter.colors?.[option];
    return make(
      "a",
      { class: place === valueFilter ? "tag value" : "tag", href: to },
      color ? make("span", { class: `swatch ${color}`, "aria-hidden": "true" }) : null,
      make("bdi", null, filter.options[option][1]),
    );
  }

  function card(row) {
    const tags = make("ul", { class: "tags", "aria-label": "Values and what they express" });
    filters.forEach((_, place) => {
      if (place === personFilter || place === groupFilter) return;
      for (const option of row[FILTERS + place]) tags.append(make("li", null, tag(place, option)));
    });
    const group = groupFilter < 0 || !row[FILTERS + groupFilter].length ? null : filters[groupFilter].options[row[FILTERS + groupFilter][0]][1];
    const who = make("p", { class: "who" });
    const parts = [
      row[PERSON] < 0 ? make("span", null, "nobody") : make("strong", null, named(row[PERSON], "participants")),
      group === null ? null : make("bdi", null, group),
      named(row[SOURCE], "sources"),
      row[WORDS] === null ? null : make("bdi", { class: "where" }, row[PLACE]),
      names.coders.length > 1 && row[CODERS].length ? make("span", null, "coded by ", make("bdi", null, row[CODERS].map((one) => names.coders[one]).join(", "))) : null,
    ].filter(Boolean);
    parts.forEach((part, number) => who.append(...(number ? [make("span", { class: "dot", "aria-hidden": "true" }, "·"), part] : [part])));
    const notes = row[NOTES] ? make("p", { class: "memo", dir: "auto" }, make("span", { class: "label" }, "Note "), ...marked(row[NOTES])) : null;
    const why = row[WHY] ? make("p", { class: "aside" }, `Not counted: ${row[WHY]}.`) : null;
    return make("li", { value: String(row[NUMBER]) }, make("article", { "aria-label": `Quotation ${row[NUMBER]}` }, words_of(row), who, notes, tags, why));
  }

  function show(number = PAGE) {
    const start = page * PAGE;
    const shown = found.slice(start, start + number);
    list.replaceChildren(...shown.map(card));
    if (!shown.length) list.append(make("li", { class: "nothing" }, "No quotation passes all filters."));
    const last = Math.max(1, Math.ceil(found.length / PAGE));
    pages.hidden = last < 2;
    at("page-number").textContent = `Page ${report.number.format(page + 1)} of ${report.number.format(last)}`;
    at("previous").disabled = page === 0;
    at("next").disabled = page + 1 >= last;
  }

  function turn(step) {
    page += step;
    show();
    at("list-title").focus({ preventScroll: true });
    at("list-title").scrollIntoView();
  }

  // -- what is asked for stands in the address, so that tables and charts lead here and Back goes back

  function address(chosen) {
    const asked = new URLSearchParams();
    chosen.forEach((option, place) => option >= 0 && asked.set(filters[place].id, filters[place].options[option][0]));
    if (search.value.trim()) asked.set("search", search.value.trim());
    const text = asked.toString();
    return text ? `#quotations?${text}` : "#quotations";
  }

  function remember(chosen) {
    try {
      history.replaceState(null, "", address(chosen));
    } catch {
      // Some browsers allow no change of a file's address; the filters work all the same.
    }
  }

  function fromAddress() {
    const [section, text] = location.hash.slice(1).split("?");
    if (section !== "quotations" || text === undefined) return false;
    const given = new URLSearchParams(text);
    filters.forEach((filter, place) => {
      const number = filter.options.findIndex(([key]) => key === given.get(filter.id));
      if (!selects[place].options.length) fill(selects[place], filter, -1, new Array(filter.options.length).fill(0));
      selects[place].value = String(number);
    });
    search.value = given.get("search") ?? "";
    return true;
  }

  filters.forEach((filter, place) => fill(selects[place], filter, -1, new Array(filter.options.length).fill(0)));
  at("browser").hidden = false;
  const led = fromAddress();
  update({ first: true });
  const arrive = () => document.getElementById("quotations").scrollIntoView();
  if (led) arrive();
  addEventListener("hashchange", () => {
    if (!fromAddress()) return;
    update({ first: true });
    arrive();
    at("list-title").focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#quotations?"]');
    if (link && link.hash === location.hash) arrive(); // no change of the address tells so
  });
  for (const select of selects) select.addEventListener("change", () => update());
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 120);
  });
  document.querySelector(".filters").addEventListener("submit", (event) => {
    event.preventDefault();
    update();
  });
  clear.addEventListener("click", () => {
    for (const select of selects) select.value = "-1";
    search.value = "";
    update();
    search.focus();
  });
  at("previous").addEventListener("click", () => turn(-1));
  at("next").addEventListener("click", () => turn(1));
  addEventListener("beforeprint", () => {
    if (found.length <= PAGE) return;
    page = 0;
    show(PRINTED);
    if (found.length > PRINTED) list.append(make("li", { class: "nothing" }, `The first ${PRINTED} of ${report.number.format(found.length)} quotations are printed.`));
  });
  addEventListener("afterprint", () => show());
})();
