// supplement.mjs TOCSIN CASE SEALED WEB DIR LATER: a new version of a dossier that is claimed, read and reset already: the same keys lead to
// it, what is new can be marked, and new keys end everything.
import { copyFileSync, cpSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { Browser, Names, Portal, access_codes, done, first_reviewer, free_port, is, ok, page, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir, later] = process.argv;
const manifest = (file) => {
	const b = readFileSync(file);
	return JSON.parse(b.subarray(20, 20 + b.readUInt32LE(16)));
};
const bundles = (from) => readdirSync(from).filter((f) => f.endsWith(".bundle"));
const second = bundles(later).find((f) => manifest(`${later}/${f}`).version === 2 && manifest(`${later}/${f}`).notices.some((n) => access_codes(case_dir).some((c) => c.notice === n.notice && c.org.startsWith("Quaylight"))));
ok("the second wave has a new version for somebody of the first", second !== undefined);
const first_notices = manifest(`${sealed}/${second}`).notices.map((n) => n.notice);
const { notice, code } = access_codes(case_dir).find((c) => c.notice === first_notices[0]);

const names = await new Names().start();
cpSync(sealed, `${dir}/drop`, { recursive: true });
const portal = await new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, objection: 1 }).start();
await until("bundles are taken", () => bundles(`${dir}/drop`).length === 0);
let host = 0;
const person = () => new Browser(portal, `198.18.${++host}.1`);
const { rex, unlock } = await first_reviewer(names, { notice, code }, person);
const open = async (ck_now, id) => page.record_open(ck_now, unlock.case, id, (await rex.get(`/api/record/${id}`)).bytes);
const one = await open(rex.ck, "index");
const mark = (list) => rex.post("/api/marks", { marks: list.map((c) => ({ exposure: c.exposure, mark: "rotated", note: "", application: "" })) });
is("the first version is read and reset", (await mark(one.credentials)).json.state, "RESOLVED");

/* As the evidence side does it: under another name first. */
const deliver = (file, as = second) => {
	copyFileSync(file, `${dir}/drop/.new`);
	renameSync(`${dir}/drop/.new`, `${dir}/drop/${as}`);
};
deliver(`${later}/${second}`);
await until("it is taken", () => portal.events().some((e) => e.event === "bundle" && e.version === 2));
const now = (await rex.get("/api/case")).json, unlock2 = (await rex.get("/api/unlock")).json;
is("the new version is there, and the case is under review again", [now.version, now.state, now.messages > one.counts.messages], [2, "REVIEWING", true]);
const ck2 = await page.ck_next(rex.ck, unlock.case, unlock2.generation, unlock2.earlier.find((w) => w.version === 1), 2);
const two = await open(ck2, "index");
const fresh = two.credentials.filter((c) => !one.credentials.some((x) => x.exposure === c.exposure));
is("the key of the first leads to it", [two.version, two.counts.messages], [2, now.messages]);
ok("it names what is new", fresh.length > 0 && now.credentials === two.credentials.length, { fresh: fresh.length, of: two.credentials.length, counted: now.credentials });
is("and what is new can be marked", [(await mark(fresh)).status, (await rex.get("/api/case")).json.state], [200, "RESOLVED"]);
ok("contacts are told", portal.outbox().some((m) => /Subject: More of your mail was found/.test(m)));

deliver(`${sealed}/${second}`);
await until("an older one is passed over", () => portal.events().some((e) => e.event === "bundle" && e.result === "refused" && e.reason === "known"));
is("an older version changes nothing", (await rex.get("/api/case")).json.version, 2);
const broken = readFileSync(`${later}/${second}`);
broken[broken.length - 1] ^= 1;
writeFileSync(`${dir}/broken`, broken);
deliver(`${dir}/broken`);
await until("a damaged one is refused", () => portal.events().some((e) => e.event === "bundle" && e.reason === "format"));
is("what is damaged is set aside, and nothing changes", [readdirSync(`${dir}/drop`).includes(`${second}.refused`), (await rex.get("/api/case")).json.version], [true, 2]);
deliver(`${later}/${second}`, "00".repeat(16) + ".bundle");
await until("another's name is refused", () => portal.events().some((e) => e.event === "bundle" && e.reason === "its name is not its case"));
await sleep(100);
is("it ends when it is asked to", await portal.stop(), 0);
names.stop();
done();
