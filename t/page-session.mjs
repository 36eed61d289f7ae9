// page-session.mjs ROOT: what the page keeps when somebody signs out while things are on their way: nothing, and nothing of it is shown to the next.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const root = process.argv[2], read = (name) => readFileSync(`${root}/web/${name}.js`, "utf8");
const sealed = (id) => `sealed ${id}`, sha = (text) => createHash("sha256").update(text).digest("hex");
const ids = ["index", "list-0", "0123456789abcdef"], records = { index: { lists: ["list-0"] }, "list-0": { rows: [{ record: ids[2] }] }, [ids[2]]: { secret: true } };
const paths = { "/api/manifest": JSON.stringify({ case: "c1", records: ids.map((record) => ({ record, sha256: sha(sealed(record)) })) }), "/api/manifest.minisig": "signed",
	"/api/marks": JSON.stringify({ marks: [], records: [] }), ...Object.fromEntries(ids.map((id) => [`/api/record/${id}`, sealed(id)])) };
let on_asked = () => {}, n = 0, failed = 0;
const answer = (status, text) => ({ ok: status === 200, status, headers: { get: () => null }, json: async () => JSON.parse(text), text: async () => text, arrayBuffer: async () => new TextEncoder().encode(text) });
const fetched = async (path) => on_asked(path) || answer(200, paths[path]);
let now = Date.now();
class Clock extends Date { static now() { return now; } }
const page = new Function("window", "fetch", "shown", "Date", "records_now", "BroadcastChannel", "history", `let words = { errors: {}, ended: "ended", signed_out: "signed out", signing_out: "signing out", signed_out_here: "only here", opening: "" };
${["seal", "api", "dom", "search", "messages", "reading", "unlock", "account"].map(read).join("\n")}
signature_holds = async () => true;
say = () => {};
ck_next = async () => Uint8Array.of(2);
record_open = async (ck, of, id) => structuredClone(records_now()[id]);
const start_view = (note) => shown.push(note());
return { room, forget, dossier_load, record_load, version_follow: typeof version_follow === "undefined" ? async () => {} : version_follow, idle_look: typeof idle_look === "undefined" ? () => {} : idle_look, sign_out };`);
/* All pages of this test are tabs of one browser. */
class Tabs {
	static all = new Set();
	constructor() { Tabs.all.add(this); }
	postMessage(data) { for (const o of Tabs.all) if (o !== this && o.onmessage) o.onmessage({ data }); }
}

function is(name, got, want) {
	const ok = JSON.stringify(got) === JSON.stringify(want);
	if (!ok) failed++;
	console.log(`${ok ? "ok" : "not ok"} ${++n} - ${name}${ok ? "" : `: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`}`);
}

const shown = [];
function signed_in() {
	const p = page({}, fetched, shown, Clock, () => records, Tabs, { replaceState() {} });
	Object.assign(p.room, { about: { signer: { key: "" } }, session: { session: "account", case: "c1" }, ck: new Uint8Array(32) });
	return p;
}
const held = ({ room }) => [room.index, room.rows, room.by_record, room.marks, room.manifest, room.digests].map((x) => x !== null).concat(room.records.size);
const how = (promise) => promise.then(() => "loaded", (e) => e.code || e.name);

const all = signed_in();
is("who stays signed in has it all", [await how(all.dossier_load()), held(all)], ["loaded", [true, true, true, true, true, true, 2]]);
for (const path of Object.keys(paths).filter((x) => !x.includes(ids[2]))) {
	const p = signed_in();
	on_asked = (asked) => { if (asked === path) p.forget(); };
	is(`signed out at ${path}, nothing is kept of the dossier`, [await how(p.dossier_load()), held(p)], ["sign_in", [false, false, false, false, false, false, 0]]);
}
on_asked = () => {};
const one = signed_in();
await one.dossier_load();
on_asked = () => one.forget();
is("nor of a message that was on its way", [await how(one.record_load(ids[2])), held(one)], ["sign_in", [false, false, false, false, false, false, 0]]);

/* The session is over at the portal: said to whoever has one, and to nobody who has signed out by himself. */
on_asked = () => answer(401, '{"error":"sign_in"}');
const over = signed_in();
is("a session that is over is told of", [await how(over.record_load(ids[2])), shown, over.room.ck], ["sign_in", ["ended"], null]);
is("once", [await how(over.record_load(ids[2])), shown], ["sign_in", ["ended"]]);
const out = signed_in();
on_asked = () => { out.forget(); return answer(401, '{"error":"sign_in"}'); };
is("who has signed out meanwhile is not told that it has ended", [await how(out.record_load(ids[2])), shown], ["sign_in", ["ended"]]);

