// SPDX-License-Identifier: Apache-2.0
// Elements in one expression; text is always text, never markup.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

function fill<T extends Element>(element: T, attributes: Attributes, children: Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** An HTML element. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

let explained = 0;

/** A term with its explanation: a button that shows it, by pointer, focus or touch. */
export function term(text: string, explanation: string | undefined): HTMLElement {
  if (!explanation) return h("span", {}, text);
  const id = `term-${++explained}`;
  return h("span", { class: "term" },
    h("button", { type: "button", "aria-describedby": id }, text),
    h("span", { class: "tip", role: "tooltip", id }, explanation));
}

/** A section of the page. */
export function section(id: string, title: string, lead: string | null, ...children: Child[]): HTMLElement {
  return h("section", { id, "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, title), lead ? h("p", { class: "lead" }, lead) : null, ...children);
}

/** A titled box within a section. */
export function card(title: string, note: string | null, ...children: Child[]): HTMLElement {
  return h("figure", { class: "card" },
    h("figcaption", {}, h("h3", {}, title), note ? h("p", {}, note) : null), ...children);
}

/** Stands where there is nothing to show, and says why. */
export function empty(why: string): HTMLElement {
  return h("p", { class: "empty" }, why);
}

/** Buttons of which one is pressed. */
export function choice(label: string, options: string[], chosen: (index: number) => void): HTMLElement {
  const buttons = options.map((text, i) => h("button", {
    type: "button", "aria-pressed": String(i === 0),
    click: () => {
      buttons.forEach((b, k) => b.setAttribute("aria-pressed", String(k === i)));
      chosen(i);
    },
  }, text));
  return h("div", { class: "choice", role: "group", "aria-label": label }, ...buttons);
}
