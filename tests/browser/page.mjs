// Opens the page of a run as a person would, from its file, and uses it.
// node page.mjs FOLDER SCREENSHOTS passing|failing|hostile

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, shots, kind] = process.argv.slice(2);
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const url = pathToFileURL(path.join(folder, "index.html")).href;
fs.mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // As root, Chromium has no sandbox; the page is our own file.
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
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
  const began = performance.now();
  await page.goto(url);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  console.log(`${kind}: interactive after ${Math.round(performance.now() - began)} ms`);
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
const shot = (page, name) => page.screenshot({ path: path.join(shots, `${kind}-${name}.png`) });
const drawer = (page) => page.locator("#drawer");

const { page, complaints, requests } = await open({ colorScheme: "light" });
await shot(page, "light");

// Every scenario opens from the plan.
await page.getByRole("button", { name: "close all" }).click();
await page.locator(".plan td.clause a").last().click();
await page.waitForFunction(() => document.querySelector("article:target details")?.open);
await page.getByRole("button", { name: "open all" }).click();
await accessible(page, "light, all open");

// Arrows: pointer, then keys alone.
const arrow = page.locator("svg.ladder .m").first();
await arrow.click();
assert.ok(await drawer(page).isVisible());
assert.match(await page.locator("#drawer-text").textContent(), kind === "hostile" ? /./ : /SIP\/2\.0/);
assert.doesNotMatch(await page.locator("#drawer-text").textContent(), /response="[0-9a-f]{32}"/);
await accessible(page, "with a message shown");
await shot(page, "message");
await page.keyboard.press("Escape");
assert.ok(await drawer(page).isHidden());
if (kind !== "hostile") {
  const first = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.ok(await drawer(page).isVisible());
  await page.keyboard.press("Escape");
  assert.notEqual(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), first);
  // A hold shows what it changed in the session description.
  const hold = page.locator("svg.ladder .m", { hasText: "INVITE inactive" });
  if (await hold.count()) {
    await hold.first().click();
    assert.match(await page.locator("#drawer-change").textContent(), /\+ a=inactive/);
    await page.keyboard.press("Escape");
  }
}

// Filter by verdict.
const verdicts = () =>
  page.$$eval("article.scenario", (all) => all.filter((one) => !one.hidden).map((one) => one.dataset.verdict));
const total = (await verdicts()).length;
for (const button of await page.locator("[data-filter]").all()) {
  const wanted = await button.getAttribute("data-filter");
  await button.click();
  const shown = await verdicts();
  assert.ok(shown.length > 0 && shown.every((one) => wanted === "" || one === wanted), wanted);
  assert.equal(await button.getAttribute("aria-pressed"), "true");
}
await page.locator('[data-filter=""]').click();
assert.equal((await verdicts()).length, total);
const failures = page.locator('[data-filter="fail"]');
assert.equal(await failures.count() > 0, kind !== "passing");
if (kind === "failing") {
  // To the failures alone, and to what a vendor has to change, by keys only.
  await failures.focus();
  await page.keyboard.press("Space");
  const rows = await page.$$eval(".plan tr[data-verdict]", (all) =>
    all.filter((row) => row.checkVisibility()).map((row) => row.dataset.verdict));
  assert.ok(rows.length > 0 && rows.length < total && rows.every((one) => one === "fail"), rows.join());
  assert.match(await page.locator("#shown").textContent(), new RegExp(`^${rows.length} `));
  await shot(page, "failures");
  const summary = page.locator("article.scenario:not([hidden]) summary").first();
  const open = () => summary.evaluate((one) => one.parentElement.open);
  const before = await open();
  await summary.focus();
  await page.keyboard.press("Enter");
  assert.notEqual(await open(), before);
  await page.keyboard.press("Enter");
  const change = page.locator(".actions li").first();
  assert.match(await change.textContent(), /music on hold/i);
  await change.locator(".places a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("article:target .finding"));
  await page.locator('[data-filter=""]').click();
}
if (kind !== "hostile") {
  // Who is who stays in sight while a long ladder is scrolled.
  for (const ladder of await page.locator("article.scenario details[open] svg.ladder").all()) {
    await ladder.locator(".m").first().focus();
    await page.keyboard.press("End");
    await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    const seen = await ladder.evaluate((one) => {
      const heads = one.parentElement.querySelector(".heads").getBoundingClientRect();
      const arrow = document.activeElement.getBoundingClientRect();
      return { heads: heads.top, height: innerHeight, arrow: arrow.top };
    });
    assert.ok(seen.heads >= 0 && seen.heads < seen.arrow && seen.arrow < seen.height, JSON.stringify(seen));
  }
  // The first stop of the tabulator leads past the head.
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  const skip = page.locator(".skip");
  await skip.focus();
  assert.ok((await skip.boundingBox()).x >= 0);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "plan");
  // What each leg heard is named, and every figure has its column.
  const heads = (await page.locator("table.quality thead").first().textContent()).toLowerCase();
  for (const column of ["hears", "codec", "received", "lost", "jitter", "one-way delay", "onset", "longest gap", "mos", "ssrc", "harness late"]) {
    assert.ok(heads.includes(column), `${column} in ${heads}`);
  }
  assert.ok((await page.locator("svg.ladder .strip rect.p0, svg.ladder .strip rect.p1").count()) > 0);
  assert.equal(await page.locator("svg.ladder .strip rect.stranger").count(), 0);
  assert.ok((await page.locator("svg.ladder .strip polyline").count()) > 0);
  if (kind === "failing") {
    assert.ok((await page.locator("svg.ladder .phase.hold").count()) > 0);
    assert.ok((await page.locator("svg.ladder .phase.transfer").count()) > 0);
  }
}

