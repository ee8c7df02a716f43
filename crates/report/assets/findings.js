// The list of findings with its filters, and a page for each.
const PAGE = 100;

function findingsView(report) {
  const items = report.findings.map((finding) => ({ finding, level: LEVEL_NAMES.indexOf(finding.alert.level), text: null }));
  const state = { levels: new Set([0, 1, 2, 3, 4]), text: "", technique: "", shown: PAGE };
  const body = el("tbody", {});
  const note = el("p", { class: "dim", role: "status", "aria-live": "polite" });
  const more = el("button", { type: "button", onclick: () => { state.shown += PAGE; draw(); } }, say("showMore"));
  const buttons = [4, 3, 2, 1, 0].map((level) => {
    const count = items.filter((item) => item.level === level).length;
    return el("button", { type: "button", class: "toggle " + LEVEL_NAMES[level], "aria-pressed": "true", disabled: count === 0,
      "data-level": level,
      onclick: (event) => {
        const on = !state.levels.has(level);
        if (on) state.levels.add(level); else state.levels.delete(level);
        event.currentTarget.setAttribute("aria-pressed", String(on));
        draw();
      } }, levelName(level), " ", el("b", {}, number(count)));
  });
  const text = el("input", { type: "search", id: "filter-text", placeholder: say("search"), "aria-label": say("search"),
    oninput: (event) => { state.text = event.target.value.toLowerCase(); draw(); } });
  const techniques = [...new Set(items.flatMap((item) => techniquesOf(item.finding)))].sort();
  const choice = el("select", { "aria-label": say("technique"), id: "filter-technique",
    onchange: (event) => { state.technique = event.target.value; draw(); } },
  el("option", { value: "" }, `${say("technique")}: ${say("all")}`), techniques.map((id) => el("option", { value: id }, id)));
  const clear = el("button", { type: "button", onclick: () => {
    state.levels = new Set([0, 1, 2, 3, 4]); state.text = state.technique = text.value = choice.value = "";
    buttons.forEach((button) => button.setAttribute("aria-pressed", "true"));
    draw();
  } }, say("clear"));

  function draw() {
    const fits = items.filter((item) => state.levels.has(item.level)
      && (!state.technique || techniquesOf(item.finding).some((id) => id === state.technique || id.startsWith(state.technique + ".")))
      && (!state.text || searchable(item).includes(state.text)));
    body.replaceChildren(...fits.slice(0, state.shown).map((item) => row(item)));
    const left = report.more_findings.reduce((sum, count) => sum + count, 0);
    note.textContent = (fits.length ? `${number(fits.length)} / ${number(items.length)}` : say(items.length ? "noMatch" : "noFindings"))
      + (left ? `; ${number(left)} ${say("more")}` : "");
    more.hidden = fits.length <= state.shown;
  }
  const list = table(say("findings"), [say("level"), say("time"), say("what"), say("who"), [say("times"), "number"]], []);
  list.classList.add("findings");
  list.querySelector("tbody").replaceWith(body);
  draw();
  const view = el("div", {}, el("div", { class: "filters" }, buttons, text, choice, clear), note, items.length ? list : null, more);
  const choose = (technique) => {
    if (!techniques.includes(technique)) choice.append(el("option", { value: technique }, technique));
    choice.value = state.technique = technique;
    draw();
    document.getElementById("findings").scrollIntoView();
    choice.focus({ preventScroll: true });
  };
  return { view, choose };
}

function row({ finding, level }) {
  const alert = finding.alert;
  return el("tr", {},
    el("td", {}, chip(level)),
    el("td", { class: "time" }, shortTime(alert.time)),
    el("td", {}, el("a", { href: "#finding=" + encodeURIComponent(alert.id) }, ruleTitle(alert)), el("div", { class: "dim" }, rich(told(alert.summary)))),
    el("td", {}, alert.principal.name),
    el("td", { class: "number" }, number(alert.event_count)));
}

const ruleTitle = (alert) => (zh && alert.rule["title_zh-CN"]) || alert.rule.title;

