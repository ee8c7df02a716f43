// Elements out of names, attributes and text. Text becomes text nodes, so that nothing in it is markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}
const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

// Our sentences quote names between backquotes, and no name can hold one.
const rich = (text) => String(text).split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part));

function section(id, title, ...children) {
  return el("section", { id, "aria-labelledby": id + "-title" },
    el("h2", { id: id + "-title" }, title), children);
}

// A table that scrolls by itself where it is wider than the page, reachable by keyboard.
function table(caption, headings, rows) {
  const head = headings.map((heading) => {
    const [text, kind] = Array.isArray(heading) ? heading : [heading, ""];
    return el("th", { scope: "col", class: kind }, text);
  });
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    el("table", {}, el("caption", { class: "unseen" }, caption),
      el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

// A share of the most, as a bar behind a number.
function bar(value, most) {
  const box = svg("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { width: most > 0 ? Math.max((100 * value) / most, value > 0 ? 1 : 0) : 0, height: 8 }));
  return el("td", { class: "number" }, el("span", {}, number(value)), box);
}

function chip(level) {
  return el("span", { class: "chip " + LEVEL_NAMES[level] }, levelName(level));
}