/* Nobody has asked for anything as long as the portal keeps a session: what was unsealed goes from sight here as well. */
on_asked = () => {};
const idle = signed_in();
await idle.dossier_load();
now += 14 * 60 * 1000;
idle.idle_look();
is("who reads for fourteen minutes still has it", held(idle), [true, true, true, true, true, true, 2]);
now += 60 * 1000;
idle.idle_look();
is("after fifteen without a question nothing of it is left, and the page says why", [held(idle), idle.room.ck, shown], [[false, false, false, false, false, false, 0], null, ["ended", "ended"]]);
idle.idle_look();
is("once, too", shown, ["ended", "ended"]);

/* Of a large dossier the lists come a few at a time: a proxy counts what one network has on its way. */
let on_way = 0, most = 0;
const lists = Array.from({ length: 40 }, (_, i) => `list-${i}`), many = signed_in();
Object.assign(records, { index: { lists } }, Object.fromEntries(lists.map((id, i) => [id, { rows: [{ record: i.toString(16).padStart(16, "0") }] }])));
paths["/api/manifest"] = JSON.stringify({ case: "c1", records: ["index", ...lists].map((record) => ({ record, sha256: sha(sealed(record)) })) });
on_asked = (asked) => {
	if (!asked.startsWith("/api/record/")) return null;
	most = Math.max(most, ++on_way);
	return new Promise((r) => setTimeout(r, 1)).then(() => { on_way--; return answer(200, sealed(asked.slice(12))); });
};
await many.dossier_load();
is("lists of a dossier of 80,000 messages come few at a time, and in their order", [most > 0 && most <= 6, many.room.rows.length, many.room.rows.every((r, i) => parseInt(r.record, 16) === i)], [true, 40, true]);

/* What turns the direction of text is shown, not obeyed. */
on_asked = (asked) => (asked === "/api/record/turned" ? answer(200, sealed("turned")) : null);
records.turned = { headers: [{ name: "Subject", value: "a\u202eb" }], attachments: [{ name: "invoice\u202efdp.exe", type: "text/plain" }, { name: "\u061c12-34", type: "text/plain" }], exposures: [{ where: "line 1 of \u2067x", value: "p\u200fw" }],
	parts: [{ path: "1", text: "\u05d0\u200f", html: "<p>\u202dx</p>", marks: [] }] };
many.room.digests.set("turned", sha(sealed("turned")));
const turned = await many.record_load("turned");
is("in names and heads all of it, in HTML what overrides; values stay", [turned.headers[0].value, turned.attachments.map((x) => x.name), turned.exposures[0].where, turned.exposures[0].value, turned.parts[0].text, turned.parts[0].html],
	["a\ufffdb", ["invoice\ufffdfdp.exe", "\ufffd12-34"], "line 1 of \ufffdx", "p\u200fw", "\u05d0\u200f", "<p>\ufffdx</p>"]);

/* A new version of the dossier comes while the page is open: its key is made from the one that is here, and nothing of the old is left. */
const open = signed_in();
on_asked = (asked) => (asked.startsWith("/api/record/") ? answer(200, sealed(asked.slice(12))) : null);
paths["/api/unlock"] = JSON.stringify({ case: "c1", generation: 1, version: 2, earlier: [{ version: 1, wrapped_ck: "" }] });
await open.dossier_load();
Object.assign(open.room, { case: { state: "REVIEWING", version: 1 }, ck_version: 1 });
is("of the same version all stays", [await open.version_follow(), held(open).slice(0, 6)], [false, [true, true, true, true, true, true]]);
open.room.case.version = 2;
is("a newer one is followed, and its reader told", [await open.version_follow(), [...open.room.ck], open.room.ck_version, held(open)], [true, [2], 2, [false, false, false, false, false, false, 0]]);
Object.assign(open.room, { case: { state: "REVIEWING", version: 3 } });
paths["/api/unlock"] = JSON.stringify({ case: "c1", generation: 1, version: 3, earlier: [] });
is("where no key leads to it, it is to be unlocked again", [await open.version_follow(), open.room.ck], [false, null]);

/* Who signs out in one tab has nothing unsealed in another, nor in this one when the portal cannot be told. */
on_asked = (asked) => (asked.startsWith("/api/record/") ? answer(200, sealed(asked.slice(12))) : asked === "/api/sign-out" ? answer(200, "{}") : null);
const here = signed_in(), there = signed_in();
await here.dossier_load();
await there.dossier_load();
shown.length = 0;
await here.sign_out();
is("signed out in one tab, nothing is left in another", [held(here), held(there), there.room.ck, shown.includes("signed out")], [[false, false, false, false, false, false, 0], [false, false, false, false, false, false, 0], null, true]);
const cut_off = signed_in();
await cut_off.dossier_load();
on_asked = () => Promise.reject(new TypeError("no network"));
shown.length = 0;
await cut_off.sign_out().catch(() => {});
is("nor when the portal cannot be told, which is said", [held(cut_off), cut_off.room.ck, shown.at(-1)], [[false, false, false, false, false, false, 0], null, "only here"]);
console.log(`1..${n}`);
process.exitCode = failed ? 1 : 0;
