// SPDX-License-Identifier: Apache-2.0
// Reports to look at and to test the page with: "rich" is what a run makes, with awkward values in it; "edge" has one
// fold, equity below zero, nulls and empty lists; "bare" has next to nothing.
// Run: node test/make_sample.mjs rich|edge|bare > sample.json
const DAY = 86400e9;

/** Same numbers at every run (mulberry32). */
function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

let uniform = random(2385);
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const round = (x, digits = 6) => Number(x.toPrecision(digits));

function sessions(from, n) {
  const out = [];
  for (let d = Date.parse(from) / 864e5; out.length < n; d++) if ((d + 3) % 7 < 5) out.push(d * DAY);
  return out;
}

function path(n, drift, sd, market = null, beta = 0) {
  const returns = Array.from({ length: n }, (_, i) => (i ? drift + sd * normal() + beta * (market?.[i] ?? 0) : 0));
  let level = 1e6;
  const equity = returns.map((r) => round((level *= 1 + r), 9));
  let peak = 0;
  const drawdown = equity.map((e) => round(e / (peak = Math.max(peak, e)) - 1, 5));
  return { returns, equity, drawdown };
}

function months(time, returns) {
  const out = new Map();
  time.forEach((t, i) => {
    const month = new Date(t / 1e6).toISOString().slice(0, 7);
    out.set(month, (out.get(month) ?? 1) * (1 + returns[i]));
  });
  return [...out].map(([month, growth]) => ({ month, return: round(growth - 1, 5) }));
}

/** As of a tree ensemble: features push a row's score the more, the further its value is from the middle. */
function explanations(names, time) {
  const rows = Array.from({ length: 200 }, (_, i) => i), ranks = names.map(() => rows.map(() => round(uniform(), 3)));
  const value = names.map((_, k) => ranks[k].map((r) => round(0.004 * 0.8 ** k * (r - 0.5) * (k % 2 ? -1 : 1) + 0.0003 * normal(), 6)));
  ranks[2][7] = null;
  const at = Array.from({ length: 20 }, (_, i) => round(-1.9 + 0.2 * i, 6));
  const dependence = names.slice(0, 6).map((feature, k) => {
    const mean = at.map((a) => round(0.002 * 0.8 ** k * Math.tanh(a) * (k % 2 ? -1 : 1), 6));
    return { feature, at, mean, curves: rows.slice(0, 30).map(() => { const level = 0.001 * normal(); return mean.map((m) => round(m + level, 6)); }) };
  });
  return {
    model: "gbm", why_not: null, rows: 2000, rows_scored: 63871, from: time[0], to: time[time.length - 1], base: 0.00012,
    features: names.map((feature, k) => ({ feature, mean_abs: round(0.001 * 0.8 ** k, 5) })),
    points: { time: rows.map((i) => time[i]), symbol: rows.map(() => "AAPL"), margin: rows.map((i) => round(value.reduce((sum, v) => sum + v[i], 0.00012), 6)), features: names.map((feature, k) => ({ feature, rank: ranks[k], value: value[k] })) },
    dependence,
  };
}

