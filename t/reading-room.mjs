// reading-room.mjs: what tests of the reading room need: a portal that runs, browsers without a browser, an authenticator made of
// software, a name server, and the page's own code for keys. Checks are TAP lines.
import { spawn, spawnSync, execFileSync } from "node:child_process";
import { createHash, createSign, generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { chmodSync, closeSync, constants, cpSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { createSocket } from "node:dgram";
import http from "node:http";
import net from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

globalThis.crypto ??= webcrypto; // Node 18 keeps it in its module
process.setMaxListeners(100); // one of each portal that is started
process.on("SIGTERM", () => process.exit(1));
export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const ORIGIN = "https://reading.example";

const names = ["access_code", "code_auth", "code_open", "ck_next", "record_open", "record_key", "signature_holds", "hex", "hex_bytes", "b64", "b64_bytes", "gcm_seal", "gcm_open", "wrap_data",
	"inclusion_holds", "log_leaf", "sha256", "utf8", "invitation_auth", "invitation_kek", "reading_key_kek"];
export const page = new Function(`${readFileSync(`${root}/web/seal.js`, "utf8")}\nreturn {${names.map((n) => `${n}: typeof ${n} === "undefined" ? null : ${n}`)}};`)();

/* ---- TAP ---- */

let n = 0, failed = 0;

export function ok(what, good, more) {
	if (!good) failed++;
	console.log(`${good ? "ok" : "not ok"} ${++n} - ${what}`);
	if (!good && more !== undefined) console.log(`# ${typeof more === "string" ? more : JSON.stringify(more)}`.slice(0, 600));
}
export function is(what, got, want) {
	const a = JSON.stringify(got), b = JSON.stringify(want);
	ok(what, a === b, `got ${a}, want ${b}`);
}
export function done() {
	console.log(`1..${n}`);
	process.exitCode = failed ? 1 : 0;
}

export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
export async function until(what, look, ms = 60000) {
	for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) {
		const found = await look();
		if (found) return found;
	}
	throw new Error(`never happened: ${what}`);
}

/* ---- the portal ---- */

/* As free_ports of t/lib.sh: none that the kernel gives to whoever asks for any. */
export const free_port = async () => Number(execFileSync("python3", [`${root}/t/free-ports.py`, "1"], { encoding: "utf8" }));

export class Portal {
	/* dir holds state, clock and configuration; drop has the bundles and tocsin.pub beside them. */
	constructor(tocsin, dir, drop, port, more = {}) {
		Object.assign(this, { tocsin, dir, drop, port, more, origin: more.origin || ORIGIN, said: "" });
		mkdirSync(dir, { recursive: true });
	}
	config() {
		const signer = readFileSync(`${this.more.signer || `${this.drop}/tocsin.pub`}`, "utf8").trim().split("\n").at(-1);
		return [`origin: ${this.origin}`, `name: ${this.more.name || "Reading room of Nordwind"}`, `state: ${this.dir}/state`, `drop: ${this.drop}`, this.more.socket ? `socket: ${this.more.socket}` : `listen: 127.0.0.1:${this.port}`,
			`web: ${this.more.web}`, `signer: ${signer}`, `proxy_user: "${this.more.proxy_user ?? process.getuid()}"`, ...(this.more.users ? [`users: {${this.more.users.map((u, i) => `${["front", "logic", "auth", "fetch", "log"][i]}: "${u}"`).join(", ")}}`] : []), ...(this.more.operators ? [`operators: [${this.more.operators.map((o) => `"${o}"`).join(", ")}]`, `operator_socket: ${this.dir}/operators`] : []), "proofs:", `  resolver: 127.0.0.1@${this.more.dns || 9}`, `  trust_anchor: ${this.more.anchor || `${this.dir}/no-anchor`}`, ...(this.more.proofs || []),
			"log:", "  origin: reading.example/log", ...(this.more.log || []), "mail:", "  from: reading-room@nordwind.example", "  phone: \"+353 1 555 0100\"", "testing:", `  clock_file: ${this.dir}/clock`,
			"  over_seconds: 2", "  check_pause: 1", ...(this.more.leap ? [`  leap_seconds: ${this.more.leap}`] : []), ...(this.more.web_port ? [`  web_port: ${this.more.web_port}`] : []), `  objection_seconds: ${this.more.objection || 24 * 3600}`, ""].join("\n");
	}
	/* In place and at once: a file that is empty for a moment is a clock that was set back. */
	clock(seconds) {
		const file = openSync(`${this.dir}/clock`, constants.O_RDWR | constants.O_CREAT, 0o644);
		writeSync(file, `${seconds}`.padEnd(20) + "\n", 0);
		closeSync(file);
	}
	async start(wait = true, tries = 4) {
		if (!this.more.kept_clock) this.clock(0);
		/* Where the system has the root's key, names of a name server that signs nothing would be bogus. */
		writeFileSync(`${this.dir}/no-anchor`, "; none\n");
		writeFileSync(`${this.dir}/serve.yaml`, this.config());
		const [program, ...args] = [...(this.more.within || []), this.tocsin, "serve", "--config", `${this.dir}/serve.yaml`], before = this.said;
		const child = this.child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
		let over = false;
		child.stderr.on("data", (d) => { this.said += d; });
		/* Each of its processes holds the journal: what it says has come, and none of them is left. */
		this.ended = new Promise((r) => child.on("close", (status) => {
			over = true;
			r(status);
		}));
		process.on("exit", () => child.kill("SIGKILL"));
		if (!wait) return this;
		const answered = await until("the portal answers", async () => (await new Browser(this).get("/api/about")).status === (this.more.proxy_user === undefined ? 200 : 403) || (over && "not")).catch((e) => {
			throw new Error(`${e.message}\n${this.said}`);
		});
		if (answered !== "not") return this;
		/* Between the look for a free port and this another program may have taken it. */
		if (tries === 0 || !this.said.slice(before.length).includes("Address already in use")) throw new Error(`the portal has ended\n${this.said}`);
		this.port = await free_port();
		this.said = before;
		return this.start(wait, tries - 1);
	}
	async stop() {
		this.child.kill("SIGTERM");
		return this.ended;
	}
	/* Its processes, by the order in which they were started: front, logic, auth, fetch, log. Numbers may have begun anew in between. */
	processes() {
		const list = spawnSync("pgrep", ["-P", String(this.child.pid)], { encoding: "utf8" }).stdout.trim().split("\n").filter(Boolean).map(Number).sort((a, b) => a - b);
		const anew = list.findIndex((p, i) => i > 0 && p - list[i - 1] > 8192);
		return anew < 0 ? list : [...list.slice(anew), ...list.slice(0, anew)];
	}
	/* All of them, behind the death of one of those. */
	async others(than) {
		await until("its processes are others", () => {
			const now = this.processes();
			return now.length === than.length && now.every((p) => !than.includes(p));
		});
		await until("and answer", async () => (await new Browser(this).get("/api/about")).status === 200);
	}
	/* Between two requests it looks at its clock, and what ends by it has ended. */
	async looks_at_clock() {
		for (let i = 0; i < 2; i++) await until("it answers", async () => (await new Browser(this).get("/api/about")).status === 200);
	}
	/* A line that is being written is none yet. */
	events() {
		return readFileSync(`${this.dir}/state/log/events`, "utf8").split("\n").slice(0, -1).map((l) => JSON.parse(l).entry);
	}
	files(folder) {
		const at = `${this.dir}/state/${folder}`;
		return readdirSync(at, { withFileTypes: true }).flatMap((f) => (f.isDirectory() ? this.files(`${folder}/${f.name}`) : f.isFile() ? [`${at}/${f.name}`] : []));
	}
	/* What lies there; under a name that ends in .new it is being written. */
	contents(folder, how) {
		return this.files(folder).filter((f) => !f.endsWith(".new")).map((f) => readFileSync(f, how));
	}
	outbox() {
		return this.contents("outbox", "utf8");
	}
}

/* What operators say at their door. The second one is another user: only root can be both, and elsewhere the first says everything twice. */
export function operator_of(tocsin, dir, web, uids) {
	if (process.getuid() === 0) {
		for (const d of [dirname(dir), dir]) chmodSync(d, 0o711);
		cpSync(tocsin, `${dir}/tocsin`);
		chmodSync(`${dir}/tocsin`, 0o755);
	}
	return (who, ...words) => {
		const args = ["serve", "operator", ...words, "--config", `${dir}/serve.yaml`], env = { ...process.env, TOCSIN_WEB: web }, options = { encoding: "utf8", env };
		const p = who === 0 || process.getuid() !== 0 ? spawnSync(tocsin, args, options) : spawnSync("setpriv", [`--reuid=${uids[who]}`, `--regid=${uids[who]}`, "--clear-groups", `${dir}/tocsin`, ...args], options);
		return { status: p.status, err: p.stderr, rows: p.stdout.trim().split("\n").filter(Boolean).map((l) => JSON.parse(l)) };
	};
}

/* ---- nginx before it, as it is shipped ---- */

export class Proxy {
	constructor(dir, socket, host, port) {
		Object.assign(this, { dir, host, port });
		mkdirSync(`${dir}/tmp`, { recursive: true });
		execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`,
			"-keyout", `${dir}/key.pem`, "-out", `${dir}/cert.pem`], { stdio: "ignore" });
		const site = readFileSync(`${root}/share/serve/nginx.conf`, "utf8").replace("unix:/run/tocsin-serve/http", `"unix:${socket}"`).replace("listen 443", `listen 127.0.0.1:${port}`).replace(/.*\[::\].*\n/, "")
			.replace("server_name reading.example", `server_name ${host}`).replace(/\/etc\/tocsin-serve\/tls\/fullchain.pem/, `"${dir}/cert.pem"`).replace(/\/etc\/tocsin-serve\/tls\/privkey.pem/, `"${dir}/key.pem"`)
			.replace("/var/log/nginx/tocsin.log", `"${dir}/access.log"`);
		writeFileSync(`${dir}/nginx.conf`, [...(process.getuid() === 0 ? ["user root;"] : []), "daemon off;", "worker_processes 1;", `pid "${dir}/pid";`, `error_log "${dir}/error.log";`, "events { worker_connections 512; }", "http {",
			...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((t) => `${t}_temp_path "${dir}/tmp/${t}";`), site, "}", ""].join("\n"));
	}
	args() {
		return ["-c", `${this.dir}/nginx.conf`, "-p", this.dir, "-e", `${this.dir}/error.log`];
	}
	async start() {
		this.child = spawn("nginx", this.args(), { stdio: "ignore" });
		process.on("exit", () => this.child.kill("SIGTERM"));
		let ended = false;
		this.child.on("exit", () => { ended = true; });
		await until("nginx listens", () => new Promise((r, no) => {
			if (ended) no(new Error(readFileSync(`${this.dir}/error.log`, "utf8").trim().split("\n").at(-1)));
			const s = net.connect(this.port, "127.0.0.1", () => r(s.destroy() && true)).on("error", () => r(false));
		}));
		return this;
	}
	stop() {
		this.child.kill("SIGTERM");
	}
}

/* ---- browsers ---- */

export class Browser {
	constructor(portal, client = "198.51.100.7") {
		Object.assign(this, { portal, client, cookie: null });
	}
	/* Everything as it goes over the wire; nothing is added that is not in `headers`. */
	raw(method, path, headers, body) {
		return new Promise((resolve, reject) => {
			const to = this.portal.more.socket ? { socketPath: this.portal.more.socket } : { host: "127.0.0.1", port: this.portal.port };
			const q = http.request({ ...to, method, path, headers, agent: false, setHost: false }, (a) => {
				const parts = [];
				a.on("data", (d) => parts.push(d));
				a.on("error", reject);
				a.on("end", () => {
					const bytes = Buffer.concat(parts);
					let json = null;
					try {
						json = JSON.parse(bytes.toString());
					} catch { /* none */ }
					resolve({ status: a.statusCode, headers: a.headers, bytes, json, code: json && json.error });
				});
			});
			q.on("error", reject);
			q.end(body);
		});
	}
	async ask(method, path, body, more = {}) {
		const text = body === undefined ? undefined : typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
		const headers = { Host: this.portal.origin.slice("https://".length), "X-Tocsin-Client": this.client, "Sec-Fetch-Site": "same-origin" };
		if (method !== "GET" && method !== "HEAD") headers.Origin = this.portal.origin;
		if (text !== undefined) Object.assign(headers, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
		if (this.cookie) headers.Cookie = `__Host-tocsin=${this.cookie}`;
		for (const [k, v] of Object.entries(more)) if (v === null) delete headers[k]; else headers[k] = v;
		const a = await this.raw(method, path, headers, text).catch((e) => ({ status: 0, headers: {}, error: e.code }));
		const set = (a.headers["set-cookie"] || [])[0];
		if (set) this.cookie = /^__Host-tocsin=([^;]*)/.exec(set)[1] || null;
		return a;
	}
	get(path, more) {
		return this.ask("GET", path, undefined, more);
	}
	post(path, body = {}, more) {
		return this.ask("POST", path, body, more);
	}

	/* ---- what the page does ---- */

	async claim(notice, code) {
		return this.post("/api/claim", { notice, auth_a: page.b64(await page.code_auth(notice, page.access_code(notice, code))) });
	}
	async register(authenticator, name, tweak) {
		const o = await this.post("/api/passkey/options", name === undefined ? {} : { name });
		if (o.status !== 200) return o;
		this.options = o.json;
		return this.post("/api/passkey", authenticator.create(o.json.publicKey, tweak));
	}
	async sign_in(authenticator, tweak) {
		const o = await this.post("/api/sign-in/options");
		if (o.status !== 200) return o;
		return this.post("/api/sign-in", authenticator.get(o.json.publicKey, tweak));
	}
	async freshen(authenticator, tweak) {
		const o = await this.post("/api/assert/options");
		if (o.status !== 200) return o;
		return this.post("/api/assert", authenticator.get(o.json.publicKey, tweak));
	}
	/* An invitation as the page makes it: the case key wrapped under a secret that stays in the link. */
	async invite(role, name, ck, unlock) {
		const id = page.b64(randomBytes(16)), secret = randomBytes(16);
		const wrapped = role === "observer" ? "" : page.b64(await page.gcm_seal(await page.invitation_kek(secret, id), page.wrap_data(unlock.case, id, unlock.generation, unlock.version), ck));
		const answer = await this.post("/api/invite", { invitation: id, role, name, auth_sha256: page.hex(await page.sha256(await page.invitation_auth(secret, id))), wrapped_ck: wrapped,
			generation: unlock.generation, version: unlock.version });
		return { id, secret, answer };
	}
	async accept(invitation) {
		const a = await this.post("/api/invitation", { invitation: invitation.id, auth: page.b64(await page.invitation_auth(invitation.secret, invitation.id)) });
		if (a.status === 200 && a.json.wrapped_ck !== "")
			this.ck = await page.gcm_open(await page.invitation_kek(invitation.secret, invitation.id), page.wrap_data(a.json.case, invitation.id, a.json.generation, a.json.version), page.b64_bytes(a.json.wrapped_ck));
		return a;
	}
}

/* ---- an authenticator (WebAuthn 6.1) ---- */

const cbor_head = (major, n) => n < 24 ? Buffer.from([major << 5 | n]) : n < 256 ? Buffer.from([major << 5 | 24, n]) : Buffer.from([major << 5 | 25, n >> 8, n & 255]);
export const cbor_text = (s) => Buffer.concat([cbor_head(3, s.length), Buffer.from(s)]);
export const cbor_bytes = (b) => Buffer.concat([cbor_head(2, b.length), b]);
export const cbor_int = (v) => v >= 0 ? cbor_head(0, v) : cbor_head(1, -1 - v);
export const cbor_map = (pairs) => Buffer.concat([cbor_head(5, pairs.length), ...pairs.flat()]);
const digest = (x) => createHash("sha256").update(x).digest();
const b64url = (b) => Buffer.from(b).toString("base64url");

export class Authenticator {
	constructor(origin = ORIGIN) {
		this.origin = origin;
		const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
		Object.assign(this, { id: randomBytes(32), key: privateKey, jwk: publicKey.export({ format: "jwk" }), counter: 1, user: null });
	}
	/* tweak: flags, rp, origin, challenge, type, client (a function over the client data), data (over authenticator data), object (over the attestation object). */
	client(type, challenge, tweak) {
		const c = { type: tweak.type || type, challenge: tweak.challenge || challenge, origin: tweak.origin || this.origin, crossOrigin: false };
		return Buffer.from(tweak.client ? tweak.client(c) : JSON.stringify(c));
	}
	data(rp, flags, tweak) {
		const head = Buffer.alloc(5);
		head[0] = tweak.flags === undefined ? flags : tweak.flags;
		head.writeUInt32BE(this.counter++, 1);
		return Buffer.concat([digest(tweak.rp || rp), head]);
	}
	cose() {
		return cbor_map([[cbor_int(1), cbor_int(2)], [cbor_int(3), cbor_int(-7)], [cbor_int(-1), cbor_int(1)], [cbor_int(-2), cbor_bytes(Buffer.from(this.jwk.x, "base64url"))],
			[cbor_int(-3), cbor_bytes(Buffer.from(this.jwk.y, "base64url"))]]);
	}
	create(o, tweak = {}) {
		const length = Buffer.alloc(2);
		length.writeUInt16BE(this.id.length);
		this.user = o.user.id;
		let data = Buffer.concat([this.data(o.rp.id, 0x45, tweak), Buffer.alloc(16), length, this.id, this.cose()]);
		if (tweak.data) data = tweak.data(data);
		const object = tweak.object ? tweak.object(data) : cbor_map([[cbor_text("fmt"), cbor_text("none")], [cbor_text("attStmt"), cbor_map([])], [cbor_text("authData"), cbor_bytes(data)]]);
		return { id: b64url(tweak.id || this.id), clientDataJSON: b64url(this.client("webauthn.create", o.challenge, tweak)), attestationObject: b64url(object) };
	}
	get(o, tweak = {}) {
		const client = this.client("webauthn.get", o.challenge, tweak), data = this.data(o.rpId, 0x05, tweak);
		const signature = createSign("sha256").update(Buffer.concat([data, digest(client)])).sign(this.key);
		if (tweak.flip) signature[signature.length - 1] ^= 1;
		return { id: b64url(tweak.id || this.id), clientDataJSON: b64url(client), authenticatorData: b64url(data), signature: b64url(signature), userHandle: tweak.user === undefined ? this.user : tweak.user };
	}
}

/* ---- a name server: TXT records of a table, and names that are here ---- */

export class Names {
	constructor() {
		this.txt = new Map();
		this.here = new Set();
		this.at = new Map(); // of those that are elsewhere, the address
		this.asked = [];
	}
	async start() {
		this.socket = createSocket("udp4");
		this.socket.on("message", (q, from) => this.socket.send(this.answer(q), from.port, from.address));
		await new Promise((r) => this.socket.bind(0, "127.0.0.1", r));
		this.port = this.socket.address().port;
		return this;
	}
	answer(q) {
		const labels = [];
		let at = 12;
		for (; q[at]; at += q[at] + 1) labels.push(q.toString("latin1", at + 1, at + 1 + q[at]).toLowerCase());
		const name = labels.join("."), type = q.readUInt16BE(at + 1), question = q.subarray(12, at + 5);
		const here = this.here.has(name) || this.at.has(name), values = type === 16 ? this.txt.get(name) || [] : type === 1 && here ? [Buffer.from(this.at.get(name) || [127, 0, 0, 1])] : [];
		this.asked.push(name);
		const head = Buffer.alloc(12);
		q.copy(head, 0, 0, 2);
		head.writeUInt16BE(this.txt.has(name) || type !== 16 ? 0x8180 : 0x8183, 2);
		head.writeUInt16BE(1, 4);
		head.writeUInt16BE(values.length, 6);
		const records = values.map((v) => {
			const text = type === 1 ? v : Buffer.concat([Buffer.from([v.length]), Buffer.from(v)]), r = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 1, 0, 0]);
			r.writeUInt16BE(text.length, 10);
			return Buffer.concat([r, text]);
		});
		return Buffer.concat([head, question, ...records]);
	}
	stop() {
		this.socket.close();
	}
}

export function access_codes(dir) {
	return execFileSync("python3", [`${root}/t/access-codes.py`, dir], { encoding: "utf8" }).trim().split("\n").map((l) => {
		const [notice, code, org] = l.split("\t");
		return { notice, code, org };
	});
}

/*
 * A case by the usual way to its first reviewer: claimed by Ann with the code, proved by DNS, Rex invited by Bea and approved by Cal.
 * `names` answers for the DNS, person() is a new browser.
 */
export async function first_reviewer(names, { notice, code }, person, origin) {
	const ann = person();
	await ann.claim(notice, code);
	await ann.register(new Authenticator(origin), "Ann");
	const { proof } = (await ann.get("/api/case")).json;
	names.txt.set(proof.dns[0].name, [proof.value]);
	await ann.post("/api/proof/dns", { domain: proof.dns[0].domain });
	await until("it is open", async () => (await ann.get("/api/case")).json.state === "OPEN");
	const unlock = (await ann.get("/api/unlock")).json, ck = await page.code_open(notice, page.access_code(notice, code), unlock);
	const nominators = [];
	for (const name of ["Bea", "Cal"]) {
		const b = person();
		await b.accept(await ann.invite("nominator", name, ck, unlock));
		await b.register(new Authenticator(origin), name);
		nominators.push(b);
	}
	const rex = person();
	await rex.accept(await nominators[0].invite("reviewer", "Rex", nominators[0].ck, unlock));
	const { account } = (await rex.register(new Authenticator(origin), "Rex")).json;
	await nominators[1].post("/api/approve", { account });
	return { rex, unlock, nominators };
}
