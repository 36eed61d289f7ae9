// page-search.mjs ROOT: how the page searches the text of a message: what counts as the same, where it is found, and what is not shown of it.
import { readFileSync } from "node:fs";

const root = process.argv[2], read = (name) => readFileSync(`${root}/web/${name}.js`, "utf8");
const page = new Function("window", `const words = { message: { part: "Part {path}", text: "Text", attachments: "Attachments", found: "Found" } };
${["seal", "search", "messages"].map(read).join("\n")}
const fill = (text, values) => text.replace(/\\{(\\w+)\\}/g, (all, key) => values[key]);
class Refused extends Error {}
const room = { records: new Map(), rows: [] }, record_load = async (id) => { room.records.set(id, { headers: [{ name: "Subject", value: "number " + id }], parts: [], attachments: [], exposures: [] }); return room.records.get(id); };
return { fold, search_words, places_of, find_in, pieces_of, search_limits, search_text, search_on: typeof search_on === "undefined" ? search_text : search_on, view, room };`)({});
let n = 0, failed = 0;

function is(name, got, want) {
	const ok = JSON.stringify(got) === JSON.stringify(want);
	if (!ok) failed++;
	console.log(`${ok ? "ok" : "not ok"} ${++n} - ${name}${ok ? "" : `: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`}`);
}

is("words in quotes belong together, in any quotes; one that is not closed goes to the end", page.search_words(' "Gate  4" SHUT «à bord» “last one'), ["gate 4", "shut", "a bord", "last one"]);
is("nothing typed is no word", [page.search_words("  "), page.search_words('""')], [[], []]);
is("accents and capitals do not matter, written in one character or two", [page.search_words("RÉSUMÉ"), page.search_words("re\u0301sume\u0301"), page.search_words("résumé")], [["resume"], ["resume"], ["resume"]]);
is("a Greek word is found within a longer one", page.fold("ΟΔΟΣΗΜΑΝΣΗ").includes(page.search_words("ΟΔΟΣ")[0]), true);
const odd = [];
for (let c = 1; c < 0x10000; c++) {
	const s = String.fromCharCode(c);
	if (page.fold(`a${s}b`).length !== 3) odd.push(c.toString(16));
}
is("no character changes its length: a place in the folded text is one in the text", odd, []);

const utf8 = (s) => Buffer.byteLength(s);
const text = "Dear Priya,\nthe key for the Fyrtårn\nweb server is hunter2 and the mail\nof [person 7QX4M] says so too.\n", value = "hunter2";
const record = (ours) => ({ headers: [{ name: "From", value: "Zoë <zoe@acme.example>" }, { name: "Subject", value: "Server\r\n room" }], attachments: [{ name: "invoice 2025-114.pdf" }],
	parts: [{ path: "1", type: "text/plain", text, marks: [{ at: utf8(text.slice(0, text.indexOf("[person"))), n: 14, reason: "other_person" }] }],
	exposures: [{ path: "1", at: utf8(text.slice(0, text.indexOf(value))), n: value.length, ours, class: "password", where: "line 2 of hosts.csv" }] });
const around = (typed, ours = true) => (page.find_in(record(ours), page.search_words(typed)) || []).map((c) => [c.label, c.text]);
is("a phrase is found across a line's end, with what stands around it", around('"fyrtarn web server"'), [["Text", "Dear Priya, the key for the Fyrtårn web server is ••••••• and the mail of [person 7QX4M] says so too. "]]);
is("a value is found, and not shown", around("hunter2")[0][1].includes("•••••••") && !around("hunter2")[0][1].includes("hunter2"), true);
is("one that is somebody else's is a token in the text already, and stays as it stands", around("hunter2", false)[0][1].includes("hunter2"), true);
is("in header fields, names of attachments and places of what was found, too", [around('"server room"'), around("2025-114"), around("hosts.csv")], [[["Subject", "Server room"]], [["Attachments", "invoice 2025-114.pdf"]], [["Found", "line 2 of hosts.csv"]]]);
is("all words must be there, in any place", [around("zoe hosts.csv").map((x) => x[0]), around("zoe nowhere")], [["From", "Found"], []]);
for (const p of page.places_of(record(true))) if (p.seen.length !== p.folded.length) failed++;
is("what is shown and what is searched have the same length", page.places_of(record(true)).every((p) => p.seen.length === p.folded.length), true);
const long = { ...record(true), parts: [{ path: "1", type: "text/plain", text: `${"much and more of it ".repeat(5000)}hunter3 ${"and more ".repeat(5000)}`, marks: [] }], exposures: [] };
is("of a long text only what stands around is kept, with its places", [page.find_in(long, ["hunter3"]).map((c) => [c.text.slice(...c.places[0]), c.before, c.after]), JSON.stringify(page.find_in(long, ["hunter3"])).length < 300], [[["hunter3", true, true]], true]);
is("the pieces of a text are the text", page.pieces_of(record(true).parts[0], record(true).exposures).map((p) => p.text).join(""), text);

/* In the texts of eight messages, where five may be got without asking. */
Object.assign(page.search_limits, { fetches: 5, pause_ms: 0 });
page.room.rows = [..."12345678"].map((record) => ({ record, from: "", when: `2025-01-0${record}` }));
const searched = async (typed, search) => {
	page.view.search = typed;
	await search(() => {});
	return [page.view.text.state, page.view.text.searched, page.room.records.size];
};
is("a search stops where reads would be many", await searched("number", page.search_text), ["paused", 5, 5]);
is("another word gets no more of them", await searched("else", page.search_text), ["paused", 5, 5]);
is("whoever goes on does", await searched("else", page.search_on), ["done", 8, 8]);
is("what was got is searched without asking", await searched("number", page.search_text), ["done", 8, 8]);
console.log(`1..${n}`);
process.exitCode = failed ? 1 : 0;