function rich() {
  uniform = random(2385);
  const n = 781, time = sessions("2015-02-09", n);
  const market = path(n, 0.0004, 0.0088), own = path(n, 0.00043, 0.0046, market.returns, 0.31);
  const icTime = time.slice(0, -5), rank = icTime.map((_, i) => (i % 97 === 41 ? null : round(0.021 + 0.11 * normal(), 4)));
  const names = ["KMID", "KLEN", "ROC5", "ROC20", "STD10", "CORR60", "CNTD30", "VSUMN20", "WVMA60", "RESI5",
    "sector_neutral_momentum_252_21_volatility_scaled_and_winsorised_at_three_deviations", "RSV30", "IMAX20", "QTLU60", "BETA10"];
  const importance = (k) => names.map((feature, i) => ({ feature, share: round(0.21 * 0.78 ** ((i * k) % 15), 4) })).sort((a, b) => b.share - a.share);
  const row = (name, params, baseline, ic, t, sharpe, psr, dsr, seconds) => ({
    name, params, baseline, metrics: { ic: ic && round(ic * 0.8, 4), rank_ic: ic, rank_ic_t: t, ic_ir: ic && round(ic / 0.11, 3), hit_rate: ic === null ? null : 0.5 + ic / 2, rmse: 0.02385, auc: null },
    sharpe, sharpe_error: 0.0361, psr, dsr, fit_seconds: seconds,
  });
  const checks = ["adjustment", "book", "cross_source", "duplicates", "look_ahead", "ohlc", "outlier", "price_sign", "revision", "session_gaps", "split", "stale", "survivorship", "tick_size", "time_zone", "volume"];
  const severe = { ohlc: "error", price_sign: "error", outlier: "warn", volume: "warn", session_gaps: "warn", stale: "info", survivorship: "warn" };
  const found = { ohlc: 7, price_sign: 1, outlier: 38, volume: 21, session_gaps: 12, stale: 4, survivorship: 1 };
  const symbols = ["AAPL", "BRK.B", "GOOGL", "MNST", "VRTX", "CHTR", "DPS", "AN-IMPROBABLY-LONG-SYMBOL.XNYS"];
  const findings = Object.entries(found).flatMap(([check, k]) => Array.from({ length: k }, (_, i) => ({
    check, severity: severe[check], symbol: check === "survivorship" ? null : symbols[(i * 5) % symbols.length],
    time: check === "survivorship" ? null : new Date(time[(i * 67 + 13) % n] / 1e6).toISOString().slice(0, 10),
    value: check === "survivorship" ? 505 : round(Math.abs(normal()) * 12 + 8.1, 4), bound: check === "survivorship" ? null : 8,
    text: check === "survivorship" ? "no name of the panel ends before its last day: names that were delisted are missing" : `${check.replace("_", " ")} of ${round(8 + 3 * uniform(), 4)} where at most 8 is allowed <b>not markup</b> & "quoted"`,
  })));
  const turnover = time.map((_, i) => (i % 5 === 1 ? round(0.17 + 0.04 * normal(), 4) : 0));
  const fold = (i) => ({ train_from: "2013-02-08", train_to: new Date((time[130 * i] - 9 * DAY) / 1e6).toISOString(), test_from: new Date(time[130 * i] / 1e6).toISOString(), test_to: new Date(time[Math.min(n - 1, 130 * i + 129)] / 1e6).toISOString(), n_train: 241035 + 64000 * i, n_test: 63871 - 41 * i, n_purged: 2525, n_embargoed: i ? 0 : 505 });
  return {
    format: 1, version: "0.1.0", name: "S&P 500 constituents, alpha158, five-day excess return", created: "2026-11-22T16:20:07Z",
    spec: "name: sp500\ndata:\n  csv: [../shared/data/market/sp500_5yr/*.csv.gz]\n  calendar: XNYS\nfeatures:\n  sets: [alpha158]\n  lets:\n    gap: open / lag(close, 1) - 1   # a line that is rather longer than the others, so that the box has to scroll on a narrow screen\nlabel: forward_return horizon=5 price=next_open demean=section\nsplit: walk_forward n=6 embargo=5\nlearners: [mean, ridge, elastic_net, gbm]\nbacktest: construction=long_short quantile=0.1 cost_bp=5\n",
    verdict: { grade: "weak evidence", text: "gbm ranks with a mean rank IC of 0.0211 (t = 3.1) and beats the naive baseline (SPA p = 0.041), but its deflated Sharpe ratio of 0.887 over 9 trials is below 0.95." },
    data: {
      source: "../shared/data/market/sp500_5yr/*.csv.gz", checksum: "8c1f0d9be2a47730", symbols: 505, times: 1259, bars: 619040, first: "2013-02-08", last: "2018-02-07", calendar: "XNYS",
      import: { rows: 619040, kept: 619029, rejected: 11, reasons: [{ reason: "open: not a number", count: 8 }, { reason: "fields missing", count: 3 }] },
      quality: { checks: checks.map((name) => ({ name, severity: severe[name] ?? "warn", findings: found[name] ?? 0, not_run: ["book", "cross_source", "adjustment", "revision"].includes(name) ? "no such columns, actions or second source" : null })), findings },
    },
    features: { n: 159, lookback: 60, names, lets: [{ name: "gap", expression: "open / lag(close, 1) - 1" }] },
    label: { name: "forward_return", params: "horizon=5 price=next_open demean=section" },
    split: { name: "walk_forward", params: "n=6 embargo=5 window=expanding", folds: [0, 1, 2, 3, 4, 5].map(fold) },
    leaderboard: {
      rows: [row("mean", "", true, null, null, 0.0031, 0.534, 0.071, 0.0021), row("gbm", "trees=200 depth=6 rate=0.0471 bins=255 min_rows=500", false, 0.0211, 3.12, 0.0817, 0.9881, 0.887, 11.385),
        row("ridge", "l2=14.2", false, 0.0148, 2.04, 0.0519, 0.928, 0.611, 0.412), row("elastic_net", "l1=0.00031 l2=0.7", false, 0.0151, 2.1, 0.0532, 0.931, 0.624, 0.903),
        row("last_value", "", true, -0.0042, -0.6, -0.0217, 0.271, 0.004, 0.0009)],
      best: 1, n_trials: 9, effective_trials: 3.417, sharpe_variance: 0.00131, pbo: { pbo: 0.2143, slope: -0.31, p_loss: 0.117, combinations: 12870 }, spa: { statistic: 2.385, p_lower: 0.038, p_consistent: 0.041, p_upper: 0.077 },
    },
    models: [{ name: "mean", learner: "Mean", params: "", left_out: false, fit_seconds: 0.0021, importance: [] }, { name: "gbm", learner: "Gradient-boosted trees", params: "trees=200 depth=6 rate=0.0471", left_out: false, fit_seconds: 11.385, importance: importance(1) },
      { name: "ridge", learner: "Ridge", params: "l2=14.2", left_out: false, fit_seconds: 0.412, importance: importance(2) }],
    scores: {
      model: "gbm", metrics: { ic: 0.0169, rank_ic: 0.0211, rank_ic_t: 3.12, ic_ir: 0.192, hit_rate: 0.5106, auc: null },
      ic: { time: icTime, ic: rank.map((x) => x && round(x * 0.8 + 0.02 * normal(), 4)), rank_ic: rank },
      quantiles: [-0.00187, -0.00102, -0.00061, -0.0004, -0.00009, 0.00012, 0.00031, 0.00072, 0.00091, 0.00214],
      calibration: { score: [-0.0041, -0.0022, -0.0014, -0.0008, -0.0002, 0.0003, 0.0009, 0.0015, 0.0024, 0.0047], label: [-0.00187, -0.00102, -0.00061, null, -0.00009, 0.00012, 0.00031, 0.00072, 0.00091, 0.00214] },
    },
    backtest: {
      params: "construction=long_short quantile=0.1 rebalance=5 gross=1 cost_bp=5 borrow_bp=50 fill=next_open", time, equity: own.equity, benchmark: market.equity, drawdown: own.drawdown, turnover,
      gross: time.map((_, i) => (i ? round(0.99 + 0.01 * normal(), 4) : 0)), net: time.map((_, i) => (i ? round(0.012 * normal(), 4) : 0)),
      summary: {
        portfolio: { alpha: 0.0717, annual_return: 0.1132, annual_volatility: 0.0787, batting_average: 0.4981, beta: 0.3092, calmar: 1.412, capture: 0.911, conditional_value_at_risk: -0.01013, correlation: 0.4471, cumulative_return: 0.3941, down_capture: 0.218, downside_risk: 0.0541, hit_rate: 0.5385, information_ratio: -0.012, kurtosis: 3.071, max_drawdown: -0.0802, max_drawdown_bars: 143, omega: 1.2611, sharpe: 1.403, skew: 0.0471, sortino: 2.093, stability: 0.871, tail_ratio: 1.087, tracking_error: 0.1361, up_capture: 0.481, up_down_capture: 2.206, value_at_risk: -0.00781 },
        benchmark: { alpha: null, annual_return: 0.1242, annual_volatility: 0.1401, beta: null, calmar: 0.81, conditional_value_at_risk: -0.0183, cumulative_return: 0.438, downside_risk: 0.099, hit_rate: 0.541, kurtosis: 3.02, max_drawdown: -0.1531, max_drawdown_bars: 231, omega: 1.17, sharpe: 0.906, skew: -0.03, sortino: 1.31, stability: 0.74, tail_ratio: 0.97, value_at_risk: -0.0141 },
      },
      monthly: months(time, own.returns), cost_sensitivity: [0, 1, 2, 5, 10, 20, 50].map((cost_bp) => ({ cost_bp, sharpe: round(1.93 - 0.1054 * cost_bp, 4), annual_return: round(0.158 - 0.0089 * cost_bp, 4) })),
      costs: { cost: 31871.44, borrow: 7712.09, interest: 0 }, n_fills: 31402, n_unfilled: 17,
    },
    explanations: explanations(names, time),
    timings: [{ stage: "data", seconds: 0.913, cached: false }, { stage: "checks", seconds: 1.07, cached: true }, { stage: "features", seconds: 0.71, cached: true }, { stage: "fit", seconds: 12.7, cached: false }, { stage: "backtest", seconds: 0.027, cached: false }],
    versions: { tradewind: "0.1.0", compiler: "12.2.0", isa: "avx512", threads: 2 },
  };
}

