// SPDX-License-Identifier: Apache-2.0
// What is read first: the verdict, and the figures it rests on.
import { h, section, term } from "./dom";
import { EXPLAIN } from "./explain";
import { brief, count, day, finite, fixed, percent, probability, words, type Maybe } from "./format";
import { barsPerYear, list, type Report } from "./report";

const GRADES: Record<string, { mark: string; kind: string; meaning: string }> = {
  "evidence": { mark: "\u2713", kind: "good", meaning: "The scores beat the naive baseline by more than luck and the number of trials explain." },
  "weak evidence": { mark: "~", kind: "fair", meaning: "There is a sign of an edge, but luck or the number of trials could explain it." },
  "no evidence": { mark: "\u2715", kind: "poor", meaning: "Nothing here is better than what chance and the number of trials would give." },
};

export function pageHead(report: Report, download: () => void): HTMLElement {
  const data = report.data ?? {};
  const facts = [
    data.symbols != null ? `${count(data.symbols)} symbols` : null,
    data.first ? `${day(data.first)} to ${day(data.last)}` : null,
    report.created ? `made ${report.created.replace("T", " ").replace("Z", " UTC")}` : null,
    report.version ? `tradewind ${report.version}` : null,
  ].filter((x): x is string => x !== null);
  return h("header", {},
    h("div", {}, h("p", { class: "brand" }, "tradewind report"), h("h1", {}, report.name || "Unnamed run"), h("p", { class: "facts" }, facts.join(" \u00b7 "))),
    h("button", { type: "button", class: "quiet", click: download }, "Save report.json"));
}

export function verdict(report: Report): HTMLElement {
  const grade = report.verdict?.grade ?? "";
  const known = GRADES[grade] ?? { mark: "?", kind: "none", meaning: "This run gives no verdict." };
  return h("section", { id: "verdict", class: `verdict ${known.kind}`, "aria-labelledby": "verdict-title", tabindex: -1 },
    h("span", { class: "mark", "aria-hidden": "true" }, known.mark),
    h("div", {}, h("h2", { id: "verdict-title" }, grade ? words(grade) : "No verdict"),
      h("p", { class: "says" }, report.verdict?.text || known.meaning),
      report.verdict?.text ? h("p", { class: "means" }, known.meaning) : null));
}

interface Figure { name: string; value: string; beside?: string; explain?: string; tone?: "good" | "poor" }

function tone(x: Maybe, good: (v: number) => boolean): "good" | "poor" | undefined {
  const value = finite(x);
  return value === null ? undefined : good(value) ? "good" : "poor";
}

function money(report: Report): Figure[] {
  const own = report.backtest?.summary?.portfolio ?? {}, other = report.backtest?.summary?.benchmark ?? {};
  const against = (x: Maybe, format: (x: Maybe) => string) => (finite(x) === null ? undefined : `benchmark ${format(x)}`);
  const rate = barsPerYear(list(report.backtest?.time)), traded = list(report.backtest?.turnover).map(finite).filter((x): x is number => x !== null);
  const turnover = rate && traded.length ? (traded.reduce((a, b) => a + b, 0) / traded.length) * rate : null;
  const two = (x: Maybe) => fixed(x, 2);
  return [
    { name: "Annual return", value: percent(own.annual_return), beside: against(other.annual_return, percent), explain: EXPLAIN.annual_return },
    { name: "Sharpe ratio", value: two(own.sharpe), beside: against(other.sharpe, two), explain: EXPLAIN.sharpe },
    { name: "Largest drawdown", value: percent(own.max_drawdown), beside: against(other.max_drawdown, percent), explain: EXPLAIN.max_drawdown },
    { name: "Volatility", value: percent(own.annual_volatility), beside: against(other.annual_volatility, percent), explain: EXPLAIN.annual_volatility },
    { name: "Alpha", value: percent(own.alpha), beside: finite(own.beta) === null ? undefined : `beta ${two(own.beta)}`, explain: `${EXPLAIN.alpha} ${EXPLAIN.beta}` },
    { name: "Turnover a year", value: turnover === null ? "\u2013" : `${fixed(turnover, 1)}\u00d7`, beside: "of equity, one way", explain: EXPLAIN.turnover },
  ];
}

function honesty(report: Report): Figure[] {
  const board = report.leaderboard ?? {}, metrics = report.scores?.metrics ?? {};
  const best = list(board.rows)[bestRow(report)];
  return [
    { name: "Rank IC", value: fixed(metrics.rank_ic, 4), beside: finite(metrics.rank_ic_t) === null ? undefined : `t = ${fixed(metrics.rank_ic_t, 1)}`, explain: `${EXPLAIN.rank_ic} ${EXPLAIN.rank_ic_t}` },
    { name: "Deflated Sharpe", value: probability(best?.dsr), beside: "want 0.95 or more", explain: EXPLAIN.dsr, tone: tone(best?.dsr, (x) => x >= 0.95) },
    { name: "P(overfit)", value: probability(board.pbo?.pbo), beside: "chance is 0.5", explain: EXPLAIN.pbo, tone: tone(board.pbo?.pbo, (x) => x < 0.5) },
    { name: "SPA p value", value: probability(board.spa?.p_consistent), beside: "want below 0.05", explain: EXPLAIN.spa, tone: tone(board.spa?.p_consistent, (x) => x < 0.05) },
    { name: "Trials", value: count(board.n_trials), beside: finite(board.effective_trials) === null ? undefined : `${brief(board.effective_trials)} independent`, explain: `${EXPLAIN.n_trials} ${EXPLAIN.effective_trials}` },
    { name: "Data findings", explain: "What the quality checks found in the input. Nothing was repaired: each is listed below.", ...findings(report) },
  ];
}

function findings(report: Report): { value: string; beside?: string; tone?: "good" | "poor" } {
  const quality = report.data?.quality;
  if (!quality || list(quality.checks).length + list(quality.findings).length === 0) return { value: "\u2013", beside: "checks were not run" };
  const found = list(quality.findings), errors = found.filter((f) => f.severity === "error").length;
  const total = Math.max(found.length, list(quality.checks).reduce((n, c) => n + (finite(c.findings) ?? 0), 0));
  return { value: count(total), beside: errors ? `${count(errors)} listed as errors` : "none listed as errors", tone: errors ? "poor" : "good" };
}

/** Index of the leaderboard's best row: given as an index or a name, else the first that is no baseline. */
export function bestRow(report: Report): number {
  const rows = list(report.leaderboard?.rows), best = report.leaderboard?.best;
  if (typeof best === "number" && rows[best] && !rows[best].baseline) return best;
  const named = rows.findIndex((row) => row.name === (typeof best === "string" ? best : report.scores?.model) && !row.baseline);
  return named >= 0 ? named : rows.findIndex((row) => !row.baseline);
}

export function keyFigures(report: Report): HTMLElement {
  const model = report.scores?.model;
  const show = (f: Figure) => h("div", { class: `figure ${f.tone ?? ""}` }, h("dt", {}, term(f.name, f.explain)), h("dd", {}, f.value), f.beside ? h("dd", { class: "beside" }, f.beside) : null);
  return section("figures", "Key figures", model ? `Out of sample and after costs, of the best model: ${model}.` : "Out of sample and after costs.",
    h("h3", { class: "row-title" }, "What it earned"), h("dl", { class: "figures" }, ...money(report).map(show)),
    h("h3", { class: "row-title" }, "Whether to believe it"), h("dl", { class: "figures" }, ...honesty(report).map(show)));
}
