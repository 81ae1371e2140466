// SPDX-License-Identifier: Apache-2.0
// Reads the embedded report and builds the page, from the verdict down.
import "./style.css";

import { boardSection } from "./board";
import { decidesSection } from "./decides";
import { h } from "./dom";
import { keyFigures, pageHead, verdict } from "./head";
import { dataSection, runSection } from "./inputs";
import { moneySection } from "./money";
import { readReport } from "./report";
import { scoresSection } from "./scores";

const PARTS = [["figures", "Key figures"], ["money", "Portfolio"], ["scores", "Scores"], ["decides", "Decisions"], ["models", "Models"], ["data", "Data"], ["run", "The run"]];

function save(name: string, text: string): void {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: name }) as HTMLAnchorElement;
  link.click();
  URL.revokeObjectURL(link.href);
}

const page = document.getElementById("page")!;
const read = readReport();
if ("problem" in read) {
  page.append(h("section", { class: "verdict none", id: "verdict" }, h("span", { class: "mark", "aria-hidden": "true" }, "?"), h("div", {}, h("h1", {}, "No report"), h("p", {}, read.problem))));
} else {
  const { report, text } = read;
  document.title = `${report.name || "tradewind report"}: ${report.verdict?.grade ?? "no verdict"}`;
  page.append(pageHead(report, () => save("report.json", text)), verdict(report),
    h("nav", { "aria-label": "Parts of the report" }, ...PARTS.map(([id, title]) => h("a", { href: `#${id}` }, title))),
    keyFigures(report), moneySection(report), scoresSection(report), decidesSection(report), boardSection(report), dataSection(report), runSection(report));
}
document.documentElement.dataset.ready = "yes";

// A print shows what is folded away on the screen.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
