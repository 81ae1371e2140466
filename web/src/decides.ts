// SPDX-License-Identifier: Apache-2.0
// How the best model decides: Shapley values of its features, and what the prediction does as one of them changes.
import { card, choice, empty, h, s, section } from "./dom";
import { brief, count, day, finite, type Maybe } from "./format";
import { extent, picture, scale, ticks, xAxis, yAxis } from "./pictures";
import { list, type Explanations, type Report } from "./report";

type Cloud = NonNullable<NonNullable<Explanations["points"]>["features"]>[number];
type Dependence = NonNullable<Explanations["dependence"]>[number];

const ROW = 26; // pixels of one feature

/** Offsets across the row, in steps, so that points at the same place stand beside each other. */
function swarm(x: number[], radius: number, most: number): number[] {
  const taken = new Map<number, number>();
  return x.map((at) => {
    const bin = Math.round(at / radius), k = taken.get(bin) ?? 0;
    taken.set(bin, k + 1);
    const step = Math.ceil(k / 2) * (k % 2 ? 1 : -1);
    return Math.max(-most, Math.min(most, step * 1.5));
  });
}

/** A value among the others as a colour from low to high; a ring where it is missing. */
function tint(rank: Maybe): string {
  const r = finite(rank);
  return r === null ? "fill: none; stroke: var(--ink-2)" : `fill: color-mix(in srgb, var(--second) ${Math.round(r * 100)}%, var(--accent))`;
}

function cloudRow(cloud: Cloud, y: number, x: (v: number) => number): SVGElement[] {
  const seen = list(cloud.value).map((v, i) => ({ value: finite(v), rank: list(cloud.rank)[i] })).filter((p): p is { value: number; rank: Maybe } => p.value !== null);
  const offset = swarm(seen.map((p) => x(p.value)), 3, ROW / 2 - 3);
  return seen.map((p, i) => s("circle", { cx: x(p.value).toFixed(1), cy: (y + offset[i]).toFixed(1), r: 2.4, style: tint(p.rank), "fill-opacity": 0.8 }));
}

/** The longest text that fits into so many pixels of the axis font. */
function fitted(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / 7));
  return text.length <= most ? text : `${text.slice(0, most - 1)}\u2026`;
}

function beeswarm(clouds: Cloud[], sizes: Map<string, number>): HTMLElement {
  const height = clouds.length * ROW + 56;
  return picture("Shapley values of single rows by feature, coloured by the value of the feature", height, (width) => {
    const box = { left: Math.min(190, Math.round(width * 0.3)), right: width - 26, top: 8, bottom: height - 44 };
    const [lo, hi] = extent(clouds.flatMap((c) => list(c.value)), true), room = (hi - lo || 1) * 0.04;
    const x = scale(lo - room, hi + room, box.left + 6, box.right);
    return [
      s("line", { x1: x(0), x2: x(0), y1: box.top, y2: box.bottom, class: "axis" }),
      ...clouds.flatMap((c, i) => {
        const y = box.top + ROW * (i + 0.5), name = c.feature ?? "";
        return [
          s("line", { x1: box.left, x2: box.right, y1: y, y2: y, class: "grid" }),
          s("text", { x: box.left - 8, y: y + 4, "text-anchor": "end" }, fitted(name, box.left - 10), s("title", {}, `${name}: mean size ${brief(sizes.get(name))}`)),
          ...cloudRow(c, y, x),
        ];
      }),
      ...xAxis(box, ticks(lo - room, hi + room, width < 520 ? 3 : 6).map((v) => ({ x: x(v), text: brief(v) })), width < 520 ? "Shapley value" : "Shapley value: what the feature adds to the score of a row", height),
    ];
  });
}

function sizeBars(features: { feature?: string; mean_abs?: Maybe }[]): HTMLElement {
  const rows = features.slice(0, 20).filter((f) => (finite(f.mean_abs) ?? 0) > 0);
  if (rows.length === 0) return empty("No feature moves the score of any row.");
  const most = rows[0].mean_abs as number;
  return h("ol", { class: "bars" }, ...rows.map((f) => h("li", {},
    h("span", { class: "name", title: f.feature }, f.feature ?? ""),
    h("span", { class: "track" }, h("span", { style: `width: ${(((f.mean_abs as number) / most) * 100).toFixed(1)}%` })),
    h("span", { class: "value" }, brief(f.mean_abs)))));
}

