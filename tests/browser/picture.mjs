// Opens every ladder.svg of a run by itself and looks at what is drawn: node picture.mjs FOLDER

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder] = process.argv.slice(2);
const run = JSON.parse(fs.readFileSync(path.join(folder, "run.json"), "utf8"));
const pictures = fs
  .readdirSync(folder)
  .map((name) => path.join(folder, name, "ladder.svg"))
  .filter((file) => fs.existsSync(file));
assert.equal(pictures.length, run.scenarios.length);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const file of pictures) {
  const page = await browser.newPage({ colorScheme: "dark" });
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  const seen = await page.evaluate(() => {
    const root = document.documentElement;
    const { width, height } = root.getBoundingClientRect();
    const outside = [...root.querySelectorAll("text")]
      .filter((text) => {
        const box = text.getBoundingClientRect();
        return box.left < 0 || box.right > width + 1 || box.bottom > height + 1;
      })
      .map((text) => text.textContent);
    return {
      root: root.tagName,
      scripts: root.querySelectorAll("script, foreignObject, image, a, use").length,
      arrows: root.querySelectorAll(".m path").length,
      paper: getComputedStyle(root.querySelector(".paper")).fill,
      text: getComputedStyle(root.querySelector(".name")).fill,
      outside,
    };
  });
  assert.equal(seen.root, "svg", file);
  assert.equal(seen.scripts, 0, file);
  assert.ok(seen.arrows > 0, file);
  // Dark text on white, whatever the reader's browser prefers.
  assert.equal(seen.paper, "rgb(255, 255, 255)", file);
  assert.notEqual(seen.text, seen.paper, file);
  assert.deepEqual(seen.outside, [], file);
  assert.deepEqual(complaints, [], file);
  assert.deepEqual(requests, [pathToFileURL(file).href]);
  await page.close();
}
await browser.close();
console.log(`${pictures.length} pictures`);
