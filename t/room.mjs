// room.mjs TOCSIN CASE SEALED WEB DIR: a case in the reading room, from its claim to its last credential, and what must not be
// possible on the way. Numbers in brackets are rows of the checklist.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Authenticator, Browser, Names, Portal, access_codes, cbor_bytes, cbor_map, cbor_text, done, free_port, is, ok, operator_of, page, root, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv;
const names = await new Names().start();
cpSync(sealed, `${dir}/drop`, { recursive: true });
const operators = [process.getuid(), 61002];
const portal = new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, operators });
await portal.start();
const codes = access_codes(case_dir);
const of = (org, nth = 0) => codes.filter((c) => c.org.startsWith(org))[nth];
let host = 0;
const somebody = () => new Browser(portal, `198.18.${++host}.7`);
const status = (...list) => Promise.all(list).then((l) => l.map((a) => a.status));
const DAY = 24 * 3600;
let clock = 0;
async function later(seconds) {
	portal.clock(clock += seconds);
	await portal.looks_at_clock();
}

/* Limits count in whole minutes of the clock: what is to meet one begins with a minute. */
async function within_a_minute() {
	const into = Math.floor(Date.now() / 1000 + clock) % 60;
	if (into > 5) await later(60 - into);
}

await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
is("each bundle is taken once, and each case waits for its code", portal.events().filter((e) => e.event === "bundle").map((e) => e.result), readdirSync(sealed).filter((f) => f.endsWith(".bundle")).map(() => "taken"));

/* ---- who was affected ---- */

/* Of every organisation that was told something: its name, other names, domains, addresses, as the directory has them. */
const affected = [...new Set(codes.map((c) => c.org))];
const said_of = new Map(readFileSync(`${root}/samples/organisations.csv`, "utf8").trim().split("\n").slice(1).map((l) => l.split(",")).filter(([name]) => affected.includes(name))
	.map(([name, domains, aliases, , , contacts]) => [name, [name, ...`${domains};${aliases}`.split(";"), ...contacts.match(/[^\s;]+@[^\s;]+/g) || []].map((t) => t.trim()).filter((t) => t.length > 3)]));
/* Everything that lies on the portal's disk, and what it said. */
const on_disk = () => [...portal.contents(".", "latin1"), ...readdirSync(`${dir}/drop`).map((f) => readFileSync(`${dir}/drop/${f}`, "latin1")), portal.said].join("\n").toLowerCase();
const named_on = (disk) => [...said_of].filter(([, list]) => list.some((t) => disk.includes(t.toLowerCase()))).map(([name]) => name);
ok("some were told", said_of.size > 5, [...said_of.keys()]);
is("before anybody claims, no name, domain or address of any of them is on the portal's disk", named_on(on_disk()), []);

/* ---- access codes ---- */

const ridgeway = of("Ridgeway"), havre = of("Havre"), havre2 = of("Havre", 1), quay = of("Quaylight"), quay2 = of("Quaylight", 1), port = of("Port"), bramble = of("Bramble");
const wrong = { notice: ridgeway.notice, auth_a: "A".repeat(43) };
const refused = await somebody().post("/api/claim", wrong), unknown = await somebody().post("/api/claim", { ...wrong, notice: "TN-0000-0000" });
is("a wrong code and an unknown notice are refused alike [26]", [refused.status, refused.bytes.toString(), refused.cookie], [unknown.status, unknown.bytes.toString(), unknown.cookie]);
is("and say nothing", [refused.status, refused.code], [403, "refused"]);
const keen = somebody();
await within_a_minute();
await status(...[1, 2, 3, 4, 5].map(() => keen.post("/api/claim", { ...wrong, notice: "TN-0000-0000" })));
const sixth = await keen.claim(bramble.notice, bramble.code);
is("the sixth attempt of a minute from one network is refused, right or wrong [11]", [sixth.status, Number(sixth.headers["retry-after"]) > 0], [429, true]);
is("others are not", (await somebody().post("/api/claim", wrong)).status, 403);
for (let i = 0; i < 9; i++) await somebody().post("/api/claim", wrong);
is("ten wrong secrets lock the notice, also for the right one", (await somebody().claim(ridgeway.notice, ridgeway.code)).status, 403);
ok("and the log says so", portal.events().some((e) => e.event === "locked" && e.notice === ridgeway.notice));
await later(3601);
const parallel = Array.from({ length: 100 }, () => somebody());
const answers = await Promise.all(parallel.map((b) => b.claim(ridgeway.notice, ridgeway.code)));
is("after an hour a hundred claims at once: exactly one wins [9, 49]", [answers.filter((a) => a.status === 200).length, answers.filter((a) => a.status === 403).length], [1, 99]);
const claimant = parallel[answers.findIndex((a) => a.status === 200)], key = new Authenticator();
const claimed = answers.find((a) => a.status === 200);
is("it waits for its proof", claimed.json.state, "CLAIM_PENDING");
const cookie = claimed.headers["set-cookie"][0];
ok("the cookie is of this host only, for HTTPS and no script [12]", /^__Host-tocsin=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/.test(cookie), cookie);
ok("codes and cookies are in the state as digests only [28]", !readFileSync(`${dir}/state/db/portal.db`).includes(claimant.cookie) &&
	!readFileSync(`${dir}/state/db/portal.db-wal`).includes(Buffer.from(claimant.cookie, "base64url")));