const colourKey = (): HTMLElement => h("p", { class: "key note" }, "Value of the feature: low", h("span", { class: "ramp", "aria-hidden": "true" }), "high; a ring where it is missing");

function shapCard(e: Explanations): HTMLElement {
  const features = list(e.features), sizes = new Map(features.map((f) => [f.feature ?? "", finite(f.mean_abs) ?? 0]));
  const clouds = list(e.points?.features).filter((c) => (sizes.get(c.feature ?? "") ?? 0) > 0);
  const holder = h("div");
  const draw = (how: number): void => {
    if (how === 1 || clouds.length === 0) holder.replaceChildren(sizeBars(features));
    else holder.replaceChildren(colourKey(), beeswarm(clouds, sizes));
  };
  draw(0);
  return h("figure", { class: "card" },
    h("figcaption", { class: "split" }, h("div", {}, h("h3", {}, "What moves the score of a row"),
      h("p", {}, `Shapley values share the score of a row (before its last step, where the model gives chances) among the features; with the base value ${brief(e.base)} they sum to it. Features with the largest mean size first. A dot is a row: right of the line the feature raised its score, left of it lowered it.`)),
      choice("View of the Shapley values", ["Rows", "Mean size"], draw)), holder);
}

/** A single row moved to start at the mean: what is left is how the feature changes its score, not how high that was. */
function moved(single: Maybe[], mean: Maybe[]): Maybe[] {
  const start = finite(single[0]), target = finite(mean[0]);
  return start === null || target === null ? [] : single.map((v) => (finite(v) === null ? null : (v as number) - start + target));
}

function curve(at: number[], values: Maybe[], x: (v: number) => number, y: (v: number) => number): string {
  return at.map((a, i) => [a, finite(values[i])] as const).filter((p): p is readonly [number, number] => p[1] !== null).map(([a, v]) => `${x(a).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
}

function dependenceCard(d: Dependence): HTMLElement {
  const at = list(d.at).map((v) => finite(v) ?? 0), mean = list(d.mean), curves = list(d.curves).map((c) => moved(c, mean)), height = 220;
  if (at.length === 0) return card(d.feature ?? "", null, empty("No values to try."));
  return card(d.feature ?? "", null, picture(`Predicted score by value of ${d.feature ?? "a feature"}: mean, and single rows`, height, (width) => {
    const box = { left: 62, right: width - 16, top: 24, bottom: height - 40 };
    const [lo, hi] = extent([...mean, ...curves.flat()]), room = (hi - lo || 1) * 0.05;
    const x = scale(Math.min(...at), Math.max(...at), box.left, box.right), y = scale(lo - room, hi + room, box.bottom, box.top);
    return [
      ...yAxis(box, y, ticks(lo - room, hi + room, 5), brief, "Score"),
      ...xAxis(box, ticks(Math.min(...at), Math.max(...at), width < 420 ? 3 : 5).map((v) => ({ x: x(v), text: brief(v) })), "Value of the feature", height),
      ...curves.map((c) => s("polyline", { points: curve(at, c, x, y), class: "single" })),
      s("polyline", { points: curve(at, mean, x, y), class: "joined" }),
    ];
  }));
}

const TELLS = "This tells how the model decides, not what moves prices.";

export function decidesSection(report: Report): HTMLElement {
  const e = report.explanations, title = "How the model decides";
  if (!e) return section("decides", title, null, empty("This run explained no model."));
  if (e.why_not) return section("decides", title, null, empty(`The best model, ${e.model ?? "unnamed"}, is not taken apart: ${e.why_not.replace(/^explain: /, "")}.`));
  const lead = `The last refit of ${e.model ?? "the best model"}, on ${count(e.rows)} of the ${count(e.rows_scored)} rows that it scored without having seen them, ${day(e.from)} to ${day(e.to)}. ${TELLS}`;
  const dependence = list(e.dependence);
  return section("decides", title, lead, shapCard(e),
    h("h3", { class: "under" }, "What the score does as one feature changes"),
    h("p", { class: "note" }, "Thick: the mean over the rows, each with the feature set to the value below. Thin: single rows, each moved to start at the mean; where they part, the feature works together with others. Values are tried that a row may not have together."),
    dependence.length === 0 ? empty("No feature moves the score.") : h("div", { class: "pair" }, ...dependence.map(dependenceCard)));
}