// Nothing has been asked for but the page itself; now a recording.
assert.deepEqual(requests, [url]);
if (kind !== "hostile") {
  const played = await page.evaluate(async () => {
    const audio = document.querySelector("audio");
    audio.muted = true;
    await audio.play();
    await new Promise((done) => audio.addEventListener("timeupdate", done, { once: true }));
    audio.pause();
    return audio.duration;
  });
  assert.ok(played > 1, `${played} s`);
  assert.ok(requests.every((one) => one === url || /^file:.*\.wav$/.test(one)), requests.join());
}
assert.deepEqual(complaints, []);
const light = await background(page);

// Dark, narrow, on paper.
const dark = await open({ colorScheme: "dark" });
assert.notEqual(await background(dark.page), light);
await shot(dark.page, "dark");
await dark.page.getByRole("button", { name: "open all" }).click();
await accessible(dark.page, "dark");
const narrow = await open({ viewport: { width: 390, height: 800 } });
await narrow.page.getByRole("button", { name: "open all" }).click();
const wide = await narrow.page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
assert.ok(wide <= 0, `${wide} px too wide`);
await accessible(narrow.page, "narrow");
await shot(narrow.page, "narrow");
// The first page of paper is the certificate: what was tested, when, with what, and how it ended.
const print = await open({ viewport: { width: 794, height: 1123 } });
await print.page.emulateMedia({ media: "print" });
const certificate = await print.page.evaluate(() => {
  const head = document.querySelector("header.page");
  return { text: head.innerText, height: head.getBoundingClientRect().height, alone: getComputedStyle(head).breakAfter };
});
const record = JSON.parse(fs.readFileSync(path.join(folder, "run.json"), "utf8"));
if (kind !== "hostile") {
  const day = record.started.slice(0, 10);
  for (const part of [record.pbx_model, record.pbx.server, record.profile_digest, record.plan_digest, day, `pbxcert ${record.tool_version}`, "Signature"]) {
    assert.ok(certificate.text.includes(part), `${part} in ${certificate.text}`);
  }
  assert.match(certificate.text, kind === "failing" ? /FAILED: \d+ of/ : /PASSED, not a certification/);
  assert.equal(certificate.alone, "page");
  // 297 mm less the margins are 1002 px.
  assert.ok(certificate.height <= 1002, `${certificate.height} px`);
}
assert.ok(await print.page.locator(".bar").isHidden());
await shot(print.page, "certificate");
const paper = await narrow.page.pdf({ path: path.join(shots, `${kind}.pdf`), preferCSSPageSize: true });
assert.ok(paper.length > 10_000);
assert.deepEqual([...dark.complaints, ...narrow.complaints, ...print.complaints], []);
await browser.close();