/* ---- passkeys ---- */

const register = (tweak) => claimant.register(key, "Ann Lee", tweak);
const bad = [];
for (const [what, tweak] of [["another origin", { origin: "https://evil.example" }], ["another challenge [30]", { challenge: "A".repeat(43) }], ["another type", { type: "webauthn.get" }], ["another relying party", { rp: "evil.example" }],
	["nobody verified (UV) [22]", { flags: 0x41 }], ["nobody there (UP)", { flags: 0x44 }], ["no key within (AT)", { flags: 0x05 }], ["another's frame", { client: (c) => JSON.stringify({ ...c, crossOrigin: true }) }],
	["client data with a member twice [7]", { client: (c) => JSON.stringify(c).replace("{", "{\"type\":\"webauthn.create\",") }], ["client data that are no JSON", { client: () => "x" }], ["another id", { id: Buffer.alloc(32) }],
	["a key that is cut", { data: (d) => d.subarray(0, d.length - 9) }], ["data that are too short", { data: (d) => d.subarray(0, 40) }],
	["a member twice in the attestation", { object: (d) => cbor_map([[cbor_text("fmt"), cbor_text("none")], [cbor_text("authData"), cbor_bytes(d)], [cbor_text("authData"), cbor_bytes(d)]]) }],
	["a member more", { object: (d) => cbor_map([[cbor_text("fmt"), cbor_text("none")], [cbor_text("attStmt"), cbor_map([])], [cbor_text("authData"), cbor_bytes(d)], [cbor_text("x"), cbor_text("y")]]) }],
	["bytes behind the attestation", { object: (d) => Buffer.concat([cbor_map([[cbor_text("fmt"), cbor_text("none")], [cbor_text("attStmt"), cbor_map([])], [cbor_text("authData"), cbor_bytes(d)]]), Buffer.from([0])]) }]]) {
	const a = await register(tweak);
	if (a.status !== 403) bad.push(`${what}: ${a.status}`);
}
is("no passkey with another origin, challenge, type, site, frame; without UV, UP, key; with a member twice or too many; cut [22, 30]", bad, []);
await claimant.post("/api/passkey/options", { name: "Ann Lee" }).then(async (o) => {
	const body = key.create(o.json.publicKey, { origin: "https://evil.example" });
	await claimant.post("/api/passkey", body);
	is("a challenge is used up by a wrong answer, too", (await claimant.post("/api/passkey", key.create(o.json.publicKey))).status, 403);
});
const before = claimant.cookie, made = await register();
is("a right one makes the account", [made.status, made.json.session, made.json.roles, made.json.name], [200, "account", ["claimant"], "Ann Lee"]);
const old = somebody();
old.cookie = before;
is("with a new cookie; the old one is dead [32]", [before !== claimant.cookie, (await old.get("/api/session")).json.session], [true, "none"]);
is("the code is used up [28]", (await somebody().claim(ridgeway.notice, ridgeway.code)).status, 403);

/* ---- signing in ---- */

is("signed out, the cookie is worth nothing [34]", [(await claimant.post("/api/sign-out")).headers["clear-site-data"], (await claimant.get("/api/case")).code], ['"cache", "cookies", "storage"', "sign_in"]);
for (const [what, tweak] of [["another origin", { origin: "https://evil.example" }], ["another challenge", { challenge: "A".repeat(43) }], ["registration's type", { type: "webauthn.create" }], ["another relying party", { rp: "evil.example" }],
	["UV cleared [22]", { flags: 0x01 }], ["a signature with one bit changed", { flip: true }], ["another's user handle", { user: "A".repeat(22) }], ["an unknown credential", { id: Buffer.alloc(32) }]]) {
	const a = await somebody().sign_in(key, tweak);
	if (a.status !== 403 || a.bytes.toString() !== '{"error":"refused"}') bad.push(`${what}: ${a.status}`);
}
is("no sign-in with another origin, challenge, type, site, user, credential, without UV, or with a changed signature [22]", bad, []);
const replay = somebody();
const o = await replay.post("/api/sign-in/options"), assertion = key.get(o.json.publicKey);
is("a passkey signs in", (await replay.post("/api/sign-in", assertion)).status, 200);
is("the same bytes again do not [30]", [(await replay.post("/api/sign-in", assertion)).status, (await somebody().post("/api/sign-in", assertion)).status], [403, 403]);
await claimant.sign_in(key);

/* ---- the proof ---- */

