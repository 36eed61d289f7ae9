// browser.mjs TOCSIN CASE SEALED WEB DIR MODULES: a case in the reading room as people do it, in Chromium over TLS: claim, nominate, read, mark,
// export, log out. Each view is looked at by axe (WCAG 2.2 AA). SHOTS=DIR in the environment leaves a picture of each.
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync, spawnSync } from "node:child_process";
import net from "node:net";
import { Chromium, heading, main_text, make_passkey, press, tls_front, to } from "./chromium.mjs";
import { Names, ORIGIN, Portal, access_codes, done, free_port, is, ok, operator_of, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir, modules] = process.argv;
const DAY = 24 * 3600;

/* ---- the portal, and TLS before it ---- */

const names = await new Names().start();
cpSync(sealed, `${dir}/drop`, { recursive: true });
const operators = [process.getuid(), 61002];
const portal = await new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, operators }).start();
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
const front = await tls_front(dir, portal);

/* ---- Chromium ---- */

/* Where hostile markup would have its browser go: whoever connects is counted. */
let connected = 0;
const canary = net.createServer((s) => { connected++; s.destroy(); }).listen(0, "127.0.0.1");
await new Promise((r) => canary.once("listening", r));
const chromium = await new Chromium(modules, front).start([`MAP canary.example 127.0.0.1:${canary.address().port}`]);
const { problems, asked } = chromium, person = (name, options) => chromium.person(name, options), look = (p, what) => chromium.look(p, what);
const speaks = async (p, code) => {
	await p.page.locator("#head select").selectOption(code);
	await until("the other language is spoken", () => p.page.evaluate((l) => document.documentElement.lang === l && document.activeElement.tagName === "SELECT", code));
};
async function keep_key(p) {
	await heading(p, "Keep your reading key");
	const key = await p.page.locator("output.secret").textContent();
	await speaks(p, "fr");
	is(`${p.name}: in another language the key is the same`, [await p.page.locator("h1").textContent(), await p.page.locator("output.secret").textContent()], ["Gardez votre clé de lecture", key]);
	await speaks(p, "en");
	await press(p, "I have kept it");
	return key;
}
async function invite(p, role, name) {
	await to(p, "People", "People");
	await p.page.getByLabel("Name of the person").fill(name);
	await p.page.getByLabel("Role", { exact: true }).selectOption(role);
	const before = await p.page.locator("section output.secret").allTextContents();
	await press(p, "Make the link");
	return until("a link is shown", async () => (await p.page.locator("section output.secret").allTextContents()).find((l) => !before.includes(l)));
}

/* ---- a claim ---- */

const { notice, code } = access_codes(case_dir).find((c) => c.org.startsWith("Quaylight"));
const ann = await person("Ann");
await ann.page.goto(ORIGIN);
await heading(ann, /.+/);
await look(ann, "start");
await ann.page.locator("section.card button").first().click();
ok("before anything is typed it says what a claim takes, and that nothing has to wait for it", /Then a day in which .* can object\. Then two colleagues/.test(await main_text(ann)) && /Do not wait for this: begin to reset now/.test(await main_text(ann)), await main_text(ann));
await ann.page.goBack();
await heading(ann, await ann.page.evaluate(() => words.start.title));
await ann.page.goForward();
await heading(ann, "Claim your case");
await ann.page.reload();
await heading(ann, "Claim your case");
ok("back and forward lead out of the form and into it again, and a reload stays", (await ann.page.getByLabel("Notice number").count()) === 1);
await ann.page.locator("form button[type=submit]").click();
is("what is not filled in is named, and has the focus", [await ann.page.locator("form .problem").textContent(), await ann.page.evaluate(() => document.activeElement.name)], ["Please fill in: Notice number", "notice"]);
await ann.page.getByLabel("Notice number").fill(notice.toLowerCase());
await speaks(ann, "de");
is("another language leaves the view and what is typed", [await ann.page.locator("h1").textContent(), await ann.page.locator("input[name=notice]").inputValue()], ["Ihren Fall beanspruchen", notice.toLowerCase()]);
await speaks(ann, "en");
await ann.page.getByLabel("Access code").fill(code.slice(0, -1) + (code.endsWith("0") ? "1" : "0"));
await ann.page.locator("form button[type=submit]").click();
await ann.page.locator("form .problem:not(:empty)").waitFor();
ok("a code with a typing mistake is found out in the page, before anything is sent", !portal.events().some((e) => e.event === "attempt"));
await look(ann, "claim");
await ann.page.getByLabel("Access code").fill(code);
await ann.page.locator("form button[type=submit]").click();
await make_passkey(ann, "Ann Lee");
await ann.page.locator("output.secret").first().waitFor();
await look(ann, "proof");
const value = await ann.page.locator("output.secret").first().textContent();
names.txt.set("_tocsin-challenge.quaylight.example", [value]);
await ann.page.locator("section.card button.main").first().click();
await until("the proof is seen", () => portal.events().some((e) => e.event === "state" && e.to === "CLAIM_WAIT"));
await to(ann, "Log", "Log");
await until("who waits can look at the log, in words", async () => /method: DNS, domain: quaylight.example, found: yes, DNSSEC: not signed, resolvers: one/.test((await ann.page.locator("main").innerText()).replace(/\s+/g, " ")));
/* What could not be loaded is tried again by the same link. */
await ann.context.setOffline(true);
await ann.page.getByRole("link", { name: "Your claim", exact: true }).click();
await until("it says that it did not come", async () => (await ann.page.locator("#status").innerText()) === (await ann.page.evaluate(() => words.errors.unavailable)));
await ann.context.setOffline(false);
await ann.page.getByRole("link", { name: "Your claim", exact: true }).click();
problems.splice(0, problems.length, ...problems.filter((x) => !/ERR_INTERNET_DISCONNECTED/.test(x)));
await to(ann, "Your claim", "You speak for Quaylight Terminals plc: that is proven");
is("and comes back to the claim, which says how far it is", [await ann.page.locator(".steps [aria-current=step]").textContent(), await ann.page.locator("nav [aria-current=page]").textContent(), await ann.page.locator("section.card button.main").count()], ["A day for objections", "Your claim", 0]);
await ann.page.reload();
await ann.page.locator("p.note").first().waitFor();
await look(ann, "objection window");
is("it asks for nothing that is done: the record can go", [await ann.page.locator("output.secret").count(), /you can take the record out again/.test(await main_text(ann)), /Ask whoever runs your DNS/.test(await main_text(ann))], [0, true, false]);
portal.clock(DAY + 60);
await until("the case opens", () => portal.events().some((e) => e.event === "state" && e.to === "OPEN"));

