// serve.mjs TOCSIN CASE SEALED WEB DIR: the reading room, asked over HTTP as browsers ask it, and as browsers do not. Numbers in
// brackets are rows of the checklist that the portal is held to (doc/threat-model.md).
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { spawnSync } from "node:child_process";
import { Authenticator, Browser, Names, ORIGIN, Portal, access_codes, done, free_port, is, ok, root, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv;
const names = await new Names().start();
cpSync(sealed, `${dir}/drop`, { recursive: true });
const portal = new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port });
const anybody = () => new Browser(portal);

/* ---- configuration ---- */

function refuses(what, text, line) {
	writeFileSync(`${dir}/bad.yaml`, text);
	const p = spawnSync(tocsin, ["serve", "--config", `${dir}/bad.yaml`], { encoding: "utf8", timeout: 60000 });
	ok(what, p.status === 2 && p.stderr.includes(`bad.yaml:${line}`) && p.stderr.trim().split("\n").length === 1, p.stderr);
}
const good = portal.config();
refuses("a misspelt setting is refused, with its line", good.replace("drop:", "dorp:"), 4);
refuses("an origin with a path", good.replace(ORIGIN, `${ORIGIN}/x`), 1);
refuses("an origin without a host", good.replace(ORIGIN, "https://:8443"), 1);
refuses("an origin with a port that is none", good.replace(ORIGIN, `${ORIGIN}:https`), 1);
for (const port of ["", "0", "65536", "99999", "123456", "08443", "443"]) refuses(`an origin with port "${port}"`, good.replace(ORIGIN, `https://reading.example:${port}`), 1);
refuses("an origin with a question", good.replace(ORIGIN, `${ORIGIN}?x`), 1);
refuses("an origin with somebody in it", good.replace(ORIGIN, "https://reading.example@evil.example"), 1);
refuses("a key that is none", good.replace(/signer: .*/, "signer: RWabc"), 7);
refuses("listening without a proxy, but for tests", good.replace(/testing:[^]*/, ""), 5);
refuses("ten minutes of looking cannot be shortened but for tests", good.replace("proofs:", "proofs:\n  over_minutes: 1"), 10);
const issuer = (more) => good.replace("proofs:", `proofs:\n  oidc:\n    - ${more}\n      name: X\n      client_id: us`);
refuses("an address is no proof of an organisation", issuer("issuer: https://idp.example\n      domain_claim: email"), 12);
refuses("an issuer that says nothing of organisations", issuer("issuer: https://idp.example"), 11);
refuses("an issuer by http", issuer("issuer: http://idp.example/{tenant}"), 11);
writeFileSync(`${dir}/good.yaml`, good);
is("--check says nothing of a good one", spawnSync(tocsin, ["serve", "--check", "--config", `${dir}/good.yaml`]).status, 0);

/* ---- HTTP ---- */

