// supplement.mjs TOCSIN CASE SEALED WEB DIR LATER KEYS CODES: a new version of a dossier that is claimed, read and reset already: the same keys lead to
// it, what is new can be marked, and new keys end everything.
import { copyFileSync, cpSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { Browser, Names, Portal, access_codes, done, first_reviewer, free_port, is, ok, page, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir, later] = process.argv;
const [keys, old_codes] = process.argv.slice(8);
const codes = old_codes.split("\n").map((l) => l.split("\t")).map(([notice, code, org]) => ({ notice, code, org }));
const manifest = (file) => {
	const b = readFileSync(file);
	return JSON.parse(b.subarray(20, 20 + b.readUInt32LE(16)));
};
const bundles = (from) => readdirSync(from).filter((f) => f.endsWith(".bundle"));
const second = bundles(later).find((f) => manifest(`${later}/${f}`).version === 2 && manifest(`${later}/${f}`).notices.some((n) => codes.some((c) => c.notice === n.notice && c.org.startsWith("Quaylight"))));
ok("the second wave has a new version for somebody of the first", second !== undefined);
const first_notices = manifest(`${sealed}/${second}`).notices.map((n) => n.notice);
const { notice, code } = codes.find((c) => c.notice === first_notices[0]);

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
const tasks = async () => (await rex.get("/api/marks")).json.tasks.map((t) => [t.task, t.done]);
await rex.post("/api/tasks", { task: "logs", done: true, note: "" });
await rex.post("/api/tasks", { task: "content", done: true, note: "" });
is("and its tasks are done", await tasks(), [["content", true], ["logs", true]]);

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
is("what was looked at before is to be looked at again", await tasks(), [["content", false], ["logs", false]]);
is("and the log says so", portal.events().filter((e) => e.event === "task" && e.note === "supplement").map((e) => [e.task, e.done]), [["logs", false], ["content", false]]);
is("what was told before is due when it was", one.credentials.filter((c) => two.credentials.find((x) => x.exposure === c.exposure).due !== c.due), []);
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
await until("and set aside, which is after it is said", () => readdirSync(`${dir}/drop`).includes(`${second}.refused`));
is("what is damaged changes nothing", [bundles(`${dir}/drop`), (await rex.get("/api/case")).json.version], [[], 2]);
deliver(`${later}/${second}`, "00".repeat(16) + ".bundle");
await until("another's name is refused", () => portal.events().some((e) => e.event === "bundle" && e.reason === "its name is not its case"));

/* ---- new keys: whoever lost the old ones proves everything again ---- */

const people = () => portal.events().filter((e) => e.event === "account" && e.case === unlock.case).length;
is("before, somebody reads", (await rex.get("/api/marks")).json.marked > 0, true);
await rex.post("/api/tasks", { task: "logs", done: true, note: "" });
deliver(`${keys}/${second}`);
await until("new keys are taken", () => portal.events().some((e) => e.event === "bundle" && e.generation === 2 && e.result === "taken"));
is("sessions, accounts and keys of before are over [27]", [(await rex.get("/api/case")).code, (await rex.get("/api/record/index")).code, (await rex.get("/api/unlock")).code], ["sign_in", "sign_in", "sign_in"]);
is("the old code is one no more [28]", (await person().claim(notice, code)).code, "refused");
is("the log says why", portal.events().filter((e) => e.event === "state" && e.case === unlock.case).slice(-2).map((e) => [e.to, e.reason]), [["WITHDRAWN", "new_keys"], ["NOTIFIED", "bundle"]]);
deliver(`${later}/${second}`);
await until("older keys are refused", () => portal.events().some((e) => e.event === "bundle" && e.reason === "older keys"));
const renewed = access_codes(case_dir).find((c) => c.notice === notice), before = people();
names.txt.clear();
portal.clock(61); // the DNS may be looked at once a minute
const again = await first_reviewer(names, renewed, person), fresh_index = await page.record_open(again.rex.ck, again.unlock.case, "index", (await again.rex.get("/api/record/index")).bytes);
is("with the new code it is claimed, proved and read from the beginning", [again.unlock.generation, fresh_index.counts.messages, people() > before], [2, two.counts.messages, true]);
is("with nothing marked or done of before", [(await again.rex.get("/api/marks")).json.marked, (await again.rex.get("/api/marks")).json.tasks.filter((x) => x.done).length, (await again.rex.get("/api/people")).json.people.length], [0, 0, 4]);
const sealed_index = (await again.rex.get("/api/record/index")).bytes;
ok("the old key opens nothing of it", await page.record_open(ck2, again.unlock.case, "index", sealed_index).then(() => false, () => true));

/* ---- reminders ---- */

const reminders = () => portal.events().filter((e) => e.event === "reminder" && e.case === unlock.case), mails = (subject) => portal.outbox().filter((m) => m.includes(`Subject: ${subject}\n`));
const at = (what) => Math.round((Date.parse(what) - Date.now()) / 1000), first_due = fresh_index.credentials.map((c) => c.due).sort()[0];
is("nobody is reminded before something is due", reminders(), []);
portal.clock(at(first_due) - 20 * 3600);
await until("a reminder", () => reminders().length > 0);
is("a day before it people are reminded, of how many", [reminders().at(-1).kind, reminders().at(-1).open, reminders().at(-1).overdue], ["due", fresh_index.credentials.length, 0]);
ok("of the first day, in a mail without a word of what it is", mails("Your case: something is due").some((m) => m.includes(`the next is due on ${first_due.slice(0, 10)}`)) && !portal.outbox().some((m) => fresh_index.credentials.some((c) => m.includes(c.masked) || m.includes(c.class))), portal.outbox().at(-1));
const due_mails = mails("Your case: something is due").length;
portal.clock(8 * 24 * 3600);
await until("the week", () => reminders().some((e) => e.kind === "weekly"));
const urgent = fresh_index.credentials.filter((c) => at(c.due) < 8 * 24 * 3600).length;
is("once a week they are told what is open, and what is late", [reminders().at(-1).open, reminders().at(-1).overdue], [fresh_index.credentials.length, urgent]);
ok("with the tasks", mails("Your case this week").some((m) => /review of your own logs: due on 2/.test(m) && /reading of all that was exposed: due on 2/.test(m)), mails("Your case this week").at(-1));
await sleep(500);
is("once, and of what is due once", [reminders().filter((e) => e.kind === "weekly").length, mails("Your case: something is due").length], [1, due_mails]);
await sleep(100);
is("it ends when it is asked to", await portal.stop(), 0);
names.stop();
done();
