// SPDX-License-Identifier: Apache-2.0
// The portfolio: equity, drawdown, months, turnover, costs, measures.
import { dropCharts, timeChart } from "./charts";
import { card, choice, empty, h, section } from "./dom";
import { EXPLAIN } from "./explain";
import { amount, brief, count, finite, fixed, percent, words, type Maybe } from "./format";
import { columns, points } from "./pictures";
import { inWords, list, type Backtest, type Measures, type Report } from "./report";
import { table } from "./table";

function equityCharts(b: Backtest): HTMLElement {
  const time = list(b.time), equity = list(b.equity), benchmark = list(b.benchmark);
  const canLog = [...equity, ...benchmark].every((x) => finite(x) === null || (x as number) > 0);
  const last = finite(equity[equity.length - 1]), first = finite(equity[0]);
  const holder = h("div");
  const draw = (log: boolean): void => {
    dropCharts(holder);
    holder.replaceChildren(timeChart({
      title: `Equity of portfolio and benchmark${first !== null && last !== null ? `; the portfolio goes from ${amount(first)} to ${amount(last)}` : ""}`,
      unit: log ? "Equity, log scale" : "Equity", time, format: (x) => fixed(x, 0), tick: (x) => amount(x), height: 320, log, group: "money",
      tracks: [{ label: "Portfolio", values: equity, color: "--accent" }, { label: "Benchmark", values: benchmark, color: "--second", thin: true }],
    }));
  };
  draw(false);
  const toggle = canLog ? choice("Scale of equity", ["Linear", "Log"], (i) => draw(i === 1)) : h("p", { class: "note" }, "No log scale: equity is not positive throughout.");
  return h("figure", { class: "card" },
    h("figcaption", { class: "split" }, h("div", {}, h("h3", {}, "Equity against the benchmark"), h("p", {}, "Both start at the same level. Drag across a span to zoom in, double-click to zoom out.")), toggle),
    holder, h("h3", { class: "under" }, "Drawdown"),
    timeChart({
      title: "Drawdown from the highest equity so far", unit: "Below peak", time, format: (x) => percent(x, 1), tick: percent, percent: true, height: 170, zero: true, group: "money",
      tracks: [{ label: "Drawdown", values: list(b.drawdown), color: "--neg", draw: "area", thin: true }],
    }));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function monthTable(b: Backtest): HTMLElement {
  const years = new Map<string, Maybe[]>();
  for (const m of list(b.monthly)) {
    const [year, month] = (m.month ?? "").split("-");
    if (!year || !month) continue;
    if (!years.has(year)) years.set(year, new Array<Maybe>(12).fill(undefined));
    years.get(year)![Number(month) - 1] = m.return;
  }
  if (years.size === 0) return card("Monthly returns", null, empty("No month was simulated."));
  const most = Math.max(0.001, ...[...years.values()].flat().map((x) => Math.abs(finite(x) ?? 0)));
  const cell = (x: Maybe, total = false) => {
    const value = finite(x);
    const strength = value === null || total ? 0 : Math.min(1, Math.abs(value) / most) * 46;
    return h("td", { class: total ? "total" : null, style: strength ? `background: color-mix(in srgb, var(${value! < 0 ? "--neg" : "--pos"}) ${strength.toFixed(0)}%, transparent)` : null }, x === undefined ? "" : fixed(value === null ? null : value * 100, 1));
  };
  const whole = (values: Maybe[]) => {
    const seen = values.map(finite).filter((x): x is number => x !== null);
    return seen.length ? seen.reduce((a, x) => a * (1 + x), 1) - 1 : undefined;
  };
  return card("Monthly returns", "Per cent; the year is compounded from the months shown.",
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Monthly returns" },
      h("table", { class: "months" }, h("caption", { class: "hidden" }, "Monthly returns in per cent"),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Year"), ...MONTHS.map((m) => h("th", { scope: "col" }, m)), h("th", { scope: "col" }, "Year"))),
        h("tbody", {}, ...[...years].map(([year, values]) => h("tr", {}, h("th", { scope: "row" }, year), ...values.map((x) => cell(x)), cell(whole(values), true)))))));
}