await portal.start();
const routes = ["/", "/claim", "/i/AAAA", "/app.js", "/app.css", "/api/about", "/api/session", "/api/case", "/api/record/index", "/api/nothing", "/nothing", "/../etc/passwd", "/api/%2e%2e/about"];
for (const path of routes) {
	const { status, headers } = await anybody().get(path);
	const want = { "content-security-policy": /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types mail; report-uri/,
		"strict-transport-security": /^max-age=31536000; includeSubDomains$/, "x-content-type-options": /^nosniff$/, "referrer-policy": /^no-referrer$/, "cross-origin-opener-policy": /^same-origin$/,
		"cross-origin-resource-policy": /^same-origin$/, "cache-control": /^no-store$/, "permissions-policy": /publickey-credentials-get=\(self\)/ };
	const missing = Object.entries(want).filter(([k, v]) => !v.test(headers[k] || "")).map(([k]) => k);
	ok(`${path} has all headers, and none with a version [13-15, 45]`, status !== 0 && missing.length === 0 && !headers.server, { status, missing, headers });
}
ok("the page has no inline code", !/<script(?![^>]*src=)|<style|\son\w+=/i.test((await anybody().get("/")).bytes.toString()));
is("HEAD is GET without the body", await anybody().ask("HEAD", "/api/about").then((a) => [a.status, a.bytes.length]), [200, 0]);
for (const method of ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
	is(`${method} is 405 [19]`, [(await anybody().ask(method, "/api/claim", {})).status, (await anybody().ask(method, "/")).status], [405, 405]);
is("GET of what is posted, POST of what is got: 405", [(await anybody().get("/api/claim")).status, (await anybody().post("/api/about")).status, (await anybody().post("/app.js")).status], [405, 405, 405]);
is("what is not there is 404", (await anybody().get("/api/nothing")).status, 404);
is("a body that is too large is 413", (await anybody().post("/api/claim", "x".repeat(70000))).status, 413);
is("in pieces without a length it is 411", (await anybody().ask("POST", "/api/claim", "x".repeat(70000), { "Content-Length": null, "Transfer-Encoding": "chunked" })).status, 411);
is("both lengths at once is 400 [20]", (await anybody().ask("POST", "/api/claim", undefined, { "Content-Length": "0", "Transfer-Encoding": "chunked" })).status, 400);
is("another host is 400", (await anybody().get("/api/about", { Host: "evil.example" })).status, 400);
is("two origins are 400", (await anybody().post("/api/sign-in/options", {}, { Origin: [ORIGIN, ORIGIN] })).status, 400);
is("another content type is 415", (await anybody().post("/api/sign-in/options", {}, { "Content-Type": "text/plain" })).status, 415);
is("a POST from another site is 403 [16]", [(await anybody().post("/api/sign-in/options", {}, { Origin: "https://evil.example" })).status, (await anybody().post("/api/sign-in/options", {}, { Origin: null })).status,
	(await anybody().post("/api/sign-in/options", {}, { "Sec-Fetch-Site": "cross-site" })).status], [403, 403, 403]);
for (const [what, body] of [["no JSON", "{"], ["an array", "[]"], ["a member twice [7]", '{"notice":"a","notice":"b","auth_a":"c"}'], ["a member that is not known", '{"notice":"a","auth_a":"b","x":1}'],
	["a member that is missing", '{"notice":"a"}'], ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])], ["depth", "[".repeat(2000)], ["nothing", ""]])
	is(`a body of ${what} is 400`, (await anybody().post("/api/claim", body)).code, "bad_request");
is("without a session nothing of a case is there [23]", (await Promise.all(["case", "log", "unlock", "wraps", "people", "manifest", "manifest.minisig", "record/index", "export/x", "marks", "passkeys"].map(async (p) => (await anybody().get(`/api/${p}`)).code))).filter((c) => c !== "sign_in"), []);

