// How long a page takes until it can be used: node interactive.mjs PAGE

import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const times = [];
for (let round = 0; round < 5; round += 1) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const began = performance.now();
  await page.goto(pathToFileURL(process.argv[2]).href, { waitUntil: "domcontentloaded" });
  // Used: it filters, opens the last scenario and shows a message.
  await page.evaluate(async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const press = (selector) => document.querySelector(selector).click();
    await drawn();
    press('[data-filter="fail"]');
    await drawn();
    press('[data-filter=""]');
    [...document.querySelectorAll(".plan td.clause a")].at(-1).click();
    await drawn();
    document.querySelector("svg.ladder .m").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await drawn();
    if (!document.querySelector("#drawer").open) throw new Error("no message is shown");
  });
  times.push(Math.round(performance.now() - began));
  await page.close();
}
await browser.close();
console.log(`opened, filtered, a message shown after ${times.join(", ")} ms (goal: 1000)`);
