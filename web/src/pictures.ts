// SPDX-License-Identifier: Apache-2.0
// Small charts without a time axis, as SVG: they print, scale and read well, and colours come from the style sheet.
import { h, s } from "./dom";
import { finite, type Maybe } from "./format";

type Drawing = (width: number) => SVGElement[];

/** Draws again whenever the width of its box changes. */
export function picture(title: string, height: number, draw: Drawing): HTMLElement {
  const box = h("div", { class: "picture", role: "img", "aria-label": title });
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.floor(box.clientWidth);
    if (width < 50 || width === drawn) return;
    drawn = width;
    box.replaceChildren(s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...draw(width)));
  }).observe(box);
  return box;
}

/** A linear map of [from, to] onto [lo, hi]. */
export function scale(from: number, to: number, lo: number, hi: number): (x: number) => number {
  const span = to - from || 1;
  return (x) => lo + ((x - from) / span) * (hi - lo);
}

/** About `n` round numbers within [from, to]. */
export function ticks(from: number, to: number, n: number): number[] {
  const raw = (to - from) / Math.max(1, n);
  if (!(raw > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10);
  const out: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) out.push(i * step);
  return out;
}

/** Extent of the finite values, zero included when asked. */
export function extent(values: Maybe[], zero = false): [number, number] {
  const seen = values.map(finite).filter((x): x is number => x !== null);
  if (zero || seen.length === 0) seen.push(0);
  return [Math.min(...seen), Math.max(...seen)];
}

export interface Axes { left: number; right: number; top: number; bottom: number }

/** Horizontal grid lines with their values, and the name of the axis above them. */
export function yAxis(box: Axes, y: (v: number) => number, at: number[], format: (v: number) => string, name: string): SVGElement[] {
  return [
    s("text", { x: 0, y: 12, class: "axis-name" }, name),
    ...at.flatMap((v) => [
      s("line", { x1: box.left, x2: box.right, y1: y(v), y2: y(v), class: v === 0 ? "axis" : "grid" }),
      s("text", { x: box.left - 6, y: y(v) + 4, "text-anchor": "end" }, format(v)),
    ]),
  ];
}

/** Values below the picture, and the name of the axis. */
export function xAxis(box: Axes, marks: { x: number; text: string }[], name: string, height: number): SVGElement[] {
  return [
    ...marks.map((m) => s("text", { x: m.x, y: box.bottom + 16, "text-anchor": "middle" }, m.text)),
    s("text", { x: (box.left + box.right) / 2, y: height - 4, "text-anchor": "middle", class: "axis-name" }, name),
  ];
}

export interface Bars { title: string; unit: string; under: string; labels: string[]; values: Maybe[]; format: (x: Maybe) => string; height?: number }

/** Columns from zero, coloured by sign, each with its value when there is room. */
export function columns(b: Bars): HTMLElement {
  const height = b.height ?? 240;
  return picture(b.title, height, (width) => {
    const box = { left: 56, right: width - 4, top: 24, bottom: height - 40 };
    const [lo, hi] = extent(b.values, true);
    const room = (hi - lo || 1) * 0.1;
    const from = lo < 0 ? lo - room : 0, to = hi > 0 ? hi + room : 0;
    const y = scale(from, to, box.bottom, box.top);
    const step = (box.right - box.left) / Math.max(1, b.values.length);
    const roomy = step > 46;
    const bars = b.values.flatMap((v, i) => {
      const value = finite(v), x = box.left + step * (i + 0.5);
      if (value === null) return [s("text", { x, y: y(0) - 4, "text-anchor": "middle" }, "\u2013")];
      return [
        s("rect", { x: x - step * 0.34, width: step * 0.68, y: Math.min(y(0), y(value)), height: Math.max(1, Math.abs(y(value) - y(0))), class: value < 0 ? "neg" : "pos" },
          s("title", {}, `${b.labels[i]}: ${b.format(value)}`)),
        roomy ? s("text", { x, y: value < 0 ? y(value) + 13 : y(value) - 4, "text-anchor": "middle", class: "value" }, b.format(value)) : null,
      ].filter((e): e is SVGElement => e !== null);
    });
    return [...yAxis(box, y, ticks(from, to, 5), b.format, b.unit), ...bars,
      ...xAxis(box, b.labels.map((text, i) => ({ x: box.left + step * (i + 0.5), text })), b.under, height)];
  });
}

export interface Points { title: string; x: Maybe[]; y: Maybe[]; xName: string; yName: string; xFormat: (v: number) => string; yFormat: (v: number) => string; diagonal?: boolean; joined?: boolean; height?: number; zeroY?: boolean }

/** Points in the plane, joined if wanted, over the line y = x if wanted. */
export function points(p: Points): HTMLElement {
  const height = p.height ?? 240;
  const seen = p.x.map((x, i) => [finite(x), finite(p.y[i])]).filter((q): q is [number, number] => q[0] !== null && q[1] !== null);
  return picture(p.title, height, (width) => {
    const box = { left: 60, right: width - 26, top: 24, bottom: height - 40 };
    const [x0, x1] = extent(seen.map((q) => q[0])), [y0, y1] = extent(seen.map((q) => q[1]), p.zeroY);
    const px = (x1 - x0 || Math.abs(x1) || 1) * 0.05, py = (y1 - y0 || Math.abs(y1) || 1) * 0.1;
    const x = scale(x0 - px, x1 + px, box.left, box.right), y = scale(y0 - py, y1 + py, box.bottom, box.top);
    const lo = Math.max(x0 - px, y0 - py), hi = Math.min(x1 + px, y1 + py);
    return [
      ...yAxis(box, y, ticks(y0 - py, y1 + py, 5), p.yFormat, p.yName),
      ...xAxis(box, ticks(x0 - px, x1 + px, width < 420 ? 4 : 6).map((v) => ({ x: x(v), text: p.xFormat(v) })), p.xName, height),
      ...(p.diagonal && hi > lo ? [s("line", { x1: x(lo), y1: y(lo), x2: x(hi), y2: y(hi), class: "ideal" })] : []),
      ...(p.joined ? [s("polyline", { points: seen.map((q) => `${x(q[0])},${y(q[1])}`).join(" "), class: "joined" })] : []),
      ...seen.map((q) => s("circle", { cx: x(q[0]), cy: y(q[1]), r: 4, class: "dot" }, s("title", {}, `${p.xName} ${p.xFormat(q[0])}, ${p.yName} ${p.yFormat(q[1])}`))),
    ];
  });
}