/** One fold, ruin, nothing where a list is expected. */
function edge() {
  const r = rich(), n = 60, time = sessions("2014-06-09", n);
  let level = 19999.99;
  const equity = time.map((_, i) => (i === 31 ? null : round((level -= 511.385 + 90 * normal()), 8)));
  Object.assign(r, { name: "x".repeat(140), verdict: { grade: "no evidence", text: "No trial is better than the naive baseline." }, spec: "", timings: [], versions: {}, models: [] });
  r.data.quality = { checks: [], findings: [] };
  r.data.import = null;
  r.split.folds = r.split.folds.slice(0, 1);
  r.leaderboard = { rows: r.leaderboard.rows.slice(0, 1), best: null, n_trials: 1, effective_trials: null, pbo: null, spa: null };
  r.scores.ic = { time: [], ic: [], rank_ic: [] };
  r.explanations = { model: "mean", why_not: "explain: mean is no tree ensemble" };
  r.scores.quantiles = [];
  r.scores.calibration = { score: [], label: [] };
  r.backtest = { ...r.backtest, time, equity, benchmark: time.map(() => null), drawdown: equity.map((e) => e && e / 2e4 - 1), turnover: time.map(() => null), gross: time.map(() => null), net: time.map(() => null), monthly: [{ month: "2014-06", return: -0.41 }, { month: "2014-07", return: null }, { month: "2014-08", return: -1.3 }], cost_sensitivity: [] };
  r.backtest.summary = { portfolio: { sharpe: null, annual_return: null, max_drawdown: -1.6931 }, benchmark: {} };
  return r;
}

export function sample(kind) {
  if (kind === "edge") return edge();
  return kind === "bare" ? { format: 1 } : rich();
}

/** A page with this report in it, as the program makes it. */
export function pageOf(template, report) {
  return template.replace("__TRADEWIND_REPORT__", () => JSON.stringify(report).replaceAll("<", "\\u003c"));
}

if (process.argv[1]?.endsWith("make_sample.mjs")) process.stdout.write(JSON.stringify(sample(process.argv[2])));
