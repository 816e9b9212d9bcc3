// Reads junit.xml as a CI server does, with a reader that is not ours, and compares it with
// the record: node junit.mjs FOLDER

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parse } from "junit2json";

const [folder] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
const run = JSON.parse(read("run.json"));
const report = await parse(read("junit.xml"));
const suites = report.testsuite;
const cases = suites.flatMap((suite) => suite.testcase);
const count = (verdict) => run.scenarios.filter((one) => one.verdict === verdict).length;

assert.equal(report.tests, run.scenarios.length);
assert.equal(report.failures, count("fail"));
assert.equal(report.errors, count("inconclusive"));
assert.equal(cases.length, run.scenarios.length);
for (const suite of suites) {
  assert.equal(suite.tests, suite.testcase.length, suite.name);
  assert.ok(suite.properties.some((one) => one.name === "outcome" && one.value), suite.name);
}
// What people read there has nothing that acts on a terminal or a page.
const harmless = (text) => assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]/u);
for (const one of cases) {
  harmless(one.name);
  one["system-out"].forEach(harmless);
}
// Suites are by section and keep the order of the run within each.
const failed = run.scenarios.filter((one) => one.verdict === "fail");
const failures = cases.filter((one) => one.failure);
assert.equal(failures.length, failed.length);
for (const scenario of failed) {
  const finding = scenario.findings[0];
  const told = failures.flatMap((one) => one.failure).find((one) => one.type === finding.cause);
  assert.ok(told, finding.cause);
  harmless(told.message);
  for (const part of ["expected:", "observed:", "cause:", "advice:"]) {
    assert.ok(told.inner.includes(part), `${part} in ${told.inner}`);
  }
}
console.log(`${cases.length} test cases in ${suites.length} suites`);
