// Who assumes which role: nodes in columns, from those whom nobody assumes on the left.
const GRAPH_EDGES = 60;

function roleGraph(report) {
  const edges = report.edges.slice(0, GRAPH_EDGES).filter((edge) => edge.from !== edge.to);
  if (!edges.length) return el("p", { class: "dim" }, say("noEdges"));
  const names = new Map(report.people.map((person) => [person.key, person]));
  const depth = depths(edges);
  const columns = [];
  for (const [key, at] of depth) (columns[at] ||= []).push(key);
  const place = settle(columns, edges);
  const wide = 250, step = 34, left = 10;
  const height = 24 + Math.max(...columns.map((column) => column.length)) * step;
  const width = left + (columns.length - 1) * (wide + 90) + wide;
  const x = (key) => left + depth.get(key) * (wide + 90);
  const y = (key) => 12 + place.get(key) * step;
  const most = Math.max(...edges.map((edge) => edge.times + edge.denied));
  const lines = edges.map((edge) => {
    const [x1, y1, x2, y2] = [x(edge.from) + wide, y(edge.from) + 13, x(edge.to), y(edge.to) + 13];
    // An edge that leads back goes round below.
    const bend = x2 > x1 ? (x2 - x1) / 2 : 120;
    const thick = 1 + (4 * Math.log1p(edge.times + edge.denied)) / Math.log1p(most);
    return svg("path", { class: edge.denied ? "edge denied" : "edge", "stroke-width": thick.toFixed(1),
      d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` },
    svg("title", {}, `${label(edge.from, names)} → ${label(edge.to, names)}: ${number(edge.times)}` +
      (edge.denied ? `, ${say("failed")}: ${number(edge.denied)}` : "")));
  });
  const nodes = [...depth.keys()].map((key) => {
    const person = names.get(key);
    return svg("g", { class: person && person.findings ? "node found" : "node" },
      svg("title", {}, key + (person ? `: ${number(person.calls)} ${say("calls")}` : "")),
      svg("rect", { x: x(key), y: y(key), width: wide, height: 26, rx: 4 }),
      svg("text", { x: x(key) + 8, y: y(key) + 17 }, clip(label(key, names), 34)));
  });
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": say("graph") },
    svg("svg", { class: "graph", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": say("graph") },
      lines, nodes));
}

const clip = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

function label(key, names) {
  const person = names.get(key);
  const name = person ? person.name : key.split("/").pop();
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(key);
  return account ? `${name} (…${account[1].slice(-4)})` : name;
}

// How many steps lead to each node; where roles assume each other in a circle, counting stops.
function depths(edges) {
  const depth = new Map();
  for (const { from, to } of edges) { depth.set(from, 0); depth.set(to, 0); }
  for (let round = 0; round < 5; round++) {
    let moved = false;
    for (const { from, to } of edges) {
      if (depth.get(to) <= depth.get(from) && depth.get(from) < 4) { depth.set(to, depth.get(from) + 1); moved = true; }
    }
    if (!moved) break;
  }
  return depth;
}

// Rows: each node near the middle of those that lead to it, so that fewer lines cross.
function settle(columns, edges) {
  const place = new Map();
  for (const column of columns) {
    const middle = (key) => {
      const above = edges.filter((edge) => edge.to === key && place.has(edge.from)).map((edge) => place.get(edge.from));
      return above.length ? above.reduce((sum, at) => sum + at, 0) / above.length : Infinity;
    };
    const order = column.map((key, at) => [middle(key), at, key]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    order.forEach(([, , key], at) => place.set(key, at));
  }
  return place;
}
