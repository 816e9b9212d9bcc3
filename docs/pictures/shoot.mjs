// The pictures of the README, from the folder of a run: node shoot.mjs FOLDER TARGET

import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, target] = process.argv.slice(2);
const url = pathToFileURL(path.join(folder, "index.html")).href;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = async (width, height, colorScheme = "light") => {
  const opened = await browser.newPage({ viewport: { width, height }, colorScheme });
  await opened.goto(url);
  return opened;
};
const shot = (from, name, clip) => from.screenshot({ path: path.join(target, `${name}.png`), clip });

// The head: verdict, what keeps it from being a certificate, what to change.
const head = await page(1280, 900);
await shot(head, "report");

// The call that failed: messages, hold, and what each leg heard.
const chart = await page(1180, 900);
const hold = chart.locator("svg.ladder .m", { hasText: "INVITE inactive" }).first();
await hold.evaluate((one) => scrollTo(0, scrollY + one.getBoundingClientRect().top - 190));
await chart.waitForTimeout(200);
await shot(chart, "ladder", { x: 40, y: 0, width: 1060, height: 640 });

// The message behind an arrow, and what its session description changed.
const message = await page(1100, 620, "dark");
const arrow = message.locator("svg.ladder .m", { hasText: "INVITE inactive" }).first();
await arrow.evaluate((one) => {
  one.scrollIntoView({ block: "center" });
  one.dispatchEvent(new MouseEvent("click", { bubbles: true }));
});
await shot(message, "message");

// The certificate page, as it is printed and signed.
const paper = await page(794, 1123);
await paper.emulateMedia({ media: "print" });
await paper.addStyleTag({ content: "body { padding: 24px }" });
const sheet = await paper.locator("header.page").boundingBox();
await shot(paper, "certificate", { x: 0, y: 0, width: 794, height: Math.ceil(sheet.height) + 48 });
await browser.close();