/* After a day the session is long over: the passkey again, and the code once more for the key. */
await ann.page.goto(ORIGIN);
await heading(ann, /.+/);
await press(ann, "Sign in");
await heading(ann, "Unlock the case");
await look(ann, "unlock");
await ann.page.getByLabel("Notice number").fill(notice);
await ann.page.getByLabel("Access code").fill(code);
await ann.page.locator("form button[type=submit]").last().click();
await look(ann, "reading key");
await press(ann, "Let my passkey open the case next time");
await ann.page.getByText("Your passkey opens the case from now on.").waitFor();
await keep_key(ann);
await ann.page.reload();
await press(ann, "Unlock with this passkey");
await heading(ann, "People");
await look(ann, "people of the claimant");
ok("and is told what comes next: nominators, two of them", /Next: invite colleagues as nominators \(2 more, at least\)/.test(await ann.page.locator("main .note").first().innerText()));

/* ---- two nominators, a reviewer ---- */

async function joins(by, role, name) {
	const link = await invite(by, role, name);
	await speaks(by, "es");
	is(`in another language ${name}'s link is still there`, [await by.page.locator("h1").textContent(), await by.page.locator("section output.secret").allTextContents()], ["Personas", [link]]);
	await speaks(by, "en");
	const p = await person(name);
	await p.page.goto(link);
	await heading(p, "You are invited");
	await speaks(p, "es");
	is(`${name} is still invited in Spanish`, await p.page.locator("h1").textContent(), "Tiene una invitación");
	await speaks(p, "en");
	ok(`${name}'s link leaves nothing in the address`, p.page.url() === `${ORIGIN}/`, p.page.url());
	await make_passkey(p, name);
	p.key = await keep_key(p);
	await by.page.getByRole("table", { name: "People" }).getByRole("cell", { name }).waitFor().catch(() => {});
	is(`${name} stands among the people without being asked for, and the link still there`, [await by.page.getByRole("table", { name: "People" }).getByRole("cell", { name }).count(), await by.page.locator("section output.secret").allTextContents()], [1, [link]]);
	return p;
}
const ben = await joins(ann, "nominator", "Ben Okri"), eve = await joins(ann, "nominator", "Eve Long");
const rosa = await joins(ben, "reviewer", "Rosa Mir");
await heading(rosa, "Waiting for a second nominator");
await look(rosa, "a reviewer who waits");
ok("nobody reads before a second nominator said so", !(await rosa.page.locator("nav").textContent()).includes("Messages"));
await eve.page.getByRole("link", { name: "People" }).click();
await eve.page.reload();
await press(eve, "Unlock with this passkey");
await heading(eve, "People");
ok("the second nominator is told that somebody waits", /a reviewer waits for the word of a second nominator/.test(await eve.page.locator("main .note").first().innerText()));
await look(eve, "a reviewer to approve");
await press(eve, "Approve");
await until("the reviewer is active", () => portal.events().some((e) => e.event === "account" && e.action === "active"));
/* Who claimed is often who is to read: two others can say so of her. */
await to(ben, "Log", "Log");
await to(ben, "People", "People");
await ben.page.getByRole("row", { name: /^Ann Lee/ }).getByRole("button", { name: "Let this person read too" }).click();
await until("one has said so", () => portal.events().some((e) => e.event === "account" && e.action === "role" && e.person === "Ann Lee"));
await to(eve, "Log", "Log");
await to(eve, "People", "People");
await eve.page.getByRole("row", { name: /^Ann Lee/ }).getByRole("button", { name: "Approve" }).click();
await until("and two make her a reader", () => portal.events().some((e) => e.event === "account" && e.action === "active" && e.person === "Ann Lee"));
is("whoever claimed reads when two nominators say so", await ann.page.evaluate(async () => (await (await fetch("/api/session")).json()).roles), ["claimant", "reviewer"]);

/* ---- reading ---- */

