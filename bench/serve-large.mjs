// serve-large.mjs TOCSIN CASE SEALED WEB DIR MODULES: one large dossier (bench/serve-large makes it): how the portal takes it, 500 signed-in readers at
// once, and what a reader in Chromium waits for: the list, a search, the last message, the export.
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import https from "node:https";
import { Chromium, heading } from "../t/chromium.mjs";
import { Browser, Names, ORIGIN, Portal, Proxy, access_codes, first_reviewer, free_port, sleep, until } from "../t/reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir, modules] = process.argv;
const READERS = 500, SECONDS = 15;
const ms = (t) => `${(performance.now() - t).toFixed(0)} ms`;
/* Private memory of each of its processes: front, logic, auth, fetch, log. */
const memory = () => portal.processes().map((p) => `${(Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${p}/status`, "utf8"))[1]) / 1024).toFixed(0)}`).join(" ");
/* What its processes took of the processor so far, in seconds: a busy machine does not change it. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const processor = () => portal.processes().reduce((sum, p) => {
	const f = readFileSync(`/proc/${p}/stat`, "utf8").split(") ")[1].split(" ");
	return sum + (Number(f[11]) + Number(f[12])) / TICKS;
}, 0);
const ask = (agent, port, ca, token, path) => new Promise((resolve) => {
	const began = performance.now();
	https.get({ host: "127.0.0.1", port, servername: "reading.example", ca, agent, path, headers: { Host: "reading.example", Cookie: `__Host-tocsin=${token}` } }, (a) => {
		a.resume().on("end", () => resolve([performance.now() - began, a.statusCode]));
	}).on("error", (e) => resolve([performance.now() - began, e.code]));
});
const said = (times) => {
	if (!times.length) return "no requests";
	times.sort((a, b) => a - b);
	const at = (p) => times[Math.floor(p * (times.length - 1))].toFixed(1);
	return `${times.length} requests, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`;
};

mkdirSync(`${dir}/drop`, { recursive: true });
cpSync(`${sealed}/tocsin.pub`, `${dir}/drop/tocsin.pub`);
const bundle = readdirSync(sealed).filter((f) => f.endsWith(".bundle")).sort((a, b) => statSync(`${sealed}/${b}`).size - statSync(`${sealed}/${a}`).size)[0];
const names = await new Names().start();
const portal = await new Portal(tocsin, dir, `${dir}/drop`, 0, { web, dns: names.port, objection: 1, socket: `${dir}/http` }).start();
mkdirSync(`${dir}/proxy`);
const front = new Proxy(`${dir}/proxy`, `${dir}/http`, "reading.example", await free_port());
/* All readers come from one address here. */
writeFileSync(`${dir}/proxy/nginx.conf`, readFileSync(`${dir}/proxy/nginx.conf`, "utf8").replace(/^\s*limit_(req|conn) .*$/gm, "").replace("worker_connections 512", "worker_connections 4096"));
await front.start();
front.crt = readFileSync(`${dir}/proxy/cert.pem`);

/* While it is taken somebody asks every ten milliseconds. */
execFileSync("cp", [`${sealed}/${bundle}`, `${dir}/drop/.new`]);
execFileSync("mv", [`${dir}/drop/.new`, `${dir}/drop/${bundle}`]);
const took = performance.now(), waits = [], anybody = new Browser(portal);
while (readdirSync(`${dir}/drop`).some((f) => f.endsWith(".bundle"))) {
	const began = performance.now();
	await anybody.get("/api/about");
	waits.push(performance.now() - began);
	await sleep(10);
}
console.log(`a bundle of ${(statSync(`${sealed}/${bundle}`).size / 2 ** 20).toFixed(0)} MiB is taken in ${ms(took)}; who asked meanwhile: ${said(waits)}; private memory of front, logic, auth, fetch, log in MiB: ${memory()}`);

const { rex, unlock } = await first_reviewer(names, access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway")), () => new Browser(portal));
const records = (await rex.get("/api/manifest")).json.records.map((r) => r.record), last = records.length;
await portal.stop();
const tokens = Array.from({ length: READERS }, () => randomBytes(32)), now = Math.floor(Date.now() / 1000);
writeFileSync(`${dir}/rows.sql`, ["BEGIN;", ...tokens.map((t, i) => `INSERT INTO account (id, room, name, roles, status, since) VALUES ('reader${i}', '${unlock.case}', 'Reader ${i}', 4, 'active', ${now}); INSERT INTO session (hash, kind, room, subject, account, name, made, used) VALUES (x'${createHash("sha256").update(t).digest("hex")}', 'account', '${unlock.case}', '', 'reader${i}', '', ${now}, ${now});`), "COMMIT;"].join("\n"));
execFileSync("sqlite3", [`${dir}/state/db/portal.db`, `.read ${dir}/rows.sql`]);
const began = performance.now();
await portal.start(false);
while ((await new Browser(portal).get("/api/about")).status !== 200) await sleep(2);
console.log(`${records.length} records; start to first request ${ms(began)}`);

/* ---- 500 readers ---- */

let end = 0, waiting = READERS;
const used = processor(), times = [], firsts = [], bad = new Map();
await Promise.all(tokens.map(async (t, i) => {
	const agent = new https.Agent({ keepAlive: true, maxSockets: 1 }), token = t.toString("base64url");
	await sleep(i * 1000 / READERS);
	for (let n = 0; waiting || performance.now() < end; n++) {
		const [time, status] = await ask(agent, front.port, front.crt, token, n % 4 === 0 ? "/api/case" : n % 4 === 1 ? "/api/marks" : `/api/record/${records[(i * 97 + n * 13) % last]}`);
		/* The seconds begin when all are there. */
		if (n === 0 && --waiting === 0) end = performance.now() + SECONDS * 1000;
		(n ? times : firsts).push(time);
		if (status !== 200) bad.set(status, (bad.get(status) || 0) + 1);
		await sleep(500 + Math.random() * 1000);
	}
	agent.destroy();
}));
console.log(`${READERS} readers, a request a second each: ${said(times)}; the first of each, with its handshake: ${said(firsts)}; of the processor the portal took ${(1000 * (processor() - used) / (times.length + firsts.length)).toFixed(2)} ms each; memory ${memory()}${bad.size ? `; not 200: ${JSON.stringify(Object.fromEntries(bad))}` : ""}`);

/* ---- one of them in Chromium ---- */

const chromium = await new Chromium(modules, front).start(), ann = await chromium.person("Ann"), p = ann.page;
await ann.context.addCookies([{ name: "__Host-tocsin", value: rex.cookie, url: ORIGIN, secure: true, httpOnly: true, sameSite: "Strict" }]);
await p.goto(ORIGIN);
await heading(ann, /.+/);
const heap = async () => {
	const cdp = await ann.context.newCDPSession(p);
	await cdp.send("HeapProfiler.collectGarbage");
	return `${((await cdp.send("Runtime.getHeapUsage")).usedSize / 2 ** 20).toFixed(0)} MiB`;
};
const within = (what, f, arg) => p.evaluate(f, arg).then((t) => console.log(`${what}: ${t.toFixed(0)} ms`));
let t = performance.now();
await p.evaluate(async ([ck, version]) => {
	room.ck = Uint8Array.from(ck);
	room.ck_version = version;
	location.hash = "#/messages";
	await new Promise((r) => setTimeout(r, 0));
}, [[...rex.ck], unlock.version]);
await p.locator("table.listing tbody tr").first().waitFor({ timeout: 120000 });
console.log(`the list of all messages is there after ${ms(t)}; the page holds ${await heap()}`);
const drawn = async ([selector, value, event]) => {
	const e = document.querySelector(selector), began = performance.now();
	e.value = value;
	e.dispatchEvent(new Event(event, { bubbles: true }));
	document.body.getBoundingClientRect();
	return performance.now() - began;
};
for (const typed of ["s", "sl", "slot 49"]) await within(`"${typed}" in the search`, drawn, ["input[type=search]", typed, "input"]);
await within("nothing in the search", drawn, ["input[type=search]", "", "input"]);
for (const sort of ["oldest", "worst", "sender", "newest"]) await within(`sorted: ${sort}`, drawn, ["main .row .field:nth-child(3) select", sort, "change"]);
for (let i = 0; i < 5; i++) {
	const began = performance.now(), rows = await p.locator("table.listing tbody tr").count();
	await p.locator("main p > button", { hasText: "More" }).first().click().catch(() => {});
	await until("more rows", async () => (await p.locator("table.listing tbody tr").count()) > rows);
	if (i === 4) console.log(`the fifth press of "more": ${ms(began)}`);
}
t = performance.now();
await p.evaluate((id) => { location.hash = `#/message/${id}`; }, records.at(-1));
await p.locator("pre.mail").first().waitFor({ timeout: 60000 });
console.log(`the last message: ${ms(t)}`);
t = performance.now();
await p.evaluate(() => { history.back(); });
await p.locator("table.listing tbody tr").first().waitFor({ timeout: 60000 });
console.log(`back to the list: ${ms(t)}`);
await p.locator("input[type=search]").fill("zanzibar");
t = performance.now();
await p.locator(".searched button").first().click();
await p.locator(".searched .note").waitFor({ timeout: 300000 });
console.log(`a search in the texts stops after ${ms(t)}: ${(await p.locator(".searched").innerText()).replace(/\s+/g, " ")}; the page holds ${await heap()}`);
const { json } = await rex.post("/api/export");
if (json && json.export) {
	t = performance.now();
	const waits = [], busy = setInterval(async () => { const b = performance.now(); await anybody.get("/api/about"); waits.push(performance.now() - b); }, 20), hash = createHash("sha256");
	const n = await new Promise((resolve) => https.get({ host: "127.0.0.1", port: front.port, servername: "reading.example", ca: front.crt, path: `/api/export/${json.export}`, headers: { Host: "reading.example", Cookie: `__Host-tocsin=${rex.cookie}` } }, (a) => {
		let got = 0;
		a.on("data", (d) => { got += d.length; hash.update(d); }).on("end", () => resolve(got));
	}));
	clearInterval(busy);
	console.log(`the export, ${(n / 2 ** 20).toFixed(0)} MiB, in ${ms(t)}, ${hash.digest("hex") === json.sha256 ? "whole" : "NOT WHOLE"}; others meanwhile: ${said(waits)}; memory ${memory()}`);
} else {
	console.log("no export", json);
}
if (chromium.problems.length) console.log(chromium.problems.join("\n"));
await chromium.browser.close();
names.stop();
front.stop();
await portal.stop();
process.exit(0);
