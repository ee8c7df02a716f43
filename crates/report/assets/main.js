// Puts the page together, and again when the language changes.
const report = JSON.parse(document.getElementById("data").textContent);
zh = report.language === "zh-CN";
const byId = new Map(report.findings.map((finding) => [finding.alert.id, finding]));
const PRINTED = 60;

function draw() {
  document.documentElement.lang = zh ? "zh-CN" : "en";
  document.title = `${say("title")}: ${report.title}`;
  const { view, choose } = findingsView(report);
  const parts = [
    ["findings", say("findings"), [view]],
    ["time", say("overTime"), report.days.length ? [timeChart(report.days)] : [el("p", { class: "dim" }, say("empty"))]],
    ["matrix", say("matrix"), matrixView(choose)],
    ["heat", say("heat"), [el("p", { class: "dim" }, say("heatNote")), heatMap(report.apis), besides(report.more_apis)]],
    ["origins", say("origins"), [originTable(), besides(report.more_origins)]],
    ["people", say("peopleTitle"), [peopleTable(), besides(report.more_people)]],
    ["graph", say("graph"), [el("p", { class: "dim" }, say("graphNote")), roleGraph(report)]],
    ["compliance", say("compliance"), compliance()],
  ];
  document.body.replaceChildren(
    el("a", { class: "skip", href: "#findings" }, say("skip")), header(),
    el("nav", { "aria-label": say("contents") }, parts.map(([id, title]) => el("a", { href: "#" + id }, title))),
    el("main", { id: "all" }, parts.map(([id, title, inside]) => section(id, title, inside))),
    el("main", { id: "one", hidden: true }), el("div", { id: "printed" }),
    el("footer", { class: "dim" }, `${say("made")} ${shortTime(report.made)} UTC · ${report.maker}`));
  turn();
}

function header() {
  const levels = [4, 3, 2, 1, 0].map((level) => {
    const count = report.findings.filter((finding) => finding.alert.level === LEVEL_NAMES[level]).length + report.more_findings[level];
    return el("div", { class: "tile " + LEVEL_NAMES[level] }, el("b", {}, number(count)), el("span", {}, levelName(level)));
  });
  const facts = [`${number(report.records)} ${say("records")}`, `${number(report.accounts.length)} ${say("accounts")}`,
    `${number(report.regions.length)} ${say("regions")}`, `${number(report.people.length + report.more_people)} ${say("people")}`];
  return el("header", {},
    el("div", { class: "line" }, el("div", {}, el("h1", {}, report.title), el("p", { class: "dim" },
      report.period.first ? `${shortTime(report.period.first)} – ${shortTime(report.period.last)} UTC` : say("empty"), el("br"), facts.join(" · "))),
    el("div", { class: "tools" },
      el("button", { type: "button", id: "language", onclick: () => { zh = !zh; draw(); } }, say("language")),
      el("button", { type: "button", id: "theme", onclick: otherTheme }, say("theme")),
      el("button", { type: "button", onclick: () => window.print() }, say("print")))),
    el("div", { class: "tiles" }, levels));
}

function otherTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

const besides = (count) => (count > 0 ? el("p", { class: "dim" }, `${number(count)} ${say("besides")}`) : null);

function matrixView(choose) {
  const all = matrix(report, choose);
  all.classList.add("only-seen");
  const only = el("input", { type: "checkbox", checked: true, onchange: (event) => all.classList.toggle("only-seen", event.target.checked) });
  return [el("p", { class: "dim" }, say("matrixNote")), el("label", { class: "only" }, only, " ", say("onlySeen")), all];
}

function originTable() {
  const most = Math.max(1, ...report.origins.map((origin) => origin.calls));
  return table(say("origins"), [say("address"), [say("calls"), "number"], [say("failed"), "number"], [say("callers"), "number"],
    [say("findings"), "number"], say("firstCall"), say("lastCall")],
  report.origins.map((origin) => el("tr", {}, el("th", { scope: "row" }, origin.address), bar(origin.calls, most),
    el("td", { class: "number" }, number(origin.failed)), el("td", { class: "number" }, number(origin.people)),
    el("td", { class: "number" + (origin.findings ? " strong" : "") }, number(origin.findings)),
    el("td", { class: "time" }, shortTime(origin.first)), el("td", { class: "time" }, shortTime(origin.last)))));
}

function peopleTable() {
  const most = Math.max(1, ...report.people.map((person) => person.calls));
  return table(say("peopleTitle"), [say("who"), say("kind"), [say("calls"), "number"], [say("failed"), "number"], [say("findings"), "number"],
    [say("addresses"), "number"], [say("regionCount"), "number"], say("firstCall"), say("lastCall")],
  report.people.map((person) => el("tr", {}, el("th", { scope: "row", title: person.key }, person.name), el("td", {}, person.kind), bar(person.calls, most),
    el("td", { class: "number" }, number(person.failed)), el("td", { class: "number" + (person.findings ? " strong" : "") }, number(person.findings)),
    el("td", { class: "number" }, number(person.addresses)), el("td", { class: "number" }, number(person.regions)),
    el("td", { class: "time" }, shortTime(person.first)), el("td", { class: "time" }, shortTime(person.last)))));
}

function compliance() {
  const words = (text) => (zh ? text.zh : text.en);
  const checks = report.checks.map((check) => el("tr", {}, el("th", { scope: "row" }, words(check.question)), el("td", {}, words(check.answer)),
    el("td", {}, check.good === null ? "" : el("span", { class: check.good ? "good" : "bad" }, (check.good ? "✓ " : "! ") + say(check.good ? "good" : "bad")))));
  const frameworks = report.frameworks.map((framework) => el("details", { open: true }, el("summary", {}, framework.name),
    table(framework.name, [say("control"), "", [say("rules"), "number"], [say("findings"), "number"]],
      framework.controls.map((control) => el("tr", {}, el("th", { scope: "row" }, control.id), el("td", {}, control.name),
        el("td", { class: "number" }, number(control.rules)), el("td", { class: "number" + (control.findings ? " strong" : "") }, number(control.findings)))))));
  return [table(say("compliance"), [say("question"), say("answer"), ""], checks), el("h3", {}, say("controls")),
    el("p", { class: "dim" }, say("controlsNote")), frameworks];
}

// The address names the finding, so that it can be kept, sent and gone back from.
function turn() {
  const named = /^#finding=(.+)$/.exec(location.hash);
  let finding = null;
  try { finding = named && byId.get(decodeURIComponent(named[1])); } catch { /* no id of ours */ }
  const [all, one] = [document.getElementById("all"), document.getElementById("one")];
  all.hidden = Boolean(finding);
  document.querySelector("nav").hidden = Boolean(finding);
  one.hidden = !finding;
  if (!finding) return;
  one.replaceChildren(el("p", {}, el("a", { href: "#findings", class: "back" }, "← " + say("close"))), findingPage(finding, "h2"));
  window.scrollTo(0, 0);
  one.querySelector("h2").focus({ preventScroll: true });
}

// On paper there is nothing to press: the worst findings follow in full.
addEventListener("beforeprint", () => {
  if (!document.getElementById("one").hidden) return;
  const worst = report.findings.filter((finding) => ["critical", "high"].includes(finding.alert.level)).slice(0, PRINTED);
  document.getElementById("printed").replaceChildren(...worst.map((finding) => findingPage(finding, "h2")));
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
});
addEventListener("afterprint", () => document.getElementById("printed").replaceChildren());
addEventListener("hashchange", turn);
draw();
