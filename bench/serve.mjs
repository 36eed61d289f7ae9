// serve.mjs TOCSIN CASE SEALED WEB DIR: readers ask for state, marks, records and the log with its proofs, each about once a second; then as fast as they can.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import https from "node:https";
import { Browser, Names, Portal, Proxy, access_codes, first_reviewer, free_port, sleep, until } from "../t/reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv;
const CASES = 2000, READERS = 200, SECONDS = 15, START_MS = 1000, P99_MS = 200; // what it is to keep to on two cores
let failed = 0;
const keeps = (what, got, most) => {
	if (got >= most) failed++;
	console.log(`${what}: ${got.toFixed(0)} ms, ${got < most ? "pass" : "FAIL"} (wanted: under ${most} ms)`);
};
cpSync(sealed, `${dir}/drop`, { recursive: true });
mkdirSync(`${dir}/proxy`, { recursive: true });
const names = await new Names().start(), port = await free_port(), origin = `https://localhost:${port}`;
const portal = await new Portal(tocsin, dir, `${dir}/drop`, 0, { web, dns: names.port, socket: `${dir}/http`, origin, objection: 1 }).start();

/* One case by the usual way, to its first reviewer. */
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
const { rex, unlock } = await first_reviewer(names, access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway")), () => new Browser(portal), origin);
const records = (await rex.get("/api/manifest")).json.records.map((r) => r.record);
await portal.stop();

/* The rest by hand: cases that nobody claimed, and readers who have signed in. */
const tokens = Array.from({ length: READERS }, () => randomBytes(32)), now = Math.floor(Date.now() / 1000);
writeFileSync(`${dir}/rows.sql`, ["BEGIN;", ...Array.from({ length: CASES }, (_, i) => `INSERT INTO room (id, state, since, until, generation, version, wave, file, manifest_at, manifest_n, signature_at, signature_n, data_at) VALUES ('${String(i).padStart(32, "0")}', 2, ${now}, ${now + 15552000}, 1, 1, 1, '', 0, 0, 0, 0, 0);`),
	...tokens.map((t, i) => `INSERT INTO account (id, room, name, roles, status, since) VALUES ('reader${i}', '${unlock.case}', 'Reader ${i}', 4, 'active', ${now}); INSERT INTO session (hash, kind, room, subject, account, name, made, used) VALUES (x'${createHash("sha256").update(t).digest("hex")}', 'account', '${unlock.case}', '', 'reader${i}', '', ${now}, ${now});`), "COMMIT;"].join("\n"));
execFileSync("sqlite3", [`${dir}/state/db/portal.db`, `.read ${dir}/rows.sql`]);
const begun = performance.now();
await portal.start(false);
while ((await new Browser(portal).get("/api/about")).status !== 200) await sleep(2);
keeps(`start to first request, with ${CASES} cases`, performance.now() - begun, START_MS);
const proxy = new Proxy(`${dir}/proxy`, `${dir}/http`, "localhost", port);
/* All readers come from one address here. */
writeFileSync(`${dir}/proxy/nginx.conf`, readFileSync(`${dir}/proxy/nginx.conf`, "utf8").replace(/^\s*limit_(req|conn) .*$/gm, ""));
await proxy.start();

const ca = readFileSync(`${dir}/proxy/cert.pem`), bad = new Map();
function ask(agent, token, path) {
	return new Promise((resolve) => {
		const began = performance.now();
		https.get({ host: "127.0.0.1", port, servername: "localhost", ca, agent, path, headers: { Host: `localhost:${port}`, Cookie: `__Host-tocsin=${token}` } }, (a) => {
			a.resume().on("end", () => {
				if (a.statusCode !== 200) bad.set(a.statusCode, (bad.get(a.statusCode) || 0) + 1);
				resolve(performance.now() - began);
			});
		}).on("error", (e) => { bad.set(e.code, (bad.get(e.code) || 0) + 1); resolve(performance.now() - began); });
	});
}
/* Of the portal's processes so far, in seconds: what a busy machine does not change. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const processor = () => portal.processes().reduce((sum, p) => {
	const f = readFileSync(`/proc/${p}/stat`, "utf8").split(") ")[1].split(" ");
	return sum + (Number(f[11]) + Number(f[12])) / TICKS;
}, 0);
async function load(pause) {
	const used = processor(), times = [], end = performance.now() + SECONDS * 1000;
	await Promise.all(tokens.map(async (t, i) => {
		const agent = new https.Agent({ keepAlive: true, maxSockets: 1 }), token = t.toString("base64url");
		await sleep(pause ? i * pause / READERS : 0);
		for (let n = 0; performance.now() < end; n++) {
			/* The log with its proofs has a limit of its own: only where people's pace is kept. */
			const what = pause && n % 8 === 7 ? "/api/log?after=0" : n % 4 === 0 ? "/api/case" : n % 4 === 1 ? "/api/marks" : `/api/record/${records[(i + n) % records.length]}`;
			times.push(await ask(agent, token, what));
			if (pause) await sleep(pause * (0.5 + Math.random()));
		}
		agent.destroy();
	}));
	const each = 1000 * (processor() - used) / times.length;
	times.sort((a, b) => a - b);
	const at = (p) => times[Math.floor(p * (times.length - 1))].toFixed(1);
	return [Number(at(0.99)), `${(times.length / SECONDS).toFixed(0)} requests/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms; of the processor the portal took ${each.toFixed(2)} ms a request`];
}
const [p99, said] = await load(1000);
console.log(`${CASES} cases, ${READERS} readers over TLS behind nginx; one request a second each: ${said}`);
keeps("p99 of that", p99, P99_MS);
console.log(`as fast as they can: ${(await load(0))[1]}`);
if (bad.size) console.log("not 200:", Object.fromEntries(bad));
proxy.stop();
names.stop();
await portal.stop();
process.exit(bad.size || failed ? 1 : 0);