await rosa.page.reload();
await press(rosa, "Unlock with this passkey");
await heading(rosa, "What was exposed");
{
	/* As of an organisation whose customers' data stood in thousands of mails. */
	const items = () => rosa.page.getByText(/^passport number P\d+$/).count();
	await rosa.page.evaluate(async () => {
		room.index.kept = room.index.personal;
		room.index.personal = Array.from({ length: 450 }, (_, i) => ({ class: "passport number", masked: `P${i}`, records: [] }));
		await overview_view();
	});
	const at_first = await items();
	await press(rosa, "Show more");
	is("of many personal data the first are shown, and the rest when they are asked for", [at_first, await items(), await rosa.page.getByRole("button", { name: "Show more" }).count()], [200, 450, 0]);
	await rosa.page.evaluate(async () => { room.index.personal = room.index.kept; await overview_view(); });
}
await look(rosa, "overview");
ok("one minute: what happened, from when to when, how much is ours and how sure it is", /An intruder had access to mailboxes of Kestrelgate Ltd from 4 August 2025 to 17 September 2025\. \d+ messages concern you: \d+ were opened, \d+ must be presumed read/.test(await main_text(rosa)), (await main_text(rosa)).slice(0, 300));
is("then what to reset, and what to do by when", (await rosa.page.locator("h2").allTextContents()).slice(0, 3), ["Reset these first", "What is to be done", "In the last seven days"]);
ok("the most urgent first, with how it came out and its day", /exposed since \d+ \w+ 2025, opened · due \d+ \w+ 20\d\d \((tomorrow|in \d+ days)\)/.test((await rosa.page.locator("ol.first li").first().innerText()).replace(/\s+/g, " ")), await rosa.page.locator("ol.first li").first().innerText());
ok("whose each is: an account or a host", /user name with its password for kiosk-north/.test((await rosa.page.locator("ol.first").innerText()).replace(/\s+/g, " ")), await rosa.page.locator("ol.first").innerText());
ok("and the logs of which days are to be reviewed", /Review your own logs .* from 29 July 2025 to 17 September 2025.*due/.test(await main_text(rosa)));
const tiles = await rosa.page.locator(".tile").allTextContents();
ok("the first view has the numbers, and of what", tiles.length === 5 && tiles.every((t) => /^\d+(messages? (opened|that must|of which)|credentials? to reset|parts? that)/.test(t)), tiles);
await to(rosa, "All credentials", "Credentials to reset");
await look(rosa, "credentials");
const rows = rosa.page.locator("table:not(.kinds) tbody tr"), n = await rows.count();
ok("credentials are listed, masked", n > 2 && (await rows.first().locator("code").textContent()).includes("*"), n);
await rows.first().getByRole("button", { name: "Show value" }).click();
await until("the value is shown", async () => !(await rows.first().locator("code").textContent()).includes("*"));
const secret = await rows.first().locator("code").textContent();
const shown = () => rosa.page.locator("table:not(.kinds) tbody tr:visible").count(), mark_selected = async (word) => {
	await rosa.page.locator("select[name=mark]").selectOption(word);
	await rosa.page.locator("h1").evaluate((e) => e.setAttribute("data-old", ""));
	await press(rosa, "Mark the selected ones");
	await rosa.page.locator("h1:not([data-old])").waitFor();
};

/* Kind by kind: what to do, and all of one kind with one mark. */
const kinds = await rosa.page.locator("table.kinds tbody tr").evaluateAll((list) => list.map((r) => [...r.cells].map((c) => c.innerText)));
is("each kind stands there once, with how many are open and what to do, nothing in general terms", [new Set(kinds.map((k) => k[0])).size, kinds.reduce((sum, k) => sum + Number(k[1].split(" of ")[0]), 0), kinds.filter((k) => !/^\d+ due on \d+ \w+ 20\d\d \((tomorrow|in \d+ days)\)$/.test(k[2])), kinds.filter((k) => k[3] === "" || /Replace what can be replaced/.test(k[3]))], [kinds.length, n, [], []]);
is("there is advice for every kind that has a name", await rosa.page.evaluate(() => Object.values(languages).map((l) => Object.keys(l.classes).filter((k) => !l.advice[k])).flat()), []);
await rosa.page.getByRole("button", { name: "Select these: user name with its password" }).click();
const of_kind = kinds.find((k) => k[0] === "user name with its password")[1].split(" of ")[0];
is("a kind is chosen as a whole, and nothing else", [await shown(), await rosa.page.locator("input[name=exposure]:checked").count(), await rosa.page.getByText(`${of_kind} selected`).count(), await rosa.page.evaluate(() => document.activeElement.name)], [Number(of_kind), Number(of_kind), 1, "mark"]);
await mark_selected("rotated");
is("and marked with one press", portal.events().filter((e) => e.event === "mark").map((e) => e.mark), Array(Number(of_kind)).fill("rotated"));
ok("the kind is done", /^0 of/.test(await rosa.page.locator("table.kinds tr", { hasText: "user name with its password" }).locator("td").nth(1).innerText()));
await rosa.page.getByRole("button", { name: /Select these: API key/ }).click();
is("what is usual for a kind is offered", await rosa.page.locator("select[name=mark]").inputValue(), "revoked");
await rosa.page.getByLabel("Kind", { exact: true }).selectOption("username_password");
await rosa.page.getByLabel("Show", { exact: true }).selectOption("all");
await rosa.page.getByLabel("Select all").check();
await mark_selected("open");
await rosa.page.getByLabel("Search").fill("authenticator");
await until("one kind is shown", async () => (await shown()) === 1);
await rosa.page.getByLabel("Select all").check();
await rosa.page.getByLabel("Note").fill("not our system");
await mark_selected("not_ours");
is("all that are shown are marked, and no others", portal.events().filter((e) => e.event === "mark").slice(2 * of_kind).map((e) => [e.mark, e.note]), [["not_ours", "not our system"]]);
await rosa.page.getByLabel("Show", { exact: true }).selectOption("open");
await until("what is open is shown", async () => (await shown()) === n - 1);
await rosa.page.getByLabel("Show", { exact: true }).selectOption("all");

/* Twenty days on, by the server's clock: this computer's would not do. */
front.ahead_ms = 20 * DAY * 1000;
await to(rosa, "Overview", "What was exposed");
ok("what is overdue is called so, with the day and how long", new RegExp(`1 of ${n} credentials are dealt with · ${n - 1} of them overdue`).test(await main_text(rosa)) && /overdue since \d+ \w+ 20\d\d \(\d+ days ago\)/.test(await rosa.page.locator("ol.first li").first().innerText()), await main_text(rosa));
ok("a clock that differs from the server's is told of", /The clock of this computer is 28,800 minutes off/.test(await rosa.page.locator("footer").innerText()), await rosa.page.locator("footer").innerText());
await to(rosa, "All credentials", "Credentials to reset");
await rosa.page.getByLabel("Show", { exact: true }).selectOption("late");
is("the overdue ones alone", [await shown(), (await rosa.page.locator("table:not(.kinds) tr:visible .late").allInnerTexts()).every((t) => /^overdue, \d+ days ago$/.test(t))], [n - 1, true]);
await look(rosa, "overdue");
front.ahead_ms = 0;
await to(rosa, "Overview", "What was exposed");
ok("the week is told: how many were marked, and by whom", /In the last seven days .*1 credential was marked \(Rosa Mir\)/.test(await main_text(rosa)));
await press(rosa, "Mark as done");
await until("a task is done", () => portal.events().some((e) => e.event === "task" && e.task === "logs" && e.done));
await until("which stands there", async () => /the review of logs was done \(Rosa Mir\)/.test(await main_text(rosa)));
await to(rosa, "Messages", "Messages");
await look(rosa, "messages");
await rosa.page.getByLabel("Search").fill("zzzzzz");
await until("the search finds nothing", async () => (await rosa.page.locator("tbody tr").count()) === 0);
await rosa.page.getByLabel("Search").fill("");
await until("and then all again", async () => (await rosa.page.locator("tbody tr").count()) > 3);

