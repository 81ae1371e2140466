// SPDX-License-Identifier: Apache-2.0
// What went in: the data and what is wrong with it, the features, the spec, versions and time spent.
import { card, empty, h, section } from "./dom";
import { brief, count, day, duration, finite, words } from "./format";
import { inWords, list, type Check, type Finding, type Report } from "./report";
import { table } from "./table";

const SEVERITIES = ["error", "warn", "info"];
const RANK: Record<string, number> = { error: 0, warn: 1, info: 2 };
const TEXT: Record<string, string> = { error: "error", warn: "warning", info: "note" };

function badge(severity: string | undefined): HTMLElement {
  return h("span", { class: `badge ${severity ?? "info"}` }, TEXT[severity ?? ""] ?? severity ?? "\u2013");
}

function findingTable(found: Finding[]): HTMLElement {
  return table<Finding>({
    caption: "Findings", rows: found, most: 20, columns: [
      { title: "Severity", value: (f) => RANK[f.severity ?? ""] ?? 3, cell: (f) => badge(f.severity), up: true },
      { title: "Check", value: (f) => f.check, cell: (f) => words(f.check ?? "?"), up: true, fit: true },
      { title: "Symbol", value: (f) => f.symbol, cell: (f) => f.symbol ?? "all", up: true },
      { title: "Time", value: (f) => (f.time == null ? null : String(f.time)), cell: (f) => (f.time == null ? "\u2013" : day(f.time)), up: true, fit: true },
      { title: "Seen", value: (f) => f.value, cell: (f) => brief(f.value), number: true },
      { title: "Allowed", value: (f) => f.bound, cell: (f) => brief(f.bound), number: true },
      { title: "What", value: (f) => f.text, cell: (f) => f.text ?? "", up: true },
    ],
  });
}

/** Severity buttons and a search field over the table. */
function findingsCard(found: Finding[], checks: Check[]): HTMLElement {
  const total = checks.reduce((n, c) => n + (finite(c.findings) ?? 0), 0);
  const note = total > found.length ? `${count(found.length)} of ${count(total)} findings are listed; the counts of each check are below.` : null;
  if (found.length === 0) return card("Findings", note, empty(checks.length ? "The checks that ran found nothing." : "No checks were run on this data."));
  const shown = new Set(SEVERITIES), holder = h("div");
  const search = h("input", { type: "search", placeholder: "Symbol, check or words", "aria-label": "Search the findings", input: () => draw() }) as HTMLInputElement;
  const draw = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const rows = found.filter((f) => (shown.has(f.severity ?? "") || !SEVERITIES.includes(f.severity ?? "")) &&
      (!wanted || [f.symbol, f.check, f.text].some((t) => (t ?? "").toLowerCase().includes(wanted))));
    rows.sort((a, b) => (RANK[a.severity ?? ""] ?? 3) - (RANK[b.severity ?? ""] ?? 3));
    holder.replaceChildren(rows.length ? findingTable(rows) : empty("No finding matches."));
  };
  const buttons = SEVERITIES.map((severity) => {
    const n = found.filter((f) => f.severity === severity).length;
    const button = h("button", { type: "button", "aria-pressed": "true", disabled: n === 0, click: () => {
      if (!shown.delete(severity)) shown.add(severity);
      button.setAttribute("aria-pressed", String(shown.has(severity)));
      draw();
    } }, `${words(TEXT[severity])}s ${count(n)}`);
    return button;
  });
  draw();
  return card("Findings", note, h("div", { class: "filter" }, h("div", { class: "choice", role: "group", "aria-label": "Severities shown" }, ...buttons), search), holder);
}

function checksCard(checks: Check[]): HTMLElement | null {
  if (checks.length === 0) return null;
  return card("Checks", null, h("ul", { class: "checks" }, ...checks.map((c) => {
    const n = finite(c.findings) ?? 0;
    const state = c.not_run ? "skipped" : n ? (c.severity ?? "info") : "clean";
    return h("li", { class: state, title: c.title ?? c.not_run }, h("span", {}, words(c.name ?? "?")), h("span", { class: "result" }, c.not_run ? `not run: ${c.not_run}` : n ? `${count(n)} found` : "clean"));
  })));
}