const documented = readFileSync(`${root}/doc/portal-api.md`, "utf8").match(/^\| (GET|POST) \/api\/\S+/gm).map((l) => l.slice(2).replace(/\/ID$/, "/")).sort();
const built = [...readFileSync(`${root}/src/serve/route.c`, "utf8").matchAll(/\{METHOD_(GET|POST), "([^"]+)"/g)].map((m) => `${m[1]} ${m[2]}`).sort();
is("the routes are those that are documented [23]", built, documented);

/* ---- its processes ---- */

const walls = portal.processes().map((p) => readFileSync(`/proc/${p}/status`, "utf8"));
is("five processes, each behind seccomp and without new privileges", walls.filter((s) => /Seccomp:\s2/.test(s) && /NoNewPrivs:\s1/.test(s)).length, 5);
const those = portal.processes();
process.kill(those[2], "SIGKILL");
ok("when one of them dies, all are started again [51]", await portal.others(those).then(() => true, () => false), portal.said);
portal.clock(-600);
is("when the clock is set back the room stays open", [(await anybody().get("/api/about")).status, (await anybody().post("/api/sign-in/options")).status], [200, 200]);
await until("the journal says so", () => portal.said.includes("the clock was set back"));
is("and so does the log, once", [portal.events().filter((e) => e.event === "alarm" && e.kind === "clock").map((e) => e.n > 500 && e.n <= 600)], [[true]]);
portal.clock(0);
const second = spawnSync(tocsin, ["serve", "--config", `${dir}/serve.yaml`], { encoding: "utf8", timeout: 60000 });
ok("a second portal on the same state is refused, and the first goes on", second.status === 3 && /a reading room runs on this state/.test(second.stderr) && (await anybody().get("/api/about")).status === 200, second.stderr);
is("it ends when it is asked to", await portal.stop(), 0);

/* ---- a clock that leaps ---- */

mkdirSync(`${dir}/leap-drop`);
cpSync(sealed, `${dir}/leap-drop`, { recursive: true });
const leap = await new Portal(tocsin, `${dir}/leap`, `${dir}/leap-drop`, await free_port(), { web, leap: 3600 }).start(), year = 365 * 24 * 3600;
await until("bundles are taken", () => readdirSync(`${dir}/leap-drop`).every((f) => !f.endsWith(".bundle")));
const kept = () => [readdirSync(`${dir}/leap/state/sealed`).length > 0, leap.events().filter((e) => e.event === "state" && e.to === "WITHDRAWN").length];
const leaps = () => leap.said.split("the clock leaps").length - 1, last = () => leap.events().filter((e) => e.event === "start").length;
leap.clock(year);
await until("the journal says that it leaps", () => leaps() === 1);
await sleep(2500);
is("a clock that leaps a year ends no case at once", kept(), [true, 0]);
await leap.stop();
Object.assign(leap.more, { kept_clock: true });
await leap.start();
await until("it says so again", () => leaps() === 2);
await sleep(2500);
is("nor does a start in another year", [last(), ...kept()], [2, true, 0]);
await leap.stop();
leap.more.leap = 0;
await leap.start();
await sleep(1500);
is("what came within the day before it has all of its time, by whichever clock", kept(), [true, 0]);
leap.clock(2 * year);
await until("when that is over it ends", () => !kept()[0] && kept()[1] === leap.events().filter((e) => e.event === "bundle").length);
is("a clock that stays where it is ends what it ends", kept(), [false, leap.events().filter((e) => e.event === "bundle").length]);
await leap.stop();

/* ---- a host without libcurl, which only web sites, issuers and a witness are asked with ---- */

mkdirSync(`${dir}/no-curl`);
writeFileSync(`${dir}/no-curl/libcurl.so.4`, "");
mkdirSync(`${dir}/bare-drop`);
const bare = await new Portal(tocsin, `${dir}/bare`, `${dir}/bare-drop`, await free_port(), { web, signer: `${sealed}/tocsin.pub`, within: ["sh", "-c", `LD_LIBRARY_PATH="${dir}/no-curl" exec "$0" "$@" 9</etc/passwd`] }).start();
is("what its starter had open none of its processes has", [bare.child.pid, ...bare.processes()].filter((p) => readdirSync(`/proc/${p}/fd`).some((f) => { try { return readlinkSync(`/proc/${p}/fd/${f}`) === "/etc/passwd"; } catch { return false; } })), []);
ok("without libcurl it serves, and says so", /fetch: libcurl\.so\.4 cannot be loaded/.test(bare.said) && (await new Browser(bare).get("/api/about")).status === 200, bare.said);
await bare.stop();

/* ---- a full disk: a file that may not grow, which says the same to whoever writes ---- */

const full = new Portal(tocsin, `${dir}/full`, `${dir}/full-drop`, await free_port(), { web, signer: `${sealed}/tocsin.pub`, within: ["sh", "-c", "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\""] });
mkdirSync(`${dir}/full-drop`);
await full.start();
/* A bundle that there is no room for stays where it is, and ends nothing. */
writeFileSync(`${dir}/large`, Buffer.alloc(2 << 20, "x"));
renameSync(`${dir}/large`, `${dir}/full-drop/${"ab".repeat(16)}.bundle`);
await until("there is no room for it", () => /logic: .*File too large/.test(full.said));
is("a bundle that there is no room for waits, and the room is open", [(await new Browser(full).get("/api/about")).status, readdirSync(`${dir}/full-drop`), full.files("sealed"), full.events().length], [200, [`${"ab".repeat(16)}.bundle`], [], 1]);
/* Attempts are logged; here with a network that is new each time, so that no limit of ours is met before the disk's. */
let answers = [], told = 0;
for (let i = 0; i < 6000; i += 50) {
	answers = await Promise.all(Array.from({ length: 50 }, (_, k) => new Browser(full, `10.${(i + k) >> 8 & 255}.${(i + k) & 255}.1`).post("/api/claim", { notice: "TN-0000-0000", auth_a: "A".repeat(43) })));
	told += answers.filter((a) => a.status === 403).length;
	if (answers.some((a) => a.status !== 403)) break;
}
ok("a full disk is a refusal to serve, said as such or by silence [51]", answers.some((a) => a.status !== 403) && answers.every((a) => [403, 503, 0].includes(a.status)), answers.map((a) => a.status).join());
await full.stop();
const logged = readFileSync(`${dir}/full/state/log/events`, "utf8").split("\n").filter((l) => l.endsWith("}") && l.includes('"attempt"')).length;
ok("what was answered is in the log: an answer that is not was never given", logged >= told, { logged, told });
/* ---- a user each, as it is meant to run ---- */

if (process.getuid() === 0) {
	const users = [61011, 61012, 61013, 61014, 61015], own = `${dir}/own`;
	for (const d of [dirname(dir), dir]) chmodSync(d, 0o711);
	mkdirSync(`${own}/drop`, { recursive: true });
	cpSync(sealed, `${own}/drop`, { recursive: true });
	spawnSync("chown", ["-R", "61012", `${own}/drop`]);
	const dropped = await new Portal(tocsin, own, `${own}/drop`, await free_port(), { web, dns: names.port, users }).start();
	is("started as root, each process is a user of its own", dropped.processes().map((p) => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${p}/status`, "utf8"))[1])), users);
	await until("bundles are taken", () => readdirSync(`${own}/drop`).every((f) => !f.endsWith(".bundle")));
	const folders = Object.fromEntries(["db", "sealed", "outbox", "log"].map((f) => [f, statSync(`${own}/state/${f}`)]));
	is("and its folder is nobody else's", Object.values(folders).map((s) => [s.uid, s.mode & 0o777]), [[61012, 0o700], [61012, 0o700], [61012, 0o700], [61015, 0o700]]);
	const ann = new Browser(dropped), { notice, code } = access_codes(case_dir)[0];
	is("so it serves", [(await ann.claim(notice, code)).status, (await ann.register(new Authenticator(), "Ann")).status], [200, 200]);
	/* As a carrier's copy may be: of a user that logic is not, for nobody else. */
	const [shut, link] = ["0", "1"].map((d) => `${own}/drop/${d.repeat(32)}.bundle`);
	writeFileSync(shut, "x", { mode: 0o600 });
	symlinkSync(shut, link);
	await until("it is set aside", () => readdirSync(`${own}/drop`).includes(`${basename(shut)}.refused`));
	is("a bundle that cannot be read is refused, what is no file is left alone, the log says why, and nobody's reading ends", [readdirSync(`${own}/drop`).includes(basename(link)),
		dropped.events().filter((e) => e.event === "bundle" && e.reason === "unreadable").length, (await ann.get("/api/case")).status, dropped.said.match(/a process of the portal has ended/)], [true, 1, 200, null]);
	const left = dropped.processes();
	dropped.child.kill("SIGKILL");
	/* One that has ended and is waited for by nobody yet has no command line; another one's number may be given again. */
	const runs = (p) => {
		try {
			return readFileSync(`/proc/${p}/cmdline`, "utf8").includes(`${own}/serve.yaml`);
		} catch {
			return false;
		}
	};
	is("and when it is killed, none of them goes on without it", await until("they end", () => left.every((p) => !runs(p))).catch(() => left.filter(runs)), true);
}
names.stop();
done();
