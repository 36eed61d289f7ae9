// serve-memory.mjs TOCSIN CASE SEALED WEB DIR LIB: the reading room while malloc fails (t/fault.c), at the n-th call of the first process or of each that it
// forks. It ends with a word or answers 503; without the fault it starts, and what was answered is there.
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { Authenticator, Browser, Portal, access_codes, done, free_port, is, ok, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir, lib] = process.argv;
const code = access_codes(case_dir)[0], bundles = readdirSync(sealed).filter((f) => f.endsWith(".bundle")).length;
/* While it starts; while bundles arrive; and, where they are there already, while it answers. */
const faults = [...["malloc:40", "malloc:2000", "forked:1", "forked:30", "forked:300", "forked:3000"].map((fault) => [fault, sealed, null]),
	...[500, 1000, 1500, 1700, 2500, 5000].map((n) => [`forked:${n}`, `${dir}/taken/drop`, `${dir}/taken/state`])];
const memory = /out of memory|Cannot allocate memory/i, met = [], crashed = [], lost = [], half = [];
let n_clients = 0, n_answered = 0;
const taken = (at) => !readdirSync(`${at}/drop`).some((f) => f.endsWith(".bundle"));

/*
 * Claims until one is answered, and asks on until the fault is met or the portal has ended; a fault that is met by none of three hundred
 * questions is met by none.
 */
async function with_fault(portal, at, fault, key) {
	let status = null, claimed = false, registered = 0, unsure = false, asked = 0, b;
	const begun = Date.now(), goes_on = () => {
		const ms = Date.now() - begun, met = memory.test(portal.said);
		return claimed ? !met && (ms < 1500 || asked < 300) : ms < (met ? 1500 : 60000);
	};
	portal.more.within = ["env", `FAULT=${fault}`, `LD_PRELOAD=${lib}`];
	await portal.start(false);
	portal.ended.then((s) => { status = s ?? "a signal"; });
	for (; status === null && goes_on(); await sleep(claimed ? 1 : 50)) {
		if (!claimed && !taken(at)) continue;
		if (!claimed) b = new Browser(portal, `198.18.0.${++n_clients % 250}`);
		const a = !claimed ? await b.claim(code.notice, code.code) : registered === 200 ? await b.get("/api/case") : await b.register(key, "Ann");
		/* What nobody heard the answer to may have been done, and is refused a second time. */
		if (![0, 200, 503].includes(a.status) && !unsure) crashed.push(`${fault}: ${a.status} ${a.code}`);
		unsure = unsure || (a.status !== 200 && a.error !== "ECONNREFUSED");
		if (claimed) asked++;
		if (a.status !== 200) continue;
		n_answered++;
		if (claimed) registered = 200;
		claimed = true;
	}
	const by_itself = status !== null;
	portal.child.kill("SIGTERM");
	await portal.ended;
	/* It may have been about to end when it was told to. */
	if (status !== 4 && (by_itself || status !== 0)) crashed.push(`${fault}: ended with ${status}`);
	if (/ended by signal/.test(portal.said)) crashed.push(`${fault}: ${portal.said}`);
	if (memory.test(portal.said)) met.push(fault);
	else if (status === 4) crashed.push(`${fault}: no word of it: ${portal.said}`);
	return { b, claimed, registered };
}

async function portal_at(at, drop, state) {
	mkdirSync(at);
	cpSync(drop, `${at}/drop`, { recursive: true });
	if (state) cpSync(state, `${at}/state`, { recursive: true });
	const portal = new Portal(tocsin, at, `${at}/drop`, await free_port(), { web, kept_clock: true });
	portal.clock(0);
	return portal;
}

const whole = await portal_at(`${dir}/taken`, sealed, null);
await whole.start();
await until("all bundles are taken", () => taken(`${dir}/taken`));
await whole.stop();
for (const [fault, drop, state] of faults) {
	const at = `${dir}/${fault.replace(":", "-")}${state ? "-taken" : ""}`, key = new Authenticator();
	const portal = await portal_at(at, drop, state);
	const { b, claimed, registered } = await with_fault(portal, at, fault, key);
	delete portal.more.within;
	await portal.start();
	await until("all bundles are taken", () => taken(at));
	if (registered === 200 && (await b.sign_in(key)).status !== 200) lost.push(`${fault}: the passkey`);
	else if (claimed && registered !== 200 && (await b.get("/api/case")).status !== 200 && (await b.register(key, "Ann")).status !== 200 && (await b.sign_in(key)).status !== 200) lost.push(`${fault}: the claim`);
	if (!claimed) {
		portal.clock(15 * 60 + 1); // one that was taken though nobody heard of it has been idle for a quarter of an hour
		if ((await new Browser(portal, "198.18.99.1").claim(code.notice, code.code)).status !== 200) lost.push(`${fault}: the claim cannot be made again`);
	}
	await portal.stop();
	const now = execFileSync("sqlite3", [`${at}/state/db/portal.db`, "PRAGMA integrity_check; SELECT count(*) FROM room"], { encoding: "utf8" }).trim();
	if (now !== `ok\n${bundles}` || readdirSync(`${at}/drop`).some((f) => f.endsWith(".refused"))) half.push(`${fault}: ${now}`);
}
console.log(`# ${met.length} of ${faults.length} faults were heard of, ${n_answered} requests were answered`);
ok("some of the faults were met, and some requests answered", met.length >= 4 && n_answered >= 4, met);
is("without memory it says so and ends, or answers 503", crashed, []);
is("with memory it starts, and nothing is lost that was answered", lost, []);
is("and the state is whole", half, []);
done();
