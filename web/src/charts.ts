// SPDX-License-Identifier: Apache-2.0
// Time charts by uPlot. Colours are read from the style sheet at each drawing, so a change of theme needs a redraw only.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { h } from "./dom";
import { finite, type Maybe } from "./format";

export type Draw = "line" | "area" | "bars";

export interface Track {
  label: string;
  values: Maybe[];
  color: string; // a CSS variable: "--accent"
  draw?: Draw;
  thin?: boolean;
  dash?: boolean;
}

export interface TimeChart {
  title: string; // read aloud instead of the picture
  unit: string;  // of the vertical axis
  time: Maybe[]; // ns since 1970
  tracks: Track[];
  format: (x: Maybe) => string;
  tick?: (x: Maybe, decimals: number) => string; // of the axis; enough decimals to tell its steps apart, in hundredths for a percentage
  percent?: boolean;
  height?: number;
  log?: boolean;
  zero?: boolean; // keep zero in view
  group?: string; // charts of a group share the cursor
}

const charts = new Set<uPlot>();

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The same colour at another strength. */
function faded(name: string, strength: number): string {
  return `color-mix(in srgb, ${color(name)} ${strength * 100}%, transparent)`;
}

function barPaths(): uPlot.Series.PathBuilder | undefined {
  return uPlot.paths.bars?.({ size: [0.9, 8], align: 0 });
}

function toSeries(track: Track, format: (x: Maybe) => string): uPlot.Series {
  const bars = track.draw === "bars", area = track.draw === "area";
  return {
    label: track.label,
    stroke: () => (bars ? faded(track.color, 0.55) : color(track.color)),
    fill: bars || area ? () => faded(track.color, bars ? 0.55 : 0.22) : undefined,
    width: bars ? 0 : track.thin ? 1.25 : 1.75,
    dash: track.dash ? [6, 4] : undefined,
    paths: bars ? barPaths() : undefined,
    points: { show: track.values.filter((x) => finite(x) !== null).length === 1, size: 6 },
    spanGaps: false,
    value: (_u, x) => format(x),
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 86400;

/** Labels of a time axis, UTC: the year (the day, within days) stands below where it changes. */
function dateLabels(splits: (number | null)[], step: number): string[] {
  let last = "";
  return splits.map((t) => {
    if (t === null) return "";
    const d = new Date(t * 1e3), year = String(d.getUTCFullYear()), month = MONTHS[d.getUTCMonth()];
    if (step >= 360 * DAY) return year;
    const above = step < DAY ? d.toISOString().slice(11, 16) : step < 28 * DAY ? `${d.getUTCDate()} ${month}` : month;
    const below = step < DAY ? `${d.getUTCDate()} ${month}` : year;
    const text = below === last ? above : `${above}\n${below}`;
    last = below;
    return text;
  });
}

function axis(side: "x" | "y", chart: TimeChart): uPlot.Axis {
  const common: uPlot.Axis = {
    stroke: () => color("--ink-3"),
    grid: { stroke: () => color("--grid"), width: 1, show: side === "y" },
    ticks: { stroke: () => color("--line"), width: 1, size: 4 },
    font: "12px system-ui, sans-serif",
  };
  if (side === "x") return { ...common, space: 64, values: (_u, splits, _axis, _space, step) => dateLabels(splits, step) };
  const tick = chart.tick ?? ((x: Maybe) => chart.format(x));
  return {
    ...common,
    size: 64,
    space: 34,
    label: chart.unit,
    labelSize: 18,
    labelFont: "12px system-ui, sans-serif",
    values: (_u, splits, _axis, _space, step) => splits.map((x) => (x === null ? "" : tick(x, decimalsOf(chart.percent ? step * 100 : step)))),
  };
}

/** Decimals that a step has: 2 for 0.25. */
function decimalsOf(step: number): number {
  let decimals = 0;
  while (decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6) decimals++;
  return decimals;
}

/** Range of the values with a margin, zero in it when wanted; never empty. */
function yRange(chart: TimeChart): uPlot.Scale.Range {
  if (chart.log) return (_u, lo, hi) => uPlot.rangeLog(lo, hi, 10, false);
  return (_u, lo, hi) => {
    if (lo === null || hi === null || !Number.isFinite(lo) || !Number.isFinite(hi)) return [0, 1];
    const from = chart.zero ? Math.min(lo, 0) : lo, to = chart.zero ? Math.max(hi, 0) : hi;
    const room = (to - from || Math.abs(to) || 1) * 0.06;
    return [from < 0 || !chart.zero ? from - room : 0, to > 0 || !chart.zero ? to + room : 0];
  };
}

/** Without a pointer in it, a chart's legend shows the last values. */
function showLast(plot: uPlot): void {
  if (plot.cursor.idx !== null && plot.cursor.idx !== undefined) return;
  let last = plot.data[0].length - 1;
  while (last > 0 && plot.data.slice(1).every((values) => finite(values[last]) === null)) last--;
  plot.setLegend({ idx: last }, false);
}

function options(chart: TimeChart, width: number): uPlot.Options {
  return {
    width,
    height: chart.height ?? 260,
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), "UTC"),
    fmtDate: undefined,
    padding: [10, 20, 0, 0],
    scales: { x: { time: true }, y: { distr: chart.log ? 3 : 1, range: yRange(chart) } },
    axes: [axis("x", chart), axis("y", chart)],
    cursor: { sync: chart.group ? { key: chart.group } : undefined, points: { size: 6 }, drag: { x: true, y: false } },
    legend: { live: true, markers: { width: 0, fill: (_u, i) => `var(${chart.tracks[i - 1]?.color})` } },
    hooks: { ready: [showLast], setCursor: [showLast] },
    series: [{ label: "Date", value: (_u, x) => (x === null || x === undefined ? "\u2013" : new Date(x * 1e3).toISOString().slice(0, 10)) },
      ...chart.tracks.map((track) => toSeries(track, chart.format))],
  };
}

function dataOf(chart: TimeChart): uPlot.AlignedData {
  const keep = chart.time.map((t) => finite(t) !== null);
  const x = chart.time.filter((_t, i) => keep[i]).map((t) => (t as number) / 1e9);
  const positive = (v: number | null) => (chart.log && v !== null && v <= 0 ? null : v);
  return [x, ...chart.tracks.map((track) => chart.time.map((_t, i) => positive(finite(track.values[i]))).filter((_v, i) => keep[i]))] as uPlot.AlignedData;
}

/** A chart that fits its box; drag to zoom, double click to zoom out. */
export function timeChart(chart: TimeChart): HTMLElement {
  const box = h("div", { class: "chart", role: "img", "aria-label": chart.title });
  const data = dataOf(chart);
  let plot: uPlot | null = null;
  const fit = (): void => {
    const width = Math.floor(box.clientWidth);
    if (width < 50) return;
    if (!plot) {
      plot = new uPlot(options(chart, width), data, box);
      charts.add(plot);
    } else if (plot.width !== width) {
      plot.setSize({ width, height: chart.height ?? 260 });
    }
  };
  new ResizeObserver(fit).observe(box);
  return box;
}

/** Forgets the charts inside an element that is to be removed. */
export function dropCharts(element: Element): void {
  for (const plot of charts) {
    if (!element.contains(plot.root)) continue;
    charts.delete(plot);
    plot.destroy();
  }
}

const redraw = (): void => charts.forEach((plot) => plot.redraw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
