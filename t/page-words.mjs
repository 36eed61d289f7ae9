// page-words.mjs ROOT: what the page says, in each of its languages: the same things, and each code that the portal writes.
import { readFileSync } from "node:fs";

const read = (name) => readFileSync(`${process.argv[2]}/${name}`, "utf8");
const { en, fr } = new Function(`${read("web/words.en.js")}${read("web/words.fr.js")}return { en: words_en, fr: words_fr };`)();
const names = (x, at = "") => Object.entries(x).flatMap(([k, v]) => (typeof v === "object" && !Array.isArray(v) ? names(v, `${at}${k}.`) : [`${at}${k}`])).sort();
let n = 0, failed = 0;

function is(name, got, want) {
	const ok = JSON.stringify(got) === JSON.stringify(want);
	if (!ok) failed++;
	console.log(`${ok ? "ok" : "not ok"} ${++n} - ${name}${ok ? "" : `: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`}`);
}

is("each language says all of it", names(fr), names(en));
const reasons = [...read("src/serve/drop.c").matchAll(/x->why = (.*);/g)].flatMap((m) => [...m[1].matchAll(/"([^"]+)"/g)].map((r) => r[1]));
is("why a dossier was refused is said in words", [reasons.length > 7, reasons.filter((r) => !en.log.values[r])], [true, []]);
console.log(`1..${n}`);
process.exitCode = failed ? 1 : 0;