function techniquesOf(finding) {
  return (finding.alert.rule.tags || []).map((tag) => /^attack\.t(\d{4}(?:\.\d{3})?)$/.exec(tag)).filter(Boolean).map((found) => "T" + found[1]);
}

// Everything a reader could look for, put together when it is first asked for.
function searchable(item) {
  if (item.text === null) {
    const alert = item.finding.alert;
    item.text = [alert.id, alert.rule.title, alert.rule["title_zh-CN"], alert.rule.id, ...alert.rule.tags, alert.summary.en,
      alert.summary["zh-CN"], alert.principal.key, alert.principal.name, alert.principal.access_key_id, alert.source.ip,
      alert.account.id, alert.region, ...alert.events.flatMap((event) => [event.event_name, event.event_id, event.event_source])]
      .filter(Boolean).join("\n").toLowerCase();
  }
  return item.text;
}

function findingPage(finding, heading) {
  const alert = finding.alert;
  const facts = [[say("time"), shortTime(alert.time)], [say("who"), `${alert.principal.name} (${alert.principal.kind})`],
    ["", alert.principal.key], [say("session"), alert.principal.session], [say("key"), alert.principal.access_key_id],
    [say("account"), alert.account.id], [say("region"), alert.region], [say("from"), alert.source.ip],
    [say("tool"), alert.source.tool || alert.source.user_agent],
    [say("seen"), alert.first_time === alert.last_time ? null : `${shortTime(alert.first_time)} – ${shortTime(alert.last_time)}`],
    [say("rule"), alert.rule.id], [say("tags"), (alert.rule.tags || []).join(", ")]];
  return el("article", { class: "finding" },
    el(heading, { tabindex: -1 }, chip(LEVEL_NAMES.indexOf(alert.level)), " ", ruleTitle(alert)),
    el("p", { class: "lead" }, rich(told(alert.summary))),
    part(say("meaning"), alert.deed && told(alert.deed.meaning)), part(say("threat"), told(alert.rule.threat)),
    el("dl", { class: "facts" }, facts.filter((fact) => fact[1]).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    alert.why.length ? [el("h4", {}, say("why")), el("ol", {}, alert.why.map((fact) => el("li", {}, rich(fact))))] : null,
    alert.response.length ? [el("h4", {}, say("response")), el("ol", { class: "steps" }, alert.response.map(step))] : null,
    events(alert), el("h4", { class: "record-title" }, say("record")), record(finding));
}

const part = (title, text) => (text ? [el("h4", {}, title), el("p", {}, rich(text))] : null);

function step(response) {
  return el("li", {}, told(response.title), command(response.command),
    response.undo ? el("div", { class: "dim" }, say("undo"), command(response.undo)) : null,
    response.limits ? el("p", { class: "dim" }, told(response.limits)) : null);
}

function command(text) {
  const copy = el("button", { type: "button", class: "copy", onclick: () => {
    const done = () => { copy.textContent = say("copied"); };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {});
  } }, say("copy"));
  return el("div", { class: "command" }, el("pre", { tabindex: 0 }, text), copy);
}

function events(alert) {
  const rows = alert.events.map((event) => el("tr", {}, el("td", { class: "time" }, shortTime(event.event_time)),
    el("td", {}, event.event_source), el("td", {}, event.event_name), el("td", {}, event.error_code || ""), el("td", { class: "id" }, event.event_id || "")));
  const left = alert.event_count - alert.events.length;
  return [el("h4", {}, say("events")), table(say("events"), [say("time"), "eventSource", "eventName", "errorCode", "eventID"], rows),
    left > 0 ? el("p", { class: "dim" }, `${number(left)} ${say("more")}`) : null];
}

function record(finding) {
  if (finding.record) return el("pre", { class: "record", tabindex: 0 }, JSON.stringify(finding.record, null, 2));
  const event = finding.alert.events[0];
  const place = event && event.log_file ? event.log_file : "…";
  return [el("p", { class: "dim" }, say("noRecord")),
    command(`trailhound explain '${place.replaceAll("'", "'\\''")}' --event '${((event && event.event_id) || "").replaceAll("'", "'\\''")}'`)];
}