function importCard(report: Report): HTMLElement {
  const data = report.data ?? {}, imported = data.import;
  const facts: [string, string][] = [
    ["Source", data.source ?? "\u2013"], ["Symbols", count(data.symbols)], ["Times", count(data.times)], ["Bars", count(data.bars)],
    ["First", day(data.first)], ["Last", day(data.last)], ["Calendar", data.calendar ?? "none"], ["Checksum", data.checksum ?? "\u2013"],
  ];
  if (imported) facts.push(["Rows read", count(imported.rows)], ["Rows kept", count(imported.kept)], ["Rows set aside", count(imported.rejected)]);
  const reasons = list(imported?.reasons);
  return card("The data", null, h("dl", { class: "facts-list" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", { class: name === "Source" || name === "Checksum" ? "long" : null }, value)])),
    reasons.length ? h("details", {}, h("summary", {}, "Why rows were set aside"), h("ul", {}, ...reasons.map((r) => h("li", {}, `${r.reason ?? "?"}: ${count(r.count)}`)))) : null);
}

function featuresCard(report: Report): HTMLElement {
  const f = report.features ?? {}, names = list(f.names), lets = list(f.lets), label = report.label;
  return card("Features and label", null,
    h("dl", { class: "facts-list" }, h("dt", {}, "Features"), h("dd", {}, count(f.n ?? names.length)), h("dt", {}, "Longest look-back, bars"), h("dd", {}, count(f.lookback)),
      h("dt", {}, "Label"), h("dd", { class: "long" }, [label?.name, inWords(label?.params)].filter(Boolean).join(": ") || "\u2013")),
    lets.length ? h("details", {}, h("summary", {}, lets.length === 1 ? "One named expression" : `${count(lets.length)} named expressions`), h("dl", { class: "lets" }, ...lets.flatMap((l) => [h("dt", {}, l.name ?? "?"), h("dd", { class: "code" }, l.expression ?? "")]))) : null,
    names.length ? h("details", {}, h("summary", {}, "Names of the features"), h("p", { class: "code" }, names.join("  "))) : empty("No features were computed."));
}

export function dataSection(report: Report): HTMLElement {
  const quality = report.data?.quality, checks = list(quality?.checks);
  return section("data", "Data", "Nothing was repaired or dropped in silence: what is odd is listed here.",
    h("div", { class: "pair" }, importCard(report), featuresCard(report)),
    quality ? findingsCard(list(quality.findings), checks) : card("Findings", null, empty("The quality checks were not run.")), checksCard(checks));
}

function specCard(report: Report): HTMLElement {
  const text = report.spec ?? "";
  if (!text) return card("Spec", null, empty("This run was not described by a spec."));
  const button = h("button", { type: "button", class: "quiet", click: () => {
    void navigator.clipboard?.writeText(text).then(() => { button.textContent = "Copied"; });
  } }, "Copy");
  return h("figure", { class: "card" }, h("figcaption", { class: "split" }, h("div", {}, h("h3", {}, "Spec"), h("p", {}, "The exact text that made this report.")), button),
    h("pre", { tabindex: 0, "aria-label": "Spec" }, text));
}

function timingsCard(report: Report): HTMLElement {
  const stages = list(report.timings), total = stages.reduce((sum, t) => sum + (finite(t.seconds) ?? 0), 0);
  if (stages.length === 0) return card("Time spent", null, empty("No stage was timed."));
  return card("Time spent", `${duration(total)} in all; a cached stage was taken from an earlier run.`, h("ol", { class: "bars" }, ...stages.map((t) => h("li", {},
    h("span", { class: "name" }, t.stage ?? "?"),
    h("span", { class: "track" }, h("span", { style: `width: ${(((finite(t.seconds) ?? 0) / (total || 1)) * 100).toFixed(1)}%` })),
    h("span", { class: "value" }, t.cached ? "cached" : duration(t.seconds))))));
}

export function runSection(report: Report): HTMLElement {
  const versions = Object.entries(report.versions ?? {});
  return section("run", "The run", "Enough to make it again.", specCard(report), h("div", { class: "pair" }, timingsCard(report),
    card("Versions", null, versions.length ? h("dl", { class: "facts-list" }, ...versions.flatMap(([name, value]) => [h("dt", {}, name === "isa" ? "Instruction set" : words(name)), h("dd", { class: "long" }, String(value ?? "\u2013"))])) : empty("No versions were recorded."))));
}
