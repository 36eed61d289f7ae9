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
const page = new Function("window", "fetch", "shown", `let words = { errors: {}, ended: "ended" };
${["seal", "api", "dom", "search", "messages", "reading", "unlock"].map(read).join("\n")}
signature_holds = async () => true;
record_open = async (ck, of, id) => (${JSON.stringify(records)})[id];
const start_view = (note) => shown.push(note());
return { room, forget, dossier_load, record_load };`);

function is(name, got, want) {
	const ok = JSON.stringify(got) === JSON.stringify(want);
	if (!ok) failed++;
	console.log(`${ok ? "ok" : "not ok"} ${++n} - ${name}${ok ? "" : `: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`}`);
}

const shown = [];
function signed_in() {
	const p = page({}, fetched, shown);
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
console.log(`1..${n}`);
process.exitCode = failed ? 1 : 0;
