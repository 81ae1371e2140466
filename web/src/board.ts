// SPDX-License-Identifier: Apache-2.0
// The leaderboard with its honesty statistics, and how time was split.
import { card, empty, h, s, section, term } from "./dom";
import { EXPLAIN } from "./explain";
import { brief, count, day, duration, finite, fixed, millis, percent, probability, words, type Maybe } from "./format";
import { bestRow } from "./head";
import { picture, scale } from "./pictures";
import { inWords, list, type Fold, type Report, type Row } from "./report";
import { table, type Column } from "./table";

const FIRST = ["rank_ic", "rank_ic_t", "ic", "ic_ir", "hit_rate", "auc", "r2", "rmse", "mae", "log_loss"];
const NAMES: Record<string, string> = { rank_ic: "Rank IC", rank_ic_t: "t of rank IC", ic: "IC", ic_ir: "IC ratio", auc: "AUC", r2: "R\u00b2", rmse: "RMSE", mae: "MAE", hit_rate: "Hit rate", log_loss: "Log loss" };

function metric(name: string, x: Maybe): string {
  if (name === "hit_rate") return percent(x, 1);
  if (name === "rank_ic_t" || name === "ic_ir") return fixed(x, 2);
  return name === "ic" || name === "rank_ic" ? fixed(x, 4) : brief(x);
}

/** Metrics that some row has, the telling ones first. */
function metricColumns(rows: Row[]): Column<Row>[] {
  const present = new Set(rows.flatMap((row) => Object.entries(row.metrics ?? {}).filter(([, v]) => finite(v) !== null).map(([name]) => name)));
  const names = [...FIRST.filter((n) => present.has(n)), ...[...present].filter((n) => !FIRST.includes(n)).sort()].slice(0, 5);
  return names.map((n) => ({ title: NAMES[n] ?? words(n), explain: EXPLAIN[n], value: (row) => row.metrics?.[n], cell: (row) => metric(n, row.metrics?.[n]), number: true }));
}

function nameCell(row: Row, best: boolean): HTMLElement {
  return h("span", { class: "model" }, h("strong", {}, row.name ?? "?"),
    row.baseline ? h("span", { class: "tag" }, "baseline") : null, best ? h("span", { class: "tag best" }, "best") : null,
    row.earlier ? h("span", { class: "tag", title: "A trial of an earlier run on the same bars: it counts as a trial, but its model is gone." }, "earlier run") : null,
    inWords(row.params) ? h("span", { class: "params", title: inWords(row.params) }, inWords(row.params)) : null);
}

function leaderboard(report: Report): HTMLElement {
  const rows = list(report.leaderboard?.rows), best = rows[bestRow(report)];
  if (rows.length === 0) return card("Leaderboard", null, empty("No model finished, so there is nothing to rank."));
  return card("Leaderboard", "Naive baselines stay on top: what does not beat them is not worth trading. Click a heading to sort.", table<Row>({
    caption: "Leaderboard", rows, pinned: (row) => row.baseline === true, marked: (row) => (row === best ? "best-row" : row.baseline ? "baseline-row" : null),
    columns: [
      { title: "Model", value: (row) => row.name, cell: (row) => nameCell(row, row === best), up: true },
      ...metricColumns(rows),
      { title: "Sharpe a bar", explain: EXPLAIN.sharpe_bar, value: (row) => row.sharpe, cell: (row) => `${fixed(row.sharpe, 3)}${finite(row.sharpe_error) === null ? "" : ` \u00b1 ${fixed(row.sharpe_error, 3)}`}`, number: true },
      { title: "PSR", explain: EXPLAIN.psr, value: (row) => row.psr, cell: (row) => probability(row.psr), number: true },
      { title: "DSR", explain: EXPLAIN.dsr, value: (row) => row.dsr, cell: (row) => probability(row.dsr), number: true },
      { title: "Fit", value: (row) => row.fit_seconds, cell: (row) => duration(row.fit_seconds), number: true },
    ],
  }));
}

function honestyCard(report: Report): HTMLElement {
  const b = report.leaderboard ?? {}, best = list(b.rows)[bestRow(report)];
  const facts: [string, string, string | undefined][] = [
    ["Deflated Sharpe ratio (best)", probability(best?.dsr), EXPLAIN.dsr],
    ["Probabilistic Sharpe ratio (best)", probability(best?.psr), EXPLAIN.psr],
    ["Probability of backtest overfitting", probability(b.pbo?.pbo), EXPLAIN.pbo],
    ["Out-of-sample on in-sample slope", fixed(b.pbo?.slope, 2), EXPLAIN.slope],
    ["Loss of the chosen, out of sample", probability(b.pbo?.p_loss), EXPLAIN.p_loss],
    ["Superior predictive ability, p", probability(b.spa?.p_consistent), EXPLAIN.spa],
    ["Its lower and upper bound", finite(b.spa?.p_lower) === null && finite(b.spa?.p_upper) === null ? probability(null) : `${probability(b.spa?.p_lower)} to ${probability(b.spa?.p_upper)}`, "The p value if poor models are left out, and if all are counted as if they were as good as the baseline."],
    ["Trials", count(b.n_trials), EXPLAIN.n_trials],
    ["Independent trials", brief(b.effective_trials), EXPLAIN.effective_trials],
  ];
  return card("Whether to believe it", "A record looks good by skill or by luck and many tries; these numbers tell them apart.",
    h("dl", { class: "explained" }, ...facts.flatMap(([name, value, why]) => [h("dt", {}, name), h("dd", {}, h("strong", {}, value), h("span", { class: "soft" }, why ?? ""))])));
}