/* In the text of all of them. */
const found = () => rosa.page.locator("tbody tr").count(), searched = () => rosa.page.locator(".searched").innerText();
const reads = () => portal.events().filter((e) => e.event === "read" && e.record.length === 16).length;
await rosa.page.getByLabel("Search").fill("\"GATE 4\" shut");
await until("no head has it", async () => (await found()) === 0);
const in_list = await rosa.page.evaluate(() => room.rows.length), read_before = reads();
await rosa.page.evaluate(() => { search_limits.fetches = 5; });
await press(rosa, "Search the text too");
await until("it stops where reads would be many", async () => /The search stopped here/.test(await searched()));
ok("and says how far it came, and why it stopped", / [56] of \d+ searched/.test(await searched()) && /more than 600 in an hour/.test(await searched()) && reads() - read_before === 5, [await searched(), reads() - read_before]);
await look(rosa, "a search that stopped");
await rosa.page.evaluate(() => { search_limits.fetches = 500; });
is("what is left is counted, and the next step says how large it is", [new RegExp(`${in_list - 5} messages are not searched yet`).test(await searched()), await rosa.page.locator(".searched button").innerText()], [true, "Search 5 more"]);
await rosa.page.route("**/api/record/*", (r) => r.fulfill({ status: 429, headers: { "Retry-After": "1800" }, body: "<html>of a proxy</html>" }));
await rosa.page.locator(".searched button").click();
await until("a limit ends it, with when to go on", async () => /wait 30 minutes/.test(await searched()));
await rosa.page.unroute("**/api/record/*");
problems.splice(problems.findIndex((x) => /429/.test(x)), 1);
await press(rosa, "Go on");
await until("all are searched", async () => new RegExp(`Found in 1 message: ${in_list} of ${in_list} searched`).test(await searched()));
is("words of a text are found, and shown where they stand", [await found(), /The crane is back\. Gate 3 opens at six Gate 4 stays shut/.test((await rosa.page.locator("tbody .context").innerText()).replace(/\s+/g, " ")), await rosa.page.locator("tbody .context mark").allTextContents()],
	[1, true, ["Gate 4", "shut"]]);
ok("each was one read in the log, and not one more", reads() - read_before <= in_list && new Set(portal.events().filter((e) => e.event === "read").map((e) => e.record)).size >= in_list, reads() - read_before);
await look(rosa, "a search in the texts");
await rosa.page.locator("tbody tr a").first().click();
await heading(rosa, "Berth news, September");
is("and marked in the message", await rosa.page.locator("pre mark.hit").allTextContents(), ["Gate 4", "shut"]);
await rosa.page.keyboard.press("u");
await heading(rosa, "Messages");
is("what was found is still there", [await found(), reads() - read_before <= in_list], [1, true]);
await rosa.page.getByLabel("Search").fill(secret);
await rosa.page.getByLabel("Search").press("Enter");
await until("Enter searches as well", async () => /^Found in [1-9]/.test(await searched()));
ok("a hidden value is found, and is not shown", !(await main_text(rosa)).includes(secret) && (await found()) > 0 && (await rosa.page.locator("tbody .context mark").first().innerText()).startsWith("••••"), await main_text(rosa));

