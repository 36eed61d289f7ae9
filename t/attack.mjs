// attack.mjs TOCSIN CASE SEALED WEB DIR MODULES: bytes that no browser sends, requests from elsewhere, rights that end in the middle of a
// download, many at once, a log that dies and a disk that is full. Numbers in brackets are rows of the checklist that the portal is held to.
import { appendFileSync, copyFileSync, cpSync, existsSync, readFileSync, readdirSync, statSync, truncateSync } from "node:fs";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { Authenticator, Browser, Names, ORIGIN, Portal, access_codes, done, first_reviewer, free_port, is, ok, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir, modules] = process.argv;
const names = await new Names().start();
cpSync(sealed, `${dir}/drop`, { recursive: true });
const portal = await new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, objection: 1, kept_clock: true });
portal.clock(0);
await portal.start();
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
let host = 0;
const person = () => new Browser(portal, `198.18.${++host}.1`), codes = access_codes(case_dir);
const ridgeway = codes.find((c) => c.org.startsWith("Ridgeway"));
const { rex, unlock, nominators } = await first_reviewer(names, ridgeway, person);
/* The portal has its state to itself: it is looked at while it does not run. */
async function stopped(what) {
	await portal.stop();
	const out = await what();
	await portal.start();
	return out;
}
const sqlite = (text) => execFileSync("sqlite3", [`${dir}/state/db/portal.db`], { input: text, encoding: "utf8" }).trim();
const alive = async () => (await person().get("/api/about")).status === 200;
is("a link that was used opens nothing beside a copy of the disk: the key that it unwraps is gone", await stopped(() => sqlite("SELECT count(*) || ' ' || coalesce(sum(length(wrapped_ck)), '-') FROM invitation WHERE state = 'used'")), "3 0");

/* ---- bytes ---- */