let it = (await claimant.get("/api/case")).json;
const { domain, name: record } = it.proof.dns[0], of_claim = it.proof.value;
ok("the claimant sees what to put where, and nothing of the content", /^tocsin-claim=[\w-]{43}$/.test(of_claim) && record === `_tocsin-challenge.${domain}` && it.us.phone !== "", it);
is("before that nothing can be read [8]", await status(...["unlock", "wraps", "people", "manifest", "record/index", "marks"].map((p) => claimant.get(`/api/${p}`))), [409, 409, 409, 409, 409, 409]);
is("only a domain of the organisation is asked about [4]", (await claimant.post("/api/proof/dns", { domain: "localhost" })).status, 404);
names.txt.set(record, ["tocsin-claim=somebody-else"]);
await within_a_minute();
is("it is looked for", (await claimant.post("/api/proof/dns", { domain })).status, 202);
await until("the first look", async () => (await claimant.get("/api/case")).json.proof.dns[0].state === "failed");
ok("another value is no proof", (await claimant.get("/api/case")).json.state === "CLAIM_PENDING");
is("once a minute", (await claimant.post("/api/proof/dns", { domain })).status, 429);
await later(61);
names.txt.set(record, ["v=spf1 -all", of_claim]);
await claimant.post("/api/proof/dns", { domain });
await until("three looks", async () => (await claimant.get("/api/case")).json.state === "CLAIM_WAIT");
is("the right one is, seen three times", portal.events().filter((e) => e.event === "proof" && e.domain === domain).map((e) => [e.found, e.dnssec]), [[false, "insecure"], [true, "insecure"], [true, "insecure"], [true, "insecure"]]);
const mails = portal.outbox();
ok("whoever the case names is told who claimed, and how to object; no link in it [24]", mails.length > 0 && mails.every((m) => /Subject: Your case was claimed/.test(m) && !/https?:/.test(m) && /object/.test(m)), mails[0]);
is("and nothing can be read yet", (await claimant.get("/api/unlock")).status, 409);
await later(DAY + 1);
await claimant.sign_in(key);
it = (await claimant.get("/api/case")).json;
is("a day later without an objection it is open", it.state, "OPEN");

/* ---- nomination and review ---- */

const unlock = (await claimant.get("/api/unlock")).json;
const ck = await page.code_open(unlock.notice, page.access_code(ridgeway.notice, ridgeway.code), unlock);
is("the code of the notice and the portal's share open the case key, in the browser", [ck.length, unlock.notice], [32, ridgeway.notice]);
is("the claimant names nominators, not reviewers", (await claimant.invite("reviewer", "X", ck, unlock)).answer.status, 403);
const to_bea = await claimant.invite("nominator", "Bea", ck, unlock), to_cal = await claimant.invite("nominator", "Cal", ck, unlock);
is("it is valid for three days", Date.parse(to_bea.answer.json.expires) - Date.parse((await claimant.get("/api/session")).json.until) > 2 * DAY * 1000, true);
const bea = somebody(), bea_key = new Authenticator(), cal = somebody(), cal_key = new Authenticator(), rex = somebody(), rex_key = new Authenticator();
is("half a link is refused", (await somebody().accept({ ...to_bea, secret: Buffer.alloc(16) })).status, 403);
const welcome = await bea.accept(to_bea);
is("a link gives the role and the key, wrapped", [welcome.json.role, welcome.json.name, page.hex(bea.ck)], ["nominator", "Bea", page.hex(ck)]);
is("and in the log it stands who opened it, before there is an account", portal.events().filter((e) => e.invitation === to_bea.id).map((e) => [e.action, e.network]), [["made", undefined], ["opened", `${bea.client.replace(/\d+$/, "0")}/24`]]);
is("and a passkey makes the account", (await bea.register(bea_key, undefined)).json.roles, ["nominator"]);
is("a link is used once", (await somebody().accept(to_bea)).status, 403);
await cal.accept(to_cal);
await cal.register(cal_key);
is("a nominator reads nothing", (await bea.get("/api/record/index")).status, 409);
const to_rex = await bea.invite("reviewer", "Rex", bea.ck, unlock);
const of_link = Buffer.from((await rex.accept(to_rex)).json.wrapped_ck, "base64url"), lies_there = () => portal.contents("db").some((b) => b.includes(of_link)), lay_there = lies_there();
const waiting = await rex.register(rex_key);
is("what a link unwraps is in no file of the state once it was used, not in what SQLite has still to write either", [lay_there, lies_there()], [true, false]);
is("with credentials in the case, a reviewer waits for a second nominator [10]", [waiting.json.active, (await rex.get("/api/record/index")).status, (await rex.get("/api/case")).json.state], [false, 409, "OPEN"]);
is("and keeps the key that came with the invitation, for then", [(await rex.get("/api/unlock")).json.share_b, (await rex.post("/api/wraps", { kind: "reading_key", credential: null, generation: unlock.generation,
	version: unlock.version, blob: page.b64(randomBytes(60)) })).status], [undefined, 200]);
is("the first cannot be the second as well [10]", [(await bea.post("/api/approve", { account: waiting.json.account })).json.status, (await bea.get("/api/case")).json.state], ["waiting", "OPEN"]);
is("the second can", [(await cal.post("/api/approve", { account: waiting.json.account })).json.status, (await cal.get("/api/case")).json.state], ["active", "REVIEWING"]);
const observer = somebody(), to_ona = await bea.invite("observer", "Ona", null, unlock);
await observer.accept(to_ona);
await observer.register(new Authenticator(), "Mallory");
is("whoever the case names is told who came by whose invitation, and for whom that was: a link can be somebody else's", portal.outbox().filter((m) => /^Subject: Somebody came by an invitation$/m.test(m)).map((m) => /^.+ used the invitation that .+ made for .+\.$/m.exec(m)?.[0]).filter((x, i, all) => all.indexOf(x) === i).sort(),
	["Bea used the invitation that Ann Lee made for Bea.", "Cal used the invitation that Ann Lee made for Cal.", "Mallory used the invitation that Bea made for Ona.", "Rex used the invitation that Bea made for Rex."]);
