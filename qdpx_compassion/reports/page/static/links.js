// Text from the project enters the page as text nodes only. What the scripts share stands in `report`.
"use strict";
const report = {
  data: JSON.parse(document.getElementById("data").textContent),
  number: new Intl.NumberFormat("en"),

  /** An element with attributes and children; strings become text. */
  make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  },

  /** "1 quotation", "1,200 quotations". */
  count(number, one) {
    return `${report.number.format(number)} ${one}${number === 1 ? "" : "s"}`;
  },
};
