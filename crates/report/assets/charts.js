// Findings by day above, records by day below, on one axis of time.
function timeChart(days) {
  const width = 960, left = 46, right = 10, top = 10, high = 130, gap = 26, low = 60;
  const height = top + high + gap + low + 26;
  const most = Math.max(1, ...days.map((day) => day.findings.reduce((sum, count) => sum + count, 0)));
  const mostRecords = Math.max(1, ...days.map((day) => day.records));
  const step = (width - left - right) / Math.max(days.length, 1);
  const thick = Math.max(1, Math.min(step * 0.78, 42));
  const base = top + high, floor = base + gap + low;
  const parts = [];
  for (const [value, y] of [[most, top], [0, base]]) {
    parts.push(svg("line", { class: "grid", x1: left, x2: width - right, y1: y, y2: y }),
      svg("text", { class: "axis", x: left - 6, y: y + 4, "text-anchor": "end" }, number(value)));
  }
  parts.push(svg("text", { class: "axis", x: left - 6, y: floor - low + 8, "text-anchor": "end" }, compact(mostRecords)),
    svg("text", { class: "axis", x: left, y: base + gap - 6 }, say("recordsDay")),
    svg("line", { class: "grid", x1: left, x2: width - right, y1: floor, y2: floor }));
  const every = Math.ceil(days.length / 12);
  days.forEach((day, at) => {
    const x = left + at * step + (step - thick) / 2;
    let y = base;
    const group = svg("g", {}, svg("title", {}, dayTitle(day)),
      svg("rect", { class: "hit", x: left + at * step, y: top, width: step, height: floor - top }));
    day.findings.forEach((count, level) => {
      if (!count) return;
      const tall = (high * count) / most;
      y -= tall;
      group.append(svg("rect", { class: "level " + LEVEL_NAMES[level], x, y, width: thick, height: tall }));
    });
    const tall = (low * day.records) / mostRecords;
    group.append(svg("rect", { class: "records", x, y: floor - tall, width: thick, height: tall }));
    if (at % every === 0) {
      group.append(svg("text", { class: "axis", x: x + thick / 2, y: height - 8, "text-anchor": "middle" }, day.date.slice(5)));
    }
    parts.push(group);
  });
  return svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": say("overTime") }, parts);
}

function dayTitle(day) {
  const found = day.findings.map((count, level) => (count ? `${number(count)} ${levelName(level)}` : ""))
    .filter(Boolean).reverse().join(", ");
  return `${day.date}: ${number(day.records)} ${say("recordsDay")}${found ? "; " + found : ""}`;
}

function compact(value) {
  if (value >= 1e6) return (value / 1e6).toFixed(1) + "M";
  return value >= 1e3 ? Math.round(value / 1e3) + "k" : String(value);
}

// A table of hours, so that a screen reader and a printer have it too. Shades go by the logarithm: an API
// that is called ten thousand times must not make one that is called ten times vanish.
function heatMap(apis) {
  const most = Math.max(1, ...apis.flatMap((api) => api.hours));
  const shade = (count) => (count ? 1 + Math.floor((8 * Math.log1p(count)) / Math.log1p(most)) : 0);
  const headings = [say("api"), ...Array.from({ length: 24 }, (_, hour) => [String(hour).padStart(2, "0"), "hour"]),
    [say("total"), "number"]];
  const rows = apis.map((api) => el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "dim" }, api.service + " "), api.name),
    api.hours.map((count, hour) => el("td", {
      class: "cell shade-" + Math.min(shade(count), 8),
      title: `${api.name}, ${String(hour).padStart(2, "0")}:00–${String(hour).padStart(2, "0")}:59: ${number(count)}`,
    }, el("span", { class: "unseen" }, count))),
    el("td", { class: "number" }, number(api.hours.reduce((sum, count) => sum + count, 0)))));
  const map = table(say("heat"), headings, rows);
  map.classList.add("heat");
  return map;
}

function matrix(report, choose) {
  const columns = report.tactics.map(([tag, name]) => {
    const own = report.techniques.filter((technique) => technique.tactic === tag);
    if (!own.length) return null;
    const seen = own.filter((technique) => technique.findings > 0).length;
    return el("div", { class: "tactic" + (seen ? "" : " unseen-tactic"), role: "listitem" },
      el("h3", {}, name, el("span", { class: "dim" }, ` ${seen}/${own.length}`)),
      own.map((technique) => cell(technique, choose)));
  });
  return el("div", { class: "matrix", role: "list" }, columns);
}

function cell(technique, choose) {
  const name = technique.name.includes(": ") ? technique.name.split(": ").slice(1).join(": ") : technique.name;
  const inside = [el("span", { class: "dim" }, technique.id), " ", name];
  if (!technique.findings) return el("div", { class: "technique", title: technique.name }, inside);
  const strength = Math.min(4, 1 + Math.floor(Math.log2(technique.findings)));
  return el("button", { class: "technique found strength-" + strength, title: technique.name, type: "button",
    onclick: () => choose(technique.id) }, inside, el("b", {}, number(technique.findings)));
}