/* While a search goes on, as far as it is let, what somebody does meanwhile is not undone by what it finds. */
await rosa.page.evaluate(() => {
	const at_once = record_load, { draw_ms } = search_limits;
	let let_through = 0;
	window.search_three = () => { let_through += 3; };
	window.search_freely = () => { record_load = at_once; search_limits.draw_ms = draw_ms; };
	record_load = async (id) => {
		while (let_through === 0) await new Promise((r) => setTimeout(r, 20));
		let_through--;
		return at_once(id);
	};
	search_limits.draw_ms = -1;
});
const finds_more = async () => {
	const before = await found();
	await rosa.page.evaluate(() => window.search_three());
	await until("more is found", async () => (await found()) > before);
};
await rosa.page.getByLabel("Search").fill("example");
await rosa.page.getByLabel("Search").press("Enter");
await until("nothing is found yet", async () => (await found()) === 0);
await finds_more();
await rosa.page.locator("input[name=record]").first().check();
const first_ticked = await rosa.page.locator("input[name=record]").first().inputValue();
await finds_more();
is("what was ticked stays so, and keeps the focus", await rosa.page.evaluate(() => [document.querySelector("input[name=record]:checked")?.value, document.activeElement.value]), [first_ticked, first_ticked]);
await rosa.page.getByRole("button", { name: "Stop", exact: true }).focus();
await rosa.page.keyboard.down(" ");
await finds_more();
await rosa.page.keyboard.up(" ");
await until("a key that was held meanwhile stops it", async () => /The search stopped here/.test(await searched()));
await rosa.page.evaluate(() => window.search_freely());
await rosa.page.getByLabel("Search").fill("");
await until("and then all again", async () => (await found()) > 3);
/* As they are drawn: of a block that has not been, innerText is empty. */
const rows_of = () => rosa.page.locator("tbody tr").evaluateAll(async (list) => {
	await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
	return list.map((r) => [...r.cells].map((c) => c.innerText));
});
const in_all = (await rows_of()).length;
await rosa.page.getByLabel("Show", { exact: true }).selectOption("credentials");
const with_some = await rows_of();
ok("a filter leaves what it says", with_some.length > 0 && with_some.length < in_all && with_some.every((r) => /credential/.test(r[5])), with_some);
await rosa.page.getByLabel("Show", { exact: true }).selectOption("presumed");
ok("verdicts are words", (await rows_of()).length > 0 && (await rows_of()).every((r) => r[4] === "must be presumed read"), await rows_of());
await rosa.page.getByLabel("Show", { exact: true }).selectOption("all");
const ordered = async (by) => {
	await rosa.page.getByLabel("Order").selectOption(by);
	return rows_of();
};
ok("its dates are written as everywhere", (await rows_of()).every((r) => /^(\d\d? [A-Z][a-z]+ 20\d\d|no date)$/.test(r[1])), (await rows_of()).map((r) => r[1]));
const dated = (list) => list.map((r) => r[1]).filter((d) => /^\d/.test(d)).map((d) => Date.parse(d));
const newest = dated(await ordered("newest")), oldest = dated(await ordered("oldest"));
ok("newest first, oldest first", newest.length > 5 && newest.every((t, i) => !i || t <= newest[i - 1]) && oldest.join() === [...newest].sort((a, b) => a - b).join(), { newest, oldest });
ok("credentials first", /credential/.test((await ordered("worst"))[0][5]));
const senders = (await ordered("sender")).map((r) => r[2]).filter(Boolean);
ok("by sender", senders.join() === [...senders].sort((a, b) => a.localeCompare(b, "en")).join(), senders);
await ordered("newest");

/* By keys alone. */
const focused = () => rosa.page.evaluate(() => document.activeElement.type || document.activeElement.textContent);
const subjects = (await rows_of()).map((r) => r[3].trim());
await rosa.page.locator("h1").focus();
await rosa.page.keyboard.press("/");
is("/ goes to the search", await focused(), "search");
await rosa.page.keyboard.type("jk/u");
is("where letters are letters", await rosa.page.locator("input[type=search]").inputValue(), "jk/u");
await rosa.page.locator("input[type=search]").fill("");
await rosa.page.locator("h1").focus();
await rosa.page.keyboard.press("j");
await rosa.page.keyboard.press("j");
is("j moves down", await focused(), subjects[1]);
await rosa.page.keyboard.press("k");
is("k up", await focused(), subjects[0]);
await rosa.page.keyboard.press("Enter");
await heading(rosa, subjects[0]);
await rosa.page.keyboard.press("j");
await heading(rosa, subjects[1]);
await rosa.page.keyboard.press("k");
await heading(rosa, subjects[0]);
await rosa.page.keyboard.press("u");
await heading(rosa, "Messages");
ok("Enter opens, in a message j and k go on, u goes back", true);

/* On paper. */
await rosa.page.emulateMedia({ media: "print" });
is("on paper there is the list and no control", [await rosa.page.locator("tbody tr").first().isVisible(), await rosa.page.locator("nav").isVisible(), await rosa.page.locator("main button:visible, main select:visible, main input:visible").count(), await rosa.page.locator(".on-paper").isVisible()],
	[true, false, 0, true]);
await rosa.page.evaluate(() => { view.shown = 2; view.draw(); });
await rosa.page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
is("and all of the list", await rosa.page.locator("tbody tr").count(), in_all);
await rosa.page.emulateMedia({ media: "screen" });

/* What a person would call HTML mail. */
await rosa.page.getByRole("link", { name: "Berth news, September" }).click();
await heading(rosa, "Berth news, September");
ok("what the browser keeps in its history of a message is where it stands in the list, and nothing of what it says", /^Messages \d+\/\d+ · /.test(await rosa.page.title()), await rosa.page.title());
await rosa.page.getByRole("tab", { name: "As HTML" }).first().click();
const frame = await (await rosa.page.locator("iframe.mail").elementHandle()).contentFrame();
is("what would turn text around is seen: an attachment's name, a sum", [await rosa.page.getByText("gates\ufffdfdp.txt").count(), /\p{Bidi_Control}/u.test(await rosa.page.locator("main").textContent())], [1, false]);
await frame.waitForLoadState();
const mail_text = (await frame.locator("body").innerText()).replace(/\s+/g, " ");
is("a mail in HTML has its tables and lists, and where its links go in words", [/Berth news/.test(mail_text), /The crane is back/.test(mail_text), await frame.locator("table table").count() > 0, await frame.locator("li").count(), /\[image: Quaylight logo\]/.test(mail_text), /our site.{0,4}https:\/\/www\.quaylight\.example\/more/.test(mail_text)],
	[true, true, true, 2, true, true]);
is("no picture, style, form, drawing or link is in it", await frame.locator("img, style, form, input, svg, script, a, link, iframe, object, video, [style], [class], [background], [onload]").count(), 0);
is("in its text, too", [/Pay \ufffd0021 EUR/.test(mail_text), /\u202e/.test(await frame.locator("body").textContent())], [true, false]);
await look(rosa, "a mail in HTML");
is("and nothing of it was asked for", connected, 0);

/* A link to a message that is none, as after a new version; and back. */
await rosa.page.evaluate(() => { location.hash = "#/message/0000000000000000"; });
await until("nothing of the message before is left", async () => /There is no such thing in your case/.test(await main_text(rosa)) && !/Berth/.test(await main_text(rosa)));
await rosa.page.goBack();
await heading(rosa, "Berth news, September");

