// SPDX-License-Identifier: Apache-2.0
// The scores themselves: do they rank, do they mean what they say, what do they rest on.
import { dropCharts, timeChart } from "./charts";
import { card, choice, empty, h, section } from "./dom";
import { finite, fixed, percent, type Maybe } from "./format";
import { deciles } from "./money";
import { points } from "./pictures";
import { inWords, list, type Model, type Report } from "./report";

const WINDOW = 63; // bars of the rolling mean: about a quarter of daily bars

/** Mean of the last `window` finite values; null until half of them are there. */
function rolling(values: Maybe[], window: number): Maybe[] {
  const last: number[] = [];
  return values.map((x) => {
    const value = finite(x);
    if (value !== null) last.push(value);
    if (last.length > window) last.shift();
    return last.length * 2 >= window ? last.reduce((a, b) => a + b, 0) / last.length : null;
  });
}

function cumulative(values: Maybe[]): Maybe[] {
  let sum = 0;
  return values.map((x) => (sum += finite(x) ?? 0));
}

function icCard(report: Report): HTMLElement {
  const ic = report.scores?.ic ?? {}, time = list(ic.time), ranks = list(ic.rank_ic), plain = list(ic.ic);
  if (time.length === 0) return card("Information coefficient over time", null, empty("No test bar had enough scored names for a correlation."));
  const holder = h("div");
  const window = Math.min(WINDOW, Math.max(2, Math.floor(time.length / 4)));
  const draw = (how: number): void => {
    dropCharts(holder);
    holder.replaceChildren(how === 0
      ? timeChart({
        title: "Rank information coefficient of each bar, with its rolling mean", unit: "Rank IC", time, format: (x) => fixed(x, 3), tick: fixed, height: 260, zero: true,
        tracks: [{ label: "Rank IC", values: ranks, color: "--ink-3", draw: "bars" }, { label: `Mean of ${window}`, values: rolling(ranks, window), color: "--accent" }],
      })
      : timeChart({
        title: "Cumulated information coefficients", unit: "Sum of IC", time, format: (x) => fixed(x, 2), tick: fixed, height: 260, zero: true,
        tracks: [{ label: "Rank IC", values: cumulative(ranks), color: "--accent" }, { label: "IC", values: cumulative(plain), color: "--second", thin: true }],
      }));
  };
  draw(0);
  return h("figure", { class: "card" },
    h("figcaption", { class: "split" }, h("div", {}, h("h3", {}, "Information coefficient over time"),
      h("p", {}, "Correlation across names of score and outcome, one value a test bar. A steady slope of the sum is better than a few good months.")),
      choice("View of the information coefficient", ["Each bar", "Cumulated"], draw)), holder);
}

function calibrationCard(report: Report): HTMLElement {
  const c = report.scores?.calibration ?? {}, score = list(c.score), label = list(c.label);
  if (score.length === 0) return card("Calibration", null, empty("There were too few scores for bins."));
  const format = (v: number) => percent(v, 2);
  return card("Calibration", "Mean outcome against mean score of ten bins. On the dashed line a score is worth what it says; flatter than the line, scores are too bold.",
    points({ title: "Mean outcome against mean score", x: score, y: label, xName: "Mean score", yName: "Mean outcome", xFormat: format, yFormat: format, diagonal: true }));
}

function decileCard(report: Report): HTMLElement {
  const values = list(report.scores?.quantiles);
  if (values.length === 0) return card("Outcome by score", null, empty("There were too few scores for deciles."));
  const first = finite(values[0]), last = finite(values[values.length - 1]);
  return card("Outcome by score", `Mean label of each tenth of the scores. It should rise from left to right${first !== null && last !== null ? `; highest less lowest is ${percent(last - first, 2)}` : ""}.`, deciles(values));
}

function importanceBars(model: Model): HTMLElement {
  const rows = list(model.importance).filter((r) => finite(r.share) !== null).slice(0, 20);
  if (rows.length === 0) return empty(`${model.name ?? "This model"} uses no features, or does not tell which.`);
  const most = Math.max(1e-12, ...rows.map((r) => r.share as number));
  return h("ol", { class: "bars" }, ...rows.map((r) => h("li", {},
    h("span", { class: "name", title: r.feature }, r.feature ?? ""),
    h("span", { class: "track" }, h("span", { style: `width: ${(((r.share as number) / most) * 100).toFixed(1)}%` })),
    h("span", { class: "value" }, percent(r.share, 1)))));
}

function importanceCard(report: Report): HTMLElement {
  const models = list(report.models).filter((m) => !m.left_out);
  if (models.length === 0) return card("What the models use", null, empty("No model was fitted."));
  const at = Math.max(0, models.findIndex((m) => m.name === report.scores?.model));
  const ordered = [models[at], ...models.filter((_m, i) => i !== at)];
  const holder = h("div"), about = h("p", { class: "code" });
  const draw = (i: number): void => {
    holder.replaceChildren(importanceBars(ordered[i]));
    about.textContent = inWords(ordered[i].params);
  };
  draw(0);
  return h("figure", { class: "card" },
    h("figcaption", { class: "split" }, h("div", {}, h("h3", {}, "What the models use"), h("p", {}, "Share of importance of each feature in the last refit, largest first."), about),
      ordered.length > 1 ? choice("Model", ordered.map((m, i) => m.name || `model ${i + 1}`), draw) : null), holder);
}

export function scoresSection(report: Report): HTMLElement {
  if (!report.scores) return section("scores", "Scores", null, empty("No model was scored out of sample."), importanceCard(report));
  return section("scores", "Scores", `Out of sample${report.scores.model ? `, of ${report.scores.model}` : ""}: every score was made by a model that had not seen its bar.`,
    icCard(report), h("div", { class: "pair" }, decileCard(report), calibrationCard(report)), importanceCard(report));
}
