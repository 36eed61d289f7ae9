// serve-kill.mjs TOCSIN CASE SEALED WEB DIR: the reading room killed at any moment while bundles arrive and organisations claim, and with a disk too full for
// the bundles. What was answered stays, what was not is whole or not there, and the log goes on.
import { cpSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { execFileSync, spawnSync } from "node:child_process";
import { Authenticator, Browser, Portal, access_codes, done, free_port, is, ok, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv;
const codes = access_codes(case_dir), port = await free_port(), bundles = readdirSync(sealed).filter((f) => f.endsWith(".bundle"));
const waiting = (at) => readdirSync(`${at}/drop`).filter((f) => f.endsWith(".bundle"));
const sql = (at, text) => execFileSync("sqlite3", [`${at}/state/db/portal.db`, text], { encoding: "utf8" }).trim();
const firsts = [...new Map(codes.map((c) => [c.org, c]).reverse()).values()];

/* ---- killed while bundles arrive ---- */

cpSync(sealed, `${dir}/drop`, { recursive: true });
const portal = new Portal(tocsin, dir, `${dir}/drop`, port, { web, kept_clock: true });
portal.clock(0);
let killed = 0;
/* Each time a third later: a quick machine takes all of them soon after its start, a slow one is not up by then. */
for (let ms = 10; ms < 3000 && waiting(dir).length; ms *= 4 / 3) {
	await portal.start(false);
	await sleep(ms);
	portal.child.kill("SIGKILL");
	await portal.ended;
	killed++;
}
await portal.start();
await until("all bundles are taken", () => waiting(dir).length === 0);
ok(`killed ${killed} times while bundles arrived, it takes them all`, killed >= 3);
is("none is refused, or half", [readdirSync(`${dir}/drop`).filter((f) => f.endsWith(".refused")), portal.files("sealed").map((f) => f.split("/").at(-1)).filter((f) => f.endsWith(".new"))], [[], []]);
const sums = (at, files) => files.map((f) => execFileSync("sha256sum", [`${at}/${f}`], { encoding: "utf8" }).slice(0, 64)).sort();
is("each is there as it came", sums(`${dir}/state/sealed`, readdirSync(`${dir}/state/sealed`)), sums(sealed, bundles));

/* ---- killed while organisations claim: the whole of it, or one of its processes ---- */

const claimed = [];
killed = 0;
for (const [i, c] of firsts.slice(0, 8).entries()) {
	const b = new Browser(portal, `198.18.${i}.1`), those = portal.processes(), victim = i % 2 ? those[1 + i % 4] : portal.child.pid;
	const key = new Authenticator(), answers = (async () => [await b.claim(c.notice, c.code), await b.register(key, `Ann ${i}`)])();
	await sleep(2 + 12 * i);
	process.kill(victim, "SIGKILL");
	killed++;
	const [first, second] = await answers;
	claimed.push({ b, c, key, first: first.status, second: second.status });
	if (victim === portal.child.pid) {
		await portal.ended;
		await portal.start();
	} else await portal.others(those);
}
const lost = [];
/* A process that is being started again is answered for with 503. */
const answer = (ask) => until("it answers", async () => {
	const x = await ask();
	return [0, 503].includes(x.status) ? null : x;
});
for (const { b, c, key, first, second } of claimed)
	if (first === 200) {
		const said = [second];
		/* Who has no passkey yet goes on where he was; it may also have been taken, and the cookie renewed, though nobody got the answer. */
		for (const ask of [() => b.get("/api/case"), () => b.register(key, "Ann"), () => b.sign_in(key)]) {
			said.push((await answer(ask)).status);
			if (said.at(-1) === 200) break;
		}
		if (said.at(-1) !== 200) lost.push(`${c.notice}: ${said}`);
	}
is(`of ${claimed.filter((x) => x.first === 200).length} claims that were answered, with ${killed} kills, none is lost`, lost, []);
const again = [];
for (const { c, first } of claimed.filter((x) => x.first !== 200)) {
	const b = new Browser(portal, "198.18.99.1");
	/* One that was taken though nobody got the answer is alive until its session has been idle for a quarter of an hour. */
	portal.clock(Number(readFileSync(`${dir}/clock`, "utf8")) + 15 * 60 + 1);
	await until("it answers", async () => (await b.get("/api/about")).status === 200);
	const { status } = await b.claim(c.notice, c.code);
	if (status !== 200) again.push(`${c.notice}: ${first} ${status}`);
}
is("and the others can be made again", again, []);
is("each claim that counts is in the log", firsts.slice(0, 8).filter((c) => !portal.events().some((e) => e.event === "attempt" && e.notice === c.notice && e.result === "right")).map((c) => c.notice), []);
await portal.stop();
is("the state is whole", sql(dir, "PRAGMA integrity_check; SELECT count(*) FROM room"), `ok\n${bundles.length}`);
const collected = spawnSync(tocsin, ["notify", "collect", `${dir}/state/log/events`, "--case", case_dir], { encoding: "utf8" });
ok("and the log is taken by the case", collected.status === 0, collected.stderr + collected.stdout);

/* ---- a disk with no room for a bundle ---- */

const full = `${dir}/full`;
mkdirSync(full);
cpSync(sealed, `${full}/drop`, { recursive: true });
const small = new Portal(tocsin, full, `${full}/drop`, await free_port(), { web, within: ["sh", "-c", "trap '' XFSZ; ulimit -f 300; exec \"$0\" \"$@\""] });
await small.start(false);
await until("the journal says what is wrong", () => /File too large|disk is full|disk I.O error/.test(small.said));
small.child.kill("SIGTERM");
await small.ended;
ok("what has no room stays where it came", waiting(full).length > 0 && readdirSync(`${full}/drop`).every((f) => !f.endsWith(".refused")), readdirSync(`${full}/drop`));
delete small.more.within;
await small.start();
await until("with room it is taken", () => waiting(full).length === 0);
is("and is there as it came", sums(`${full}/state/sealed`, readdirSync(`${full}/state/sealed`)), sums(sealed, bundles));
await small.stop();
done();