is("an observer sees state and log, no record and no key", await status(observer.get("/api/case"), observer.get("/api/log"), observer.get("/api/marks"), observer.get("/api/record/index"), observer.get("/api/unlock"), observer.post("/api/marks", { marks: [] })), [200, 200, 200, 403, 403, 403]);
await later(301);
is("what matters wants an assertion of the last five minutes [35]", [(await bea.invite("observer", "Y", null, unlock)).answer.code, (await rex.post("/api/export")).code, (await bea.post("/api/remove", { account: waiting.json.account })).code], ["fresh", "fresh", "fresh"]);

/* ---- reading ---- */

const manifest = await rex.get("/api/manifest"), minisig = await rex.get("/api/manifest.minisig"), about = (await rex.get("/api/about")).json;
ok("the manifest is signed", await page.signature_holds(minisig.bytes.toString(), manifest.bytes, page.b64_bytes(about.signer.key)));
const index = await page.record_open(rex.ck, unlock.case, "index", (await rex.get("/api/record/index")).bytes);
ok("the index opens in the browser", index.organisation.name.startsWith("Ridgeway") && index.credentials.length > 0, index);
const records = manifest.json.records.map((r) => r.record).filter((r) => /^[0-9a-f]{16}$/.test(r));
const mail = await page.record_open(rex.ck, unlock.case, records[0], (await rex.get(`/api/record/${records[0]}`)).bytes);
ok("so does a mail", typeof mail.text === "string" || Array.isArray(mail.parts), Object.keys(mail));
ok("each read is in the log, with who and what [50]", portal.events().filter((e) => e.event === "read").length === 2);
is("the log has no code, no cookie, no subject", portal.events().filter((e) => JSON.stringify(e).includes(mail.subject || "\0") || JSON.stringify(e).includes(ridgeway.code)), []);
is("ids that are none are not found [21]", await status(...["../portal.db", "%2e%2e%2fportal.db", "index%00", "x".repeat(200), "INDEX", "'"].map((r) => rex.get(`/api/record/${r}`))), [404, 404, 404, 404, 404, 404]);
const mine = (await rex.get("/api/log?after=0")).json, head = mine.checkpoint.split("\n"), checkpoint_root = new Uint8Array(Buffer.from(head[2], "base64"));
const held = await Promise.all(mine.entries.map(async (e) => page.inclusion_holds(await page.log_leaf(page.b64_bytes(e.salt), page.utf8(e.line)), e.index, Number(head[1]), e.proof.map(page.b64_bytes), checkpoint_root)));
{
	/* From its end, page by page, as the page of the reading room has it. */
	const back = [];
	for (let before = Number.MAX_SAFE_INTEGER, more = true; more && back.length < 1000; ) {
		const p = (await rex.get(`/api/log/${before}`)).json;
		back.push(...p.entries.map((e) => e.index));
		before = back.at(-1);
		more = p.more;
	}
	const on = [];
	for (let after = 0, more = true; more && on.length < 1000; ) {
		const p = (await rex.get(`/api/log?after=${after}`)).json;
		on.push(...p.entries.map((e) => e.index));
		after = on.at(-1) + 1;
		more = p.more;
	}
	is("from its end it is the same, the other way", back, on.reverse());
	is("before its first there is none, and before what is no number nothing", [(await rex.get(`/api/log/${on.at(-1)}`)).json.entries, (await rex.get("/api/log/-1")).code, (await rex.get("/api/log/index")).code], [[], "bad_request", "bad_request"]);
}
ok("the organisation sees its own part of the log, each entry proven", mine.entries.length > 10 && held.every(Boolean) && mine.entries.every((e) => JSON.parse(e.line).case === unlock.case));

/* ---- another organisation ---- */