/* What comes back for these bytes, sent in pieces or at once, when the other end closes or a second has gone by; where an answer is to come, behind that. */
const raw = (bytes, want = 1, pause = 0) => new Promise((resolve) => {
	const s = net.connect(portal.port, "127.0.0.1"), got = [];
	const end = () => { s.destroy(); resolve(Buffer.concat(got).toString("latin1")); };
	s.on("data", (d) => {
		got.push(d);
		if (statuses(Buffer.concat(got).toString("latin1")).length >= want) s.setTimeout(1000);
	}).on("error", end).on("close", end).setTimeout(want ? 60000 : 1000, end);
	s.on("connect", async () => {
		for (const b of Array.isArray(bytes) ? bytes : [bytes]) {
			s.write(Buffer.from(b, "latin1"));
			if (pause) await sleep(pause);
		}
	});
});
const HEAD = `Host: ${ORIGIN.slice(8)}\r\nX-Tocsin-Client: 198.51.100.9\r\nSec-Fetch-Site: same-origin\r\n`, GET = (path) => `GET ${path} HTTP/1.1\r\n${HEAD}\r\n`;
const POST = (more, body) => `POST /api/sign-in/options HTTP/1.1\r\n${HEAD}Origin: ${ORIGIN}\r\nContent-Type: application/json\r\n${more}\r\n${body}`;
/* Each answer has the headers of all answers, whoever made it and whatever for. */
const bare = [], has_all = (a) => ["Content-Security-Policy: default-src 'none'", "Strict-Transport-Security: max-age", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cache-Control: no-store", "Connection: close"].every((x) => a.includes(`\r\n${x}`));
const statuses = (text) => [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map((m) => Number(m[1]));
const before = portal.processes();
is("a request as it should be is answered", statuses(await raw(GET("/api/about"))), [200]);
const refused = [];
for (const [what, bytes] of [["a bare line feed", GET("/api/about").replaceAll("\r\n", "\n")], ["one line feed", GET("/api/about").replace("Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Site: same-origin\n")], ["a carriage return alone", GET("/api/about").replace("\r\n\r\n", "\r\nX: a\rb\r\n\r\n")], ["a NUL in a header", GET("/api/about").replace("\r\n\r\n", "\r\nX: a\0b\r\n\r\n")], ["a folded length", POST("Content-Length:\r\n 2\r\n", "{}")], ["folded pieces", POST("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")],
	["pieces in a second line", POST("Transfer-Encoding: x\r\n\tchunked\r\n", "0\r\n\r\n")], ["pieces", POST("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")], ["the same length twice", POST("Content-Length: 2\r\nContent-Length: 2\r\n", "{}")], ["pieces and a length in other letters", POST("transfer-encoding: CHUNKED\r\ncontent-length: 2\r\n", "{}")], ["a thousand values", GET(`/api/log?${"&a=b".repeat(1000)}`)], ["no host", "GET /api/about HTTP/1.1\r\n\r\n"], ["two hosts", GET("/api/about").replace("\r\n\r\n", "\r\nHost: reading.example\r\n\r\n")], ["HTTP/0.9", "GET /api/about\r\n\r\n"],
	["another's host in the line", GET("http://evil.example/api/about").replace(/Host: [^\r]*/, "Host: evil.example")], ["a header of 100 KB", GET("/api/about").replace("\r\n\r\n", `\r\nX: ${"a".repeat(100000)}\r\n\r\n`)], ["20,000 headers", GET("/api/about").replace("\r\n\r\n", `\r\n${"X: y\r\n".repeat(20000)}\r\n`)],
	["a path of 60 KB", GET(`/api/${"a/".repeat(30000)}`)], ["a NUL in the path", GET("/api/about\0x")], ["an encoded NUL", GET("/api/abou%00t")], ["dots", GET("/api/../api/about")], ["encoded dots", GET("/%2e%2e/%2e%2e/etc/passwd")], ["two slashes", GET("//api/about")], ["a backslash", GET("\\api\\about")],
	["other letters", GET("/api/ab\xf6ut")], ["overlong UTF-8", GET("/api/%c0%ae%c0%ae/about")], ["a negative length", POST("Content-Length: -1\r\n", "{}")], ["a length that is none", POST("Content-Length: 0x2\r\n", "{}")], ["a length past 64 bits", POST("Content-Length: 18446744073709551618\r\n", "{}")],
	["two lengths", POST("Content-Length: 2\r\nContent-Length: 3\r\n", "{}")], ["a length and pieces", POST("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")], ["pieces of another kind", POST("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")], ["a piece past 64 bits", POST("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")],
	["a piece that is none", POST("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")], ["a header without a name", GET("/api/about").replace("\r\n\r\n", "\r\n: x\r\n\r\n")], ["a folded header", GET("/api/about").replace(/Host: /, "Host:\r\n ")], ["an unknown method", GET("/api/about").replace("GET", "BREW")],
	["a body that is too long and looks like a request", POST("Content-Length: 100000\r\n", GET("/api/about"))], ["in pieces, too", POST("Transfer-Encoding: chunked\r\n", `${(90000).toString(16)}\r\n${GET("/api/about").repeat(900).slice(0, 90000)}\r\n0\r\n\r\n`)], ["a blank before the colon", POST("Content-Length : 2\r\n", `{}${GET("/api/about")}`)], ["or that of another length", POST("Content-Length: 2\r\nTransfer-Encoding : chunked\r\n", "{}")], ["a header that is no word", GET("/api/about").replace("\r\n\r\n", "\r\nX(y): z\r\n\r\n")], ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".padEnd(300, "\x01")], ["nothing but zeros", "\0".repeat(5000)], ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]]) {
	const text = await raw(bytes), got = statuses(text);
	/* What hides a second request would show as an answer to that. */
	if (got.length !== 1 || got[0] < 400) refused.push(`${what}: ${got}`);
	if (!has_all(text)) bare.push(`${what}: ${text.slice(0, 200)}`);
}
is("what is no request is refused, once [20]", refused, []);
is("and no answer goes out without the portal's headers", bare, []);
{
	/* libmicrohttpd would refuse what it has no room for with a page of its own. */
	const fill = (head) => head.replace("\r\n\r\n", `\r\nCookie: ${"a=b; ".repeat(32).padEnd(4000, "c")}\r\n${Array.from({ length: 50 }, (_, i) => `X-${i}: ${"y".repeat(20)}\r\n`).join("")}\r\n`), large = [];
	for (const bytes of [fill(GET(`/api/about?${"&a=b".repeat(30)}`)), fill(GET(`/api/about?${"&a=b".repeat(30)}${"c".repeat(5000)}`)), fill(POST("Content-Length: 65536\r\n", "x".repeat(65536))), POST("Content-Length: 65536\r\n", "x".repeat(65536)), fill(POST(`Content-Length: 65536\r\nX: ${"z".repeat(5000)}\r\n`, "x".repeat(65536)))]) {
		const text = await raw(bytes);
		large.push(statuses(text)[0], has_all(text));
	}
	is("a head as large as it may be has room, with a body as large as that", large, [200, true, 200, true, 400, true, 400, true, 400, true]);
}
is("a body that ends too early is no request", statuses(await raw(POST("Content-Length: 9\r\n", "{}"), 0)), []);
is("one connection has one request: what stands behind it is none", await (async () => {
	const text = await raw(`${GET("/api/about")}${GET("/api/nothing")}${GET("/api/case")}`);
	return statuses(text);
})(), [200]);
is("one that comes byte after byte is one", statuses(await raw([...GET("/api/about")], 1, 1)), [200]);
const idle = Array.from({ length: 200 }, () => net.connect(portal.port, "127.0.0.1").on("error", () => {}));
for (const s of idle) s.write("POST /api/claim HTTP/1.1\r\nHost: reading.ex");
ok("two hundred that never end their request keep nobody out", await alive());
for (const s of idle) s.destroy();
{
	/* More than there is room for, and silent: those that are here for longest make room for who comes, and not all at the end of their time. */
	let open = 0;
	const silent = [];
	for (let i = 0; i < 1200; i++)
		await new Promise((resolve) => silent.push(net.connect(portal.port, "127.0.0.1", () => resolve(++open)).on("error", resolve).on("close", () => open--)));
	const answered = await alive();
	is("nor do 1,200 that say nothing: as many of them go as there is need for", [answered, open > 800], [true, true]);
	for (const s of silent) s.destroy();
}

{
	/* Other protocols on the same port: nobody is switched to one, and a request is a request beside what it asks for. */
	const upgrade = (to, more = "") => GET("/api/about").replace("\r\n\r\n", `\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\n${more}\r\n`), got = [];
	for (const bytes of [upgrade("websocket", `Sec-WebSocket-Key: ${"A".repeat(22)}==\r\nSec-WebSocket-Version: 13\r\n`), upgrade("h2c", "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"), `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, `CONNECT evil.example:443 HTTP/1.1\r\n${HEAD}\r\n`,
		GET("*").replace("GET", "OPTIONS"), GET("/api/about").replace("GET", "TRACE"), GET("/api/about").replace("GET", "OPTIONS"), GET(`${ORIGIN}/api/about`)]) {
		const text = await raw(bytes);
		got.push(statuses(text).join(" "), has_all(text));
	}
	is("nobody is switched to another protocol, sent on or shown his own request", got, ["200", "200", "400", "400", "400", "405", "405", "400"].flatMap((s) => [s, true]));
}

/* ---- JSON of other shapes than the page's, at each route ---- */

{
	const posts = [...readFileSync(new URL("../doc/portal-api.md", import.meta.url), "utf8").matchAll(/^\| POST (\/api\/\S+) \|/gm)].map((m) => m[1]).filter((p) => !["/api/csp-report", "/api/sign-out"].includes(p)), odd = []; // these take anything
	const deep = "[".repeat(20000), names_of = ["account", "credential", "domain", "exposure", "id", "invitation", "marks", "notice", "record", "role", "state", "task", "text", "wrap"];
	for (const path of posts)
		for (const body of ["", "null", "[]", '"x"', "{", '{"x":1}', '{"x":1,"x":1}', "{}{}", '{"__proto__":{}}', `{"a":${deep}`, '{"a":"\\ud800"}', '{"a":"\\u0000"}', "\ufeff{}", ...names_of.map((n) => `{"${n}":{"${n}":[1e999]}}`)]) {
			const a = await rex.post(path, body);
			if (a.status < 400 || a.status >= 500) odd.push(`${path} ${body.slice(0, 40)}: ${a.status}`);
		}
	ok(`${posts.length} routes of POST refuse JSON of other shapes`, posts.length > 25 && odd.length === 0, odd);
}

/* ---- passkeys of noise ---- */

{
	const b = person(), other = codes.find((c) => !c.org.startsWith("Ridgeway")), key = new Authenticator(), answers = new Map();
	await b.claim(other.notice, other.code);
	is("a name that turns around what stands behind it is none", (await b.post("/api/passkey/options", { name: "Ann \u202eeeL" })).code, "bad_request");
	let seed = 7;
	const random = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
	for (let i = 0; i < 150; i++) {
		const a = await b.register(key, "Ann", { object: undefined, data: undefined, ...(i % 2 ? { object: (d) => noise(Buffer.concat([Buffer.from("a363666d74646e6f6e656761747453746d74a0686175746844617461", "hex"), Buffer.from([0x58, d.length]), d])) } : { data: noise }) });
		answers.set(a.status, (answers.get(a.status) || 0) + 1);
		if (a.status === 200) break;
	}
	function noise(d) {
		const x = Buffer.from(d);
		switch (random(4)) {
		case 0: x[random(x.length)] ^= 1 << random(8); return x.subarray(0, x.length - 1 - random(x.length - 1));
		case 1: return Buffer.concat([x.subarray(0, 30), Buffer.alloc(random(3000), [0x5f, 0x7f, 0x9f, 0xbf, 0xdb, 0x81][random(6)])]); /* depth, lengths without end */
		case 2: for (let k = 0; k < 9; k++) x[random(Math.min(x.length, 60))] = random(256); return x;
		default: x.fill(0xff, random(20), 20 + random(40)); return x;
		}
	}
	is("150 attestations of noise make no account", [...answers.keys()].filter((s) => ![400, 403, 429].includes(s)), []);
}

/* ---- domains that look like the claimant's ---- */

{
	const b = person(), other = codes.filter((c) => !c.org.startsWith("Ridgeway")).at(-1);
	await b.claim(other.notice, other.code);
	await b.register(new Authenticator(), "Una");
	const { domain } = (await b.get("/api/case")).json.proof.dns[0], wrong = [];
	for (const d of [domain.toUpperCase(), `${domain}.`, `.${domain}`, `${domain}.evil.example`, `evil.${domain}`, domain.replace("a", "\u0430"), domain.replace("e", "e\u0301"), `${domain}\u200b`, `xn--${domain}`, domain.replace(".", "\u3002"), `${domain}/x`, `${domain}:53`, `${domain}@evil.example`, "_tocsin-challenge", "", "*", "localhost", "127.0.0.1"])
		for (const method of ["dns", "file"]) {
			const a = await b.post(`/api/proof/${method}`, { domain: d });
			if (![400, 404].includes(a.status)) wrong.push(`${d}: ${a.status}`);
		}
	is("a domain is looked at as it stands in the case, and in no other form", wrong, []);
}
is("through all of that no process has ended", portal.processes(), before);

/* ---- a log that dies, a disk that is full [51] ---- */

const who = (await rex.get("/api/session")).json.account;
const reads = () => readFileSync(`${dir}/state/log/events`, "utf8").split("\n").filter((l) => l.endsWith("}") && l.includes('"read"') && l.includes(who)).length;
const read = () => rex.get("/api/record/index"), whole = (await read()).bytes.length;
{
	const log = portal.processes()[4], had = reads();
	process.kill(log, "SIGSTOP");
	const waits = read(), writes = person().post("/api/claim", { notice: "TN-0000-0000", auth_a: "A".repeat(43) });
	/* Front asks logic, and logic the log, one thing after the other: when the page does not come, both wait. */
	await until("all wait for the log", async () => await Promise.race([person().get("/"), sleep(1500)]) === undefined);
	process.kill(log, "SIGKILL");
	const [a, b] = await Promise.all([waits, writes]);
	ok("when the log's process dies what it has not written is refused, and nothing is read [50, 51]", [a, b].every((x) => [503, 0].includes(x.status) && (x.bytes || "").length < 100), [a.status, b.status]);
	await until("the journal says so", () => /log: ended by signal 9/.test(portal.said));
	await until("it comes back", alive);
	is("and it comes back with a log that goes on: a read is given, and is in it", [(await read()).status, reads() - had], [200, 1]);
}
{
	await portal.stop();
	const largest = Math.max(...["db", "log"].flatMap((d) => readdirSync(`${dir}/state/${d}`).map((f) => statSync(`${dir}/state/${d}/${f}`).size))), had = reads();
	portal.more.within = ["sh", "-c", `trap '' XFSZ; ulimit -f ${Math.ceil(largest / 512) + 8}; exec "$0" "$@"`];
	await portal.start();
	let given = 0, a;
	for (let i = 0; i < 400 && (a = await read()).status === 200; i++) given++;
	ok("on a full disk nothing is read any more [51]", [503, 0].includes(a.status) && (a.bytes || "").length < whole, [a.status, given]);
	ok("what was read before that is in the log, each time", reads() - had >= given, { logged: reads() - had, given });
	await portal.stop();
	delete portal.more.within;
	await portal.start();
	is("with room again it serves again", (await read()).status, 200);
}

/* ---- a log that is shorter than what is known of it: put back from a copy, or cut by the power ---- */

{
	const entries = async () => (await rex.get(`/api/log/${Number.MAX_SAFE_INTEGER}`)).json.entries.map((e) => JSON.parse(e.line)), log = `${dir}/state/log/events`, other = codes.filter((c) => !c.org.startsWith("Ridgeway"))[1];
	for (let i = 0; i < 9; i++) await read();
	const had = (await entries()).length;
	await stopped(() => truncateSync(log, readFileSync(log, "latin1").split("\n").slice(0, -8).join("\n").length + 1));
	const left = await entries();
	await person().claim(other.notice, other.code);
	const shown = await entries();
	ok("then the entries that it lacks are no case's, and those that come in their place are of their own", had > left.length && shown.length >= left.length && shown.every((x) => x.case === unlock.case), [had, left.length, shown.filter((x) => x.case !== unlock.case)]);
}

/* ---- the state of an earlier version ---- */

await stopped(() => sqlite(`DROP INDEX record_id; DROP INDEX exposure_id; ALTER TABLE record RENAME COLUMN file TO room; UPDATE record SET room = (SELECT id FROM room r WHERE r.file = record.room); PRAGMA user_version = 2;`));
is("from a state of the version before it what was read is read", [(await read()).bytes.length, (await rex.get("/api/record/0000000000000000")).status], [whole, 404]);

/* ---- from another site [16] ---- */

const shape = () => sqlite("SELECT * FROM room ORDER BY 1; SELECT id, room, name, roles, pending, status FROM account ORDER BY 1; SELECT * FROM mark; SELECT * FROM invitation; SELECT id, account FROM passkey; SELECT * FROM claim; SELECT * FROM proof; SELECT * FROM wrap; SELECT * FROM export; SELECT count(*) FROM session;");
const gets = [...readFileSync(new URL("../doc/portal-api.md", import.meta.url), "utf8").matchAll(/^\| GET (\/api\/\S+) \|/gm)].map((m) => m[1].replace(/\/ID$/, "/index"));
const first = await stopped(shape);
for (const path of gets) {
	await rex.get(path);
	await rex.ask("HEAD", path);
	await rex.get(`${path}?after=0&x=1`);
}
const second = await stopped(shape);
ok(`${gets.length} routes of GET change nothing of a case [16]`, gets.length >= 12 && first === second, gets.length);
if (process.env.CHROMIUM && existsSync(`${modules}/playwright-core`)) {
	execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=evil.example", "-addext", "subjectAltName=DNS:evil.example,DNS:reading.example", "-keyout", `${dir}/tls.key`, "-out", `${dir}/tls.pem`], { stdio: "ignore" });
	const tls = { key: readFileSync(`${dir}/tls.key`), cert: readFileSync(`${dir}/tls.pem`) }, seen = [];
	const front = https.createServer(tls, (q, a) => {
		if (!/^(evil|reading)\.example$/.test(q.headers.host)) return a.destroy();
		if (q.headers.host.startsWith("evil")) return a.setHeader("Content-Type", "text/html").end("<p>prizes</p>");
		const to = http.request({ host: "127.0.0.1", port: portal.port, method: q.method, path: q.url, headers: { ...q.headers, "x-tocsin-client": "198.51.100.7" } }, (r) => {
			seen.push([q.method, q.url, /__Host-tocsin=/.test(q.headers.cookie || ""), r.statusCode]);
			a.writeHead(r.statusCode, r.headers);
			r.pipe(a);
		});
		to.on("error", () => a.destroy());
		return q.pipe(to);
	});
	const at = await new Promise((r) => front.listen(0, "127.0.0.1", () => r(front.address().port)));
	const spki = createHash("sha256").update(new X509Certificate(tls.cert).publicKey.export({ type: "spki", format: "der" })).digest("base64");
	const { chromium } = createRequire(`${modules}/`)("playwright-core");
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", `--ignore-certificate-errors-spki-list=${spki}`, `--host-resolver-rules=MAP *:443 127.0.0.1:${at}`] });
	const context = await browser.newContext(), marked = portal.events().length;
	/* The cookie as we set it, and as a browser would have it that knows no SameSite. */
	for (const sameSite of ["Strict", "None"]) {
		await context.addCookies([{ name: "__Host-tocsin", value: rex.cookie, url: `${ORIGIN}/`, secure: true, httpOnly: true, sameSite }]);
		const p = await context.newPage();
		await p.goto("https://evil.example/");
		await p.evaluate(async ([origin, who]) => {
			for (const [path, body] of [["remove", { account: who }], ["sign-out", {}], ["close", {}], ["report", { kind: "missed", record: null, exposure: null, text: "x" }]])
				for (const type of ["text/plain", "application/x-www-form-urlencoded"]) await fetch(`${origin}/api/${path}`, { method: "POST", mode: "no-cors", credentials: "include", headers: { "Content-Type": type }, body: JSON.stringify(body) }).catch(() => {});
			await fetch(`${origin}/api/sign-out`, { method: "POST", credentials: "include", headers: { "Content-Type": "application/json" }, body: "{}" }).catch(() => {});
		}, [ORIGIN, who]);
		await Promise.all([p.waitForNavigation(), p.evaluate((origin) => {
			const f = document.createElement("form");
			Object.assign(f, { method: "POST", action: `${origin}/api/sign-out`, enctype: "text/plain" });
			f.append(Object.assign(document.createElement("input"), { name: '{"a":"', value: '"}' }));
			document.body.append(f);
			f.submit();
		}, ORIGIN)]);
		await p.close();
	}
	const posts = seen.filter(([method]) => method === "POST");
	ok("what another site's page posts in Chromium is refused, with the cookie and without [16]", posts.length >= 18 && posts.some((x) => x[2]) && posts.some((x) => !x[2]) && posts.every((x) => x[3] === 403), posts);
	is("and has done nothing: who was signed in still is, and the log has no line more", [(await rex.get("/api/session")).json.session, portal.events().length], ["account", marked]);
	await browser.close();
	front.close();
	front.closeAllConnections();
} else console.log("# no chromium: what another site's page can do is shown by the headers alone (t/serve.mjs)");

/* ---- rights that end in the middle of a download [37] ---- */

const extra = 64 << 20, long = 8 * extra, file = `${dir}/state/sealed/${unlock.case}-1-1`;
await stopped(() => {
	appendFileSync(file, Buffer.alloc(extra)); // nobody looks at the bytes before the reader does
	sqlite(`UPDATE record SET n = n + ${extra} WHERE file = '${unlock.case}-1-1' AND id = ''; UPDATE session SET fresh = strftime('%s');`);
});
/* A message as large, and a reader of another case, who asks for it there. */
const large = "00000000000000aa", longest = "00000000000000ab", elsewhere = new Browser(portal, "198.18.250.1"), token = randomBytes(32);
elsewhere.cookie = token.toString("base64url");
await stopped(() => {
	const other = sqlite(`SELECT id FROM room WHERE id <> '${unlock.case}' AND identity IS NULL ORDER BY id LIMIT 1`), at = statSync(file).size - extra, now = "strftime('%s')";
	copyFileSync(file, `${dir}/state/sealed/${other}-1-1`);
	truncateSync(`${dir}/state/sealed/${other}-1-1`, at + long);
	for (const room of [unlock.case, other]) sqlite(`INSERT INTO record (file, id, at, n, sha256) VALUES ('${room}-1-1', '${large}', ${at}, ${extra}, zeroblob(32))`);
	sqlite(`INSERT INTO record (file, id, at, n, sha256) VALUES ('${other}-1-1', '${longest}', ${at}, ${long}, zeroblob(32))`);
	sqlite(`UPDATE room SET state = (SELECT state FROM room WHERE id = '${unlock.case}'), until = NULL WHERE id = '${other}'; INSERT INTO account (id, room, name, roles, status, since) VALUES ('elsewhere', '${other}', 'Una', 4, 'active', ${now});
		INSERT INTO session (hash, kind, room, subject, account, name, made, used, fresh) VALUES (x'${createHash("sha256").update(token).digest("hex")}', 'account', '${other}', '', 'elsewhere', '', ${now}, ${now}, ${now})`);
});
/* Goes away, or stays and takes nothing, as soon as it is answered. */
const taken = (who, method, stays) => new Promise((resolve) => {
	const q = http.request({ host: "127.0.0.1", port: portal.port, method, path: `/api/record/${large}`, headers: { Host: ORIGIN.slice(8), "X-Tocsin-Client": who.client, "Sec-Fetch-Site": "same-origin", Cookie: `__Host-tocsin=${who.cookie}` } }, (a) => {
		a.on("error", () => {}).pause();
		if (!stays) q.destroy();
		resolve([a.statusCode, q]);
	}).on("error", () => resolve([0, q])).end();
});
for (const method of ["HEAD", "GET"]) {
	for (let i = 0; i < 30; i++) await Promise.all(Array.from({ length: 10 }, () => taken(rex, method)));
	const [status, q] = await taken(elsewhere, "GET", true);
	q.destroy();
	is(`300 times ${method} of a large message that nobody takes to its end, and others are still given theirs`, status, 200);
}
{
	const held = [];
	for (let i = 0; i < 300; i++) held.push(await taken(rex, "GET", true));
	const [status, q] = await taken(elsewhere, "GET", true);
	is("who holds many open is given no more of them, and others are", [held.some(([s]) => s === 429), held.filter(([s]) => s === 200).length >= 16, status], [true, true, 200]);
	for (const h of [q, ...held.map((x) => x[1])]) h.destroy();
}
await until("it has noticed", async () => {
	const [status, q] = await taken(rex, "GET", true);
	q.destroy();
	return status === 200;
});
const asked = await rex.post("/api/export", {});
const download = (id, on) => new Promise((resolve) => {
	let n = 0;
	const q = http.request({ host: "127.0.0.1", port: portal.port, path: `/api/export/${id}`, headers: { Host: ORIGIN.slice(8), "X-Tocsin-Client": "198.51.100.7", "Sec-Fetch-Site": "same-origin", Cookie: `__Host-tocsin=${rex.cookie}` } }, (a) => {
		a.on("data", async (d) => {
			n += d.length;
			if (on && n > 1 << 20) {
				const once = on;
				on = null;
				a.pause();
				await once();
				a.resume();
			}
		});
		a.on("error", () => {}).on("close", () => resolve([a.statusCode, n]));
	}).on("error", () => resolve([0, n])).end();
	return q;
});
is("a download runs to its end", await download(asked.json.export, null), [200, asked.json.length]);
const again = await rex.post("/api/export", {});
const twice = await Promise.all(Array.from({ length: 20 }, () => download(again.json.export, null)));
is("of twenty at once that want the same one, one gets it [49]", [twice.filter(([s, n]) => s === 200 && n === again.json.length).length, twice.filter(([s]) => s === 404).length], [1, 19]);
const third = await rex.post("/api/export", {});
/* Whoever does something else meanwhile for which the passkey is asked has a new cookie. */
{
	const key = new Authenticator(), made = (await rex.register(key)).status;
	let n = 0, fresh = null;
	const q = http.request({ host: "127.0.0.1", port: portal.port, path: `/api/record/${large}`, headers: { Host: ORIGIN.slice(8), "X-Tocsin-Client": rex.client, "Sec-Fetch-Site": "same-origin", Cookie: `__Host-tocsin=${rex.cookie}` } });
	await new Promise((resolve) => q.on("response", (a) => a.on("data", async (d) => {
		n += d.length;
		if (fresh !== null) return;
		fresh = 0;
		a.pause();
		fresh = [(await rex.freshen(key)).status, (await rex.register(new Authenticator())).status];
		a.resume();
	}).on("error", () => {}).on("close", resolve)).on("error", resolve).end());
	is("a passkey that is asked for, or another one that is made, while a download goes on does not end it", [made, fresh, n], [200, [200, 200], extra]);
}
const cut = await download(third.json.export, async () => {
	is("a nominator removes him", (await nominators[0].post("/api/remove", { account: who })).status, 200);
});
ok("who is removed while he downloads gets no more than what was on its way [37]", cut[0] === 200 && cut[1] < third.json.length && cut[1] < 32 << 20, cut);
/*
 * On a slow line a large file takes longer than a session may be idle. Between two looks at the clock more is taken than sockets hold, so that
 * some of it was asked for.
 */
{
	let minutes = 0, n = 0;
	const q = http.request({ host: "127.0.0.1", port: portal.port, path: `/api/record/${longest}`, headers: { Host: ORIGIN.slice(8), "X-Tocsin-Client": elsewhere.client, "Sec-Fetch-Site": "same-origin", Cookie: `__Host-tocsin=${elsewhere.cookie}` } });
	await new Promise((resolve) => q.on("response", (a) => a.on("data", async (d) => {
		n += d.length;
		if (minutes < 42 && n >= (minutes / 3 + 1) * (long / 16) && !a.isPaused()) {
			a.pause();
			portal.clock(60 * (minutes += 3));
			await sleep(1200);
			a.resume();
		}
	}).on("error", () => {}).on("close", resolve)).on("error", resolve).end());
	is("what takes 42 minutes runs to its end, and who took it is still signed in", [minutes, n, (await elsewhere.get("/api/session")).json.session], [42, long, "account"]);
}
await portal.stop();
names.stop();
done();
