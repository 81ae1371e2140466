// SPDX-License-Identifier: Apache-2.0
// report.json, as docs/reference/report-json.md has it. Everything may be missing: the page says so and goes on.

import type { Maybe } from "./format";

type Series = Maybe[];
export type Time = number | string | null;
export type Measures = Record<string, Maybe>;

export interface Finding { check?: string; severity?: string; symbol?: string | null; time?: Time; value?: Maybe; bound?: Maybe; text?: string }
export interface Check { name?: string; title?: string; severity?: string; findings?: Maybe; not_run?: string | null }
export interface Fold { train_from?: Time; train_to?: Time; test_from?: Time; test_to?: Time; n_train?: Maybe; n_test?: Maybe; n_purged?: Maybe; n_embargoed?: Maybe }
export interface Row { name?: string; params?: string | null; baseline?: boolean; earlier?: boolean; metrics?: Measures; sharpe?: Maybe; sharpe_error?: Maybe; psr?: Maybe; dsr?: Maybe; fit_seconds?: Maybe }
export interface Model { name?: string; learner?: string; params?: string | null; left_out?: boolean; fit_seconds?: Maybe; importance?: { feature?: string; share?: Maybe }[] }

/** Of the last refit of the best model; why_not says why there is nothing else. */
export interface Explanations {
  model?: string; why_not?: string | null; rows?: Maybe; rows_scored?: Maybe; from?: Time; to?: Time; base?: Maybe;
  features?: { feature?: string; mean_abs?: Maybe }[];
  points?: { time?: Series; symbol?: string[]; margin?: Series; features?: { feature?: string; rank?: Series; value?: Series }[] };
  dependence?: { feature?: string; at?: Series; mean?: Series; curves?: Series[] }[];
}

export interface Backtest {
  params?: unknown; time?: Series; equity?: Series; benchmark?: Series; drawdown?: Series; turnover?: Series; gross?: Series; net?: Series;
  summary?: { portfolio?: Measures; benchmark?: Measures };
  monthly?: { month?: string; return?: Maybe }[];
  cost_sensitivity?: { cost_bp?: Maybe; sharpe?: Maybe; annual_return?: Maybe }[];
  costs?: { cost?: Maybe; borrow?: Maybe; interest?: Maybe }; n_fills?: Maybe; n_unfilled?: Maybe;
}

export interface Report {
  format?: number; version?: string; name?: string; created?: string; spec?: string;
  verdict?: { grade?: string; text?: string };
  data?: {
    source?: string; checksum?: string; symbols?: Maybe; times?: Maybe; bars?: Maybe; first?: Time; last?: Time; calendar?: string | null;
    import?: { rows?: Maybe; kept?: Maybe; rejected?: Maybe; reasons?: { reason?: string; count?: Maybe }[] } | null;
    quality?: { checks?: Check[]; findings?: Finding[] } | null;
  };
  features?: { n?: Maybe; lookback?: Maybe; names?: string[]; lets?: { name?: string; expression?: string }[] };
  label?: { name?: string; params?: unknown };
  split?: { name?: string; params?: unknown; folds?: Fold[] };
  leaderboard?: {
    rows?: Row[]; best?: unknown; n_trials?: Maybe; effective_trials?: Maybe; sharpe_variance?: Maybe;
    pbo?: { pbo?: Maybe; slope?: Maybe; p_loss?: Maybe; combinations?: Maybe } | null;
    spa?: { statistic?: Maybe; p_lower?: Maybe; p_consistent?: Maybe; p_upper?: Maybe } | null;
  };
  models?: Model[];
  scores?: {
    model?: string; metrics?: Measures; ic?: { time?: Series; ic?: Series; rank_ic?: Series };
    quantiles?: Series; calibration?: { score?: Series; label?: Series };
  };
  explanations?: Explanations;
  backtest?: Backtest;
  timings?: { stage?: string; seconds?: Maybe; cached?: boolean }[];
  versions?: Record<string, unknown>;
}

/** A list, or an empty one. */
export function list<T>(x: T[] | null | undefined): T[] {
  return Array.isArray(x) ? x : [];
}

/** Parameters, given as text or as an object, in one line. */
export function inWords(params: unknown): string {
  if (params === null || params === undefined) return "";
  if (typeof params !== "object") return String(params);
  return Object.entries(params).map(([name, value]) => `${name}=${String(value)}`).join(" ");
}

/** Median step of a series of times, in bars a year; null when there are too few. */
export function barsPerYear(time: Series): number | null {
  const first = time.length > 2 ? time[0] : null, last = time.length > 2 ? time[time.length - 1] : null;
  if (typeof first !== "number" || typeof last !== "number" || last <= first) return null;
  return (time.length - 1) / ((last - first) / 1e9 / 86400 / 365.25);
}

/** The report embedded in the page, or why there is none. */
export function readReport(): { report: Report; text: string } | { problem: string } {
  const text = document.getElementById("report")?.textContent?.trim() ?? "";
  if (text === "" || text.startsWith("__TRADEWIND")) return { problem: "No report has been put into this page yet." };
  try {
    const report = JSON.parse(text) as Report;
    if (report.format !== 1) return { problem: `This page reads report format 1; the data says ${String(report.format)}.` };
    return { report, text };
  } catch (error) {
    return { problem: `The embedded report cannot be read: ${String(error)}` };
  }
}