const other = somebody(), other_key = new Authenticator();
await other.claim(port.notice, port.code);
await other.register(other_key, "Oz");
const theirs = (await other.get("/api/case")).json;
names.txt.set(theirs.proof.dns[0].name, [theirs.proof.value]);
await other.post("/api/proof/dns", { domain: theirs.proof.dns[0].domain });
await until("their proof", async () => (await other.get("/api/case")).json.state === "CLAIM_WAIT");
await later(DAY + 1);
await other.sign_in(other_key);
const their_unlock = (await other.get("/api/unlock")).json, their_ck = await page.code_open(port.notice, page.access_code(port.notice, port.code), their_unlock);
const nom = somebody(), nom_key = new Authenticator();
await nom.accept(await other.invite("nominator", "Nia", their_ck, their_unlock));
await nom.register(nom_key);
const their_reader = somebody(), their_reader_key = new Authenticator();
await their_reader.accept(await nom.invite("reviewer", "Ray", nom.ck, their_unlock));
const ray = (await their_reader.register(their_reader_key)).json;
if (!ray.active) {
	const nom2 = somebody(), nom2_key = new Authenticator();
	await nom2.accept(await other.invite("nominator", "Ned", their_ck, their_unlock));
	await nom2.register(nom2_key);
	await nom2.post("/api/approve", { account: ray.account });
}
is("another organisation reads its own", (await their_reader.get("/api/record/index")).status, 200);
for (const [who, k] of [[bea, bea_key], [rex, rex_key], [cal, cal_key]]) await who.sign_in(k);
const theirs_records = (await their_reader.get("/api/manifest")).json.records.map((r) => r.record).filter((r) => /^[0-9a-f]{16}$/.test(r) && !records.includes(r));
const my_export = (await rex.post("/api/export")).json, open_invitation = await bea.invite("observer", "Z", null, unlock);
const my_wrap = (await rex.post("/api/wraps", { kind: "reading_key", credential: null, generation: 1, version: 1, blob: page.b64(new Uint8Array(60)) })).json.wrap;
const foreign = await status(...records.filter((r) => !manifest.json.records.every((x) => x.record !== r)).map((r) => their_reader.get(`/api/record/${r}`)), ...theirs_records.map((r) => rex.get(`/api/record/${r}`)),
	their_reader.get(`/api/export/${my_export.export}`), nom.post("/api/remove", { account: waiting.json.account }), nom.post("/api/approve", { account: waiting.json.account }), nom.post("/api/role", { account: made.json.account, role: "reviewer" }),
	nom.post("/api/invitation/cancel", { invitation: open_invitation.id }), their_reader.post("/api/wraps/remove", { wrap: my_wrap }), nom.post("/api/passkey/remove", { credential: rex_key.id.toString("base64url") }),
	their_reader.post("/api/marks", { marks: [{ exposure: index.credentials[0].exposure, mark: "rotated", note: "", application: "" }] }), their_reader.post("/api/report", { kind: "missed", record: records[0], exposure: null, text: "x" }));
is("of every id of one organisation, tried by the other, none is found [36]", foreign.filter((s) => s !== 404), []);
const kinds = new Set(portal.events().filter((e) => e.event === "foreign").map((e) => e.kind));
ok("and each try is logged [36]", ["record", "export", "account", "invitation", "wrap", "credential", "exposure"].every((k) => kinds.has(k)), [...kinds]);

/* ---- export ---- */

const file = await rex.get(`/api/export/${my_export.export}`);
is("the export comes as a download, whole", [file.headers["content-disposition"], file.bytes.length, page.hex(await page.sha256(file.bytes))], ["attachment; filename=\"export.age\"", my_export.length, my_export.sha256]);
is("once", (await rex.get(`/api/export/${my_export.export}`)).status, 404);
writeFileSync(`${dir}/export.age`, file.bytes);
writeFileSync(`${dir}/export.key`, `${await new Function(`${readFileSync(`${root}/web/seal.js`, "utf8")}\nreturn export_key;`)()(rex.ck, unlock.case)}\n`, { mode: 0o600 });
is("tocsin open reads it", spawnSync(tocsin, ["open", `${dir}/export.age`, "--key-file", `${dir}/export.key`, "--signer", `${sealed}/tocsin.pub`, "--list"]).status, 0);

const listed = (await Promise.all(records.map(async (r) => page.record_open(rex.ck, unlock.case, r, (await rex.get(`/api/record/${r}`)).bytes)))).flatMap((r) => r.attachments);
const opened = spawnSync(tocsin, ["open", `${dir}/export.age`, "--key-file", `${dir}/export.key`, "--signer", `${sealed}/tocsin.pub`, "--out", `${dir}/opened`], { encoding: "utf8" });
const given = listed.filter((a) => a.export);
is("of attachments a record has name, type, length and digest, and no content", [...new Set(listed.flatMap(Object.keys))].sort(), ["bytes", "export", "name", "path", "sha256", "type", "withheld"]);
ok("their content is in the export, and nowhere else", given.length > 0 && await (async () => {
	for (const a of given) {
		const bytes = readFileSync(`${dir}/opened/${a.export}`);
		if (page.hex(await page.sha256(bytes)) !== a.sha256 || (await rex.get(`/api/record/${a.export}`)).status !== 404) return false;
	}
	return true;
})(), { given, said: opened.stderr });

const cut = (name, bytes) => {
	writeFileSync(`${dir}/${name}.age`, bytes);
	const p = spawnSync(tocsin, ["open", `${dir}/${name}.age`, "--key-file", `${dir}/export.key`, "--signer", `${sealed}/tocsin.pub`, "--out", `${dir}/${name}`], { encoding: "utf8" });
	return [p.status, p.stderr.trim().split("\n").length, /cut or was changed|header|archive/.test(p.stderr), existsSync(`${dir}/${name}`)];
};
const flipped = Buffer.from(file.bytes);
flipped[flipped.length - 20] ^= 1;
is("an export that was cut or changed is refused in one line, and nothing of it is written", [cut("short", file.bytes.subarray(0, file.bytes.length - 5000)), cut("shorter", file.bytes.subarray(0, 100)), cut("flipped", flipped)],
	[[4, 1, true, false], [4, 1, true, false], [4, 1, true, false]]);

/* ---- marks ---- */

