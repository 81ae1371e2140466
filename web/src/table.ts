// SPDX-License-Identifier: Apache-2.0
// Tables that sort by a click on a heading; rows may be pinned to the top.
import { h } from "./dom";

type Value = string | number | null | undefined;

export interface Column<T> {
  title: string;
  explain?: string;
  value: (row: T) => Value;          // what is sorted by
  cell?: (row: T) => Node | string;  // what is shown
  number?: boolean;
  wide?: boolean;                    // left out on narrow screens
  fit?: boolean;                     // never broken over lines
  up?: boolean;                      // first click sorts ascending (names); numbers descend first
}

export interface Table<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  pinned?: (row: T) => boolean;
  marked?: (row: T) => string | null; // a class of the row
  most?: number;                      // rows shown before "show all"
}

function compare(a: Value, b: Value): number {
  const aNone = a === null || a === undefined || a === "", bNone = b === null || b === undefined || b === "";
  if (aNone || bNone) return Number(aNone) - Number(bNone);
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}

/** The rows in order: pinned ones as given, then by the column; what has no value goes last either way. */
function ordered<T>(table: Table<T>, column: Column<T> | null, down: boolean): T[] {
  const pinned = table.rows.filter((row) => table.pinned?.(row)), rest = table.rows.filter((row) => !table.pinned?.(row));
  if (!column) return [...pinned, ...rest];
  const key = rest.map((row, i) => ({ row, i, value: column.value(row) }));
  key.sort((a, b) => {
    const order = compare(a.value, b.value);
    const none = a.value === null || a.value === undefined || b.value === null || b.value === undefined;
    return (down && !none ? -order : order) || a.i - b.i;
  });
  return [...pinned, ...key.map((k) => k.row)];
}

function classOf<T>(column: Column<T>): string | null {
  return column.number ? "number" : column.fit ? "fit" : column.wide ? "wide" : null;
}

export function table<T>(spec: Table<T>): HTMLElement {
  let sorted: Column<T> | null = null, down = false, all = false;
  const body = h("tbody"), more = h("button", { type: "button", class: "more", click: () => { all = true; draw(); } });
  const heads = spec.columns.map((column) => {
    const button = h("button", { type: "button", class: "sort", title: column.explain, click: () => {
      down = sorted === column ? !down : !column.up;
      sorted = column;
      draw();
    } }, h("span", { class: "arrow", "aria-hidden": "true" }));
    button.prepend(column.title);
    return h("th", { scope: "col", class: classOf(column) }, button);
  });
  const draw = (): void => {
    heads.forEach((head, i) => {
      const state = spec.columns[i] === sorted ? (down ? "descending" : "ascending") : null;
      if (state) head.setAttribute("aria-sort", state);
      else head.removeAttribute("aria-sort");
    });
    const rows = ordered(spec, sorted, down), shown = all ? rows : rows.slice(0, spec.most ?? rows.length);
    body.replaceChildren(...shown.map((row) => h("tr", { class: spec.marked?.(row) ?? null }, ...spec.columns.map((column, i) =>
      h(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: classOf(column) },
        column.cell ? column.cell(row) : String(column.value(row) ?? "\u2013"))))));
    more.hidden = shown.length === rows.length;
    more.textContent = `Show all ${rows.length} rows`;
  };
  draw();
  return h("div", { class: "table" }, h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": spec.caption },
    h("table", {}, h("caption", { class: "hidden" }, spec.caption), h("thead", {}, h("tr", {}, ...heads)), body)), more);
}
