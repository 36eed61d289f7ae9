// page-words.mjs ROOT: what the page says, in each of its languages: the same things, and each code that the portal writes.
import { readFileSync } from "node:fs";

const read = (name) => readFileSync(`${process.argv[2]}/${name}`, "utf8");
const codes = ["en", "fr", "de", "es"];
const all_words = codes.map((l) => read(`web/words.${l}.js`)).join("");
const said = new Function(`${all_words}return { ${codes.map((l) => `${l}: words_${l}`)} };`)(), en = said.en;
const others = codes.filter((l) => l !== "en");
const names = (x, at = "") => Object.entries(x).flatMap(([k, v]) => (typeof v === "object" && !Array.isArray(v) ? names(v, `${at}${k}.`) : [`${at}${k}`])).sort();
let n = 0, failed = 0;

function is(name, got, want) {
	const ok = JSON.stringify(got) === JSON.stringify(want);
	if (!ok) failed++;
	console.log(`${ok ? "ok" : "not ok"} ${++n} - ${name}${ok ? "" : `: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`}`);
}

for (const l of others) is(`${l}: all of it is said`, names(said[l]), names(en));
is("the page offers each", read("web/main.js").match(/const languages = (\{.*\});/)[1], `{ ${codes.map((l) => `${l}: words_${l}`).join(", ")} }`);
/* The mail about a claim names what is to be chosen on the page. */
for (const l of codes) is(`${l}: the mail about a claim calls the choice as the page does`, read(`src/serve/alerts.${l}.yaml`).replace(/\s+/g, " ").includes(said[l].start.object), true);
const reasons = [...read("src/serve/drop.c").matchAll(/x->why = (.*);/g)].flatMap((m) => [...m[1].matchAll(/"([^"]+)"/g)].map((r) => r[1]));
is("why a dossier was refused is said in words", [reasons.length > 7, reasons.filter((r) => !en.log.values[r])], [true, []]);
const { say } = new Function(`${all_words}let words = words_fr;${read("web/reading.js")}return { say: place_said };`)();
const places = ["line 2 of users.csv", "sheet Hosts, cell D14 of inventory.xlsx", "hidden sheet Old, cell B8 in a hidden row and column of an attachment", "sheet a, line 3, cell A1 of x, cell B2 of y.ods", "line 4 of page 3 of 7.txt",
	"page footer 2, paragraph 1 of a.docx", "lines", "tracks of a tape, row 3 of x.db", "beside sheet Hosts, cell D14 of a.xlsx", "page 3", ""];
is("where something stands is said in French, and names stay as they are", places.map(say), ["ligne 2 de users.csv", "feuille Hosts, cellule D14 de inventory.xlsx", "feuille masquée Old, cellule B8 dans une ligne et une colonne masquées d’une pièce jointe",
	"feuille a, line 3, cellule A1 de x, cell B2 of y.ods", "ligne 4 de page 3 of 7.txt", "pied de page 2, paragraphe 1 de a.docx", "lines", "tracks of a tape, row 3 of x.db", "à côté : feuille Hosts, cellule D14 de a.xlsx", "page 3", ""]);
/* Two people of one name, as far as anybody can see: who did what must not be a guess. */
const { apart } = new Function(`${read("web/people.js")}return { apart: typeof names_apart === "undefined" ? (people) => new Map(people) : names_apart };`)();
is("who is called as somebody else is, or looks so, is told from him by the account", [...apart([["x1ab34cd", "Bea Lund"], ["y2cd56ef", "bea\u200b  Lund"], ["z3ef78ab", "Cal"], ["w4ab", "Be\u0301a Lund"], ["q5", ""]]).values()],
	["Bea Lund (x1ab34)", "bea\u200b  Lund (y2cd56)", "Cal", "Be\u0301a Lund (w4ab)", ""]);
/* How long to wait: whole hours rather than a thousand minutes, and one minute is one. */
const { waits } = new Function(`${all_words}let words;${read("web/api.js")}${read("web/dom.js")}return { waits: (w, s) => { words = w; return explain(new Refused("limit", s)); } };`)();
is("how long to wait is said in minutes, and in hours when they are many", codes.flatMap((l) => [60, 1800, 63300].map((s) => waits(said[l], s).match(/\d+\s[a-zA-Z]+/)[0].replace(/\s/g, " "))),
	["1 minute", "30 minutes", "18 hours", "1 minute", "30 minutes", "18 heures", "1 Minute", "30 Minuten", "18 Stunden", "1 minuto", "30 minutos", "18 horas"]);
/* What the dossier has in English has the same words here and in the export. */
const of_export = (what, l) => [...read(`templates/words.${l}.yaml`).split(`\n${what}:\n`)[1].split(/\n\w/)[0].matchAll(/^  "?([^"]*?)"?: "?([^"]*?)"?$/gm)].map((m) => [m[1], m[2]]);
for (const l of others) for (const what of ["places", "masked"]) is(`${l}: ${what} are said as in an export`, said[l][what], of_export(what, l));
/* And what a notice calls each kind, so does the page: who has read the one finds it in the other. */
for (const l of codes) {
	const told = [...read(`templates/words.${l}.yaml`).matchAll(/^  ([a-z_]+):\n    name: "([^"]*)"$/gm)].map((m) => [m[1], m[2]]);
	is(`${l}: kinds are called as in a notice`, Object.fromEntries(told.filter(([k]) => k !== "other").sort()), Object.fromEntries(Object.entries(said[l].classes).sort()));
}
console.log(`1..${n}`);
process.exitCode = failed ? 1 : 0;