const marks = index.credentials.map((c, i) => ({ exposure: c.exposure, mark: ["rotated", "revoked", "deactivated", "false_alarm", "risk_accepted"][i % 5], note: "=cmd", application: "AS2" }));
is("a mark of something else marks nothing", [(await rex.post("/api/marks", { marks: [...marks, { exposure: "ffffffffffffffff", mark: "rotated", note: "", application: "" }] })).status, (await rex.get("/api/marks")).json.marked], [404, 0]);
is("nor a word that is none", (await rex.post("/api/marks", { marks: [{ ...marks[0], mark: "done" }] })).status, 400);
is("a nominator marks nothing", (await bea.post("/api/marks", { marks })).status, 403);
is("one is marked", (await rex.post("/api/marks", { marks: marks.slice(0, 1) })).json, { credentials: marks.length, marked: 1, state: marks.length === 1 ? "RESOLVED" : "REVIEWING" });
is("all at once: resolved", (await rex.post("/api/marks", { marks })).json, { credentials: marks.length, marked: marks.length, state: "RESOLVED" });
is("one taken back: under review again", (await rex.post("/api/marks", { marks: [{ ...marks[0], mark: "open" }] })).json.state, "REVIEWING");
await rex.post("/api/marks", { marks: [marks[0]] });
is("logs were looked at; one was missed; one is not theirs", await status(rex.post("/api/tasks", { task: "logs", done: true, note: "nothing" }), rex.post("/api/report", { kind: "missed", record: records[0], exposure: null, text: "line 3" }),
	rex.post("/api/report", { kind: "not_ours", record: null, exposure: marks[0].exposure, text: "theirs" })), [200, 200, 200]);

const disown = (record, more = {}) => ({ record, mark: "not_ours", note: "a namesake", ...more });
is("a message is said to be somebody else's, by one who reads, if it is in the case, and by that word only [36]", await status(rex.post("/api/marks", { marks: [disown(records[0])] }), bea.post("/api/marks", { marks: [disown(records[0])] }),
	their_reader.post("/api/marks", { marks: [disown(records[0])] }), rex.post("/api/marks", { marks: [disown("index")] }), rex.post("/api/marks", { marks: [disown(records[0], { mark: "rotated" })] }),
	rex.post("/api/marks", { marks: [disown(records[0], { exposure: marks[0].exposure })] })), [200, 403, 404, 400, 400, 400]);
const longest = [..."\u{1f6a2}".repeat(300)].join("");
is("three hundred characters of any script are a note, and not one byte more than they may have", [(await rex.post("/api/marks", { marks: [{ record: records[0], mark: "not_ours", note: longest }] })).status, (await rex.post("/api/marks", { marks: [{ record: records[0], mark: "not_ours", note: `${longest}x` }] })).code], [200, "bad_request"]);
await rex.post("/api/marks", { marks: [{ record: records[0], mark: "not_ours", note: "a namesake" }] });
is("which everybody of the case sees", (await bea.get("/api/marks")).json.records.map((r) => [r.record, r.mark, r.by, r.note]), [[records[0], "not_ours", "Rex", "a namesake"]]);
is("and it changes nothing of the credentials", (await rex.get("/api/case")).json.state, "RESOLVED");
is("it can be taken back", [(await rex.post("/api/marks", { marks: [disown(records[0], { mark: "open", note: "" })] })).status, (await rex.get("/api/marks")).json.records], [200, []]);
await rex.post("/api/marks", { marks: [disown(records[0])] });

/* ---- time and removal ---- */

await later(14 * 60);
is("a session lives while it is used [33]", (await rex.get("/api/case")).status, 200);
await later(15 * 60 + 1);
is("fifteen idle minutes end it [33]", (await rex.get("/api/case")).code, "sign_in");
await rex.sign_in(rex_key);
for (let i = 0; i < 40; i++) {
	portal.clock(clock += 13 * 60);
	if ((await rex.get("/api/session")).json.session === "none") break;
}
ok("eight hours end it, used or not [33]", portal.events().filter((e) => e.event === "sign_in" && e.result === "ok").length > 0 && (await rex.get("/api/case")).code === "sign_in");
await rex.sign_in(rex_key);
await bea.sign_in(bea_key);
is("a removed reviewer is out at once, and does not come back [29, 37]", [(await bea.post("/api/remove", { account: waiting.json.account })).status, (await rex.get("/api/record/index")).status, (await rex.sign_in(rex_key)).status], [200, 401, 403]);

/* ---- objection and dispute ---- */

/* What the newest mail about a claim tells its readers to type. */
const word_of = () => portal.outbox().filter((m) => /^ {4}[0-9A-Z-]{31}$/m.test(m)).map((m) => [/^Date: (.*)$/m.exec(m)[1], /^ {4}([0-9A-Z-]{31})$/m.exec(m)[1].replaceAll("-", "")]).sort((a, b) => Date.parse(b[0]) - Date.parse(a[0]))[0][1];