function foldPicture(folds: Fold[]): HTMLElement {
  const times = folds.flatMap((f) => [f.train_from, f.train_to, f.test_from, f.test_to].map(millis)).filter((t): t is number => t !== null);
  if (times.length === 0) return empty("The folds have no dates.");
  const lo = Math.min(...times), hi = Math.max(...times), step = 22, height = folds.length * step + 34;
  return picture(`Spans of ${folds.length} folds from ${day(lo * 1e6)} to ${day(hi * 1e6)}: each trains on what lies before its test`, height, (width) => {
    const left = width < 480 ? 26 : 54, x = scale(lo, hi, left, width - 8), end = height - 26;
    const span = (from: Fold["test_from"], to: Fold["test_from"], i: number, kind: string, text: string) => {
      const a = millis(from), b = millis(to);
      return a === null || b === null ? null : s("rect", { x: x(a), width: Math.max(2, x(b) - x(a)), y: i * step + 4, height: step - 8, rx: 2, class: kind }, s("title", {}, text));
    };
    const first = new Date(lo).getUTCFullYear(), last = new Date(hi).getUTCFullYear();
    const every = Math.max(1, Math.ceil((last - first + 1) / (width / 70)));
    const years = Array.from({ length: last - first + 1 }, (_v, i) => first + i).filter((year, i) => i % every === 0 && Date.UTC(year, 0, 1) >= lo);
    const marks = years.length > 1 ? years.map((year) => ({ at: Date.UTC(year, 0, 1), text: String(year) })) : [lo, hi].map((t) => ({ at: t, text: day(t * 1e6) }));
    return [
      ...marks.flatMap((m, i) => [s("line", { x1: x(m.at), x2: x(m.at), y1: 0, y2: end, class: "grid" }),
        s("text", { x: x(m.at), y: height - 8, "text-anchor": x(m.at) > width - 34 ? "end" : years.length < 2 && !i ? "start" : "middle" }, m.text)]),
      ...folds.flatMap((f, i) => [
        s("text", { x: 0, y: i * step + step / 2 + 4 }, width < 480 ? String(i + 1) : `Fold ${i + 1}`),
        span(f.train_from, f.train_to, i, "train", `Train ${day(f.train_from)} to ${day(f.train_to)}: ${count(f.n_train)} rows`),
        span(f.test_from, f.test_to, i, "test", `Test ${day(f.test_from)} to ${day(f.test_to)}: ${count(f.n_test)} rows`),
      ]).filter((e): e is SVGElement => e !== null),
    ];
  });
}

function foldCard(report: Report): HTMLElement {
  const folds = list(report.split?.folds);
  const how = [report.split?.name, inWords(report.split?.params)].filter(Boolean).join(": ");
  if (folds.length === 0) return card("How time was split", how || null, empty("There are no folds in this run."));
  const span = (from: Fold["test_from"], to: Fold["test_from"]) => `${day(from)} \u2013 ${day(to)}`;
  return h("figure", { class: "card" },
    h("figcaption", { class: "split" }, h("div", {}, h("h3", {}, "How time was split"), h("p", { class: "code" }, how)),
      h("p", { class: "key" }, h("span", { class: "swatch train" }), "train", h("span", { class: "swatch test" }), "test")),
    foldPicture(folds),
    h("details", {}, h("summary", {}, "Rows of each fold"), table({
      caption: "Folds", rows: folds.map((f, i) => ({ ...f, i })), columns: [
        { title: "Fold", value: (f) => f.i + 1, up: true },
        { title: "Train", value: (f) => String(f.train_from), cell: (f) => span(f.train_from, f.train_to), up: true, fit: true },
        { title: "Test", value: (f) => String(f.test_from), cell: (f) => span(f.test_from, f.test_to), up: true, fit: true },
        { title: "Train rows", value: (f) => f.n_train, cell: (f) => count(f.n_train), number: true },
        { title: "Test rows", value: (f) => f.n_test, cell: (f) => count(f.n_test), number: true },
        { title: "Purged", explain: EXPLAIN.purged, value: (f) => f.n_purged, cell: (f) => count(f.n_purged), number: true },
        { title: "Embargoed", explain: EXPLAIN.embargoed, value: (f) => f.n_embargoed, cell: (f) => count(f.n_embargoed), number: true },
      ],
    }), h("p", { class: "note" }, term("Purged", EXPLAIN.purged), " and ", term("embargoed", EXPLAIN.embargoed), " rows are left out of training.")));
}

export function boardSection(report: Report): HTMLElement {
  return section("models", "Models", "Every model that was tried, ranked on data it had not seen.", leaderboard(report), honestyCard(report), foldCard(report));
}
