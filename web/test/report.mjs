// SPDX-License-Identifier: Apache-2.0
// Opens reports from disk in Chromium and checks what a reader would see. Usage:
//   node test/report.mjs CHROMIUM WORK_FOLDER [SCREENSHOT_FOLDER]
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { pageOf, sample } from "./make_sample.mjs";

const [executablePath, work, shots] = process.argv.slice(2);
const template = readFileSync(new URL("../dist/report.html", import.meta.url), "utf8");
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

function write(kind) {
  mkdirSync(work, { recursive: true });
  const path = resolve(work, `${kind}.html`);
  writeFileSync(path, kind === "template" ? template : pageOf(template, sample(kind)));
  return pathToFileURL(path).href;
}

/** A page that remembers every complaint and every request that is not the file itself. */
async function open(browser, kind, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage(), problems = [], url = write(kind);
  page.on("console", (m) => { if (["error", "warning"].includes(m.type())) problems.push(m.text()); });
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("request", (r) => { if (r.url() !== url && !r.url().startsWith("data:")) problems.push(`request for ${r.url()}`); });
  await page.goto(url);
  await page.waitForSelector("html[data-ready=yes]");
  await page.waitForTimeout(250);
  return { page, done: async () => { await context.close(); assert.deepEqual(problems, [], `${kind}: complaints`); } };
}

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** Canvases, and how many have ink on them in more than one colour. */
function inked(page) {
  return page.$$eval("canvas", (all) => all.map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    return seen.size;
  }));
}

async function fitsWidth(page, what) {
  const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= view, `${what}: ${wide} px wide in a window of ${view}`);
}

const columnOf = (page, table, nth) => page.$$eval(`[aria-label="${table}"] tbody tr`, (rows, i) => rows.map((r) => r.children[i].textContent), nth);

async function checkRich(page) {
  assert.match(await page.textContent("#verdict"), /Weak evidence.*mean rank IC of 0\.0211/s);
  assert.ok(await page.isVisible("#verdict"));
  const colours = await inked(page);
  assert.equal(colours.length, 5, "equity, drawdown, turnover, exposure, IC");
  colours.forEach((n, i) => assert.ok(n > 3, `chart ${i} is blank`));
  assert.ok((await page.$$(".picture svg")).length >= 4);
  assert.match(await page.textContent("#figures"), /11\.3\s%benchmark 12\.4\s%/);
  assert.equal(await page.$$eval("#data table b", (all) => all.length), 0, "text became markup");
  const models = (await columnOf(page, "Leaderboard", 0)).map((t) => t.match(/^[a-z_]+?(?=baseline|best|l\d|trees|$)/)?.[0]);
  assert.deepEqual(models, ["mean", "last_value", "gbm", "ridge", "elastic_net"]);
}

async function checkSorting(page) {
  const heading = page.locator('[aria-label="Leaderboard"] th button', { hasText: "DSR" });
  await heading.click();
  const dsr = 8;
  assert.deepEqual((await columnOf(page, "Leaderboard", dsr)).slice(2), ["0.887", "0.624", "0.611"]);
  await heading.click();
  assert.deepEqual(await columnOf(page, "Leaderboard", dsr), ["0.071", "0.004", "0.611", "0.624", "0.887"], "baselines stay on top");
  assert.equal(await page.locator('[aria-label="Leaderboard"] th[aria-sort=ascending]').count(), 1);
  await page.locator('[aria-label="Findings"] th button', { hasText: "Seen" }).click();
  const seen = (await columnOf(page, "Findings", 4)).map((t) => Number(t.replace("\u2013", "NaN").replace(",", "")));
  assert.ok(seen.every((x, i) => i === 0 || !(x > seen[i - 1])), "findings are not sorted");
}

async function checkFilter(page) {
  const rows = () => page.locator('[aria-label="Findings"] tbody tr').count();
  assert.equal(await rows(), 20, "long lists are cut");
  await page.getByRole("button", { name: "Show all" }).click();
  assert.equal(await rows(), 84);
  await page.getByRole("button", { name: "Warnings 72" }).click();
  assert.equal(await rows(), 12);
  await page.getByRole("searchbox").fill("ohlc");
  assert.equal(await rows(), 7);
  await page.getByRole("searchbox").fill("no such thing");
  assert.match(await page.textContent("#data"), /No finding matches/);
}