/* Whose is it? */
await rosa.page.getByText("This is not ours").click();
await rosa.page.getByLabel("Why not?").fill("a newsletter to everybody");
await press(rosa, "Send");
await rosa.page.getByText("Marked as not yours by Rosa Mir").waitFor();
is("a message is marked as not theirs, with the reason", portal.events().filter((e) => e.event === "mark" && e.record).map((e) => [e.mark, e.note]), [["not_ours", "a newsletter to everybody"]]);
await look(rosa, "a message that is not theirs");
await press(rosa, "Take it back");
await rosa.page.getByText("This is not ours").waitFor();
await rosa.page.getByText("You missed something here").click();
await rosa.page.getByLabel("What did we miss?").fill("the code of the gate in the second line");
await press(rosa, "Send");
await until("what was missed is told", () => portal.events().some((e) => e.event === "report" && e.kind === "missed" && /code of the gate/.test(e.text) && e.record));
await to(rosa, "Messages", "Messages");
for (const i of [0, 1]) await rosa.page.locator("input[name=record]").nth(i).check();
await rosa.page.getByText("Some of these are not ours").click();
await rosa.page.getByLabel("Why not?").fill("a namesake");
await press(rosa, "Mark the selected ones as not ours");
await until("both are marked", () => portal.events().filter((e) => e.event === "mark" && e.record && e.note === "a namesake").length === 2);
await rosa.page.getByLabel("Show", { exact: true }).selectOption("not_ours");
await until("the list shows them", async () => (await rosa.page.locator("tbody tr").count()) === 2 && (await rows_of()).every((r) => /not ours/.test(r[3])));
await rosa.page.getByLabel("Show", { exact: true }).selectOption("all");
ok("many are marked at once, and found again", true);
await rosa.page.evaluate(() => { for (const row of document.querySelectorAll("tbody tr")) row.dataset.made = "before"; });
await rosa.page.locator("tbody tr a").nth(3).click();
await rosa.page.locator("h1").waitFor();
await until("a message is shown", async () => rosa.page.url().includes("#/message/"));
await rosa.page.locator("main pre, main .text").first().waitFor();
await look(rosa, "message");
is("a line of a mail begins on the side of its script", await rosa.page.locator("pre.mail").first().evaluate((e) => {
	const text = document.createTextNode("\u05e9\u05dc\u05d5\u05dd, 12.\nHello, 12."), ends = document.createRange(), at = (i) => { ends.setStart(text, i); ends.setEnd(text, i + 1); return ends.getBoundingClientRect().left; };
	e.replaceChildren(text);
	return [at(0) > at(3), at(8) < at(3), at(10) < at(15)];
}), [true, true, true]);
await rosa.page.setViewportSize({ width: 320, height: 640 });
is("at 320 pixels, as at 400 %, a long address breaks and the message is no wider than the screen", await rosa.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
await rosa.page.setViewportSize({ width: 1280, height: 720 });
{
	const from = new URL(rosa.page.url()).hash;
	await rosa.page.goBack();
	await heading(rosa, "Messages");
	await until("the list is there", async () => (await rosa.page.locator("tbody tr").count()) > 3);
	const [at, anew] = await rosa.page.evaluate(() => [document.activeElement.hash, document.querySelectorAll("tbody tr:not([data-made])").length]);
	is("back from a message the list is as it was, at that message", [at, anew], [from, 0]);
	await rosa.page.keyboard.press("j");
	ok("and goes on from there", ![from, "", undefined].includes(await rosa.page.evaluate(() => document.activeElement.hash)));
}
const all_text = [];
for (const id of await rosa.page.evaluate(() => room.rows.map((r) => r.record))) {
	/* What is shown already is not what was asked for now. */
	await rosa.page.evaluate(() => { for (const old of document.getElementById("main").children) old.dataset.old = "old"; });
	await rosa.page.goto(`${ORIGIN}/#/message/${id}`);
	await until("it is shown", async () => (await rosa.page.locator("[data-old]").count()) === 0 && ((await rosa.page.locator("main pre, main .text").count()) > 0 || (await rosa.page.locator("main").textContent()).includes("withheld") || (await rosa.page.locator("main").textContent()).includes("Withheld")));
	all_text.push(await rosa.page.locator("main").textContent());
}
ok("each message says in words what is known of it", all_text.every((t) => /Opened( on|:)|Must be presumed read|Whether it was read is not known|Sent by the intruder|Moved, changed or deleted/.test(t)) && all_text.some((t) => /Opened on \d+ \w+ 2025, \d\d:\d\d UTC/.test(t)) && all_text.some((t) => /Must be presumed read: /.test(t)));
ok("somebody else's organisation is a token in it, not a name", !/Nordwall|Saltholm|Havre-Transit/.test(all_text.join("\n")) && /\[organisation \w{5}\]/.test(all_text.join("\n")), { shown: all_text.length, different: new Set(all_text).size });

/* ---- marks, export ---- */

await to(rosa, "Reset first", "Credentials to reset");
await rosa.page.getByLabel("Select all").check();
await rosa.page.getByLabel("Application or system").fill("Berth");
await press(rosa, "Mark the selected ones");
await until("the case is resolved", () => portal.events().some((e) => e.event === "state" && e.to === "RESOLVED"));
is("each credential is marked, with the application", portal.events().filter((e) => e.event === "mark" && e.mark === "rotated" && e.application === "Berth").length, n);
await to(rosa, "Export", "Export for offline reading");
await press(rosa, "Make the export");
const key = await rosa.page.locator("output.secret").textContent();
await look(rosa, "export");
const [download] = await Promise.all([rosa.page.waitForEvent("download"), rosa.page.getByRole("link", { name: /Download/ }).click()]);
await download.saveAs(`${dir}/export.age`);
writeFileSync(`${dir}/export.key`, `${key}\n`, { mode: 0o600 });
const opened = spawnSync("age", ["--decrypt", "--identity", `${dir}/export.key`, "--output", `${dir}/export.tar`, `${dir}/export.age`], { encoding: "utf8" });
ok("age opens the export with the key", opened.status === 0 && execFileSync("tar", ["-tf", `${dir}/export.tar`], { encoding: "utf8" }).includes("index.html"), opened.stderr);
const by_us = spawnSync(tocsin, ["open", `${dir}/export.age`, "--key-file", `${dir}/export.key`, "--signer", `${sealed}/tocsin.pub`, "--out", `${dir}/opened`], { encoding: "utf8" });
ok("so does tocsin open", by_us.status === 0 && existsSync(`${dir}/opened/index.html`), by_us.stderr);
const offline = { page: await chromium.browser.newPage() }; // no person of the page: what it asks for are files
await offline.page.goto(`file://${dir}/opened/index.html`);
await look(offline, "the export without a network");
is("its links and letters are of the page's own colours, in the dark too", await offline.page.evaluate(() => [document.querySelector("a"), document.body].map((e) => getComputedStyle(e).color).concat(document.querySelectorAll("main h1").length)), ["rgb(11, 83, 148)", "rgb(27, 31, 36)", 1]);
await offline.page.locator('a[href^="text/"]').first().click();
await look(offline, "a message of it");
await offline.page.goBack();
await offline.page.getByRole("link", { name: "Berth news, September" }).click();
const offline_text = await offline.page.locator("main").textContent();
is("nothing of it turns text around, there either", [offline_text.includes("gates\ufffdfdp.txt"), /\u202e/.test(offline_text)], [true, false]);
await offline.page.close();

/* ---- the log, a telephone, the end ---- */

await to(rosa, "Log", "Log");
await until("the log is proven", async () => /all proven/.test(await rosa.page.locator("main").textContent()));
await look(rosa, "log");
await to(rosa, "Account", "Account");
await look(rosa, "account");
await rosa.page.setViewportSize({ width: 360, height: 740 });
await to(rosa, "Messages", "Messages");
is("on a telephone nothing is wider than the screen", await rosa.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
await speaks(rosa, "fr");
await look(rosa, "messages in French");
await rosa.page.locator("header button").click();
await until("the page is at its start", async () => (await rosa.page.locator("section.card").count()) === 5);
is("log-out ends the session", await rosa.page.evaluate(async () => (await (await fetch("/api/session")).json()).session), "none");
is("after log-out nothing is kept: cookies, storage, the key in the page [46]", [(await rosa.context.cookies()).filter((c) => c.value).length, await rosa.page.evaluate(() => [localStorage.length, sessionStorage.length, room.ck])], [0, [0, 0, null]]);
await rosa.page.goBack().catch(() => {});
ok("and going back shows nothing of the case", !(await rosa.page.locator("main").textContent()).includes("Quaylight"));

/* A nominator closes the case: the last press asks once more. */
await ben.page.reload();
await press(ben, "Unlock with this passkey");
await heading(ben, "People");
await look(ben, "people of a nominator");
await to(ben, "Account", "Account");
await press(ben, "Close for good");
await press(ben, "Press again to confirm");
await heading(ben, "Close the case");
ok("a closed case says so, and keeps its log", /What was sealed here is erased/.test(await main_text(ben)) && (await ben.page.locator("nav").innerText()).replace(/\s+/g, " ") === "Status Log", await ben.page.locator("nav").innerText());
await look(ben, "a closed case");
/* Who has the list of people open, which is looked at every now and then, meets the end there, and is shown it. */
await eve.page.evaluate(() => people_look());
await heading(eve, "Close the case");
ok("and whoever had it open is shown that without asking", /What was sealed here is erased/.test(await main_text(eve)), await main_text(eve));
is("the page asked its own host only [17]", [...asked], [ORIGIN]);
const met = problems.filter((x) => /^(Ann|Eve Long): .*status of 409/.test(x));
is("and nothing went wrong in it: no policy that was broken, no error", problems.filter((x) => !met.includes(x)), []);

/* ---- somebody objects; somebody else claims as well ---- */

const codes_of = (org) => access_codes(case_dir).filter((c) => c.org.startsWith(org));
const [havre, havre2] = codes_of("Havre"), [nordwall] = codes_of("Nordwall");
async function enter_code(p, c) {
	await p.page.goto(ORIGIN);
	await heading(p, /.+/);
	await p.page.locator("section.card button").first().click();
	await p.page.locator("input[name=notice]").fill(c.notice);
	await p.page.locator("input[name=code]").fill(c.code);
	await p.page.locator("form button[type=submit]").click();
}
const state_of = (to) => portal.events().filter((e) => e.event === "state" && e.to === to);
async function claims(p, c) {
	const before = state_of("CLAIM_WAIT").length;
	await enter_code(p, c);
	await make_passkey(p, p.name);
	await p.page.locator("output.secret").first().waitFor();
	names.txt.set(await p.page.locator("section.card dd code").first().textContent(), [await p.page.locator("output.secret").first().textContent()]);
	await p.page.locator("section.card button.main").first().click();
	await until("the proof is seen", () => state_of("CLAIM_WAIT").length > before);
}
const hans = await person("Hans"), olga = await person("Olga"), fay = await person("Fay"), gus = await person("Gus", { locale: "fr-FR" });
await claims(hans, nordwall);
const word = /^ {4}([0-9A-Z-]{31})$/m.exec(portal.outbox().find((m) => /^ {4}[0-9A-Z-]{31}$/m.test(m) && /nordwall/.test(m)))[1];
await olga.page.goto(ORIGIN);
await press(olga, "Object");
await olga.page.getByLabel("Word").fill("A".repeat(26));
await olga.page.locator("form button[type=submit]").click();
await olga.page.locator("form .problem:not(:empty)").waitFor();
is("a word that is none stops no claim", state_of("DISPUTED").length, 0);
await look(olga, "an objection");
await olga.page.getByLabel("Word").fill(word.toLowerCase());
await olga.page.getByLabel("Why").fill("Nobody here is called Hans.");
await olga.page.locator("form button[type=submit]").click();
await olga.page.getByText("Your objection is recorded").waitFor();
is("the word of the mail does, with the reason", [state_of("DISPUTED").map((e) => e.reason), portal.events().filter((e) => e.event === "objection").map((e) => [e.by, e.text])], [["objection"], [["token", "Nobody here is called Hans."]]]);
await hans.page.reload();
await heading(hans, "disputed");
ok("who claimed is told, and sees nothing", /Two of our staff will call your organisation/.test(await main_text(hans)) && !/Messages|Overview/.test(await hans.page.locator("nav").innerText()));
await look(hans, "a disputed claim");
await claims(fay, havre);
await enter_code(gus, havre2);
await until("that is a dispute", () => state_of("DISPUTED").length === 2);
await until("who comes second is told so, in his language", async () => /contestée/.test(await main_text(gus)));
await look(gus, "a second claim");
await fay.page.reload();
await heading(fay, "disputed");
if (process.getuid() === 0) {
	const operator = operator_of(tocsin, dir, web, operators), of_case = (org) => operator(0, "list").rows.find((r) => r.organisation.startsWith(org)).case;
	const fay_case = of_case("Havre"), hans_case = of_case("Nordwall");
	for (const who of [0, 1]) operator(who, "open", fay_case, havre.notice, "--note", "called");
	await fay.page.reload();
	await heading(fay, "Unlock the case");
	ok("two operators open it to the one whom they called", true);
	for (const who of [0, 1]) operator(who, "revoke", hans_case, "--note", "nobody knows him");
	await hans.page.reload();
	await until("and end the other's", async () => (await hans.page.locator("section.card").count()) === 5);
	is("whose session is over", await hans.page.evaluate(async () => (await (await fetch("/api/session")).json()).session), "none");
}
is("in all of that nothing went wrong in the page", problems.filter((x) => !/40[139]/.test(x)), []);

/* ---- hostile markup, as if the evidence side had let it through: the frame alone must hold it [3] ---- */

const vectors = ["<script>top.canary=1</script>", "<img src=x onerror=top.canary=1>", "<svg onload=top.canary=1>", "<svg><script>top.canary=1</script></svg>", "<math><mi//xlink:href='data:x,<script>top.canary=1</script>'>",
	"<iframe srcdoc='<script>top.canary=1</script>'></iframe>", "<iframe src='javascript:top.canary=1'></iframe>", "<object data='javascript:top.canary=1'></object>", "<embed src='https://canary.example/e'>",
	"<noscript><p title='</noscript><img src=x onerror=top.canary=1>'>", "<style></style><img src=x onerror=top.canary=1></style>", "<!--><img src=x onerror=top.canary=1>-->", "<!-- --!><img src=x onerror=top.canary=1>",
	"<template><img src=x onerror=top.canary=1></template>", "<base href='https://canary.example/'><img src=b>", "<meta http-equiv=refresh content='0;url=https://canary.example/m'>", "<style>@import 'https://canary.example/c';</style>",
	"<link rel=stylesheet href='https://canary.example/l'>", "<link rel=prefetch href='https://canary.example/p'>", "<link rel=dns-prefetch href='//canary.example'>", "<img src='https://canary.example/i'>", "<img srcset='https://canary.example/s 1x'>",
	"<video poster='https://canary.example/v'><source src='https://canary.example/v'></video>", "<body background='https://canary.example/b' onload=top.canary=1>", "<form action='https://canary.example/f'><input autofocus onfocus=this.form.submit()></form>",
	"<a id=x target=_top href='https://canary.example/a'>a</a><details open ontoggle=x.click()>", "<svg><feImage href='https://canary.example/fe' /></svg>", "<svg><use href='https://canary.example/u#x' /></svg>",
	"<table background='https://canary.example/t'><tr><td style='background:url(https://canary.example/td)'>"];
const mal = await person("Mal");
await mal.page.goto(ORIGIN);
await heading(mal, /.+/);
const caught = [];
/*
 * What the policy stopped is told as a request that failed by it, or, of <use>, which of two rules forbid, by the other one ("origin");
 * whatever else was asked for was asked for. Whether anything left the browser is for the canary to say.
 */
const foreign = (q) => !q.url().startsWith(ORIGIN) && !/^(about|data):/.test(q.url());
mal.page.on("requestfailed", (q) => { if (foreign(q) && !["csp", "origin"].includes(q.failure().errorText)) caught.push(`${q.url()} ${q.failure().errorText}`); });
mal.page.on("requestfinished", (q) => { if (foreign(q)) caught.push(q.url()); });
const ran = await mal.page.evaluate(async (list) => {
	const out = [];
	for (const markup of list) {
		window.canary = 0;
		const frame = html_frame(markup);
		document.getElementById("main").append(frame);
		await new Promise((r) => { frame.addEventListener("load", r); setTimeout(r, 400); });
		await new Promise((r) => setTimeout(r, 60));
		if (window.canary) out.push(markup);
		frame.remove();
	}
	return out;
}, vectors);
is(`${vectors.length} kinds of hostile markup run nothing in a mail's frame [3]`, ran, []);
is("and fetch nothing", caught, []);
is("nobody was connected to", connected, 0);
is("the page is where it was", mal.page.url(), `${ORIGIN}/`);
is("in the page itself no markup is made of a string [14]", await mal.page.evaluate(() => {
	try {
		document.createElement("div").innerHTML = "<b>x</b>";
		return "made";
	} catch (e) {
		return e.name;
	}
}), "TypeError");
await until("and the try is reported", () => portal.events().some((e) => e.event === "alarm" && e.kind === "csp"));

await mal.page.goto("https://canary.example/").catch(() => {});
ok("the canary sees who does go there", connected > 0);

await chromium.browser.close();
front.server.close();
canary.close();
names.stop();
await portal.stop();
done();
