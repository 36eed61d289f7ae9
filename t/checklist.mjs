// checklist.mjs TOCSIN CASE SEALED WEB DIR: rows of the checklist (OWASP ASVS 5.0.0; numbers in brackets) that go over the whole of the portal:
// each route in each state, quotes in each field, line ends in each name, secrets in each process, and what the source may not do.
import { cpSync, openSync, readFileSync, readSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { Authenticator, Browser, Names, Portal, access_codes, done, first_reviewer, free_port, is, ok, page, root, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv;
const names = await new Names().start(), SECRET = `client-secret-${randomBytes(12).toString("hex")}`;
cpSync(sealed, `${dir}/drop`, { recursive: true });
writeFileSync(`${dir}/client.secret`, SECRET);
const portal = await new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, objection: 1, kept_clock: true,
	proofs: ["  oidc:", "    - issuer: https://idp.example", "      name: X", "      client_id: us", `      client_secret_file: ${dir}/client.secret`, "      domain_claim: hd"] });
portal.clock(0);
await portal.start();
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
/* The portal has its state to itself: it is looked at while it does not run. */
async function sql(text) {
	await portal.stop();
	const out = execFileSync("sqlite3", [`${dir}/state/db/portal.db`], { input: text, encoding: "utf8" }).trim();
	await portal.start();
	return out;
}
let host = 0;
const person = () => new Browser(portal, `198.18.${++host}.1`);
const { rex, unlock } = await first_reviewer(names, access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway")), person);
const index = await page.record_open(rex.ck, unlock.case, "index", (await rex.get("/api/record/index")).bytes);

/* ---- what the source may not do ---- */

const sources = readdirSync(`${root}/src/serve`).filter((f) => f.endsWith(".c") && !f.startsWith("test-")).map((f) => [f, readFileSync(`${root}/src/serve/${f}`, "utf8")]);
/* The SQL of a call: a literal, a constant, or what a function is handed that is called so; the schema is made of portal.sql. */
const literal = (file, text) => {
	const name = /^\s*(\w+)/.exec(text);
	return /^\s*"/.test(text) || (name !== null && (name[1] === "portal_schema_sql" || new RegExp(`\\b${name[1]}\\[\\] =|const char \\*${name[1]},`).test(sources.find(([f]) => f === file)[1])));
}, calls = sources.filter(([f]) => f !== "sql.c").flatMap(([f, s]) => [...s.matchAll(/\bsql_(?:query|run|int|script)\(([^;]*?);/gs)].map((m) => [f, m[0], m[1]]));
const bad = calls.filter(([file, whole, args]) => {
	const at = whole.startsWith("sql_script") ? 1 : whole.startsWith("sql_int") ? 4 : 2;
	let depth = 0, n = 0, i = 0;
	for (; i < args.length && n < at; i++) {
		if (args[i] === "(" || args[i] === "[") depth++;
		if (args[i] === ")" || args[i] === "]") depth--;
		if (args[i] === "," && depth === 0) n++;
	}
	return !literal(file, args.slice(i));
});
ok("SQL is written in the source, values are bound [1]", calls.length > 100 && bad.length === 0, bad.map(([f, w]) => `${f}: ${w.slice(0, 80)}`));
is("what is secret is compared in constant time [40]", sources.filter(([f, s]) => f !== "webauthn.c" && /(?<!CRYPTO_|sodium_)\bmemcmp\(/.test(s)).map(([f]) => f), []);

/* ---- quotes and line ends in each field ---- */

const QUOTES = "x'); DROP TABLE room; --\"\\ %s ${1}", counts = () => sql("SELECT (SELECT count(*) FROM room), (SELECT count(*) FROM account), (SELECT count(*) FROM mark), (SELECT count(*) FROM passkey)");
const exposure = index.credentials[0].exposure, before = await counts();
is("quotes in a field are text [1]", [(await rex.post("/api/marks", { marks: [{ exposure, mark: "rotated", note: QUOTES, application: QUOTES }] })).status, (await rex.get("/api/marks")).json.marks[0].note,
	(await rex.post("/api/tasks", { task: "logs", done: true, note: QUOTES })).status, (await rex.post("/api/report", { kind: "missed", record: null, exposure: null, text: QUOTES })).status], [200, QUOTES, 200, 200]);
for (const [path, body] of [["claim", { notice: QUOTES, auth_a: "A".repeat(43) }], ["objection", { token: QUOTES, text: QUOTES }], ["invitation", { invitation: QUOTES, auth: "A".repeat(43) }], ["remove", { account: QUOTES }], ["role", { account: QUOTES, role: QUOTES }], ["wraps/remove", { wrap: QUOTES }],
	["passkey/remove", { credential: QUOTES }], ["proof/dns", { domain: QUOTES }], ["marks", { marks: [{ exposure: QUOTES, mark: QUOTES, note: "", application: "" }] }]]) await rex.post(`/api/${path}`, body);
await rex.get(`/api/record/${encodeURIComponent(QUOTES)}`);
await rex.get(`/api/log?after=${encodeURIComponent(QUOTES)}`);
is("and change no table", (await counts()).replace(/\|\d+\|(\d+)$/, "|$1"), before.replace(/\|\d+\|(\d+)$/, "|$1"));
is("a line end in a name, a note or an application is refused [5]", [
	await (async () => {
		const b = person(), { notice, code } = access_codes(case_dir).find((c) => !c.org.startsWith("Ridgeway"));
		await b.claim(notice, code);
		return Promise.all(["Ann\r\nBcc: all@evil.example", "Ann\nX", "Ann\u0000", "Ann\u0085X"].map(async (name) => (await b.post("/api/passkey/options", { name })).code));
	})(), (await rex.post("/api/marks", { marks: [{ exposure, mark: "rotated", note: "a\nb", application: "" }] })).code, (await rex.post("/api/marks", { marks: [{ exposure, mark: "rotated", note: "", application: "a\rb" }] })).code],
[["bad_request", "bad_request", "bad_request", "bad_request"], "bad_request", "bad_request"]);
const heads = portal.outbox().map((m) => m.slice(0, m.indexOf("\n\n")).split("\n").map((l) => l.split(":")[0]));
ok("each mail has the lines of a head that we write, and no other [5]", heads.length > 0 && heads.every((h) => h.join() === "From,To,Subject,Date,Message-ID,Auto-Submitted,MIME-Version,Content-Type,Content-Transfer-Encoding"), heads[0]);

/* ---- what people are told of their keys ---- */

const subjects = () => portal.outbox().map((m) => /^Subject: (.*)$/m.exec(m)[1]), spare = new Authenticator(), elsewhere = person();
const told = async (subject) => until(`it is told: ${subject}`, () => subjects().includes(subject)).then(() => true);
is("a passkey more is told to whoever the case names [24]", [subjects().some((s) => /passkey/.test(s)), (await rex.register(spare)).status, await told("A passkey was added")], [false, 200, true]);
const signed = await elsewhere.sign_in(spare);
spare.counter = 1;
is("so is one whose counter goes backwards, which may be a copy [24]", [signed.status, (await person().sign_in(spare)).status, await told("A passkey may have been copied"), portal.events().filter((e) => e.event === "sign_in" && e.result === "counter").length],
	[200, 200, true, 1]);
is("and one that is removed, which opens nothing any more, and whose session ends [24, 29]", [(await rex.post("/api/passkey/remove", { credential: spare.id.toString("base64url") })).status, await told("A passkey was removed"), (await elsewhere.get("/api/case")).code,
	(await person().sign_in(spare)).code], [200, true, "sign_in", "refused"]);

/* ---- each route in each state ---- */

const STATES = ["NONE", "SEALED", "NOTIFIED", "CLAIM_PENDING", "CLAIM_WAIT", "DISPUTED", "OPEN", "REVIEWING", "RESOLVED", "CLOSED", "WITHDRAWN", "REVOKED"];
const table = [...readFileSync(`${root}/doc/portal-api.md`, "utf8").matchAll(/^\| (GET|POST) (\/api\/\S+) \| ([^|]*) \| [^|]* \| ([^|]*) \| ([^|]*)\|$/gm)].map((m) => ({ method: m[1], path: m[2].replace(/\/ID$/, "/index"), session: m[3].trim(), states: m[4].trim().split(" ") }));
const account = await sql(`SELECT id FROM account WHERE room = '${unlock.case}' AND name = 'Rex'`), wrong = [];
let tried = 0;
for (const [i, state] of STATES.entries()) {
	if (i < 3) continue;
	/* An account with every role, just confirmed, in a case of that state; a session for each route. */
	const rows = table.filter((x) => x.session.includes("account")), tokens = rows.map(() => randomBytes(32));
	await sql([`UPDATE room SET state = ${i}, until = NULL, dispute = 'x' WHERE id = '${unlock.case}'; UPDATE account SET roles = 15, status = 'active' WHERE id = '${account}'; DELETE FROM tally;`,
		...tokens.map((t) => `INSERT INTO session (hash, kind, room, subject, account, passkey, name, made, used, fresh) SELECT x'${createHash("sha256").update(t).digest("hex")}', 'account', room, '', account, id, '', strftime('%s'), strftime('%s'), strftime('%s') FROM passkey WHERE account = '${account}';`)].join("\n"));
	for (const [k, r] of rows.entries()) {
		const b = person(), token = tokens[k];
		b.cookie = token.toString("base64url");
		/* Without a body that means something: it is only asked whether the door opens. */
		const a = r.method === "GET" ? await b.get(r.path) : await b.post(r.path, { nonsense: 1 });
		const open = a.status !== 409 && a.status !== 401, may = r.states.includes(state) || r.states[0] === "-";
		tried++;
		if (a.status === 0 || a.status >= 500 || (open && !may) || (!open && may)) wrong.push(`${state} ${r.method} ${r.path}: ${a.status}`);
	}
}
is(`${tried} times: a route is open in the states that it is documented for, and in no other [8]`, wrong, []);
/* ---- mail is no factor ---- */

await (async () => {
	const b = person(), { notice, code } = access_codes(case_dir).filter((c) => !c.org.startsWith("Ridgeway")).at(-1);
	const words = () => portal.outbox().map((m) => /^ {4}([0-9A-Z-]{31})$/m.exec(m)).filter(Boolean).map((m) => m[1]), old = words();
	portal.more.objection = 86400;
	await portal.stop();
	await portal.start();
	await b.claim(notice, code);
	await b.register(new Authenticator(), "Bo");
	const { proof } = (await b.get("/api/case")).json;
	names.txt.set(proof.dns[0].name, [proof.value]);
	await b.post("/api/proof/dns", { domain: proof.dns[0].domain });
	await until("it is waited for objections", async () => (await b.get("/api/case")).json.state === "CLAIM_WAIT");
	const word = words().find((w) => !old.includes(w)).replaceAll("-", "");
	const anybody = person(), a = await anybody.post("/api/objection", { token: word, text: "not ours" });
	is("the word of a mail stops a claim, and signs nobody in [25]", [a.status, a.json.state, anybody.cookie, (await anybody.get("/api/case")).code], [200, "DISPUTED", null, "sign_in"]);
})();

/* ---- secrets, process by process ---- */

if (process.getuid() === 0) {
	const key = Buffer.from(readFileSync(`${dir}/state/log/secret.key`, "utf8").trim().split("\n").at(-1), "base64");
	/* A minisign secret key: algorithms 2+2+2, salt 32, limits 16, id 8, then the seed. */
	const seed = key.subarray(62, 94), processes = ["front", "logic", "auth", "fetch", "log"], pids = portal.processes();
	const holds = (pid, what) => {
		const fd = openSync(`/proc/${pid}/mem`, "r");
		for (const m of readFileSync(`/proc/${pid}/maps`, "utf8").matchAll(/^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/gm)) {
			const from = BigInt(`0x${m[1]}`), n = Number(BigInt(`0x${m[2]}`) - from);
			if (m[4].startsWith("[v") || n > 1 << 28) continue;
			const b = Buffer.alloc(n);
			try {
				const got = readSync(fd, b, 0, n, from);
				if (b.subarray(0, got).includes(what)) return true;
			} catch { /* not there */ }
		}
		return false;
	};
	is("the log's key is in the log's process alone [44]", processes.filter((_, i) => holds(pids[i], seed)), ["log"]);
	is("a client secret in the one that asks issuers [44]", processes.filter((_, i) => holds(pids[i], Buffer.from(SECRET))), ["fetch"]);
	const blocked = pids.map((p) => /^NoNewPrivs:\s1/m.test(readFileSync(`/proc/${p}/status`, "utf8")) && /^Seccomp:\s2/m.test(readFileSync(`/proc/${p}/status`, "utf8")) && /Max core file size\s+0\s/.test(readFileSync(`/proc/${p}/limits`, "utf8")));
	is("each process is behind its walls and leaves no core [48]", blocked, [true, true, true, true, true]);
} else console.log("# whose memory holds which secret only root can see: not looked at");

/* ---- secrets, on the disk and for who looks at processes ---- */

const planted = [["the client's secret", SECRET, "client.secret"], ...access_codes(case_dir).flatMap(({ notice, code, org }) => [[`the code of ${org}`, code, null], [`the code of ${org}, as it is told`, code.replaceAll("-", ""), null],
	[`what ${notice} is claimed by`, null, null]])];
for (const row of planted.filter(([, value]) => value === null)) {
	const { notice, code } = access_codes(case_dir).find((c) => row[0].includes(c.notice));
	row[1] = page.b64(await page.code_auth(notice, page.access_code(notice, code)));
}
const lying = execFileSync("find", [dir, "-type", "f"], { encoding: "utf8" }).trim().split("\n").map((f) => [f.slice(dir.length + 1), readFileSync(f)]);
const on_disk = planted.flatMap(([what, value, own]) => lying.filter(([f, bytes]) => f !== own && [value, Buffer.from(value).toString("hex"), Buffer.from(value, "base64url")].some((x) => x.length > 8 && bytes.includes(x))).map(([f]) => `${what}: ${f}`));
ok(`${planted.length} secrets of ours and of claimants are in none of the portal's ${lying.length} files but their own [28, 44]`, lying.length > 20 && on_disk.length === 0, on_disk);
const shown = [portal.child.pid, ...portal.processes()].flatMap((p) => ["cmdline", "environ", "comm"].map((f) => {
	try {
		return readFileSync(`/proc/${p}/${f}`, "latin1");
	} catch { /* its owner may look, and root */
		return "";
	}
})).join("\0") + portal.said;
is("nor in what its processes are called, know of their surroundings or say [44]", planted.filter(([, value]) => shown.includes(value)).map(([what]) => what), []);

/* ---- a key and a nonce meet once ---- */

const nonces = new Map();
for (const f of readdirSync(sealed).filter((x) => x.endsWith(".bundle"))) {
	const b = readFileSync(`${sealed}/${f}`), n = b.readUInt32LE(16), m = JSON.parse(b.subarray(20, 20 + n)), data = b.length - m.records.reduce((s, r) => Math.max(s, r.offset + r.length), m.export.offset + m.export.length);
	for (const r of m.records) {
		const nonce = b.subarray(data + r.offset, data + r.offset + 12).toString("hex");
		nonces.set(nonce, (nonces.get(nonce) || 0) + 1);
	}
}
ok("no nonce stands twice in what was sealed [41]", nonces.size > 20 && [...nonces.values()].every((n) => n === 1), nonces.size);
await portal.stop();
names.stop();
done();