const first = somebody(), first_key = new Authenticator();
await first.claim(havre.notice, havre.code);
await first.register(first_key, "Fay");
const contested = (await first.get("/api/case")).json;
names.txt.set(contested.proof.dns[0].name, [contested.proof.value]);
await first.post("/api/proof/dns", { domain: contested.proof.dns[0].domain });
await until("proof", async () => (await first.get("/api/case")).json.state === "CLAIM_WAIT");
is("who has another notice of the case objects with its code", (await somebody().post("/api/objection", { notice: havre2.notice, auth_a: page.b64(await page.code_auth(havre2.notice, page.access_code(havre2.notice, havre2.code))), text: "Not us." })).json, { state: "DISPUTED" });
await later(DAY + 1);
await first.sign_in(first_key);
is("the word of the mail is worth nothing now", (await somebody().post("/api/objection", { token: word_of(), text: "" })).status, 403);
is("and the claim stops for good", [(await first.get("/api/case")).json.state, (await first.get("/api/unlock")).status], ["DISPUTED", 409]);
const q1 = somebody(), q1_key = new Authenticator();
await q1.claim(quay.notice, quay.code);
await q1.register(q1_key, "Quin");
const q = (await q1.get("/api/case")).json;
names.txt.set(q.proof.dns[0].name, [q.proof.value]);
await q1.post("/api/proof/dns", { domain: q.proof.dns[0].domain });
await until("proof", async () => (await q1.get("/api/case")).json.state === "CLAIM_WAIT");
is("a word that is none stops nothing", (await somebody().post("/api/objection", { token: "A".repeat(26), text: "" })).status, 403);
is("a second claim while the first waits is a dispute", (await somebody().claim(quay2.notice, quay2.code)).json.state, "DISPUTED");

/* ---- operators ---- */

const root_here = process.getuid() === 0, operator = operator_of(tocsin, dir, web, operators);
const disputed = operator(0, "list").rows.filter((r) => r.state === "DISPUTED");
is("operators see what is disputed, and why", disputed.map((r) => [r.organisation.slice(0, 5), r.dispute]).sort(), [["Havre", "objection"], ["Quayl", "second_claim"]]);
const havre_case = disputed.find((r) => r.dispute === "objection").case, quay_case = disputed.find((r) => r.dispute === "second_claim").case;
is("and who claims", operator(0, "show", havre_case).rows[0].claims.map((c) => [c.notice, c.person, c.proofs]), [[havre.notice, "Fay", 1]]);
is("a decision wants a reason, a claim that is there, and a dispute", [operator(0, "open", havre_case, havre.notice).status, operator(0, "open", havre_case, havre2.notice, "--note", "x").status, operator(0, "open", unlock.case, ridgeway.notice, "--note", "x").status], [2, 3, 3]);
is("one operator alone decides nothing, also twice [10]", [operator(0, "open", havre_case, havre.notice, "--note", "called 1").rows[0].result, operator(0, "open", havre_case, havre.notice, "--note", "called 1").rows[0].result,
	(await first.get("/api/case")).json.state], ["waits for a second operator", "waits for a second operator", "DISPUTED"]);
if (root_here) {
	is("the second one's word is the deed", [operator(1, "open", havre_case, havre.notice, "--note", "called 2").rows[0].result, (await first.get("/api/case")).json.state], ["done", "OPEN"]);
	operator(0, "revoke", quay_case, "--note", "nobody knows him");
	operator(1, "revoke", quay_case, "--note", "nor do we");
	is("a revoked case is gone, with whoever claimed it", [(await q1.get("/api/case")).code, existsSync(`${dir}/state/sealed/${quay_case}-1-1`)], ["sign_in", false]);
	is("both names are in the log", portal.events().filter((e) => e.event === "operator" && e.and !== "").map((e) => [e.decision, e.by, e.and]), [["open", "0", "61002"], ["revoke", "0", "61002"]]);
	const stranger = spawnSync("setpriv", ["--reuid=61003", "--regid=61003", "--clear-groups", `${dir}/tocsin`, "serve", "operator", "list", "--config", `${dir}/serve.yaml`], { encoding: "utf8", env: { ...process.env, TOCSIN_WEB: web } });
	ok("nobody else is answered", stranger.status === 3 && /no operator/.test(stranger.stderr), stranger.stderr);
	const wrong_case = portal.events().find((e) => e.event === "bundle" && !operator(0, "list").rows.some((r) => r.case === e.case)).case;
	operator(0, "withdraw", wrong_case, "--note", "sealed by mistake");
	operator(1, "withdraw", wrong_case, "--note", "sealed by mistake");
	is("a case that nobody claimed can be taken back", [existsSync(`${dir}/state/sealed/${wrong_case}-1-1`), portal.events().filter((e) => e.event === "operator").at(-1).and], [false, "61002"]);
	const back = somebody(), back_key = new Authenticator();
	await back.claim(bramble.notice, bramble.code);
	await back.register(back_key, "Bo");
	const b = (await back.get("/api/case")).json;
	operator(0, "callback", b.case, bramble.notice, "--note", "on the contract's number");
	operator(1, "callback", b.case, bramble.notice, "--note", "on the contract's number");
	is("a call-back alone opens nothing", [(await back.get("/api/case")).json.state, (await back.get("/api/case")).json.proof.callback.state], ["CLAIM_PENDING", "proven"]);
	names.txt.set(b.proof.dns[0].name, [b.proof.value]);
	await back.post("/api/proof/dns", { domain: b.proof.dns[0].domain });
	await until("both proofs", async () => (await back.get("/api/case")).json.state === "OPEN");
	const told_of = portal.outbox().filter((m) => /^Subject: Your case was claimed and is open$/m.test(m)), contacts = told_of.map((m) => /^To: (.*)$/m.exec(m)[1]);
	is("with the DNS it opens at once, and all who could have objected are told", [contacts.length > 0, new Set(contacts).size === contacts.length, told_of.every((m) => m.includes("call us at once"))], [true, true, true]);
}

