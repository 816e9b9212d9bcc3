// Opens the matrix of several runs as a person would, from its file, and uses it.
// node matrix.mjs FOLDER SCREENSHOTS plain|hostile

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, shots, kind] = process.argv.slice(2);
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const url = pathToFileURL(path.join(folder, "matrix.html")).href;
fs.mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // As root, Chromium has no sandbox; the page is our own file.
  args: ["--no-sandbox"],
});

async function open(options) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  const complaints = [];
  const requests = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

async function accessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const said = violations.map(
    (one) => `${one.id}: ${one.help}\n  ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`).join("\n  ")}`,
  );
  assert.deepEqual(said, [], `axe, ${where}`);
}

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const shot = (page, name) =>
  page.screenshot({ path: path.join(shots, `matrix-${kind}-${name}.png`), fullPage: true });

const { page, complaints, requests } = await open({ colorScheme: "light" });
await shot(page, "light");
await accessible(page, "light");

// A screen reader hears the verdict, not the sign alone.
const cells = page.locator("td.cell a");
const failed = page.locator("td.sign-fail a");
assert.ok((await failed.count()) > 0);
assert.match(await failed.first().ariaSnapshot(), /fail, \d/);

// Only rows with something to act on, by the keyboard alone.
const shown = () => page.locator("tbody tr:not(.section)").evaluateAll((all) => all.filter((row) => row.offsetParent).length);
const total = await shown();
await page.locator("#only").focus();
await page.keyboard.press("Space");
const some = await shown();
assert.ok(some > 0 && (kind === "hostile" || some < total), `${some} of ${total}`);
await accessible(page, "filtered");
await page.keyboard.press("Space");
assert.equal(await shown(), total);

// Nothing has been asked for but the page itself.
assert.deepEqual(requests, [url]);

// Every link leads to a file that is there, and into a scenario of it.
const links = await page.locator("a[href]").evaluateAll((all) => all.map((one) => one.href));
assert.ok(links.length > total);
for (const link of new Set(links)) {
  const file = fileURLToPath(link.split("#")[0]);
  assert.ok(fs.existsSync(file), link);
  const anchor = decodeURIComponent(link.split("#")[1] ?? "");
  if (anchor && !link.startsWith(url)) {
    assert.ok(fs.readFileSync(file, "utf8").includes(`id="${anchor}"`), link);
  }
}
await failed.first().click();
await page.waitForFunction(() => document.querySelector("article:target details")?.open);
assert.equal(await page.locator("article:target").getAttribute("data-verdict"), "fail");
await page.goBack();
assert.ok((await cells.count()) > 0);
if (kind !== "hostile") {
  const change = page.locator(".changes li", { hasText: "regressed" });
  assert.match(await change.first().textContent(), /pass → fail/);
  await change.first().locator("a").click();
  await page.waitForFunction(() => document.querySelector("article:target details")?.open);
}
assert.deepEqual(complaints, []);

// Dark, narrow.
const light = "rgb(255, 255, 255)";
const dark = await open({ colorScheme: "dark" });
assert.notEqual(await background(dark.page), light);
await shot(dark.page, "dark");
await accessible(dark.page, "dark");
const narrow = await open({ viewport: { width: 390, height: 800 } });
const wide = await narrow.page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
assert.ok(wide <= 0, `${wide} px too wide`);
await accessible(narrow.page, "narrow");
await shot(narrow.page, "narrow");
assert.deepEqual([...dark.complaints, ...narrow.complaints], []);
await browser.close();