function exposure(b: Backtest): HTMLElement {
  const time = list(b.time), turnover = list(b.turnover).map((x) => (finite(x) === 0 ? null : x));
  const net = list(b.net), gross = list(b.gross);
  const longOnly = net.every((x, i) => finite(x) === null || finite(gross[i]) === null || Math.abs((x as number) - (gross[i] as number)) < 1e-9);
  if (![...turnover, ...gross].some((x) => finite(x) !== null)) return card("Turnover and exposure", null, empty("Nothing was traded, or equity was never positive."));
  return h("div", { class: "pair" },
    card("Turnover", "Value bought and sold in a bar, halved, as a share of equity; bars without trades are left blank.", timeChart({
      title: "Turnover of each rebalancing", unit: "Of equity", time, format: (x) => percent(x, 1), tick: percent, percent: true, height: 210, zero: true, group: "money",
      tracks: [{ label: "Turnover", values: turnover, color: "--accent", draw: "bars" }],
    })),
    card("Exposure", longOnly ? "Positions as a share of equity; there are no shorts, so gross is net." : "Positions as a share of equity: gross counts shorts as positive, net as negative.", timeChart({
      title: "Gross and net exposure", unit: "Of equity", time, format: (x) => percent(x, 1), tick: percent, percent: true, height: 210, zero: true, group: "money",
      tracks: [{ label: "Gross", values: gross, color: "--accent", thin: true }, ...(longOnly ? [] : [{ label: "Net", values: net, color: "--second", thin: true }])],
    })));
}

function costs(b: Backtest): HTMLElement {
  const steps = list(b.cost_sensitivity).filter((c) => finite(c.cost_bp) !== null);
  const sensitivity = steps.length === 0 ? empty("Costs were not varied in this run.") : h("div", {},
    points({
      title: "Sharpe ratio against trading cost", x: steps.map((c) => c.cost_bp), y: steps.map((c) => c.sharpe), joined: true, zeroY: true,
      xName: "Cost of traded value, basis points", yName: "Sharpe ratio", xFormat: brief, yFormat: (v) => fixed(v, 1), height: 250,
    }),
    h("details", {}, h("summary", {}, "Numbers"), table({
      caption: "Cost sensitivity", rows: steps, columns: [
        { title: "Cost, bp", value: (c) => c.cost_bp, cell: (c) => brief(c.cost_bp), number: true },
        { title: "Sharpe", value: (c) => c.sharpe, cell: (c) => fixed(c.sharpe, 2), number: true },
        { title: "Annual return", value: (c) => c.annual_return, cell: (c) => percent(c.annual_return), number: true },
      ],
    })));
  const paid = b.costs ?? {};
  const facts: [string, string][] = [
    ["Commission and slippage", amount(paid.cost)], ["Borrowing", amount(paid.borrow)], ["Interest earned", amount(paid.interest)],
    ["Fills", count(b.n_fills)], ["Orders not (wholly) filled", count(b.n_unfilled)],
  ];
  return h("div", { class: "pair" },
    card("What higher costs would do", "The same scores, simulated again at each cost.", sensitivity),
    card("What trading cost", "Of the backtest, in the currency of the capital.",
      h("dl", { class: "facts-list" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
      inWords(b.params) ? h("details", {}, h("summary", {}, "Portfolio settings"), h("p", { class: "code" }, inWords(b.params))) : null));
}

const PERCENT = new Set(["alpha", "annual_return", "annual_volatility", "batting_average", "conditional_value_at_risk", "cumulative_return", "downside_risk", "hit_rate", "max_drawdown", "tracking_error", "value_at_risk"]);

function measure(name: string, x: Maybe): string {
  if (PERCENT.has(name)) return percent(x, Math.abs(finite(x) ?? 1) < 0.1 ? 2 : 1);
  return name.endsWith("_bars") ? count(x) : fixed(x, 2);
}

function measures(own: Measures, other: Measures): HTMLElement {
  const names = Object.keys(own).sort();
  if (names.length === 0) return card("All measures", null, empty("No measures were computed."));
  return card("All measures", "By the definitions of empyrical; a dash is a measure that is not defined here.", table({
    caption: "Measures of portfolio and benchmark", rows: names, columns: [
      { title: "Measure", value: (n) => words(n), up: true },
      { title: "Portfolio", value: (n) => own[n], cell: (n) => measure(n, own[n]), number: true },
      { title: "Benchmark", value: (n) => other[n], cell: (n) => measure(n, other[n]), number: true },
      { title: "What it is", value: (n) => EXPLAIN[n] ?? "", cell: (n) => h("span", { class: "soft" }, EXPLAIN[n] ?? ""), up: true, wide: true },
    ],
  }));
}

export function moneySection(report: Report): HTMLElement {
  const b = report.backtest;
  if (!b || list(b.time).length === 0) return section("money", "Portfolio", null, empty("No portfolio was simulated in this run."));
  return section("money", "Portfolio", "What trading on the scores would have earned: decided at the close, filled one bar later, after costs.",
    equityCharts(b), monthTable(b), exposure(b), costs(b), measures(b.summary?.portfolio ?? {}, b.summary?.benchmark ?? {}));
}

/** Mean outcome by score decile, beside the scores. */
export function deciles(values: Maybe[]): HTMLElement {
  return columns({
    title: "Mean outcome by decile of score, lowest score first", unit: "Mean label", under: "Decile of score, lowest to highest",
    labels: values.map((_v, i) => String(i + 1)), values, format: (x) => percent(x, 2),
  });
}
