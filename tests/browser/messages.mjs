// Checks messages.ndjson against the official schema and renders it with the official
// formatter: node messages.mjs FOLDER PAGE

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { CucumberHtmlStream } from "@cucumber/html-formatter";
import Ajv from "ajv/dist/2020.js";
import { chromium } from "playwright-core";

const [folder, target] = process.argv.slice(2);
const resolve = createRequire(import.meta.url).resolve;
const schema = JSON.parse(fs.readFileSync(resolve("@cucumber/messages/schema"), "utf8"));
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
const lines = fs.readFileSync(path.join(folder, "messages.ndjson"), "utf8").trimEnd().split("\n");
const envelopes = lines.map((line) => JSON.parse(line));
for (const envelope of envelopes) {
  assert.ok(validate(envelope), `${JSON.stringify(envelope).slice(0, 300)}\n${JSON.stringify(validate.errors)}`);
}
console.log(`${envelopes.length} envelopes are valid`);

await pipeline(Readable.from(envelopes), new CucumberHtmlStream(), fs.createWriteStream(target));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
const complaints = [];
page.on("pageerror", (error) => complaints.push(String(error)));
await page.goto(pathToFileURL(target).href);
const titles = envelopes.flatMap((envelope) => envelope.pickle?.name ?? []);
await page.getByText(/passed/i).first().waitFor();
// Each click changes which rows are closed.
const closed = page.locator("[aria-expanded=false]");
for (let left = await closed.count(); left > 0; left = await closed.count()) {
  await closed.first().click();
  assert.ok((await closed.count()) < left, "a row stays closed");
}
const text = await page.locator("body").innerText();
for (const title of titles) assert.ok(text.includes(title), title);
assert.deepEqual(complaints, []);
await browser.close();