const cleo = somebody(), cleo_key = new Authenticator(), steel = of("Steelyard");
await cleo.claim(steel.notice, steel.code);
await cleo.register(cleo_key, "Cleo");
const steel_case = (await cleo.get("/api/case")).json;
names.txt.set(steel_case.proof.dns[0].name, [steel_case.proof.value]);
await cleo.post("/api/proof/dns", { domain: steel_case.proof.dns[0].domain });
await until("proof", async () => (await cleo.get("/api/case")).json.state === "CLAIM_WAIT");
is("who has the mail only objects with its word", [(await somebody().post("/api/objection", { token: word_of(), text: "" })).json, (await cleo.get("/api/case")).json.dispute], [{ state: "DISPUTED" }, "objection"]);

/* ---- who comes late ---- */

await bea.sign_in(bea_key);
const in_time = await bea.invite("observer", "Ian", null, unlock), too_late = await bea.invite("observer", "Lea", null, unlock);
await later(3 * DAY - 120);
const ian = somebody();
is("an invitation is good for nearly three days", [(await ian.accept(in_time)).status, (await ian.register(new Authenticator())).json.roles], [200, ["observer"]]);
await later(180);
const lea = somebody();
is("and refused when they are over, like one that is none", [await lea.accept(too_late), await lea.accept({ id: "A".repeat(22), secret: too_late.secret })].map((a) => [a.status, a.code]), [[403, "refused"], [403, "refused"]]);
is("with nothing that came of it", [(await lea.register(new Authenticator(), "Lea")).status, lea.ck], [401, undefined]);
await until("that it expired is in the log", () => portal.events().some((e) => e.event === "invitation" && e.invitation === too_late.id && e.action === "expired"));
await bea.sign_in(bea_key);
is("it is in no list any more", (await bea.get("/api/people")).json.invitations.filter((i) => i.invitation === too_late.id), []);

const claimed_by = new Set(["Ridgeway Freight Inc.", "Port of Saltholm Authority", "Havre-Transit SA", "Quaylight Terminals plc", "Bramble & Oates", "Steelyard Hosting"]);
is("at the end, too, who never claimed is nowhere on the portal's disk; who did is", [named_on(on_disk()).includes("Ridgeway Freight Inc."), named_on(on_disk()).filter((n) => !claimed_by.has(n)), affected.filter((n) => !claimed_by.has(n)).length > 2], [true, [], true]);

/* ---- back to the evidence side ---- */

is("it ends when it is asked to", await portal.stop(), 0);
const log = `${dir}/state/log`;
const collect = (...more) => spawnSync(tocsin, ["notify", "collect", "--case", case_dir, "--json", "--quiet", `${log}/events`, ...more], { encoding: "utf8" });
const collected = collect("--checkpoint", `${log}/checkpoint`, "--log-key", `${log}/key`);
const told = JSON.parse(collected.stdout || "{}");
is("notify collect takes all of it, and the log's signature holds", [collected.status, told.new, told.unreadable, told.unknown_case, told.questions, told.checkpoint_checked], [0, portal.events().length, 0, 0, 3, true], collected.stderr);
const resets = JSON.parse(spawnSync(tocsin, ["report", "resets", "--case", case_dir, "--json"], { encoding: "utf8" }).stdout);
const row = resets.organisations.find((r) => r.org.startsWith("Ridgeway"));
is("the report knows who read and what was reset", [row.state, row.exposed, row.reset, row.logs_reviewed, row.questions, row.claimed !== null, row.read !== null], ["RESOLVED", marks.length, marks.length, true, 3, true, true]);
is("what was marked cannot be marked by a log that was changed", (() => {
	writeFileSync(`${dir}/forged`, readFileSync(`${log}/events`, "utf8").replace("\"mark\":\"rotated\"", "\"mark\":\"revoked\""));
	return spawnSync(tocsin, ["notify", "collect", "--case", case_dir, `${dir}/forged`]).status;
})(), 3);

/* ---- closed ---- */

ok("at the next start all is as it was", await (async () => {
	portal.more.kept_clock = true;
	await portal.start();
	await bea.sign_in(bea_key);
	return (await bea.get("/api/case")).json.state === "RESOLVED";
})());
const had_share = portal.contents("db").some((b) => b.includes(Buffer.from(unlock.share_b, "base64url")));
is("a nominator closes the case", (await bea.post("/api/close")).json, { state: "CLOSED" });
is("its records are erased, its log is there [47]", [existsSync(`${dir}/state/sealed/${unlock.case}-1-1`), ...await status(bea.get("/api/log"), bea.get("/api/people"), bea.get("/api/unlock"))], [false, 200, 409, 409]);
const has_share = () => portal.contents("db").some((b) => b.includes(Buffer.from(unlock.share_b, "base64url")));
is("and its half of the key is in no file of the state, not in what SQLite has still to write either [47]", [had_share, has_share()], [true, false]);
await portal.stop();
names.stop();
done();