async function checkControls(page) {
  await page.getByRole("button", { name: "Log", exact: true }).click();
  await page.getByRole("button", { name: "Cumulated" }).click();
  await page.waitForTimeout(200);
  const colours = await inked(page);
  assert.equal(colours.length, 5, "charts were not replaced one for one");
  colours.forEach((n, i) => assert.ok(n > 3, `chart ${i} is blank after a change of view`));
  await page.getByRole("button", { name: "ridge", exact: true }).click();
  assert.match(await page.textContent("#scores"), /l2=14\.2/);
  const tip = page.locator("#figures .tip").first();
  assert.ok(!(await tip.isVisible()));
  await page.locator("#figures .term button").first().focus();
  assert.ok(await tip.isVisible(), "the keyboard shows no explanation");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save report.json" }).click()]);
  assert.deepEqual(JSON.parse(readFileSync(await download.path(), "utf8")), JSON.parse(JSON.stringify(sample("rich"))));
}

async function checkDecides(page) {
  const text = await page.textContent("#decides"), e = sample("rich").explanations;
  assert.match(text, /last refit of gbm, on 2,000 of the 63,871 rows .* not what moves prices/s);
  const dots = page.locator("#decides circle");
  assert.equal(await dots.count(), 200 * e.features.length, "a dot for each row of each feature");
  assert.equal(await page.locator('#decides circle[style*="none"]').count(), 1, "a value that is missing is a ring");
  assert.equal(await page.locator("#decides polyline.single").count(), 6 * 30);
  assert.equal(await page.locator("#decides polyline.joined").count(), 6);
  const first = e.points.features[0], at = await dots.evaluateAll((all) => all.slice(0, 200).map((c) => Number(c.getAttribute("cx"))));
  const most = first.value.indexOf(Math.max(...first.value)), least = first.value.indexOf(Math.min(...first.value));
  assert.ok(at[most] === Math.max(...at) && at[least] === Math.min(...at), "dots do not stand at their values");
  await page.getByRole("button", { name: "Mean size" }).click();
  assert.equal(await dots.count(), 0);
  assert.equal(await page.locator("#decides .bars li").count(), e.features.length);
}

async function checkNarrow(browser) {
  for (const kind of ["rich", "edge", "bare"]) {
    const { page, done } = await open(browser, kind, { viewport: { width: 400, height: 800 }, colorScheme: "dark" });
    await fitsWidth(page, kind);
    await shoot(page, `${kind}-400-dark`);
    await done();
  }
}

async function checkThemes(browser) {
  const { page, done } = await open(browser, "rich", { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground(), before = await page.evaluate(() => document.querySelector("canvas").toDataURL());
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForTimeout(200);
  assert.notEqual(await ground(), light);
  assert.notEqual(await page.evaluate(() => document.querySelector("canvas").toDataURL()), before, "charts keep the old theme");
  await shoot(page, "rich-dark");
  await done();
}

async function checkEdge(browser) {
  const { page, done } = await open(browser, "edge", {});
  const text = await page.textContent("main");
  for (const words of ["No evidence", "No log scale", "too few scores", "No test bar", "Costs were not varied", "No stage was timed", "mean, is not taken apart: mean is no tree ensemble.", "not described by a spec", "No model was fitted"])
    assert.ok(text.includes(words), `edge: "${words}" is not said`);
  assert.ok(!/NaN|undefined|null|Infinity/.test(text), `edge: ${text.match(/.{30}(NaN|undefined|null|Infinity).{20}/)?.[0]}`);
  await shoot(page, "edge");
  await done();
  for (const [kind, words] of [["bare", "No portfolio was simulated"], ["bare", "This run explained no model"], ["template", "No report has been put into this page"]]) {
    const bare = await open(browser, kind, {});
    assert.ok((await bare.page.textContent("main")).includes(words), kind);
    await bare.done();
  }
}

const browser = await chromium.launch({ executablePath, headless: true, args });
try {
  const { page, done } = await open(browser, "rich", { colorScheme: "light", acceptDownloads: true });
  await shoot(page, "rich-light");
  await checkRich(page);
  await fitsWidth(page, "rich");
  await checkSorting(page);
  await page.reload();
  await page.waitForSelector("html[data-ready=yes]");
  await checkFilter(page);
  await checkControls(page);
  await checkDecides(page);
  await done();
  await checkNarrow(browser);
  await checkThemes(browser);
  await checkEdge(browser);
  console.log("report page: all checks passed");
} finally {
  await browser.close();
}
