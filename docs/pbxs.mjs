// The certification matrix of real PBXs as Markdown: node pbxs.mjs MATRIX.json RUNS
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [matrixFile, runs] = process.argv.slice(2);
const matrix = JSON.parse(readFileSync(matrixFile, "utf8"));
const cell = (text) => String(text ?? "").replaceAll("|", "\\|").replaceAll("\n", " ");
const line = (cells) => `| ${cells.map(cell).join(" | ")} |\n`;

let page = "# Real PBXs\n\nMade by `docs/make-pbxs` from a run against each lab of `tests/lab`; not written by hand.\n\n";
page += line(["", "PBX", "profile", "says of itself", "run", "verdict"]);
page += "|---|---|---|---|---|---|\n";
matrix.columns.forEach((column, index) => {
    const abridged = column.abridged ? ", abridged" : "";
    page += line([
        index + 1,
        column.pbx_model,
        `[${column.profile}](../scenarios/${column.profile}.yaml)`,
        column.server,
        column.started.slice(0, 10) + abridged,
        column.certified ? "certified" : column.verdict,
    ]);
});
page += "\n✓ pass or note, ! warn, ✗ fail, ? could not be judged, – not in that profile's run\n\n";
page += line(["clause", "scenario", ...matrix.columns.map((_, index) => index + 1)]);
page += `|---|---|${matrix.columns.map(() => ":-:|").join("")}\n`;
for (const row of matrix.rows) {
    page += line([row.clause, row.title, ...row.cells.map((found) => found?.sign ?? "–")]);
}

page += "\n## What was found\n";
for (const [index, column] of matrix.columns.entries()) {
    const folder = join(runs, column.profile);
    const latest = readdirSync(folder).sort().at(-1);
    const run = JSON.parse(readFileSync(join(folder, latest, "run.json"), "utf8"));
    page += `\n### ${index + 1} ${column.pbx_model}\n\n`;
    const told = new Set();
    for (const scenario of run.scenarios) {
        for (const finding of scenario.findings.filter((one) => one.verdict !== "pass")) {
            told.add(`- ${scenario.clause} ${finding.verdict} \`${finding.cause}\`: ${cell(finding.observed)}\n`);
        }
    }
    page += told.size > 0 ? [...told].join("") : "Nothing.\n";
}
process.stdout.write(page);
